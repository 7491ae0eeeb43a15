/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_TOPOLOGY_H
#define NFTO_TOPOLOGY_H

#include "codec/link.h"
#include "internal.h"

/* What a plan must know of the kernel. It is part of a topology, since a record is planned
 * elsewhere. */
struct kernel_facts {
	/* Does it look from a route's device for the device below that packets come in by
	 * (5.13)? */
	enum nfto_answer path_discovery;
	/* Does it find the flows of PPPoE packets on the device below the session? See
	 * plan_rules.c. */
	enum nfto_answer pppoe_below;
	/* Is the list of PPPoE sessions complete? */
	enum nfto_answer pppoe_sessions;
	/* Does it make no flow without its whole path (7.2)? See whole_path.h. */
	enum nfto_answer needs_whole_path;
};

struct nfto_topology {
	struct kernel_facts kernel;
	struct link_info *links;
	size_t link_count;
	/* The links, sorted. */
	const struct link_info **by_index;
	const struct link_info **by_name;
	const struct link_info **by_master; /* and by index among the ports of one */
	/* The indexes of devices that have PPPoE sessions over them: each once. Which session is
	 * which ppp device's, the kernel tells nobody. */
	uint32_t *pppoe_lowers;
	size_t pppoe_lower_count;
	char *text;
};

/* NULL if there is none. */
const struct link_info *topology_find_name(const struct nfto_topology *topology, const char *name);
const struct link_info *topology_find_index(const struct nfto_topology *topology, uint32_t index);

/* The ports of a bridge, bond..., in the order of their indexes: the first one, and how many. */
const struct link_info *const *topology_ports(const struct nfto_topology *topology,
					      const struct link_info *master, size_t *count);

/* Adds a link, as long as it is not sorted: 0 or -ENOMEM. */
int topology_add_link(struct nfto_topology *topology, const struct link_info *link);

/* Sorts the links; after that they can be found: 0 or -ENOMEM. */
int topology_sort(struct nfto_topology *topology);

/* The same for ports, once each link knows its master: 0 or -ENOMEM. */
int topology_sort_ports(struct nfto_topology *topology);

/* The device has PPPoE sessions: 0 or -ENOMEM. */
int topology_add_pppoe(struct nfto_topology *topology, const struct link_info *lower);

/* topology_record.c: writes the record of a topology that is complete: 0 or -ENOMEM. */
int topology_write(struct nfto_topology *topology);

/* topology_proc.c: what only /proc tells: 0 or a negative errno. */
int topology_read_proc(struct nfto_ctx *ctx, struct nfto_topology *topology);

/* topology_tunnels.c: the egress of tunnels, if the kernel follows them: 0, or a negative errno that
 * is told in the context. */
int topology_read_tunnels(struct nfto_ctx *ctx, struct nfto_topology *topology);

#endif
