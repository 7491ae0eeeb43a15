// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Follows each interface down to the devices that its packets come in by, as the kernel does: see
 * plan_rules.c. For software both ends of the way are taken, since the kernel keeps a flow for the
 * lower one where it finds the way, and for the upper one where it does not: as long as a neighbour
 * is not known, or an address is not in a bridge's forwarding database. From Linux 7.2 on it makes
 * no flow then, so the lower ends are all that is needed. For hardware only the lower ends are
 * taken: the others would be refused, and the flowtable with them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_ether.h>

#include "plan.h"
#include "plan_lost.h"
#include "plan_rules.h"

/* NF_FLOW_TABLE_ENCAP_MAX: so many VLAN tags and PPPoE sessions fit into a flow. */
#define MOST_ENCAPSULATIONS 2

/* NET_DEVICE_PATH_STACK_MAX: so many devices are followed, the last one included. */
#define MOST_PATHS 5

/* Where a step down has come to. */
struct place {
	unsigned int level;	       /* devices above this one */
	unsigned int tags;	       /* of VLANs, that packets have here */
	bool is_below_stag;	       /* the outermost is one of 802.1ad */
	bool is_below_session;	       /* they have a PPPoE header, too */
	bool is_one_of_many;	       /* it is a guess which device is below the session */
	bool is_below_tunnel;	       /* they have a second IP header, too */
	enum nfto_plan_reason blocked; /* why no flow is found here, or 0 */
	/* The kernel keeps flows here all the same, if it may, and then never finds them. */
	bool is_trap;
};

/* All places that make a difference to what is below, as bits. */
struct seen {
	uint64_t bits[8];
};

struct walk {
	struct nfto_plan *plan;
	const struct nfto_topology *topology;
	const char *via;
	const struct link_info *root;		       /* the route's device */
	const struct link_info *path[MOST_LEVELS + 1]; /* from there to here */
	size_t *numbers;		     /* by link: its number in the plan, from 1; 0: none */
	struct seen *seen;		     /* by link */
	const struct link_info **conduit_of; /* by link: a port of its switch, or NULL */
	const struct link_info **lost_of;    /* by link: see plan_lost.h */
};

static bool is_for_hardware(const struct walk *walk)
{
	return walk->plan->mode == NFTO_MODE_HARDWARE;
}

static bool needs_whole_path(const struct walk *walk)
{
	return walk->topology->kernel.needs_whole_path == NFTO_YES;
}

/* Are flows kept for the route's device where no path below it is found? */
static bool has_fallback(const struct walk *walk)
{
	return !is_for_hardware(walk) && !needs_whole_path(walk);
}

/* ---- The list of devices */

static struct nfto_plan_device *add(struct nfto_plan *plan)
{
	size_t room = plan->room ? 2 * plan->room : 16;
	struct nfto_plan_device *devices;

	if (plan->device_count == plan->room) {
		devices = realloc(plan->devices, room * sizeof(*devices));
		if (!devices)
			return NULL;
		plan->devices = devices;
		plan->room = room;
	}
	memset(&plan->devices[plan->device_count], 0, sizeof(*plan->devices));
	return &plan->devices[plan->device_count++];
}

static int add_missing(struct walk *walk, const char *name, enum nfto_plan_reason reason)
{
	struct nfto_plan_device *device = add(walk->plan);

	if (!device)
		return -ENOMEM;
	device->name = name;
	device->via = name;
	device->decision = NFTO_PLAN_MISSING;
	device->reason = reason;
	return 0;
}

static struct nfto_plan_device *get(struct walk *walk, const struct link_info *link)
{
	size_t *number = &walk->numbers[link - walk->topology->links];
	struct nfto_plan_device *device;

	if (*number)
		return &walk->plan->devices[*number - 1];
	device = add(walk->plan);
	if (!device)
		return NULL;
	*number = walk->plan->device_count;
	device->link = link;
	device->via = walk->via;
	return device;
}

/* A device can be reached by several ways: what one of them needs is taken, and else the first
 * reason stays, unless it was only passed. */
static bool is_settled(const struct nfto_plan_device *device)
{
	return device->decision == NFTO_PLAN_TAKEN ||
	       (device->decision == NFTO_PLAN_LEFT_OUT && device->reason != NFTO_PLAN_BETWEEN);
}

static int take(struct walk *walk, const struct link_info *link, enum nfto_plan_reason reason,
		const struct link_info *about)
{
	struct nfto_plan_device *device = get(walk, link);

	if (!device)
		return -ENOMEM;
	if (device->decision == NFTO_PLAN_TAKEN)
		return 0;
	if (device->is_trap)
		device->slow = device->about;
	device->decision = NFTO_PLAN_TAKEN;
	device->reason = reason;
	device->about = about;
	device->is_obstacle = false;
	return 0;
}

static int leave(struct walk *walk, const struct link_info *link, enum nfto_plan_reason reason,
		 const struct link_info *about)
{
	struct nfto_plan_device *device = get(walk, link);

	if (!device)
		return -ENOMEM;
	if (is_settled(device))
		return 0;
	device->decision = NFTO_PLAN_LEFT_OUT;
	device->reason = reason;
	device->about = about;
	return 0;
}

/* Flows need it, and it has no hardware. */
static int leave_obstacle(struct walk *walk, const struct link_info *link,
			  enum nfto_plan_reason reason, const struct link_info *about)
{
	int ret = leave(walk, link, reason, about);
	struct nfto_plan_device *device = ret < 0 ? NULL : get(walk, link);

	if (device && device->reason == reason)
		device->is_obstacle = true;
	return ret;
}

/* ---- The way down */

static int visit(struct walk *walk, const struct link_info *link, struct place place);

static bool is_root(const struct place *place)
{
	return place->level == 0;
}

/* Whether the same was done before: so many interfaces over the same devices cost no more than
 * one. */
static bool was_seen(struct walk *walk, const struct link_info *link, const struct place *place)
{
	uint64_t *bits = walk->seen[link - walk->topology->links].bits;
	unsigned int state;

	/* A root is route's device once more, and says so. */
	if (is_root(place))
		return false;
	state = place->level - 1;
	if (!place->blocked)
		state |= (1 + place->tags) << 3 | (unsigned int)place->is_below_stag << 5 |
			 (unsigned int)place->is_below_session << 6 |
			 (unsigned int)place->is_one_of_many << 7 |
			 (unsigned int)place->is_below_tunnel << 8;
	if (bits[state / 64] & 1ull << state % 64)
		return true;
	bits[state / 64] |= 1ull << state % 64;
	return false;
}

static bool is_on_path(const struct walk *walk, const struct link_info *link, unsigned int level)
{
	for (unsigned int i = 0; i < level; i++) {
		if (walk->path[i] == link)
			return true;
	}
	return false;
}

/* The way ends here. */
static int keep_flows(struct walk *walk, const struct link_info *link, const struct place *place)
{
	struct nfto_plan_device *device;

	if (walk->lost_of[link - walk->topology->links])
		return leave(walk, link, NFTO_PLAN_LOST_IN_TUNNEL,
			     walk->lost_of[link - walk->topology->links]);
	if (!place->blocked)
		return take(walk, link, NFTO_PLAN_ENTRY, place->is_one_of_many ? walk->root : NULL);
	if (leave(walk, link, place->blocked, walk->root) < 0)
		return -ENOMEM;
	if (!place->is_trap)
		return 0;
	device = get(walk, link);
	if (device->decision == NFTO_PLAN_TAKEN)
		device->slow = walk->root;
	else
		device->is_trap = true;
	return 0;
}

/* A device that has others below it for the packets to come in by. */
static int pass(struct walk *walk, const struct link_info *link, const struct place *place)
{
	if (!is_root(place))
		return leave(walk, link, NFTO_PLAN_BETWEEN, NULL);
	if (is_for_hardware(walk))
		return leave(walk, link, NFTO_PLAN_NO_HARDWARE, NULL);
	if (has_fallback(walk))
		return take(walk, link, NFTO_PLAN_ROUTE, NULL);
	return leave(walk, link, NFTO_PLAN_BETWEEN, NULL);
}

/* The way down ends at a device that can't be seen: only the route's device can keep flows. */
static int lose_way(struct walk *walk, const struct link_info *link, const struct place *place,
		    enum nfto_plan_reason reason)
{
	if (is_for_hardware(walk))
		return leave_obstacle(walk, link, reason, NULL);
	if (is_root(place) && has_fallback(walk))
		return take(walk, link, reason, NULL);
	return leave(walk, link, reason, NULL);
}

/* No flow is found below. Without a fallback, it then has no place at all. */
static void block(struct walk *walk, struct place *place, enum nfto_plan_reason reason,
		  bool is_trap)
{
	struct nfto_plan_device *root = get(walk, walk->root);

	if (place->blocked)
		return;
	place->blocked = reason;
	place->is_trap = is_trap;
	if (!has_fallback(walk) && root->decision != NFTO_PLAN_TAKEN) {
		root->reason = reason;
		root->is_obstacle = is_for_hardware(walk);
	}
}

static int step_down(struct walk *walk, const struct link_info *lower, struct place place)
{
	place.level++;
	if (walk->topology->kernel.path_discovery == NFTO_NO)
		block(walk, &place, NFTO_PLAN_NO_PATH_DISCOVERY, false);
	/* The third tag is an error to the kernel, which it knows what to do about. Two and a
	 * session are not before 7.2: it forgets the outermost (nft_dev_path_info()). */
	if (place.level >= MOST_PATHS || place.tags > MOST_ENCAPSULATIONS)
		block(walk, &place, NFTO_PLAN_TOO_DEEP, false);
	if (place.tags + place.is_below_session > MOST_ENCAPSULATIONS)
		block(walk, &place, NFTO_PLAN_TOO_DEEP, !needs_whole_path(walk));
	return visit(walk, lower, place);
}

static int visit_ports(struct walk *walk, const struct link_info *link, const struct place *place)
{
	const struct link_info *const *ports;
	size_t count;
	int ret = 0;

	ports = topology_ports(walk->topology, link, &count);
	for (size_t i = 0; i < count && ret == 0; i++)
		ret = step_down(walk, ports[i], *place);
	return ret;
}

/*
 * Where a port sends a VLAN tagged that the bridge itself is in, the kernel looks for that tag on
 * packets that come in, but puts none on those that go out in software (nft_dev_path_info() and
 * nf_flow_queue_xmit()): a flow that is kept for the port is lost. A route's device above the
 * bridge is right in any case. Where there is no such fallback, the tag is put on.
 */
static bool loses_tags(const struct walk *walk, const struct link_info *bridge)
{
	return bridge->vlan_filtering && has_fallback(walk);
}

static int visit_bridge(struct walk *walk, const struct link_info *link, struct place place)
{
	size_t count;

	topology_ports(walk->topology, link, &count);
	if (count == 0 && !has_fallback(walk))
		return leave(walk, link, NFTO_PLAN_EMPTY, NULL);
	if (pass(walk, link, &place) < 0)
		return -ENOMEM;
	if (loses_tags(walk, link))
		block(walk, &place, NFTO_PLAN_VLAN_FILTERING, true);
	/* The kernel looks for the port of the neighbour, and a tunnel has none. */
	if (place.is_below_tunnel && !place.is_below_session)
		block(walk, &place, NFTO_PLAN_NO_PATH, false);
	return visit_ports(walk, link, &place);
}

static int visit_vlan(struct walk *walk, const struct link_info *link, struct place place)
{
	const struct link_info *lower = topology_find_index(walk->topology, link->lower);

	if (!lower || link->lower_is_elsewhere)
		return lose_way(walk, link, &place, NFTO_PLAN_ELSEWHERE);
	if (pass(walk, link, &place) < 0)
		return -ENOMEM;
	/* The outermost tag may be of any kind, the one in it must be of 802.1Q
	 * (nf_flow_tuple_encap()). */
	if (place.is_below_stag)
		block(walk, &place, NFTO_PLAN_INNER_TAG, true);
	place.is_below_stag = link->vlan_protocol == ETH_P_8021AD;
	place.tags++;
	return step_down(walk, lower, place);
}

static int end_without_path(struct walk *walk, const struct link_info *link, struct place place)
{
	if (is_root(&place))
		return leave(walk, link, NFTO_PLAN_NO_PATH, NULL);
	block(walk, &place, NFTO_PLAN_NO_PATH, false);
	return leave(walk, link, NFTO_PLAN_NO_PATH, walk->root);
}

/* L2TP, PPTP, a modem: nothing says what is below (ppp_fill_forward_path()). */
static int visit_ppp_tunnel(struct walk *walk, const struct link_info *link,
			    const struct place *place)
{
	if (needs_whole_path(walk))
		return end_without_path(walk, link, *place);
	if (is_for_hardware(walk))
		return leave(walk, link, NFTO_PLAN_TUNNEL, NULL);
	return take(walk, link, NFTO_PLAN_TUNNEL, NULL);
}

/* A driver or an rtnetlink says nothing of what is below, so each device with sessions may be
 * it. */
static int visit_ppp(struct walk *walk, const struct link_info *link, struct place place)
{
	const struct nfto_topology *topology = walk->topology;
	const struct link_info *lower;
	int ret = 0;

	if (topology->pppoe_lower_count == 0 && topology->kernel.pppoe_sessions == NFTO_YES)
		return visit_ppp_tunnel(walk, link, &place);
	if (topology->pppoe_lower_count == 0)
		return lose_way(walk, link, &place, NFTO_PLAN_UNKNOWN_SESSION);
	if (pass(walk, link, &place) < 0)
		return -ENOMEM;
	place.is_below_session = true;
	place.is_one_of_many = topology->pppoe_lower_count > 1;
	/* Hardware reads the packets by itself. */
	if (topology->kernel.pppoe_below == NFTO_NO && !is_for_hardware(walk))
		block(walk, &place, NFTO_PLAN_NO_PPPOE_MATCH, true);
	for (size_t i = 0; i < topology->pppoe_lower_count && ret == 0; i++) {
		lower = topology_find_index(topology, topology->pppoe_lowers[i]);
		ret = lower ? step_down(walk, lower, place) : 0;
	}
	return ret;
}

static int visit_dsa(struct walk *walk, const struct link_info *link, struct place place)
{
	const struct link_info *conduit = topology_find_index(walk->topology, link->lower);

	/* The kernel looks at the conduit too before it turns back. */
	if (place.level + 1 >= MOST_PATHS)
		block(walk, &place, NFTO_PLAN_TOO_DEEP, false);
	if (keep_flows(walk, link, &place) < 0)
		return -ENOMEM;
	return conduit ? leave(walk, conduit, NFTO_PLAN_CONDUIT, link) : 0;
}

static int visit_virtual(struct walk *walk, const struct link_info *link, const struct place *place)
{
	if (is_for_hardware(walk) && !place->blocked)
		return leave_obstacle(walk, link, NFTO_PLAN_NO_DRIVER, NULL);
	return keep_flows(walk, link, place);
}

static int visit_over(struct walk *walk, const struct link_info *link, const struct place *place)
{
	const struct link_info *lower = topology_find_index(walk->topology, link->lower);

	if (visit_virtual(walk, link, place) < 0)
		return -ENOMEM;
	if (!lower || link->lower_is_elsewhere)
		return 0;
	return leave(walk, lower, NFTO_PLAN_HANDED_OVER, link);
}

static int visit_bond(struct walk *walk, const struct link_info *link, const struct place *place)
{
	const struct link_info *const *ports;
	size_t count;

	if (visit_virtual(walk, link, place) < 0)
		return -ENOMEM;
	ports = topology_ports(walk->topology, link, &count);
	for (size_t i = 0; i < count; i++) {
		if (leave(walk, ports[i], NFTO_PLAN_HANDED_OVER, link) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int visit_tunnel(struct walk *walk, const struct link_info *link, const struct place *place)
{
	if (place->blocked)
		return keep_flows(walk, link, place);
	/* It is no obstacle to hardware for all others: its flows are the slow path's in either
	 * case, as it is encrypted or wrapped there. */
	if (is_for_hardware(walk))
		return leave(walk, link, NFTO_PLAN_TUNNEL, NULL);
	return take(walk, link, NFTO_PLAN_TUNNEL, NULL);
}

/* The kernel finds one tunnel on a path, not one in the other. */
static int visit_ip_tunnel(struct walk *walk, const struct link_info *link, struct place place)
{
	const struct link_info *egress = topology_find_index(walk->topology, link->egress);

	if (!needs_whole_path(walk))
		return visit_tunnel(walk, link, &place);
	if (!egress || place.is_below_tunnel)
		return end_without_path(walk, link, place);
	if (link->carries_ipv4)
		return leave(walk, link, NFTO_PLAN_LOST_IN_TUNNEL, NULL);
	if (is_for_hardware(walk))
		return visit_tunnel(walk, link, &place);
	if (pass(walk, link, &place) < 0)
		return -ENOMEM;
	place.is_below_tunnel = true;
	return step_down(walk, egress, place);
}

static int visit_interface(struct walk *walk, const struct link_info *link);

/* Each port is an interface of its own. */
static int visit_vrf(struct walk *walk, const struct link_info *link, const struct place *place)
{
	const struct link_info *const *ports;
	size_t count;
	int ret = leave(walk, link, NFTO_PLAN_BETWEEN, NULL);

	if (!is_root(place))
		return ret;
	ports = topology_ports(walk->topology, link, &count);
	for (size_t i = 0; i < count && ret == 0; i++) {
		/* One VRF can't be a port of another. */
		if (role_of(ports[i]) != ROLE_VRF)
			ret = visit_interface(walk, ports[i]);
	}
	return ret;
}

/* All that a conduit receives is for the ports of its switch. */
static int visit_plain(struct walk *walk, const struct link_info *link, const struct place *place)
{
	const struct link_info *port = walk->conduit_of[link - walk->topology->links];

	return port ? leave(walk, link, NFTO_PLAN_CONDUIT, port) : keep_flows(walk, link, place);
}

static int visit_role(struct walk *walk, const struct link_info *link, const struct place *place)
{
	switch (role_of(link)) {
	case ROLE_DEVICE:
		return visit_plain(walk, link, place);
	case ROLE_VIRTUAL:
		return visit_virtual(walk, link, place);
	case ROLE_TUNNEL:
		return visit_tunnel(walk, link, place);
	case ROLE_IP_TUNNEL:
		return visit_ip_tunnel(walk, link, *place);
	case ROLE_IPSEC:
		return leave(walk, link, NFTO_PLAN_IPSEC, NULL);
	case ROLE_LOOPBACK:
		return leave(walk, link, NFTO_PLAN_LOOPBACK, NULL);
	case ROLE_DSA:
		return visit_dsa(walk, link, *place);
	case ROLE_OVER:
		return visit_over(walk, link, place);
	case ROLE_BOND:
		return visit_bond(walk, link, place);
	case ROLE_BRIDGE:
		return visit_bridge(walk, link, *place);
	case ROLE_VRF:
		return visit_vrf(walk, link, place);
	case ROLE_VLAN:
		return visit_vlan(walk, link, *place);
	case ROLE_PPP:
		return visit_ppp(walk, link, *place);
	}
	return 0;
}

static int visit_loop(struct walk *walk, const struct link_info *link)
{
	struct nfto_plan_device *device = get(walk, link);

	if (!device)
		return -ENOMEM;
	device->decision = NFTO_PLAN_LEFT_OUT;
	device->reason = NFTO_PLAN_LOOP;
	device->about = NULL;
	device->is_obstacle = is_for_hardware(walk);
	return 0;
}

static int visit(struct walk *walk, const struct link_info *link, struct place place)
{
	if (is_on_path(walk, link, place.level))
		return visit_loop(walk, link);
	if (place.level > MOST_LEVELS)
		return leave(walk, link, NFTO_PLAN_TOO_DEEP, walk->root);
	if (was_seen(walk, link, &place))
		return 0;
	walk->path[place.level] = link;
	return visit_role(walk, link, &place);
}

/* ---- What was named */

static int visit_interface(struct walk *walk, const struct link_info *link)
{
	const struct link_info *master = topology_find_index(walk->topology, link->master);
	struct place top = { 0 };

	if (master && takes_packets_of_ports(master))
		return leave(walk, link, NFTO_PLAN_HANDED_OVER, master);
	if (master && loses_tags(walk, master))
		return leave(walk, link, NFTO_PLAN_VLAN_FILTERING, NULL);
	walk->root = link;
	return visit(walk, link, top);
}

static int visit_device(struct walk *walk, const struct link_info *link)
{
	struct nfto_plan_device *device = get(walk, link);

	if (!device)
		return -ENOMEM;
	device->decision = NFTO_PLAN_TAKEN;
	device->reason = NFTO_PLAN_EXPLICIT;
	device->about = NULL;
	device->is_obstacle = false;
	return 0;
}

static int visit_all(struct walk *walk, const char *begin, size_t length,
		     int (*function)(struct walk *walk, const struct link_info *link))
{
	const struct nfto_topology *topology = walk->topology;
	bool is_found = false;
	int ret = 0;

	for (size_t i = 0; i < topology->link_count && ret == 0; i++) {
		if (strncmp(topology->by_index[i]->name, begin, length) != 0)
			continue;
		is_found = true;
		ret = function(walk, topology->by_index[i]);
	}
	if (!is_found)
		ret = add_missing(walk, begin, NFTO_PLAN_NO_MATCH);
	return ret;
}

static int visit_name(struct walk *walk, const char *name,
		      int (*function)(struct walk *walk, const struct link_info *link))
{
	const struct link_info *link = topology_find_name(walk->topology, name);
	size_t length = strlen(name);

	walk->via = name;
	if (link)
		return function(walk, link);
	if (length > 0 && name[length - 1] == '*')
		return visit_all(walk, name, length - 1, function);
	return add_missing(walk, name, NFTO_PLAN_NO_DEVICE);
}

static void find_conduits(struct walk *walk)
{
	const struct nfto_topology *topology = walk->topology;

	for (size_t i = 0; i < topology->link_count; i++) {
		const struct link_info *port = topology->by_index[i], *conduit;

		conduit = role_of(port) == ROLE_DSA ? topology_find_index(topology, port->lower) :
						      NULL;
		if (conduit && !walk->conduit_of[conduit - topology->links])
			walk->conduit_of[conduit - topology->links] = port;
	}
}

int plan_walk(struct nfto_plan *plan, const struct nfto_topology *topology,
	      const struct nfto_spec *spec)
{
	size_t count = topology->link_count ? topology->link_count : 1;
	struct walk walk = {
		.plan = plan,
		.topology = topology,
		.numbers = calloc(count, sizeof(*walk.numbers)),
		.seen = calloc(count, sizeof(*walk.seen)),
		.conduit_of = calloc(count, sizeof(*walk.conduit_of)),
		.lost_of = calloc(count, sizeof(*walk.lost_of)),
	};
	int ret = walk.numbers && walk.seen && walk.conduit_of && walk.lost_of ? 0 : -ENOMEM;

	if (ret == 0) {
		find_conduits(&walk);
		plan_find_lost(topology, walk.lost_of);
	}
	for (size_t i = 0; i < plan->given_count && ret == 0; i++)
		ret = visit_name(&walk, plan->given[i],
				 i < spec->interfaces.count ? visit_interface : visit_device);
	free(walk.numbers);
	free(walk.seen);
	free(walk.conduit_of);
	free(walk.lost_of);
	return ret;
}
