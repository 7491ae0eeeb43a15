/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_TOOLS_SLOW_H
#define NFTO_TOOLS_SLOW_H

#include "flow_name.h"
#include "tool.h"

/* A connection that could be offloaded, and is not. */
struct slow_connection {
	struct nfto_tuple *tuple;
	char name[FLOW_NAME_SIZE];
	uint64_t packets;
	uint64_t moved; /* between two looks */
};

/* The busiest ones; all zero is an empty list. */
#define SLOW_CONNECTIONS 64
struct slow_connections {
	struct slow_connection items[SLOW_CONNECTIONS];
	size_t count;
};

/* The first look, and a second one, which finds out what has moved since: those that did come first,
 * the busiest in front. Each: 0, or a negative errno. */
int slow_connections_find(struct nfto_ctx *ctx, struct slow_connections *slow);
int slow_connections_look_again(struct nfto_ctx *ctx, struct slow_connections *slow);

void slow_connections_clear(struct slow_connections *slow);

/* Is it a cause that lies in the path of its packets, and no connection's own? */
bool is_about_path(enum nfto_finding_code code);

#endif
