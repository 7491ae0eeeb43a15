/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_TIMEOUTS_H
#define NFTO_TIMEOUTS_H

#include "instance.h"

/* The timeouts of flows, of the network namespace of the context. Each: 0, or a negative errno
 * that is told in the context. */

/* Reads them, and makes sure that they can be written. */
int timeouts_read(struct nfto_ctx *ctx, struct timeouts *timeouts);

/* Lets flows expire that nothing refreshes: to zero. */
int timeouts_shorten(struct nfto_ctx *ctx);

/* Puts them back. One that is not zero any more was set by somebody else, and stays. */
int timeouts_restore(struct nfto_ctx *ctx, const struct timeouts *timeouts);

#endif
