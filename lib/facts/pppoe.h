/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_PPPOE_H
#define NFTO_PPPOE_H

#include "codec/pppoe_session.h"
#include "internal.h"

/* The sessions of the context's network namespace. Which one is which ppp device's, the kernel tells
 * nobody. */

/* Calls take() with each: 0, -ENODATA if they can't be read, or what take() returned if that was
 * negative. */
int pppoe_read(const struct nfto_ctx *ctx,
	       int (*take)(const struct pppoe_session *session, void *data), void *data);

/* 1 with the only one, 0 if there is none, or -ENODATA if there are more, or nobody can tell. */
int pppoe_find_only(const struct nfto_ctx *ctx, struct pppoe_session *session);

#endif
