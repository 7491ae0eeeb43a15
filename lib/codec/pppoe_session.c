// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pppoe_session.h"

/* Where the address of the other end and the device are, as the kernel prints a session:
 * "%08X %pM %8s". */
#define ADDRESS_OFFSET 9
#define DEVICE_OFFSET 27

static bool is_in_place(const char *line)
{
	return line[8] == ' ' && line[11] == ':' && line[14] == ':' && line[17] == ':' &&
	       line[20] == ':' && line[23] == ':' && line[26] == ' ';
}

static bool read_address(const char *text, uint8_t address[ETHERNET_ADDRESS_SIZE])
{
	for (size_t i = 0; i < ETHERNET_ADDRESS_SIZE; i++) {
		if (sscanf(text + 3 * i, "%2" SCNx8, &address[i]) != 1)
			return false;
	}
	return true;
}

bool pppoe_session_parse(const char *line, struct pppoe_session *session)
{
	size_t length;

	if (strlen(line) <= DEVICE_OFFSET || !is_in_place(line) ||
	    !read_address(line + ADDRESS_OFFSET, session->address))
		return false;
	/* Short names are filled up in front; a name has no space in it. */
	line += DEVICE_OFFSET + strspn(line + DEVICE_OFFSET, " ");
	length = strlen(line);
	if (length == 0 || length >= sizeof(session->device))
		return false;
	memcpy(session->device, line, length + 1);
	return true;
}
