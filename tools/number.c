// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "tool.h"

/* strtoul(3) takes white space, signs, and octal numbers, which nobody means here. */
static bool begins_number(const char *text)
{
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return isxdigit((unsigned char)text[2]);
	return isdigit((unsigned char)text[0]);
}

bool read_number(const char *text, unsigned long first, unsigned long last, unsigned long *number)
{
	int base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;
	char *end;

	if (!begins_number(text))
		return false;
	errno = 0;
	*number = strtoul(text, &end, base);
	return errno == 0 && *end == '\0' && *number >= first && *number <= last;
}
