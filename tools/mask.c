// SPDX-License-Identifier: LGPL-2.1-or-later
/* Hides addresses in a text that others will read: each address becomes a name, always the same one,
 * so that it can still be seen which lines are about the same host. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mask.h"

/* The longest text of an address, and of one with a port behind it. */
#define WORD_SIZE 64

struct mask {
	FILE *out;
	char (*known)[WORD_SIZE];
	size_t known_count;
	bool failed;
};

static bool is_ethernet(const char *word)
{
	size_t length = strlen(word);

	if (length != strlen("00:00:00:00:00:00"))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (i % 3 == 2 ? word[i] != ':' : !isxdigit((unsigned char)word[i]))
			return false;
	}
	return true;
}

/* What kind of address it is; NULL if it is none. */
static const char *kind_of(const char *word)
{
	unsigned char address[16];

	if (inet_pton(AF_INET, word, address) == 1)
		return "ipv4";
	if (is_ethernet(word))
		return "mac";
	if (inet_pton(AF_INET6, word, address) == 1)
		return "ipv6";
	return NULL;
}

/* The number of an address: the first one that is met is 1. */
static size_t number_of(struct mask *mask, const char *word)
{
	char(*known)[WORD_SIZE];

	for (size_t i = 0; i < mask->known_count; i++) {
		if (strcmp(mask->known[i], word) == 0)
			return i + 1;
	}
	known = realloc(mask->known, (mask->known_count + 1) * sizeof(*known));
	if (!known) {
		mask->failed = true;
		return 0;
	}
	mask->known = known;
	snprintf(known[mask->known_count], WORD_SIZE, "%s", word);
	return ++mask->known_count;
}

static bool write_masked(struct mask *mask, const char *word)
{
	const char *kind = kind_of(word);

	if (kind)
		fprintf(mask->out, "%s-%zu", kind, number_of(mask, word));
	return kind;
}

/* What ends a sentence is no part of an address. */
static void write_trimmed(struct mask *mask, const char *word, size_t length)
{
	size_t end = length;
	char address[WORD_SIZE];

	while (end > 0 && (word[end - 1] == '.' || word[end - 1] == ':'))
		end--;
	snprintf(address, sizeof(address), "%.*s", (int)end, word);
	if (!write_masked(mask, address))
		fputs(address, mask->out);
	fprintf(mask->out, "%.*s", (int)(length - end), word + end);
}

/* An address; or, between colons, an IPv4 address with its port, say. */
static void write_word(struct mask *mask, const char *word)
{
	if (write_masked(mask, word))
		return;
	while (strchr(word, '.') && strchr(word, ':')) {
		size_t length = strcspn(word, ":") + 1;

		write_trimmed(mask, word, length);
		word += length;
	}
	write_trimmed(mask, word, strlen(word));
}

static bool is_of_address(char c)
{
	return isxdigit((unsigned char)c) || c == '.' || c == ':';
}

/* Addresses stand between what can't be a part of them, or of a name. */
static void write_masked_text(struct mask *mask, const char *text)
{
	char word[WORD_SIZE];

	while (*text) {
		size_t length = 0;

		/* No address begins so. */
		if (text[0] == '.' || (text[0] == ':' && text[1] != ':')) {
			fputc(*text++, mask->out);
			continue;
		}
		while (is_of_address(text[length]))
			length++;
		if (length > 0 && length < sizeof(word) && !isalnum((unsigned char)text[length])) {
			memcpy(word, text, length);
			word[length] = '\0';
			write_word(mask, word);
			text += length;
			continue;
		}
		for (length = 0; isalnum((unsigned char)text[length]); length++)
			;
		/* What stands between words, and a lone colon or dot. */
		length += length == 0;
		fwrite(text, 1, length, mask->out);
		text += length;
	}
}

int mask_addresses(const char *text, FILE *out)
{
	struct mask mask = { .out = out };

	write_masked_text(&mask, text);
	free(mask.known);
	return mask.failed || ferror(out) ? -1 : 0;
}
