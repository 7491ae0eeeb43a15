// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why packets of a connection that is marked as offloaded go the slow way nevertheless. */
#include <inttypes.h>

#include "check.h"

/* ---- Single packets that go the slow way although their flow is found */

static uint64_t mean_length(const struct leak_info *leak)
{
	return leak->counter.packets ? leak->counter.bytes / leak->counter.packets : 0;
}

/* The forward chain sees fragments put together again: longer than what can come in. TCP's segments
 * are put together by the card or the kernel, and that is no hindrance. */
static int check_size(struct inquiry *inquiry, int direction)
{
	const struct link_info *in = &inquiry->paths[!direction].top;
	const struct link_info *out = &inquiry->paths[direction].top;
	uint64_t length = mean_length(&inquiry->leaks[direction]);

	if (inquiry->tuple.protocol == IPPROTO_TCP || !inquiry->has_paths)
		return 0;
	if (length > in->mtu)
		return found(inquiry,
			     findings_add(&inquiry->findings, NFTO_FINDING_FRAGMENTS,
					  "%s direction: %" PRIu64 " bytes a packet, "
					  "the MTU of %s is %" PRIu32,
					  direction_name(direction), length, in->name, in->mtu));
	if (length > out->mtu)
		return found(inquiry,
			     findings_add(&inquiry->findings, NFTO_FINDING_MTU,
					  "%s direction: %" PRIu64 " bytes a packet, "
					  "the MTU of %s is %" PRIu32,
					  direction_name(direction), length, out->name, out->mtu));
	return 0;
}

/* Marks and interfaces may choose the way of one direction alone: then the answers take another. */
static int check_asymmetry(struct inquiry *inquiry, int direction)
{
	const struct link_info *expected = &inquiry->paths[!direction].top;
	const struct end *sender = &inquiry->ends[direction];
	struct route_info route;
	struct link_info link;
	int ret;

	if (!inquiry->has_paths)
		return 0;
	ret = inquiry_plain_route(inquiry, sender, &route);
	if (ret <= 0 || route.interface == 0 || route.interface == expected->index)
		return ret < 0 ? ret : 0;
	ret = network_link(inquiry->ctx, route.interface, &link);
	if (ret <= 0)
		return ret;
	return found(inquiry,
		     findings_add(&inquiry->findings, NFTO_FINDING_ASYMMETRIC_ROUTE,
				  "packets from %s are expected by %s, its plain route is by %s",
				  address_text(sender->family, sender->address).text,
				  expected->name, link.name));
}

/* Where the flow is found only below the route's device, the way there had to be known when it was
 * made: a flow that began before the neighbour answered is never found, until it times out. */
static int suspect_beginning(struct inquiry *inquiry, int direction)
{
	const struct path *path = &inquiry->paths[!direction];
	struct nfto_finding *finding;

	if (!inquiry->has_paths || !inquiry->instance.flowtable || inquiry->needs_whole_path ||
	    flowtable_info_has(inquiry->instance.flowtable, path->top.name))
		return 0;
	finding =
		findings_add(&inquiry->findings, NFTO_FINDING_NO_NEIGHBOUR,
			     "%s on %s: known now, but perhaps not when the flow was made",
			     address_text(path->next_family, path->next_hop).text, path->top.name);
	if (finding)
		finding_advise(finding, "let it begin again: nftoffload evict");
	return suspect(inquiry, finding);
}

static int suspect_packets(struct inquiry *inquiry, int direction)
{
	int ret =
		suspect(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_ASYMMETRIC_ROUTE,
					      "the %s direction leaks, and no other cause is seen",
					      direction_name(direction)));

	if (ret > 0)
		ret = suspect(inquiry,
			      findings_add(&inquiry->findings, NFTO_FINDING_IP_OPTIONS,
					   "the %s direction leaks, and no other cause is seen",
					   direction_name(direction)));
	return ret;
}

static int check_leak(struct inquiry *inquiry, int direction)
{
	int ret;

	if (!is_leaking(inquiry, direction))
		return 0;
	ret = check_size(inquiry, direction);
	if (ret == 0)
		ret = check_asymmetry(inquiry, direction);
	if (ret == 0)
		ret = suspect_beginning(inquiry, direction);
	return ret == 0 ? suspect_packets(inquiry, direction) : ret;
}

int check_leaks(struct inquiry *inquiry)
{
	int original = check_leak(inquiry, IP_CT_DIR_ORIGINAL), reply;

	if (original < 0)
		return original;
	reply = check_leak(inquiry, IP_CT_DIR_REPLY);
	return reply < 0 ? reply : original || reply;
}
