/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_INQUIRY_H
#define NFTO_INQUIRY_H

#include "facts/connection.h"
#include "facts/path.h"
#include "findings.h"
#include "intent/instance.h"
#include "leaks.h"
#include "software_flow.h"
#include "tuple.h"

/* What the routes make of a connection. */
enum ways {
	WAYS_UNKNOWN = 0,
	WAYS_FOUND,
	WAYS_FROM_ROUTER, /* the router itself has opened it ... */
	WAYS_TO_ROUTER,	  /* ... or answers it */
	WAYS_NO_ROUTE,	  /* to one of the ends */
	WAYS_NOT_FORWARDED,
	WAYS_NO_REVERSE_ROUTE,
};

/* What is found out about one connection. Directions are IP_CT_DIR_*. */
struct inquiry {
	struct nfto_ctx *ctx;
	const char *name;
	struct nfto_tuple tuple;
	struct instance instance;

	bool exists; /* conntrack has an entry */
	struct connection connection;
	enum nfto_flow_state state;
	bool is_marked;			    /* as offloaded, now or a moment ago */
	const struct software_flow *before; /* it was in software at an earlier look; NULL: not */

	/* By direction, who sends: as the forward chain sees it, after DNAT and before SNAT. */
	struct end ends[2];

	bool needs_whole_path; /* see facts/whole_path.h */
	enum ways ways;
	const struct end *unreachable; /* for WAYS_NO_ROUTE: who */
	bool has_paths;
	struct path paths[2]; /* by direction: the way that its packets leave by */

	bool has_leak[2];
	struct leak_info leaks[2];

	struct findings findings;
};

/* Reads the instance, and looks the connection up. Each: 0, or a negative errno that is told in the
 * context. Close it also if it failed. */
int inquiry_open(struct nfto_ctx *ctx, const char *name, const struct nfto_tuple *tuple,
		 struct inquiry *inquiry);
int inquiry_open_leak(struct nfto_ctx *ctx, const char *name, const struct leak_info *leak,
		      struct inquiry *inquiry);
void inquiry_close(struct inquiry *inquiry);

/* Finds the ways of both directions. */
int inquiry_find_ways(struct inquiry *inquiry);

/* Looks whether the detector has seen it. */
int inquiry_find_leaks(struct inquiry *inquiry);

/* Where a packet of a direction goes to if it was of no known mark and interface: 1, 0 if nowhere,
 * or a negative errno that is told in the context. */
int inquiry_plain_route(struct inquiry *inquiry, const struct end *to, struct route_info *route);

#endif
