// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel's way from a packet in the forward chain to a flow in hardware, gone once more with
 * what it tells of a connection. The order is that of nft_flow_offload_eval() in
 * net/netfilter/nft_flow_offload.c, and the first thing that stands in the way is the cause: what
 * comes behind it was never reached.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>

#include "facts/hw_tc_offload.h"
#include "facts/ipsec.h"
#include "facts/sysctl.h"
#include "replay.h"

/* Some packets are on their way when their flow is made, and each time that it is made anew. */
#define FEW_PACKETS 10

/* A flow that no packet finds times out after so long, and then its mark goes (by default). */
#define LATELY_MS 30000

/* Between the last packet and the look at its entry passes less than this. */
#define IDLE_S 2

/* Each check: 0 if nothing is found, 1 if it is the cause, or a negative errno that is told in the
 * context. */
typedef int check(struct inquiry *inquiry);

static int found(struct inquiry *inquiry, const struct nfto_finding *finding)
{
	return finding ? 1 :
			 error_set_object(&inquiry->ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
}

/* It may be so, and nobody can tell. */
static int suspect(struct inquiry *inquiry, struct nfto_finding *finding)
{
	if (finding)
		finding->is_certain = false;
	return found(inquiry, finding);
}

struct text {
	char text[INET6_ADDRSTRLEN];
};

static struct text address_text(int family, const void *address)
{
	struct text text = { "?" };

	inet_ntop(family, address, text.text, sizeof(text.text));
	return text;
}

static const struct end *opener(const struct inquiry *inquiry)
{
	return &inquiry->ends[IP_CT_DIR_ORIGINAL];
}

static const struct end *answerer(const struct inquiry *inquiry)
{
	return &inquiry->ends[IP_CT_DIR_REPLY];
}

static uint32_t status_of(const struct inquiry *inquiry)
{
	return inquiry->connection.info.status;
}

/* ---- The instance */

static int check_instance(struct inquiry *inquiry)
{
	const struct instance *instance = &inquiry->instance;
	struct findings *findings = &inquiry->findings;
	const char *name = inquiry->name;

	if (!instance->exists)
		return found(inquiry, findings_add(findings, NFTO_FINDING_NO_INSTANCE,
						   "there is no table inet %s", name));
	if (instance->is_draining)
		return found(inquiry, findings_add(findings, NFTO_FINDING_DRAINING,
						   "a note of it is in table inet %s", name));
	if (instance->is_dormant)
		return found(inquiry, findings_add(findings, NFTO_FINDING_DORMANT,
						   "table inet %s has the flag dormant", name));
	if (!instance->is_whole)
		return found(inquiry, findings_add(findings, NFTO_FINDING_INCOMPLETE,
						   "table inet %s is not as it was made", name));
	if (instance->flowtable->device_count == 0)
		return found(inquiry, findings_add(findings, NFTO_FINDING_NO_DEVICES,
						   "flowtable inet %s %s is empty", name,
						   instance->flowtable->name));
	return 0;
}

/* ---- What conntrack knows */

static int check_protocol(struct inquiry *inquiry)
{
	uint8_t protocol = inquiry->tuple.protocol;

	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		return 0;
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_PROTOCOL,
					   "its protocol has the number %u", protocol));
}

static int check_leaving(struct inquiry *inquiry)
{
	if (inquiry->state != NFTO_FLOW_CLOSING)
		return 0;
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_LEAVING_HARDWARE,
					   "conntrack: HW_OFFLOAD is set, and OFFLOAD is not"));
}

static const char *tcp_state_name(uint8_t state)
{
	static const char *const names[] = {
		[TCP_CONNTRACK_NONE] = "NONE",	       [TCP_CONNTRACK_SYN_SENT] = "SYN_SENT",
		[TCP_CONNTRACK_SYN_RECV] = "SYN_RECV", [TCP_CONNTRACK_ESTABLISHED] = "ESTABLISHED",
		[TCP_CONNTRACK_FIN_WAIT] = "FIN_WAIT", [TCP_CONNTRACK_CLOSE_WAIT] = "CLOSE_WAIT",
		[TCP_CONNTRACK_LAST_ACK] = "LAST_ACK", [TCP_CONNTRACK_TIME_WAIT] = "TIME_WAIT",
		[TCP_CONNTRACK_CLOSE] = "CLOSE",       [TCP_CONNTRACK_SYN_SENT2] = "SYN_SENT2",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

static bool is_closing(uint8_t state)
{
	return state >= TCP_CONNTRACK_FIN_WAIT && state <= TCP_CONNTRACK_CLOSE;
}

static int check_tcp_state(struct inquiry *inquiry)
{
	const struct conntrack_details *details = &inquiry->connection.details;
	bool is_assured = status_of(inquiry) & IPS_ASSURED;
	uint8_t state = details->tcp_state;

	if (inquiry->tuple.protocol != IPPROTO_TCP || !details->has_tcp_state)
		return 0;
	if (state == TCP_CONNTRACK_ESTABLISHED && is_assured)
		return 0;
	return found(inquiry, findings_add(&inquiry->findings,
					   is_closing(state) ? NFTO_FINDING_TCP_CLOSING :
							       NFTO_FINDING_TCP_NOT_ESTABLISHED,
					   "conntrack: TCP state %s%s", tcp_state_name(state),
					   is_assured ? "" : ", not assured"));
}

static int check_helper(struct inquiry *inquiry)
{
	const struct conntrack_details *details = &inquiry->connection.details;

	if (!details->has_helper)
		return 0;
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_HELPER,
					   "conntrack: helper %s", details->helper));
}

static int check_status(struct inquiry *inquiry)
{
	static const struct {
		uint32_t bit;
		enum nfto_finding_code code;
		const char *name;
	} bits[] = {
		{ IPS_SEQ_ADJUST, NFTO_FINDING_SEQUENCE_ADJUSTED, "SEQ_ADJUST" },
		/* The kernel's IPS_NAT_CLASH: the bit had another name before. */
		{ IPS_UNTRACKED, NFTO_FINDING_NAT_CLASH, "NAT_CLASH" },
		{ IPS_DYING, NFTO_FINDING_DYING, "DYING" },
	};

	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (status_of(inquiry) & bits[i].bit)
			return found(inquiry, findings_add(&inquiry->findings, bits[i].code,
							   "conntrack: status %s", bits[i].name));
	}
	return 0;
}

/* -ENODATA if they are not counted. */
static int count_packets(const struct inquiry *inquiry, uint64_t *packets)
{
	const struct flow_side *sides = inquiry->connection.info.sides;

	if (!sides[0].has_counter || !sides[1].has_counter)
		return -ENODATA;
	*packets = sides[0].counter.packets + sides[1].counter.packets;
	return 0;
}

static int check_first_packet(struct inquiry *inquiry)
{
	uint64_t packets;

	if (count_packets(inquiry, &packets) < 0 || packets > 1)
		return 0;
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_FIRST_PACKET,
					   "conntrack has counted %" PRIu64, packets));
}

static int check_threshold(struct inquiry *inquiry)
{
	uint64_t wanted = inquiry->instance.min_packets, packets;

	if (wanted == 0)
		return 0;
	if (count_packets(inquiry, &packets) < 0)
		return found(inquiry,
			     findings_add(&inquiry->findings, NFTO_FINDING_NOT_COUNTED,
					  "the instance asks for %" PRIu64 " packets", wanted));
	if (packets >= wanted)
		return 0;
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_BELOW_THRESHOLD,
					   "%" PRIu64 " packets of %" PRIu64, packets, wanted));
}

/* ---- Routes and policies */

static int told_as_local(struct inquiry *inquiry, const struct end *end)
{
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_LOCAL,
					   "%s is an address of the router",
					   address_text(end->family, end->address).text));
}

static int told_as_not_forwarded(struct inquiry *inquiry)
{
	bool is_ipv4 = opener(inquiry)->family == AF_INET;
	struct nfto_finding *finding =
		findings_add(&inquiry->findings, NFTO_FINDING_FORWARDING_OFF,
			     "it is off for %s, of the interface that packets come in by",
			     is_ipv4 ? "IPv4" : "IPv6");

	if (finding)
		finding_advise(finding, "sysctl -w %s=1",
			       is_ipv4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding");
	return found(inquiry, finding);
}

static int check_ways(struct inquiry *inquiry)
{
	const struct end *end = inquiry->unreachable;
	int ret = inquiry_find_ways(inquiry);

	if (ret < 0)
		return ret;
	switch (inquiry->ways) {
	case WAYS_UNKNOWN:
	case WAYS_FOUND:
		return 0;
	case WAYS_FROM_ROUTER:
		return told_as_local(inquiry, opener(inquiry));
	case WAYS_TO_ROUTER:
		return told_as_local(inquiry, answerer(inquiry));
	case WAYS_NOT_FORWARDED:
		return told_as_not_forwarded(inquiry);
	case WAYS_NO_ROUTE:
		end = inquiry->unreachable;
		return found(inquiry,
			     findings_add(&inquiry->findings, NFTO_FINDING_NO_ROUTE, "to %s",
					  address_text(end->family, end->address).text));
	case WAYS_NO_REVERSE_ROUTE:
		end = opener(inquiry);
		return found(inquiry,
			     findings_add(&inquiry->findings, NFTO_FINDING_NO_REVERSE_ROUTE,
					  "to %s", address_text(end->family, end->address).text));
	}
	return 0;
}

/*
 * No flow is made of a packet that came out of IPsec, and none with IPsec goes into hardware. Where
 * the other direction makes the flow, the software fast path takes both.
 */
static int check_ipsec(struct inquiry *inquiry)
{
	const struct ipsec_packet packet = {
		.family = (uint8_t)opener(inquiry)->family,
		.protocol = inquiry->tuple.protocol,
		.source = opener(inquiry)->address,
		.destination = answerer(inquiry)->address,
		.source_port = opener(inquiry)->port,
		.destination_port = answerer(inquiry)->port,
	};
	int ret = ipsec_covers(inquiry->ctx, &packet);

	if (ret <= 0)
		return ret;
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_IPSEC,
					   "a policy is about it: ip xfrm policy"));
}

/* ---- What is left for a connection that goes the slow way */

/* How long conntrack keeps the entry behind a packet, which may be one of two times for UDP: then
 * the one that makes it the shorter wait. -ENODATA if it can't be read. */
static int read_timeout(struct inquiry *inquiry, uint32_t left, uint32_t *timeout)
{
	struct nfto_ctx *ctx = inquiry->ctx;
	int ret;

	if (inquiry->tuple.protocol == IPPROTO_TCP) {
		ret = sysctl_read(ctx, "nf_conntrack_tcp_timeout_established", timeout);
	} else {
		ret = sysctl_read(ctx, "nf_conntrack_udp_timeout", timeout);
		if (ret == 0 && left > *timeout)
			ret = sysctl_read(ctx, "nf_conntrack_udp_timeout_stream", timeout);
	}
	if (ret == -ENOMEM)
		return ret;
	error_clear(&ctx->error);
	return ret < 0 ? -ENODATA : 0;
}

static int check_idle(struct inquiry *inquiry)
{
	const struct conntrack_details *details = &inquiry->connection.details;
	uint32_t timeout;
	int ret;

	if (!details->has_timeout)
		return 0;
	ret = read_timeout(inquiry, details->timeout_s, &timeout);
	if (ret == -ENODATA || (ret == 0 && timeout < details->timeout_s + IDLE_S))
		return 0;
	if (ret < 0)
		return ret;
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_IDLE,
					   "the last packet came %" PRIu32 " s ago",
					   timeout - details->timeout_s));
}

static int check_rest(struct inquiry *inquiry)
{
	if (opener(inquiry)->family == AF_INET)
		return suspect(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_IP_OPTIONS,
						     "packets come, and no other cause is seen"));
	return suspect(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_UNEXPLAINED,
					     "packets come, and no cause is seen"));
}

/* ---- Ghosts: marked as offloaded, but the packets do not find the flow */

static bool is_leaking(const struct inquiry *inquiry, int direction)
{
	const struct leak_info *leak = &inquiry->leaks[direction];

	return inquiry->has_leak[direction] && leak->counter.packets > FEW_PACKETS &&
	       (!leak->has_idle || leak->idle_ms < LATELY_MS);
}

static const char *direction_name(int direction)
{
	return nfto_direction_name((enum nfto_direction)direction);
}

static struct nfto_finding *add_missing_device(struct inquiry *inquiry, int direction,
					       const char *device)
{
	struct nfto_finding *finding = findings_add(
		&inquiry->findings, NFTO_FINDING_UNLISTED_DEVICE,
		"packets of the %s direction come in by %s", direction_name(direction), device);

	if (finding)
		finding_advise(finding, "give %s, or what stands on it, to nftoffload apply",
			       device);
	return finding;
}

static struct nfto_finding *add_lost_way(struct inquiry *inquiry, enum nfto_finding_code code,
					 const struct path *path)
{
	return findings_add(&inquiry->findings, code, "%s on %s",
			    address_text(path->next_family, path->next_hop).text,
			    path->bottom.name);
}

/*
 * The packets of one direction come in by the device that those of the other direction leave by. The
 * kernel keeps their flow there if that one is in the flowtable, else for the route's device; and it
 * finds it if that one is.
 */
static struct nfto_finding *add_ghost(struct inquiry *inquiry, int direction, bool *is_ghost)
{
	const struct flowtable_info *flowtable = inquiry->instance.flowtable;
	const struct path *path = &inquiry->paths[!direction];
	/* A neighbour that has gone since its flow was made does no harm. */
	bool matters = is_leaking(inquiry, direction);

	*is_ghost = false;
	if (path->end == PATH_UNKNOWN || flowtable_info_has(flowtable, path->top.name))
		return NULL;
	switch (path->end) {
	case PATH_UNKNOWN:
		return NULL;
	case PATH_FOUND:
		*is_ghost = !flowtable_info_has(flowtable, path->bottom.name);
		return *is_ghost ? add_missing_device(inquiry, direction, path->bottom.name) : NULL;
	case PATH_NO_NEIGHBOUR:
		*is_ghost = matters;
		return matters ? add_lost_way(inquiry, NFTO_FINDING_NO_NEIGHBOUR, path) : NULL;
	case PATH_NO_BRIDGE_ENTRY:
		*is_ghost = matters;
		return matters ? add_lost_way(inquiry, NFTO_FINDING_NO_BRIDGE_ENTRY, path) : NULL;
	case PATH_TOO_DEEP:
		*is_ghost = true;
		return findings_add(&inquiry->findings, NFTO_FINDING_TOO_DEEP,
				    "packets of the %s direction come in below %s",
				    direction_name(direction), path->bottom.name);
	}
	return NULL;
}

/* Where the detector has not seen it leak, the routes may be others than they seem. */
static int check_ghost(struct inquiry *inquiry, int direction)
{
	struct nfto_finding *finding;
	bool is_ghost;

	if (!inquiry->has_paths || !inquiry->instance.flowtable)
		return 0;
	finding = add_ghost(inquiry, direction, &is_ghost);
	if (!is_ghost)
		return 0;
	if (inquiry->is_marked && !is_leaking(inquiry, direction))
		return suspect(inquiry, finding);
	return found(inquiry, finding);
}

static int check_ghosts(struct inquiry *inquiry)
{
	int original = check_ghost(inquiry, IP_CT_DIR_ORIGINAL), reply;

	if (original < 0)
		return original;
	reply = check_ghost(inquiry, IP_CT_DIR_REPLY);
	return reply < 0 ? reply : original || reply;
}

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
	ret = network_link(&inquiry->network, route.interface, &link);
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

	if (!inquiry->has_paths || !inquiry->instance.flowtable ||
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

	if (ret < 0 || opener(inquiry)->family != AF_INET)
		return ret;
	return suspect(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_IP_OPTIONS,
					     "the %s direction leaks, and no other cause is seen",
					     direction_name(direction)));
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

static int check_leaks(struct inquiry *inquiry)
{
	int original = check_leak(inquiry, IP_CT_DIR_ORIGINAL), reply;

	if (original < 0)
		return original;
	reply = check_leak(inquiry, IP_CT_DIR_REPLY);
	return reply < 0 ? reply : original || reply;
}

/* ---- Hardware */

static bool is_for_hardware(const struct inquiry *inquiry)
{
	return instance_effective(&inquiry->instance) == NFTO_MODE_HARDWARE;
}

/* Without the Ethernet address of a next hop there is nothing to write into the hardware. */
static int check_neighbours(struct inquiry *inquiry)
{
	if (!inquiry->is_marked || !inquiry->has_paths)
		return 0;
	for (int direction = 0; direction < 2; direction++) {
		const struct path *path = &inquiry->paths[direction];

		/* Of one that nobody asks for, the flow has the address already. */
		if (path->end == PATH_NO_NEIGHBOUR && path->is_asked_for)
			return found(inquiry,
				     add_lost_way(inquiry, NFTO_FINDING_NO_NEIGHBOUR, path));
	}
	return 0;
}

/* A switch's port hands the flows to its conduit. */
static int find_asked_device(struct inquiry *inquiry, const struct path *path,
			     struct link_info *device)
{
	*device = path->bottom;
	if (strcmp(device->kind, "dsa") != 0)
		return 1;
	return network_link(&inquiry->network, path->bottom.lower, device);
}

/* 1 if it is off, 0 if not or unknown, or a negative errno. */
static int is_feature_off(struct inquiry *inquiry, struct hw_tc_offload *session,
			  const struct path *path, struct link_info *device)
{
	enum nfto_hw_tc_offload state;
	int ret = find_asked_device(inquiry, path, device);

	if (ret <= 0)
		return ret;
	ret = hw_tc_offload_read(inquiry->ctx, session, device->name, &state);
	if (ret == -ENODEV)
		return 0;
	if (ret < 0)
		return ret;
	return state == NFTO_HW_TC_OFFLOAD_OFF || state == NFTO_HW_TC_OFFLOAD_FIXED_OFF;
}

/* Each device of the flowtable is asked for each flow, and one that takes it is enough; but those
 * on the way are those that can. */
static int check_features_with(struct inquiry *inquiry, struct hw_tc_offload *session)
{
	struct link_info devices[2];
	struct nfto_finding *finding;

	for (int direction = 0; direction < 2; direction++) {
		int ret = is_feature_off(inquiry, session, &inquiry->paths[direction],
					 &devices[direction]);

		if (ret <= 0)
			return ret;
	}
	finding = findings_add(&inquiry->findings, NFTO_FINDING_HW_TC_OFFLOAD_OFF,
			       "ethtool: off for %s and %s", devices[0].name, devices[1].name);
	if (finding)
		finding_advise(finding,
			       "ethtool -K %s hw-tc-offload on; ethtool -K %s hw-tc-offload on",
			       devices[0].name, devices[1].name);
	return found(inquiry, finding);
}

static int check_features(struct inquiry *inquiry)
{
	struct hw_tc_offload session;
	int ret;

	if (!inquiry->has_paths)
		return 0;
	ret = hw_tc_offload_open(inquiry->ctx, &session);
	if (ret < 0)
		return ret;
	ret = check_features_with(inquiry, &session);
	hw_tc_offload_close(&session);
	return ret;
}

static int suspect_driver(struct inquiry *inquiry)
{
	if (inquiry->state != NFTO_FLOW_SOFTWARE)
		return 0;
	return suspect(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_DRIVER_DECLINED,
					     "the flowtable is for hardware, conntrack: OFFLOAD "
					     "without HW_OFFLOAD"));
}

static int check_hardware(struct inquiry *inquiry)
{
	int ret;

	if (!is_for_hardware(inquiry) || inquiry->state == NFTO_FLOW_HARDWARE)
		return 0;
	ret = check_ipsec(inquiry);
	if (ret == 0)
		ret = check_neighbours(inquiry);
	if (ret == 0)
		ret = check_features(inquiry);
	return ret == 0 ? suspect_driver(inquiry) : ret;
}

static int check_mode(struct inquiry *inquiry)
{
	const struct instance *instance = &inquiry->instance;

	if (inquiry->state == NFTO_FLOW_HARDWARE || instance->requested == NFTO_MODE_SOFTWARE ||
	    instance_effective(instance) != NFTO_MODE_SOFTWARE)
		return 0;
	return found(inquiry,
		     findings_add(&inquiry->findings, NFTO_FINDING_SOFTWARE_MODE,
				  "asked for was mode %s", nfto_mode_name(instance->requested)));
}

/* ---- All of it */

/* Goes through checks, up to the first that finds something. */
static int first_of(struct inquiry *inquiry, check *const *checks, size_t count)
{
	int ret = 0;

	for (size_t i = 0; i < count && ret == 0; i++)
		ret = checks[i](inquiry);
	return ret;
}

#define FIRST_OF(inquiry, checks) first_of(inquiry, checks, sizeof(checks) / sizeof((checks)[0]))

static int replay_slow(struct inquiry *inquiry)
{
	static check *const checks[] = {
		check_instance,	 check_protocol, check_leaving, check_tcp_state,
		check_helper,	 check_status,	 check_ways,	check_first_packet,
		check_threshold, check_idle,	 check_ipsec,	check_rest,
	};

	return FIRST_OF(inquiry, checks);
}

/* Any flowtable may have marked it; ours is known only if the instance is there. */
static int replay_marked(struct inquiry *inquiry)
{
	static check *const checks[] = { check_ghosts, check_leaks, check_hardware, check_mode };
	int ret = inquiry_find_ways(inquiry);

	if (ret == 0)
		ret = inquiry_find_leaks(inquiry);
	return ret < 0 ? ret : FIRST_OF(inquiry, checks);
}

/* It need not be the cause of anything, so it does not stand against what comes behind it. */
static int told_as_not_tracked(struct inquiry *inquiry)
{
	const char *name = inquiry->tuple.zone ? "in this zone" : "in the default zone";
	int ret;

	if (!inquiry_is_looked_up(inquiry))
		return 0;
	ret = found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_NOT_TRACKED,
					  "looked for %s", name));
	return ret < 0 ? ret : 0;
}

static int replay_new(struct inquiry *inquiry, bool *is_blocked)
{
	static check *const obstacles[] = { check_instance, check_protocol, check_ways,
					    check_ghosts };
	static check *const remarks[] = { check_hardware, check_mode };
	int ret;

	ret = told_as_not_tracked(inquiry);
	if (ret == 0)
		ret = FIRST_OF(inquiry, obstacles);
	*is_blocked = ret > 0;
	return ret == 0 ? FIRST_OF(inquiry, remarks) : ret;
}

static enum nfto_verdict verdict_of_marked(const struct inquiry *inquiry)
{
	if (is_leaking(inquiry, IP_CT_DIR_ORIGINAL) || is_leaking(inquiry, IP_CT_DIR_REPLY))
		return NFTO_VERDICT_PRETENDS;
	return inquiry->state == NFTO_FLOW_HARDWARE ? NFTO_VERDICT_HARDWARE : NFTO_VERDICT_SOFTWARE;
}

int replay(struct inquiry *inquiry, enum nfto_verdict *verdict)
{
	bool is_blocked;
	int ret;

	if (inquiry->is_marked) {
		ret = replay_marked(inquiry);
		*verdict = verdict_of_marked(inquiry);
	} else if (inquiry->exists) {
		ret = replay_slow(inquiry);
		*verdict = NFTO_VERDICT_NOT_OFFLOADED;
	} else {
		ret = replay_new(inquiry, &is_blocked);
		*verdict = is_blocked ? NFTO_VERDICT_WOULD_NOT_BE_OFFLOADED :
					NFTO_VERDICT_WOULD_BE_OFFLOADED;
	}
	return ret < 0 ? ret : 0;
}
