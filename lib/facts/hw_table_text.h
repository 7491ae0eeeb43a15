/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_HW_TABLE_TEXT_H
#define NFTO_HW_TABLE_TEXT_H

#include "hw_table.h"

/* What the lines of all drivers are made of. */

#define MOST_WORDS 24
struct words {
	char *word[MOST_WORDS + 1]; /* ends with NULL */
	size_t count;
};

/* Cuts a line at its spaces. False if it has too many words. */
bool words_split(char *line, struct words *words);

/* A number without a sign, and nothing behind it. */
bool text_number(const char *text, int base, uint64_t last, uint64_t *number);

/* 192.0.2.1:80, [2001:db8::1]:80, and without brackets 2001:0db8:...:0001:80. It is cut into its
 * parts. Gives AF_INET or AF_INET6, or 0 if it is none of them. */
uint8_t text_endpoint(char *text, uint8_t address[16], uint16_t *port);

#endif
