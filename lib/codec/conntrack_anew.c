// SPDX-License-Identifier: LGPL-2.1-or-later
/* As conntrackd does when it takes over from another router: see ctnetlink_create_conntrack() in
 * net/netfilter/nf_conntrack_netlink.c. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "conntrack.h"
#include "conntrack_anew.h"
#include "netlink/attr.h"

/* What is copied of a status; the kernel sets the rest by itself, or refuses it. */
#define KEPT_STATUS (uint32_t)(IPS_SEEN_REPLY | IPS_ASSURED)

static size_t address_size(const struct flow_info *info)
{
	return info->family == AF_INET ? 4 : 16;
}

/* ---- The tuples */

static void put_addresses(struct nlmsghdr *message, const struct flow_info *info,
			  const struct flow_side *side)
{
	struct nlattr *nest = mnl_attr_nest_start(message, CTA_TUPLE_IP);
	bool is_ipv4 = info->family == AF_INET;

	mnl_attr_put(message, is_ipv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, address_size(info),
		     side->source);
	mnl_attr_put(message, is_ipv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, address_size(info),
		     side->destination);
	mnl_attr_nest_end(message, nest);
}

static void put_ports(struct nlmsghdr *message, const struct flow_info *info,
		      const struct flow_side *side)
{
	struct nlattr *nest = mnl_attr_nest_start(message, CTA_TUPLE_PROTO);

	mnl_attr_put_u8(message, CTA_PROTO_NUM, info->protocol);
	mnl_attr_put_u16(message, CTA_PROTO_SRC_PORT, htons(side->source_port));
	mnl_attr_put_u16(message, CTA_PROTO_DST_PORT, htons(side->destination_port));
	mnl_attr_nest_end(message, nest);
}

/* A zone of one direction only stands in the tuple of that direction: 0 or -EBADMSG. */
static int put_zone(struct nlmsghdr *message, const struct nlattr *tuple)
{
	const struct nlattr *attrs[CTA_TUPLE_MAX + 1];
	uint16_t zone;

	if (attr_parse_nest(tuple, attrs, CTA_TUPLE_MAX) < 0)
		return -EBADMSG;
	if (!attrs[CTA_TUPLE_ZONE])
		return 0;
	if (attr_be16(attrs[CTA_TUPLE_ZONE], &zone) < 0)
		return -EBADMSG;
	mnl_attr_put_u16(message, CTA_TUPLE_ZONE, htons(zone));
	return 0;
}

/* With the zone of the old one, if that had its own. */
static int put_tuple(struct nlmsghdr *message, uint16_t type, const struct flow_info *info,
		     const struct flow_side *side, const struct nlattr *old)
{
	struct nlattr *nest = mnl_attr_nest_start(message, type);
	int ret;

	put_addresses(message, info, side);
	put_ports(message, info, side);
	ret = put_zone(message, old);
	mnl_attr_nest_end(message, nest);
	return ret;
}

/* The answers, as if there were no NAT: that is put into them by what it is asked for. */
static struct flow_side invert(const struct flow_side *side)
{
	struct flow_side inverse = { .source_port = side->destination_port,
				     .destination_port = side->source_port };

	memcpy(inverse.source, side->destination, sizeof(inverse.source));
	memcpy(inverse.destination, side->source, sizeof(inverse.destination));
	return inverse;
}

static int put_tuples(struct nlmsghdr *message, const struct flow_info *info,
		      const struct nlattr *const *attrs)
{
	const struct flow_side *opener = &info->sides[IP_CT_DIR_ORIGINAL];
	const struct flow_side answers = invert(opener);

	if (put_tuple(message, CTA_TUPLE_ORIG, info, opener, attrs[CTA_TUPLE_ORIG]) < 0)
		return -EBADMSG;
	return put_tuple(message, CTA_TUPLE_REPLY, info, &answers, attrs[CTA_TUPLE_REPLY]);
}

/* ---- NAT */

static void put_nat(struct nlmsghdr *message, uint16_t type, const struct flow_info *info,
		    const uint8_t *address, uint16_t port)
{
	struct nlattr *nest = mnl_attr_nest_start(message, type), *protocol;
	bool is_ipv4 = info->family == AF_INET;

	mnl_attr_put(message, is_ipv4 ? CTA_NAT_V4_MINIP : CTA_NAT_V6_MINIP, address_size(info),
		     address);
	mnl_attr_put(message, is_ipv4 ? CTA_NAT_V4_MAXIP : CTA_NAT_V6_MAXIP, address_size(info),
		     address);
	protocol = mnl_attr_nest_start(message, CTA_NAT_PROTO);
	mnl_attr_put_u16(message, CTA_PROTONAT_PORT_MIN, htons(port));
	mnl_attr_put_u16(message, CTA_PROTONAT_PORT_MAX, htons(port));
	mnl_attr_nest_end(message, protocol);
	mnl_attr_nest_end(message, nest);
}

static bool is_same_end(const struct flow_info *info, const uint8_t *address, uint16_t port,
			const uint8_t *other_address, uint16_t other_port)
{
	return port == other_port && memcmp(address, other_address, address_size(info)) == 0;
}

/* To whom the answers go is who the source was made to be, and who answers is who the destination
 * was made to be. */
static void put_nats(struct nlmsghdr *message, const struct flow_info *info)
{
	const struct flow_side *opener = &info->sides[IP_CT_DIR_ORIGINAL];
	const struct flow_side *reply = &info->sides[IP_CT_DIR_REPLY];

	if (!is_same_end(info, opener->source, opener->source_port, reply->destination,
			 reply->destination_port))
		put_nat(message, CTA_NAT_SRC, info, reply->destination, reply->destination_port);
	if (!is_same_end(info, opener->destination, opener->destination_port, reply->source,
			 reply->source_port))
		put_nat(message, CTA_NAT_DST, info, reply->source, reply->source_port);
}

/* ---- TCP */

static void put_tcp_flags(struct nlmsghdr *message, uint16_t type)
{
	const struct nf_ct_tcp_flags flags = {
		.flags = IP_CT_TCP_FLAG_SACK_PERM | IP_CT_TCP_FLAG_BE_LIBERAL,
		.mask = IP_CT_TCP_FLAG_SACK_PERM | IP_CT_TCP_FLAG_BE_LIBERAL,
	};

	mnl_attr_put(message, type, sizeof(flags), &flags);
}

/* Conntrack does not see the windows of what is offloaded, and so does not judge by them: it did not
 * before, since the flow was made. */
static void put_tcp(struct nlmsghdr *message, uint8_t state)
{
	struct nlattr *info = mnl_attr_nest_start(message, CTA_PROTOINFO);
	struct nlattr *tcp = mnl_attr_nest_start(message, CTA_PROTOINFO_TCP);

	mnl_attr_put_u8(message, CTA_PROTOINFO_TCP_STATE, state);
	put_tcp_flags(message, CTA_PROTOINFO_TCP_FLAGS_ORIGINAL);
	put_tcp_flags(message, CTA_PROTOINFO_TCP_FLAGS_REPLY);
	mnl_attr_nest_end(message, tcp);
	mnl_attr_nest_end(message, info);
}

/* ---- All of it */

static int put_copies(struct nlmsghdr *message, const struct nlattr *const *attrs,
		      const struct conntrack_life *life)
{
	static const uint16_t copied[] = { CTA_ZONE, CTA_MARK, CTA_LABELS, CTA_TUPLE_MASTER };

	for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++) {
		if (copied[i] == CTA_TUPLE_MASTER && life->leaves_master_out)
			continue;
		if (conntrack_put_copy(message, attrs[copied[i]]) < 0)
			return -EBADMSG;
	}
	return 0;
}

static int put_all(struct nlmsghdr *message, const struct flow_info *info,
		   const struct nlattr *const *attrs, const struct conntrack_life *life)
{
	if (put_tuples(message, info, attrs) < 0 || put_copies(message, attrs, life) < 0)
		return -EBADMSG;
	put_nats(message, info);
	mnl_attr_put_u32(message, CTA_STATUS, htonl((info->status & KEPT_STATUS) | IPS_CONFIRMED));
	mnl_attr_put_u32(message, CTA_TIMEOUT, htonl(life->timeout_s));
	if (info->protocol == IPPROTO_TCP)
		put_tcp(message, life->tcp_state);
	return 0;
}

/* Of one that is leaving the fast path already, the kernel tells what it does not tell of others. */
static int find_life(const struct nlmsghdr *entry, const struct conntrack_life *unknown,
		     struct conntrack_life *life)
{
	struct conntrack_details details;

	if (conntrack_parse_details(entry, &details) < 0)
		return -EBADMSG;
	*life = *unknown;
	if (details.has_timeout)
		life->timeout_s = details.timeout_s;
	if (details.has_tcp_state)
		life->tcp_state = details.tcp_state;
	return 0;
}

int conntrack_build_anew(struct messages *messages, const struct nlmsghdr *entry,
			 const struct conntrack_life *unknown)
{
	const struct nlattr *attrs[CTA_MAX + 1];
	struct conntrack_life life;
	struct nlmsghdr *message;
	struct flow_info info;

	if (conntrack_parse(entry, &info) < 0 || find_life(entry, unknown, &life) < 0 ||
	    attr_parse(entry, sizeof(struct nfgenmsg), attrs, CTA_MAX) < 0)
		return -EBADMSG;
	message = messages_open(messages, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW,
				NLM_F_CREATE | NLM_F_EXCL, info.family, 0);
	if (!message)
		return -ENOMEM;
	if (put_all(message, &info, attrs, &life) < 0)
		return -EBADMSG;
	messages_close(messages, message);
	return 0;
}
