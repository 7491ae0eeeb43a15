/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CHECK_H
#define NFTO_CHECK_H

#include <arpa/inet.h>

#include <linux/netfilter/nf_conntrack_tuple_common.h>

#include "inquiry.h"

/* What may stand against offloading a connection, each a question of its own: 0 if nothing is found,
 * 1 if it is the cause, or a negative errno that is told in the context. */
typedef int check(struct inquiry *inquiry);

/* check_slow.c: why a connection goes the slow way. */
check check_instance;
check check_protocol;
check check_leaving;
check check_tcp_state;
check check_helper;
check check_status;
check check_ways;
check check_first_packet;
check check_threshold;
check check_idle;
check check_ipsec;
check check_rest;

/* check_path.c: whether the paths of its packets end where a flow can be found. */
check check_paths;     /* no flow is made, as a path does not end in the flowtable ... */
check check_next_hops; /* ... or not now, as a next hop is not known */
check check_ghosts;    /* one is made, and never found */

/* check_leak.c: why packets of a connection that is marked do not find their flow. */
check check_leaks;

/* check_hardware.c: why a flow stays in software. */
check check_hardware;
check check_mode;

/* ---- For the checks. An inquiry keeps what was found. */

int found(struct inquiry *inquiry, const struct nfto_finding *finding);

/* It may be so, and nobody can tell. */
int suspect(struct inquiry *inquiry, struct nfto_finding *finding);

/* A direction whose packets go the slow way, and not only for a moment. */
bool is_leaking(const struct inquiry *inquiry, int direction);

/* Is an IPsec policy about its packets? 1, 0 or a negative errno that is told in the context. */
int is_under_ipsec(struct inquiry *inquiry);

/* A finding about the way to the next hop. */
struct nfto_finding *add_lost_way(struct inquiry *inquiry, enum nfto_finding_code code,
				  const struct path *path);

struct address_text {
	char text[INET6_ADDRSTRLEN];
};

struct address_text address_text(int family, const void *address);

static inline const char *direction_name(int direction)
{
	return nfto_direction_name((enum nfto_direction)direction);
}

static inline const struct end *opener(const struct inquiry *inquiry)
{
	return &inquiry->ends[IP_CT_DIR_ORIGINAL];
}

static inline const struct end *answerer(const struct inquiry *inquiry)
{
	return &inquiry->ends[IP_CT_DIR_REPLY];
}

#endif
