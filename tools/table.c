// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libsmartcols.h>

#include "table.h"

/* For sentences, on a terminal that is too narrow. */
#define LEAST_ROOM 20

struct table {
	struct libscols_table *scols;
	struct libscols_column *text; /* the column to be wrapped, or NULL */
	bool failed;
};

/* libsmartcols wraps in the middle of a word, unless it is told to wrap at newlines. */
static void wrap_at_newlines(struct table *table, struct libscols_column *column)
{
	if (scols_column_set_wrapfunc(column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk,
				      NULL) < 0 ||
	    scols_column_set_safechars(column, "\n") < 0)
		table->failed = true;
	table->text = column;
}

static void add_column(struct table *table, const struct table_column *column, bool wraps)
{
	struct libscols_column *scols;
	int flags = 0;

	wraps = wraps && column->is_text;
	if (column->is_number)
		flags |= SCOLS_FL_RIGHT;
	if (wraps)
		flags |= SCOLS_FL_WRAP;
	scols = scols_table_new_column(table->scols, column->title, 0, flags);
	if (!scols)
		table->failed = true;
	else if (wraps)
		wrap_at_newlines(table, scols);
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

static size_t width_of(const struct table *table, size_t column)
{
	struct libscols_column *scols = scols_table_get_column(table->scols, column);
	size_t width = strlen(scols_cell_get_data(scols_column_get_header(scols)));

	for (size_t i = 0; i < scols_table_get_nlines(table->scols); i++) {
		struct libscols_line *line = scols_table_get_line(table->scols, i);
		size_t length = strlen(scols_cell_get_data(scols_line_get_cell(line, column)));

		width = length > width ? length : width;
	}
	return width;
}

/* What the other columns leave of the terminal, but not less than a few words. */
static size_t room_for_text(const struct table *table)
{
	size_t width = scols_table_get_termwidth(table->scols), others = 0;

	for (size_t i = 0; i < scols_table_get_ncols(table->scols); i++) {
		if (scols_table_get_column(table->scols, i) != table->text)
			others += width_of(table, i) + 1;
	}
	return width > others + LEAST_ROOM ? width - others : LEAST_ROOM;
}

/* Puts newlines in place of spaces. */
static void wrap(char *text, size_t room)
{
	char *begin = text, *space = NULL;

	for (; *text; text++) {
		if (*text == ' ')
			space = text;
		if (space && (size_t)(text - begin) >= room) {
			*space = '\n';
			begin = space + 1;
			space = NULL;
		}
	}
}

static void wrap_texts(struct table *table)
{
	size_t room = room_for_text(table);

	for (size_t i = 0; i < scols_table_get_nlines(table->scols); i++) {
		struct libscols_line *line = scols_table_get_line(table->scols, i);
		struct libscols_cell *cell = scols_line_get_column_cell(line, table->text);
		char *text = strdup(scols_cell_get_data(cell));

		if (!text) {
			table->failed = true;
			return;
		}
		wrap(text, room);
		scols_cell_refer_data(cell, text);
	}
}

int table_print(struct table *table)
{
	int ret = -ENOMEM;

	if (!table)
		return ret;
	if (!table->failed && table->text)
		wrap_texts(table);
	if (!table->failed && scols_print_table(table->scols) == 0)
		ret = 0;
	scols_unref_table(table->scols);
	free(table);
	return ret;
}
