/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>

/* A table for people: aligned; on a terminal coloured, and wrapped to its width. Out of memory is
 * remembered, and told by table_print(). */
struct table;

struct table_column {
	const char *title;
	bool is_number; /* to the right */
	bool is_text;	/* sentences: this one is wrapped */
};

/* What a row's colour says. */
enum table_colour {
	TABLE_PLAIN,
	TABLE_GOOD,
	TABLE_BAD,
	TABLE_DOUBTFUL,
};

struct table *table_new(const struct table_column *columns, size_t count);

/* As many cells as there are columns, which are copied. The colour is that of the whole row. A
 * table of NULL is one that could not be made. */
void table_add(struct table *table, enum table_colour colour, const char *const *cells);

/* Prints and frees it: 0 or -ENOMEM. */
int table_print(struct table *table);

#endif
