/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_LINK_H
#define NFTO_CODEC_LINK_H

#include <net/if.h>
#include <stdbool.h>

#include "netlink/messages.h"

/* The kernel builds the name of a module from a kind, so it is shorter than that. */
#define LINK_KIND_SIZE 64
#define LINK_SWITCH_ID_SIZE 32

/* A network device. What the kernel did not send is 0 or "". */
struct link_info {
	uint32_t index;
	uint32_t master;	 /* the index of the bridge, bond... that it is a port of */
	uint32_t lower;		 /* IFLA_LINK: the device below, for a veth its peer */
	bool lower_is_elsewhere; /* that one is in another network namespace */
	bool is_up;
	uint32_t mtu;
	uint16_t type; /* ARPHRD_* */
	char name[IFNAMSIZ];
	char kind[LINK_KIND_SIZE];	/* "" for a driver's own device */
	char port_kind[LINK_KIND_SIZE]; /* "bridge" for a port of one */
	uint16_t vlan_id;
	uint16_t vlan_protocol; /* ETH_P_8021Q, ETH_P_8021AD; 0 for what is no VLAN */
	bool vlan_filtering;	/* of a bridge */
	uint16_t default_pvid;	/* the same */
	uint8_t tunnel_family;	/* of an ipip or ip6tnl: of its remote address; 0 if it has none */
	uint8_t tunnel_remote[16];
	bool has_encap_limit; /* of an ip6tnl: packets may have an option with that limit */
	bool carries_ipv4;    /* the same: not only IPv6 */
	uint32_t egress;      /* of both: the device that the packets around it leave by; no message
			       * tells it, see facts/tunnel.h */
	uint8_t switch_id[LINK_SWITCH_ID_SIZE];
	size_t switch_id_length;
	char port_name[IFNAMSIZ]; /* what the switch calls the port */
};

/* A request for all devices, and one for a single one: 0 or -ENOMEM. */
int link_build_dump(struct messages *messages);
int link_build_get(struct messages *messages, uint32_t index);

/* 0 or -EBADMSG. */
int link_parse(const struct nlmsghdr *message, struct link_info *info);

#endif
