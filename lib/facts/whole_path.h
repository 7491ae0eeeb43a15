/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_WHOLE_PATH_H
#define NFTO_FACTS_WHOLE_PATH_H

#include "caps.h"

/*
 * Does the kernel make a flow only if it can follow the path of both directions down to a device of
 * the flowtable? Before Linux 7.2 it made one for the route's device instead, and marked the
 * connection as offloaded even if no packet of it could ever find that flow (nft_flow_route() in
 * net/netfilter/nf_flow_table_path.c).
 */
void whole_path_read(const struct nfto_ctx *ctx, struct proof *proof);

/* The same without the evidence. A context reads it once, as the kernel stays what it is. */
enum nfto_answer whole_path_ask_once(struct nfto_ctx *ctx);

#endif
