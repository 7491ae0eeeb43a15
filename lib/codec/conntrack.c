// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "conntrack.h"
#include "conntrack_id.h"
#include "netlink/attr.h"

#define TYPE(message) ((uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | (message)))

/* A dump of a million entries comes through here: each is gone through once, and no table is made
 * of its attributes. */

static int parse_addresses(const struct nlattr *nest, uint8_t family, struct flow_side *side)
{
	bool is_ipv4 = family == AF_INET, has_source = false, has_destination = false;
	uint16_t source = is_ipv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC;
	uint16_t destination = is_ipv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST;
	size_t length = is_ipv4 ? 4 : 16;
	const struct nlattr *attr;
	struct attr_walk walk;
	int ret;

	attr_walk_nest(&walk, nest);
	while ((ret = attr_walk_next(&walk, &attr)) > 0) {
		if (attr_type(attr) == source) {
			has_source = true;
			ret = attr_bytes(attr, side->source, length);
		} else if (attr_type(attr) == destination) {
			has_destination = true;
			ret = attr_bytes(attr, side->destination, length);
		}
		if (ret < 0)
			return -EBADMSG;
	}
	return ret == 0 && has_source && has_destination ? 0 : -EBADMSG;
}

/* Protocols without ports send none. */
static int parse_protocol(const struct nlattr *nest, uint8_t *protocol, struct flow_side *side)
{
	const struct nlattr *attr;
	struct attr_walk walk;
	bool has_number = false;
	int ret;

	attr_walk_nest(&walk, nest);
	while ((ret = attr_walk_next(&walk, &attr)) > 0) {
		switch (attr_type(attr)) {
		case CTA_PROTO_NUM:
			has_number = true;
			ret = attr_u8(attr, protocol);
			break;
		case CTA_PROTO_SRC_PORT:
			ret = attr_be16(attr, &side->source_port);
			break;
		case CTA_PROTO_DST_PORT:
			ret = attr_be16(attr, &side->destination_port);
			break;
		}
		if (ret < 0)
			return -EBADMSG;
	}
	return ret == 0 && has_number ? 0 : -EBADMSG;
}

/* A zone of one direction only stands in the tuple of that direction. */
static int parse_tuple(const struct nlattr *nest, struct flow_info *info, struct flow_side *side)
{
	bool has_addresses = false, has_protocol = false;
	const struct nlattr *attr;
	struct attr_walk walk;
	int ret;

	attr_walk_nest(&walk, nest);
	while ((ret = attr_walk_next(&walk, &attr)) > 0) {
		switch (attr_type(attr)) {
		case CTA_TUPLE_IP:
			has_addresses = true;
			ret = parse_addresses(attr, info->family, side);
			break;
		case CTA_TUPLE_PROTO:
			has_protocol = true;
			ret = parse_protocol(attr, &info->protocol, side);
			break;
		case CTA_TUPLE_ZONE:
			ret = attr_be16(attr, &info->zone);
			break;
		}
		if (ret < 0)
			return -EBADMSG;
	}
	return ret == 0 && has_addresses && has_protocol ? 0 : -EBADMSG;
}

static int parse_counters(const struct nlattr *nest, struct flow_side *side)
{
	bool has_packets = false, has_bytes = false;
	const struct nlattr *attr;
	struct attr_walk walk;
	int ret;

	attr_walk_nest(&walk, nest);
	while ((ret = attr_walk_next(&walk, &attr)) > 0) {
		switch (attr_type(attr)) {
		case CTA_COUNTERS_PACKETS:
			has_packets = true;
			ret = attr_be64(attr, &side->counter.packets);
			break;
		case CTA_COUNTERS_BYTES:
			has_bytes = true;
			ret = attr_be64(attr, &side->counter.bytes);
			break;
		}
		if (ret < 0)
			return -EBADMSG;
	}
	side->has_counter = true;
	return ret == 0 && has_packets && has_bytes ? 0 : -EBADMSG;
}

static int parse_attribute(const struct nlattr *attr, struct flow_info *info)
{
	switch (attr_type(attr)) {
	case CTA_TUPLE_ORIG:
		return parse_tuple(attr, info, &info->sides[IP_CT_DIR_ORIGINAL]);
	case CTA_TUPLE_REPLY:
		return parse_tuple(attr, info, &info->sides[IP_CT_DIR_REPLY]);
	case CTA_COUNTERS_ORIG:
		return parse_counters(attr, &info->sides[IP_CT_DIR_ORIGINAL]);
	case CTA_COUNTERS_REPLY:
		return parse_counters(attr, &info->sides[IP_CT_DIR_REPLY]);
	case CTA_STATUS:
		return attr_be32(attr, &info->status);
	case CTA_MARK:
		info->has_mark = true;
		return attr_be32(attr, &info->mark);
	case CTA_ZONE:
		return attr_be16(attr, &info->zone);
	case CTA_ID:
		return attr_be32(attr, &info->id);
	}
	return 0;
}

#define PART(type) (UINT32_C(1) << (type))
_Static_assert(CTA_MAX < 32, "a bit for each part of an entry");

int conntrack_parse(const struct nlmsghdr *message, struct flow_info *info)
{
	const uint32_t needed = PART(CTA_TUPLE_ORIG) | PART(CTA_TUPLE_REPLY) | PART(CTA_STATUS);
	const struct nfgenmsg *generic = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr;
	struct attr_walk walk;
	uint32_t seen = 0;
	int ret;

	memset(info, 0, sizeof(*info));
	if (attr_walk_message(&walk, message, sizeof(*generic)) < 0)
		return -EBADMSG;
	info->family = generic->nfgen_family;
	if (info->family != AF_INET && info->family != AF_INET6)
		return -EBADMSG;
	while ((ret = attr_walk_next(&walk, &attr)) > 0) {
		if (parse_attribute(attr, info) < 0)
			return -EBADMSG;
		if (attr_type(attr) <= CTA_MAX)
			seen |= PART(attr_type(attr));
	}
	return ret == 0 && (seen & needed) == needed ? 0 : -EBADMSG;
}

static int parse_protocol_of_tuple(const struct nlattr *tuple, uint8_t *protocol)
{
	const struct nlattr *attr;
	struct attr_walk walk;

	attr_walk_nest(&walk, tuple);
	if (attr_walk_to(&walk, CTA_TUPLE_PROTO, &attr) <= 0)
		return -EBADMSG;
	attr_walk_nest(&walk, attr);
	if (attr_walk_to(&walk, CTA_PROTO_NUM, &attr) <= 0)
		return -EBADMSG;
	return attr_u8(attr, protocol);
}

int conntrack_parse_status(const struct nlmsghdr *message, uint32_t *status)
{
	const struct nlattr *attr;
	struct attr_walk walk;

	if (attr_walk_message(&walk, message, sizeof(struct nfgenmsg)) < 0 ||
	    attr_walk_to(&walk, CTA_STATUS, &attr) <= 0)
		return -EBADMSG;
	return attr_be32(attr, status);
}

/* The kernel sends the tuples first, then the status (ctnetlink_fill_info() in
 * net/netfilter/nf_conntrack_netlink.c): what comes behind is not looked at. */
int conntrack_parse_kind(const struct nlmsghdr *message, struct flow_kind *kind)
{
	const struct nfgenmsg *generic = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr;
	struct attr_walk walk;

	if (attr_walk_message(&walk, message, sizeof(*generic)) < 0 ||
	    attr_walk_to(&walk, CTA_TUPLE_ORIG, &attr) <= 0 ||
	    parse_protocol_of_tuple(attr, &kind->protocol) < 0 ||
	    attr_walk_to(&walk, CTA_STATUS, &attr) <= 0)
		return -EBADMSG;
	kind->family = generic->nfgen_family;
	if (kind->family != AF_INET && kind->family != AF_INET6)
		return -EBADMSG;
	return attr_be32(attr, &kind->status);
}

int conntrack_put_copy(struct nlmsghdr *message, const struct nlattr *attr)
{
	if (!attr)
		return 0;
	/* More than enough for a tuple; what is longer is none. */
	if (mnl_attr_get_payload_len(attr) > 512)
		return -EBADMSG;
	mnl_attr_put(message, attr->nla_type, mnl_attr_get_payload_len(attr),
		     mnl_attr_get_payload(attr));
	return 0;
}

/* By the attributes of these types, the first of which is a tuple. */
static int build_delete(struct messages *messages, const struct nlmsghdr *entry,
			const uint16_t *types, size_t count)
{
	const struct nfgenmsg *generic = mnl_nlmsg_get_payload(entry);
	const struct nlattr *attrs[CTA_MAX + 1];
	struct nlmsghdr *message;

	/* Without a tuple, all would be deleted. */
	if (attr_parse(entry, sizeof(*generic), attrs, CTA_MAX) < 0 || !attrs[types[0]])
		return -EBADMSG;
	message = messages_open(messages, TYPE(IPCTNL_MSG_CT_DELETE), 0, generic->nfgen_family, 0);
	if (!message)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (conntrack_put_copy(message, attrs[types[i]]) < 0)
			return -EBADMSG;
	}
	messages_close(messages, message);
	return 0;
}

int conntrack_build_delete(struct messages *messages, const struct nlmsghdr *entry)
{
	static const uint16_t types[] = { CTA_TUPLE_ORIG, CTA_ZONE, CTA_ID };
	uint32_t id;

	if (conntrack_parse_id(entry, &id) < 0)
		return -EBADMSG;
	return build_delete(messages, entry, types, 3);
}

int conntrack_build_delete_like(struct messages *messages, const struct nlmsghdr *entry,
				bool by_reply)
{
	const uint16_t types[] = { by_reply ? CTA_TUPLE_REPLY : CTA_TUPLE_ORIG, CTA_ZONE };

	return build_delete(messages, entry, types, 2);
}

/* The answer is marked as a part of a dump, of which no end comes: the acknowledgement stands for
 * it. */
int conntrack_build_total_get(struct messages *messages)
{
	struct nlmsghdr *message =
		messages_open(messages, TYPE(IPCTNL_MSG_CT_GET_STATS), NLM_F_ACK, AF_UNSPEC, 0);

	if (!message)
		return -ENOMEM;
	messages_close(messages, message);
	return 0;
}

/* Kernels before 5.7 do not tell how many may be. */
int conntrack_parse_total(const struct nlmsghdr *message, struct conntrack_total *total)
{
	const struct nlattr *attrs[CTA_STATS_GLOBAL_MAX + 1];

	total->most = 0;
	if (attr_parse(message, sizeof(struct nfgenmsg), attrs, CTA_STATS_GLOBAL_MAX) < 0 ||
	    attr_be32(attrs[CTA_STATS_GLOBAL_ENTRIES], &total->entries) < 0 ||
	    attr_be32(attrs[CTA_STATS_GLOBAL_MAX_ENTRIES], &total->most) == -EBADMSG)
		return -EBADMSG;
	return 0;
}

int conntrack_parse_hold(const struct nlmsghdr *message, struct conntrack_hold *hold)
{
	const struct nlattr *attrs[CTA_MAX + 1];

	if (attr_parse(message, sizeof(struct nfgenmsg), attrs, CTA_MAX) < 0 ||
	    attr_be32(attrs[CTA_STATUS], &hold->status) < 0 ||
	    attr_be32(attrs[CTA_USE], &hold->use) < 0)
		return -EBADMSG;
	return 0;
}

static int parse_tcp_state(const struct nlattr *nest, struct conntrack_details *details)
{
	const struct nlattr *attrs[CTA_PROTOINFO_MAX + 1], *tcp[CTA_PROTOINFO_TCP_MAX + 1];

	if (attr_parse_nest(nest, attrs, CTA_PROTOINFO_MAX) < 0)
		return -EBADMSG;
	if (!attrs[CTA_PROTOINFO_TCP])
		return 0;
	if (attr_parse_nest(attrs[CTA_PROTOINFO_TCP], tcp, CTA_PROTOINFO_TCP_MAX) < 0 ||
	    attr_u8(tcp[CTA_PROTOINFO_TCP_STATE], &details->tcp_state) < 0)
		return -EBADMSG;
	details->has_tcp_state = true;
	return 0;
}

static int parse_helper(const struct nlattr *nest, struct conntrack_details *details)
{
	const struct nlattr *attrs[CTA_HELP_MAX + 1];

	details->has_helper = true;
	if (attr_parse_nest(nest, attrs, CTA_HELP_MAX) < 0 ||
	    attr_string(attrs[CTA_HELP_NAME], details->helper, sizeof(details->helper)) == -EBADMSG)
		return -EBADMSG;
	return 0;
}

int conntrack_parse_details(const struct nlmsghdr *message, struct conntrack_details *details)
{
	const struct nlattr *attrs[CTA_MAX + 1];

	memset(details, 0, sizeof(*details));
	if (attr_parse(message, sizeof(struct nfgenmsg), attrs, CTA_MAX) < 0 ||
	    attr_be32(attrs[CTA_TIMEOUT], &details->timeout_s) == -EBADMSG)
		return -EBADMSG;
	details->has_timeout = attrs[CTA_TIMEOUT];
	if (attrs[CTA_PROTOINFO] && parse_tcp_state(attrs[CTA_PROTOINFO], details) < 0)
		return -EBADMSG;
	if (attrs[CTA_HELP] && parse_helper(attrs[CTA_HELP], details) < 0)
		return -EBADMSG;
	return 0;
}
