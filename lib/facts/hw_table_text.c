// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hw_table_text.h"

bool words_split(char *line, struct words *words)
{
	char *rest = NULL, *word = strtok_r(line, " ", &rest);

	words->count = 0;
	for (; word; word = strtok_r(NULL, " ", &rest)) {
		if (words->count == MOST_WORDS)
			return false;
		words->word[words->count++] = word;
	}
	words->word[words->count] = NULL;
	return true;
}

/* strtoull(3) takes white space and signs as well. */
bool text_number(const char *text, int base, uint64_t last, uint64_t *number)
{
	char *end;

	if (!isxdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*number = strtoull(text, &end, base);
	return errno == 0 && end != text && *end == '\0' && *number <= last;
}

uint8_t text_endpoint(char *text, uint8_t address[16], uint16_t *port)
{
	char *colon = strrchr(text, ':');
	uint64_t number;

	if (!colon || !text_number(colon + 1, 10, UINT16_MAX, &number))
		return 0;
	*colon = '\0';
	*port = (uint16_t)number;
	if (text[0] == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		text++;
	}
	if (inet_pton(AF_INET, text, address) == 1)
		return AF_INET;
	return inet_pton(AF_INET6, text, address) == 1 ? AF_INET6 : 0;
}
