// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "pppoe_session.h"

/* The number of the session and the address of its other end, as the kernel prints them ("%08X %pM
 * "). */
#define DEVICE_OFFSET 27

static bool is_in_place(const char *line)
{
	return line[8] == ' ' && line[11] == ':' && line[14] == ':' && line[17] == ':' &&
	       line[20] == ':' && line[23] == ':' && line[26] == ' ';
}

bool pppoe_session_parse(const char *line, size_t length, char device[IFNAMSIZ])
{
	size_t begin = DEVICE_OFFSET;

	if (length <= begin || !is_in_place(line))
		return false;
	/* Short names are filled up in front; a name has no space in it. */
	while (begin < length && line[begin] == ' ')
		begin++;
	if (begin == length || length - begin >= IFNAMSIZ)
		return false;
	memcpy(device, line + begin, length - begin);
	device[length - begin] = '\0';
	return true;
}
