/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_REHOME_H
#define NFTO_REHOME_H

#include "internal.h"

/* So many connections at once, the entries of which the kernel was asked to make anew. */
#define REHOME_MOST 64

/* One connection on its way. */
struct rehome_item {
	size_t entry;	       /* where the message that it came in is, in rehoming.entries */
	unsigned int attempts; /* to make it anew, that have failed */
	bool is_homeless;      /* its entry was deleted, and is not made anew yet */
	bool is_leftover;      /* made anew though it had ended: that must go */
	bool is_orphan;	       /* the connection to which it is related is gone */
};

/*
 * Takes connections out of the fast path. Nothing but conntrack can tell the kernel to let go of a
 * flow before it is over, and only by the end of its entry. So the entry is deleted, and made anew in
 * the same moment, by two messages that the kernel takes from one buffer: until it has noticed that
 * the entry is gone, within a second, packets still take the fast path, and then they meet the new
 * one.
 */
struct rehoming {
	struct nfto_ctx *ctx;
	bool deletes; /* the connections are not made anew */
	struct channel channel;
	struct messages entries;
	struct messages batch;
	struct rehome_item items[REHOME_MOST];
	size_t count;
	bool is_full;		/* the table: there is no room for any of them ... */
	uint64_t full_since_ms; /* ... since then */

	uint32_t tcp_timeout_s;
	uint32_t udp_timeout_s;
	uint32_t udp_stream_timeout_s;
	uint32_t gre_timeout_s;
	uint32_t gre_stream_timeout_s;

	uint64_t moved;	  /* out of the fast path, in the way that was asked for */
	uint64_t no_room; /* left as they were, as the table is full */
};

/* 0, or a negative errno that is told in the context. */
int rehoming_open(struct rehoming *rehoming, struct nfto_ctx *ctx, bool deletes);
void rehoming_close(struct rehoming *rehoming);

bool rehoming_is_full(const struct rehoming *rehoming);

/* A connection, by the message of a dump that it came in; there must be room for it. 0, or a negative
 * errno that is told in the context. */
int rehoming_add(struct rehoming *rehoming, const struct nlmsghdr *entry);

/* 1 when all that were added are done, 0 if it is to be called again after *wait_ms (0: at once), or
 * a negative errno that is told in the context. */
int rehoming_next(struct rehoming *rehoming, unsigned int *wait_ms);

/* All that were added, in the calling thread: 0, or a negative errno as that of rehoming_next(). */
int rehoming_finish(struct rehoming *rehoming);

#endif
