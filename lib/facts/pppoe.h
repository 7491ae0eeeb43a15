/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_PPPOE_H
#define NFTO_PPPOE_H

#include "codec/pppoe_session.h"
#include "internal.h"

/* Which session is which ppp device's, the kernel tells nobody. */

/* Calls take() with each session of the calling thread's network namespace: 0, -ENODATA if they
 * can't be read, or what take() returned if that was negative. */
int pppoe_read(const char *proc, int (*take)(const struct pppoe_session *session, void *data),
	       void *data);

/* Of the context's network namespace. False if there is none, or another one too, or nobody can
 * tell. */
bool pppoe_find_only(const struct nfto_ctx *ctx, struct pppoe_session *session);

#endif
