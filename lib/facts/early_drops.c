// SPDX-License-Identifier: LGPL-2.1-or-later
/* What /proc/net/stat/nf_conntrack tells: a heading, and a row of numbers for each CPU. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "early_drops.h"
#include "proc_file.h"

/* The other columns have changed from kernel to kernel. */
#define COLUMN "early_drop"
#define BLANKS " \t"

struct reading {
	bool has_heading;
	size_t column;
	uint64_t sum;
};

/* Steps to the next word of a line, and returns its length, which is 0 at the end. */
static size_t next_word(const char **line)
{
	*line += strspn(*line, BLANKS);
	return strcspn(*line, BLANKS);
}

static int take_heading(const char *line, struct reading *reading)
{
	size_t length;

	for (; (length = next_word(&line)) > 0; line += length, reading->column++) {
		if (length == strlen(COLUMN) && strncmp(line, COLUMN, length) == 0)
			return 0;
	}
	return -EBADMSG;
}

static int take_row(const char *line, void *data)
{
	struct reading *reading = data;
	uint32_t drops;
	size_t length;

	if (!reading->has_heading) {
		reading->has_heading = true;
		return take_heading(line, reading);
	}
	for (size_t i = 0; i < reading->column; i++) {
		length = next_word(&line);
		line += length;
	}
	if (sscanf(line, "%" SCNx32, &drops) != 1)
		return -EBADMSG;
	reading->sum += drops;
	return 0;
}

void early_drops_read(const struct nfto_ctx *ctx, struct early_drops *drops)
{
	struct reading reading = { .has_heading = false };

	*drops = (struct early_drops){ .is_known = false };
	if (proc_net_lines(ctx, "stat/nf_conntrack", take_row, &reading) < 0 ||
	    !reading.has_heading)
		return;
	drops->is_known = true;
	drops->count = reading.sum;
}
