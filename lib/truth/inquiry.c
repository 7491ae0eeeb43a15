// SPDX-License-Identifier: LGPL-2.1-or-later
/* The facts about one connection, each by a question of its own. */
#include <errno.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/rtnetlink.h>

#include "codec/forwarding.h"
#include "facts/flow_state.h"
#include "facts/whole_path.h"
#include "inquiry.h"

/* ---- The connection */

static void set_ends(struct inquiry *inquiry)
{
	const struct flow_info *info = &inquiry->connection.info;

	for (int direction = 0; direction < 2; direction++)
		end_set(&inquiry->ends[direction], info->family, info->sides[direction].source,
			info->sides[direction].source_port);
}

/* What came of looking for it: 1 if it is there, 0, or a negative errno. */
static int take_connection(struct inquiry *inquiry, int result)
{
	if (result <= 0)
		return result;
	inquiry->exists = true;
	inquiry->state = flow_state_of(inquiry->connection.info.status);
	inquiry->is_marked =
		inquiry->state == NFTO_FLOW_SOFTWARE || inquiry->state == NFTO_FLOW_HARDWARE;
	set_ends(inquiry);
	return 0;
}

static int find_connection(struct inquiry *inquiry)
{
	const struct nfto_tuple *asked = &inquiry->tuple;
	const struct conntrack_tuple tuple = {
		.family = (uint8_t)asked->source.family,
		.protocol = asked->protocol,
		.zone = asked->zone,
		.source = asked->source.address,
		.destination = asked->destination.address,
		.source_port = asked->source.port,
		.destination_port = asked->destination.port,
	};

	inquiry->ends[IP_CT_DIR_ORIGINAL] = asked->source;
	inquiry->ends[IP_CT_DIR_REPLY] = asked->destination;
	/* Others are named by more than addresses, and none of them is offloaded. */
	if (!connection_is_looked_up(inquiry->tuple.protocol))
		return 0;
	return take_connection(inquiry,
			       connection_find(inquiry->ctx, &tuple, &inquiry->connection));
}

static int begin(struct inquiry *inquiry, struct nfto_ctx *ctx, const char *name)
{
	memset(inquiry, 0, sizeof(*inquiry));
	inquiry->ctx = ctx;
	inquiry->name = name;
	inquiry->needs_whole_path = whole_path_ask_once(ctx) == NFTO_YES;
	return instance_read(ctx, name, &inquiry->instance);
}

int inquiry_open(struct nfto_ctx *ctx, const char *name, const struct nfto_tuple *tuple,
		 struct inquiry *inquiry)
{
	int ret = begin(inquiry, ctx, name);

	if (ret < 0)
		return ret;
	inquiry->tuple = *tuple;
	return find_connection(inquiry);
}

int inquiry_open_leak(struct nfto_ctx *ctx, const char *name, const struct leak_info *leak,
		      struct inquiry *inquiry)
{
	int family = leak->nfproto == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	int ret = begin(inquiry, ctx, name);

	if (ret < 0)
		return ret;
	inquiry->tuple.protocol = leak->protocol;
	end_set(&inquiry->ends[leak->direction], family, leak->source, leak->source_port);
	end_set(&inquiry->ends[!leak->direction], family, leak->destination,
		leak->destination_port);
	inquiry->has_leak[leak->direction] = true;
	inquiry->leaks[leak->direction] = *leak;
	ret = take_connection(inquiry, leak_find_connection(ctx, leak, &inquiry->connection));
	/* It may have had the mark a moment ago. */
	if (leak_is_one(leak, inquiry->exists ? &inquiry->connection : NULL))
		inquiry->is_marked = true;
	return ret;
}

void inquiry_close(struct inquiry *inquiry)
{
	instance_clear(&inquiry->instance);
	findings_clear(&inquiry->findings);
}

/* ---- Leaks */

static int find_leak(struct inquiry *inquiry, int direction)
{
	const struct end *from = &inquiry->ends[direction], *to = &inquiry->ends[!direction];
	struct leak_info key = {
		.nfproto = from->family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6,
		.direction = (uint8_t)direction,
		.protocol = inquiry->tuple.protocol,
		.source_port = from->port,
		.destination_port = to->port,
	};
	int ret;

	if (inquiry->has_leak[direction])
		return 0;
	memcpy(key.source, from->address, sizeof(key.source));
	memcpy(key.destination, to->address, sizeof(key.destination));
	ret = leak_find(inquiry->ctx, inquiry->name, &key, &inquiry->leaks[direction]);
	inquiry->has_leak[direction] = ret > 0;
	return ret < 0 ? ret : 0;
}

int inquiry_find_leaks(struct inquiry *inquiry)
{
	int ret = 0;

	if (!inquiry->instance.exists)
		return 0;
	for (int direction = 0; direction < 2 && ret == 0; direction++)
		ret = find_leak(inquiry, direction);
	return ret;
}

/* ---- Routes */

/* The mark that its packets have, as far as anybody can tell: most rule sets that mark packets keep
 * the mark in conntrack. */
static uint32_t mark_of(const struct inquiry *inquiry)
{
	if (inquiry->tuple.has_mark)
		return inquiry->tuple.mark;
	return inquiry->exists ? inquiry->connection.info.mark : 0;
}

int inquiry_plain_route(struct inquiry *inquiry, const struct end *to, struct route_info *route)
{
	const struct route_question question = {
		.family = (uint8_t)to->family,
		.destination = to->address,
	};

	return network_route(inquiry->ctx, &question, route);
}

static bool is_local(const struct route_info *route)
{
	return route->type == RTN_LOCAL || route->type == RTN_BROADCAST ||
	       route->type == RTN_ANYCAST;
}

static int end_ways(struct inquiry *inquiry, enum ways ways)
{
	inquiry->ways = ways;
	return 1;
}

static int no_route_to(struct inquiry *inquiry, int direction)
{
	inquiry->unreachable = &inquiry->ends[direction];
	return end_ways(inquiry, WAYS_NO_ROUTE);
}

/* Each step: 0 to go on, 1 if the ways end here, or a negative errno. */

static int find_named_entry(struct inquiry *inquiry, uint32_t *entry)
{
	struct error_details missing = { .device = inquiry->tuple.interface };
	int ret = network_interface(inquiry->ctx, inquiry->tuple.interface, entry);

	if (ret == 0)
		return error_set(&inquiry->ctx->error, NFTO_ERROR_NO_DEVICE, ENODEV, &missing);
	return ret < 0 ? ret : 0;
}

/* The interface that the opener's packets come in by. */
static int find_entry(struct inquiry *inquiry, uint32_t *entry)
{
	const struct end *opener = &inquiry->ends[IP_CT_DIR_ORIGINAL];
	const struct route_question question = {
		.family = (uint8_t)opener->family,
		.destination = opener->address,
		.mark = mark_of(inquiry),
	};
	struct route_info route;
	int ret = network_route(inquiry->ctx, &question, &route);

	if (ret < 0)
		return ret;
	if (ret > 0 && is_local(&route))
		return end_ways(inquiry, WAYS_FROM_ROUTER);
	if (inquiry->tuple.interface[0])
		return find_named_entry(inquiry, entry);
	if (ret == 0 || route.type != RTN_UNICAST)
		return no_route_to(inquiry, IP_CT_DIR_ORIGINAL);
	*entry = route.interface;
	return 0;
}

/* IPv6 is switched for all interfaces together, see ip6_forward(). */
static int check_forwarding(struct inquiry *inquiry, uint32_t entry)
{
	int family = inquiry->ends[IP_CT_DIR_ORIGINAL].family;
	bool is_on = true;
	int ret = network_forwarding(inquiry->ctx, (uint8_t)family,
				     family == AF_INET ? entry : FORWARDING_ALL, &is_on);

	if (ret < 0)
		return ret;
	return is_on ? 0 : end_ways(inquiry, WAYS_NOT_FORWARDED);
}

static int find_way_out(struct inquiry *inquiry, uint32_t entry, struct route_info *route)
{
	const struct end *opener = &inquiry->ends[IP_CT_DIR_ORIGINAL];
	const struct end *answerer = &inquiry->ends[IP_CT_DIR_REPLY];
	const struct route_question question = {
		.family = (uint8_t)answerer->family,
		.destination = answerer->address,
		.source = opener->address,
		.input = entry,
		.mark = mark_of(inquiry),
		.protocol = inquiry->tuple.protocol,
		.source_port = opener->port,
		.destination_port = answerer->port,
	};
	int ret = network_route(inquiry->ctx, &question, route);

	if (ret < 0)
		return ret;
	if (ret > 0 && is_local(route))
		return end_ways(inquiry, WAYS_TO_ROUTER);
	return ret == 0 || route->type != RTN_UNICAST ? no_route_to(inquiry, IP_CT_DIR_REPLY) : 0;
}

/*
 * The kernel asks for the route of the answers with the same mark, by the interface that the packet
 * came in by, and from any address (nft_flow_route()). That last thing only the kernel itself can
 * ask for; of IPv4 the source is left out, as rtnetlink wants one of this host.
 */
static int find_reverse_way(struct inquiry *inquiry, const struct end *from, const struct end *to,
			    uint32_t interface, struct route_info *route)
{
	const struct route_question question = {
		.family = (uint8_t)to->family,
		.destination = to->address,
		.source = to->family == AF_INET6 ? from->address : NULL,
		.output = interface,
		.mark = mark_of(inquiry),
	};
	int ret = network_route(inquiry->ctx, &question, route);

	return ret > 0 ? route->type == RTN_UNICAST : ret;
}

/* A packet of any direction can make the flow, once there are answers. */
static bool may_answers_make_it(const struct inquiry *inquiry)
{
	return !inquiry->exists || inquiry->connection.info.status & IPS_SEEN_REPLY;
}

static int find_way_back(struct inquiry *inquiry, uint32_t entry, uint32_t exit,
			 struct route_info *route)
{
	const struct end *opener = &inquiry->ends[IP_CT_DIR_ORIGINAL];
	const struct end *answerer = &inquiry->ends[IP_CT_DIR_REPLY];
	struct route_info other;
	int ret = find_reverse_way(inquiry, answerer, opener, entry, route);

	if (ret != 0)
		return ret < 0 ? ret : 0;
	if (may_answers_make_it(inquiry))
		ret = find_reverse_way(inquiry, opener, answerer, exit, &other);
	if (ret < 0)
		return ret;
	return end_ways(inquiry, ret > 0 ? WAYS_UNKNOWN : WAYS_NO_REVERSE_ROUTE);
}

static int follow(struct inquiry *inquiry, int direction, const struct route_info *route)
{
	const struct end *to = &inquiry->ends[!direction];
	const struct path_begin begin = {
		.route = *route,
		.family = (uint8_t)to->family,
		.destination = to->address,
		.needs_whole_path = inquiry->needs_whole_path,
	};
	int ret = path_follow(inquiry->ctx, &begin, &inquiry->paths[direction]);

	/* The device has gone meanwhile. */
	if (ret == 0)
		return end_ways(inquiry, WAYS_UNKNOWN);
	return ret < 0 ? ret : 0;
}

int inquiry_find_ways(struct inquiry *inquiry)
{
	struct route_info out, back;
	uint32_t entry = 0;
	int ret = find_entry(inquiry, &entry);

	if (ret == 0)
		ret = check_forwarding(inquiry, entry);
	if (ret == 0)
		ret = find_way_out(inquiry, entry, &out);
	if (ret == 0)
		ret = find_way_back(inquiry, entry, out.interface, &back);
	if (ret == 0)
		ret = follow(inquiry, IP_CT_DIR_ORIGINAL, &out);
	if (ret == 0)
		ret = follow(inquiry, IP_CT_DIR_REPLY, &back);
	if (ret == 0) {
		inquiry->ways = WAYS_FOUND;
		inquiry->has_paths = true;
	}
	return ret < 0 ? ret : 0;
}
