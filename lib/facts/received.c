// SPDX-License-Identifier: LGPL-2.1-or-later
/* /proc/net/softnet_stat, see softnet_seq_show() in net/core/net-procfs.c. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "proc_file.h"
#include "received.h"

/* A row for each CPU that is online, of hexadecimal numbers. */
static int take_row(const char *line, void *data)
{
	struct received *received = data;
	uint32_t processed;

	if (sscanf(line, "%8" SCNx32 " ", &processed) != 1)
		return -EBADMSG;
	received->packets += processed;
	received->cpus++;
	return 0;
}

void received_read(const struct nfto_ctx *ctx, struct received *received)
{
	*received = (struct received){ .is_known = false };
	received->is_known =
		proc_net_lines(ctx, "softnet_stat", take_row, received) == 0 && received->cpus > 0;
}

/* With another number of CPUs, some counts have come or gone. */
int received_between(const struct received *before, const struct received *now, uint64_t *packets)
{
	if (!before->is_known || !now->is_known || before->cpus != now->cpus)
		return -ENODATA;
	*packets = (uint32_t)(now->packets - before->packets);
	return 0;
}
