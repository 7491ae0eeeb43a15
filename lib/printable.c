// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names come from anywhere, messages go to terminals. */
#include <stdbool.h>
#include <stdio.h>

#include "internal.h"

/* How many bytes of the text are one character in UTF-8 that can be shown; 0 if it is none. What
 * begins a shorter form of a character, a surrogate or a control character (U+0080 to U+009F) is
 * none. */
static size_t character_length(const unsigned char *text)
{
	size_t length = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;

	if (text[0] < ' ' || text[0] == 0x7f)
		return 0;
	if (length == 1)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((text[0] == 0xc2 && text[1] < 0xa0) || (text[0] == 0xe0 && text[1] < 0xa0) ||
	    (text[0] == 0xed && text[1] > 0x9f) || (text[0] == 0xf0 && text[1] < 0x90) ||
	    (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

void printable(char *out, size_t size, const char *text)
{
	const unsigned char *in = (const unsigned char *)text;
	size_t used = 0;

	while (*in && used + sizeof("\\xNN") <= size) {
		size_t length = character_length(in);

		if (length == 0)
			used += (size_t)snprintf(out + used, size - used, "\\x%02x", *in++);
		while (length-- > 0)
			out[used++] = (char)*in++;
	}
	out[used] = '\0';
}
