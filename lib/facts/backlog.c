// SPDX-License-Identifier: LGPL-2.1-or-later
/* What /proc/net/stat/nf_flowtable tells (6.0 and later, with CONFIG_NF_FLOW_TABLE_PROCFS). */
#include <errno.h>
#include <stdio.h>

#include "backlog.h"
#include "proc_file.h"

NFTO_API const char *nfto_backlog_name(enum nfto_backlog backlog)
{
	switch (backlog) {
	case NFTO_BACKLOG_ADD:
		return "add";
	case NFTO_BACKLOG_DELETE:
		return "delete";
	case NFTO_BACKLOG_STATISTICS:
		return "statistics";
	}
	return "unknown";
}

struct reading {
	bool has_heading;
	int64_t sums[BACKLOG_COUNT];
};

/* A row for each CPU. Work is counted up on one and down on another, so a row can be negative:
 * only the sum says something. */
static int take_row(const char *line, void *data)
{
	struct reading *reading = data;
	int row[BACKLOG_COUNT];

	if (!reading->has_heading) {
		reading->has_heading = true;
		return 0;
	}
	if (sscanf(line, "%d %d %d", &row[0], &row[1], &row[2]) != BACKLOG_COUNT)
		return -EBADMSG;
	for (size_t i = 0; i < BACKLOG_COUNT; i++)
		reading->sums[i] += row[i];
	return 0;
}

void backlog_read(const struct nfto_ctx *ctx, struct backlog *backlog)
{
	struct reading reading = { .has_heading = false };

	*backlog = (struct backlog){ .is_known = false };
	if (proc_net_lines(ctx, "stat/nf_flowtable", take_row, &reading) < 0)
		return;
	backlog->is_known = true;
	/* Rows that change while they are read can sum up to less than nothing. */
	for (size_t i = 0; i < BACKLOG_COUNT; i++)
		backlog->items[i] = reading.sums[i] > 0 ? (uint64_t)reading.sums[i] : 0;
}
