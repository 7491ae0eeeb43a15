/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_BACKLOG_H
#define NFTO_BACKLOG_H

#include "internal.h"

#define BACKLOG_COUNT (NFTO_BACKLOG_STATISTICS + 1)

/* Work that the kernel has to do with the hardware, and has not done yet. */
struct backlog {
	bool is_known;
	uint64_t items[BACKLOG_COUNT];
};

/* Most kernels do not tell it. */
void backlog_read(const struct nfto_ctx *ctx, struct backlog *backlog);

#endif
