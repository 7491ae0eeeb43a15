// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <libsmartcols.h>

#include "table.h"

struct table {
	struct libscols_table *scols;
	bool failed;
};

static void add_column(struct table *table, const struct table_column *column, bool wraps)
{
	int flags = 0;

	if (column->is_number)
		flags |= SCOLS_FL_RIGHT;
	if (column->is_text && wraps)
		flags |= SCOLS_FL_WRAP;
	if (!scols_table_new_column(table->scols, column->title, 0, flags))
		table->failed = true;
}

struct table *table_new(const struct table_column *columns, size_t count)
{
	struct table *table = calloc(1, sizeof(*table));
	bool is_terminal = isatty(STDOUT_FILENO);

	if (!table)
		return NULL;
	table->scols = scols_new_table();
	if (!table->scols) {
		free(table);
		return NULL;
	}
	scols_table_enable_colors(table->scols, is_terminal);
	for (size_t i = 0; i < count; i++)
		add_column(table, &columns[i], is_terminal);
	return table;
}

static const char *colour_name(enum table_colour colour)
{
	switch (colour) {
	case TABLE_PLAIN:
		break;
	case TABLE_GOOD:
		return "green";
	case TABLE_BAD:
		return "red";
	case TABLE_DOUBTFUL:
		return "yellow";
	}
	return NULL;
}

void table_add(struct table *table, enum table_colour colour, const char *const *cells)
{
	struct libscols_line *line = table ? scols_table_new_line(table->scols, NULL) : NULL;

	if (!line) {
		if (table)
			table->failed = true;
		return;
	}
	if (colour != TABLE_PLAIN && scols_line_set_color(line, colour_name(colour)) < 0)
		table->failed = true;
	for (size_t i = 0; i < scols_table_get_ncols(table->scols); i++) {
		if (scols_line_set_data(line, i, cells[i]) < 0)
			table->failed = true;
	}
}

int table_print(struct table *table)
{
	int ret = -ENOMEM;

	if (!table)
		return ret;
	if (!table->failed && scols_print_table(table->scols) == 0)
		ret = 0;
	scols_unref_table(table->scols);
	free(table);
	return ret;
}
