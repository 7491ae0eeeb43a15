/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_EARLY_DROPS_H
#define NFTO_EARLY_DROPS_H

#include "internal.h"

/* How many connections the kernel has thrown out, as conntrack was full. */
struct early_drops {
	bool is_known;
	uint64_t count;
};

/* Kernels without CONFIG_NF_CONNTRACK_PROCFS do not tell it. */
void early_drops_read(const struct nfto_ctx *ctx, struct early_drops *drops);

#endif
