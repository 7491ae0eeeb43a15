/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_PLAN_RULES_H
#define NFTO_PLAN_RULES_H

#include "facts/topology.h"

/* MAX_NEST_DEV: the kernel itself does not stack more devices. */
#define MOST_LEVELS 8

/* What a device is to the flows that go through it. */
enum role {
	ROLE_DEVICE,	/* packets come in here, and a driver may have hardware for them */
	ROLE_VIRTUAL,	/* packets come in here, and no driver has */
	ROLE_TUNNEL,	/* the same, and the packets around them are this host's own */
	ROLE_IP_TUNNEL, /* one whose path the kernel follows, see facts/tunnel.h */
	ROLE_IPSEC,
	ROLE_LOOPBACK,
	ROLE_DSA,    /* a port of a switch, over the conduit to the switch */
	ROLE_OVER,   /* virtual, and takes its packets over from the device below: macvlan */
	ROLE_BOND,   /* virtual, and takes the packets of its ports over */
	ROLE_BRIDGE, /* stands on its ports */
	ROLE_VRF,    /* routes for its ports, which are interfaces of their own */
	ROLE_VLAN,   /* stands on the device below */
	ROLE_PPP,    /* stands on the device of its PPPoE session, if it has one */
};

enum role role_of(const struct link_info *link);

/* Does this take over the packets of its ports before flows are looked for? */
bool takes_packets_of_ports(const struct link_info *master);

#endif
