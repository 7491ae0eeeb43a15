/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CENSUS_H
#define NFTO_CENSUS_H

#include "internal.h"

/*
 * Connections, counted, to find out whether flows have hold of them. Each flow of a flowtable has
 * hold of its conntrack entry until the driver was told to forget the flow, and has done so
 * (flow_offload_free() in net/netfilter/nf_flow_table_core.c): also when the entry was deleted from
 * the table. Packets under way have hold of entries, too, for a moment.
 */
struct census {
	uint64_t offloaded;  /* in the table, and marked as offloaded */
	uint64_t referenced; /* in the table, and something has hold of it */
	uint64_t held;	     /* no longer in the table (or not yet), but something has hold of it */
};

/* 0, or a negative errno with the kernel's error in the channel. */
int census_take(struct channel *channel, struct census *census);

#endif
