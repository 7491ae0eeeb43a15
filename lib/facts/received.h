/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_RECEIVED_H
#define NFTO_RECEIVED_H

#include "internal.h"

/*
 * How many packets the kernel has received, on all devices of the machine. It counts them itself,
 * at once, where it begins to look at them, so it does not matter when and what drivers count: some
 * count what their hardware has forwarded, some count once a second. The slow path and the software
 * fast path both lie behind that place: what they forward was counted here.
 */
struct received {
	bool is_known;
	unsigned int cpus;
	uint32_t packets; /* of all CPUs together, modulo 2^32 */
};

void received_read(const struct nfto_ctx *ctx, struct received *received);

/* How many were received between two looks, if there were less than 2^32: 0 or -ENODATA. */
int received_between(const struct received *before, const struct received *now, uint64_t *packets);

#endif
