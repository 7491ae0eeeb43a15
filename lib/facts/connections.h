/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CONNECTIONS_H
#define NFTO_CONNECTIONS_H

#include "internal.h"

/* All connections of the network namespace, in one pass by a socket of its own: `restart` and `take`
 * are those of a struct dump. 0, or a negative errno that is told in the context. */
int connections_read(struct nfto_ctx *ctx, void (*restart)(void *data),
		     int (*take)(const struct nlmsghdr *message, void *data), void *data);

#endif
