// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a connection is not offloaded, and goes the slow way. */
#include <errno.h>
#include <inttypes.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>

#include "check.h"
#include "facts/ipsec.h"
#include "facts/sysctl.h"

/* Between the last packet and the look at its entry passes less than this. */
#define IDLE_S 2

static uint32_t status_of(const struct inquiry *inquiry)
{
	return inquiry->connection.info.status;
}

/* ---- The instance */

int check_instance(struct inquiry *inquiry)
{
	const struct instance *instance = &inquiry->instance;
	struct findings *findings = &inquiry->findings;
	const char *name = inquiry->name;

	if (!instance->exists)
		return found(inquiry, findings_add(findings, NFTO_FINDING_NO_INSTANCE,
						   "there is no table inet %s", name));
	if (instance->is_drained)
		return found(inquiry, findings_add(findings, NFTO_FINDING_DRAINED,
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

int check_protocol(struct inquiry *inquiry)
{
	uint8_t protocol = inquiry->tuple.protocol;

	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		return 0;
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_PROTOCOL,
					   "its protocol has the number %u", protocol));
}

int check_leaving(struct inquiry *inquiry)
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

int check_tcp_state(struct inquiry *inquiry)
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

int check_helper(struct inquiry *inquiry)
{
	const struct conntrack_details *details = &inquiry->connection.details;

	if (!details->has_helper)
		return 0;
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_HELPER,
					   "conntrack: helper %s", details->helper));
}

int check_status(struct inquiry *inquiry)
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

int check_first_packet(struct inquiry *inquiry)
{
	uint64_t packets;

	if (count_packets(inquiry, &packets) < 0 || packets > 1)
		return 0;
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_FIRST_PACKET,
					   "conntrack has counted %" PRIu64, packets));
}

int check_threshold(struct inquiry *inquiry)
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

int check_ways(struct inquiry *inquiry)
{
	const struct end *end;
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

int is_under_ipsec(struct inquiry *inquiry)
{
	const struct ipsec_packet packet = {
		.family = (uint8_t)opener(inquiry)->family,
		.protocol = inquiry->tuple.protocol,
		.source = opener(inquiry)->address,
		.destination = answerer(inquiry)->address,
		.source_port = opener(inquiry)->port,
		.destination_port = answerer(inquiry)->port,
	};

	return ipsec_covers(inquiry->ctx, &packet);
}

/*
 * No flow is made of a packet that came out of IPsec, and none with IPsec goes into hardware. Where
 * the other direction makes the flow, the software fast path takes both.
 */
int check_ipsec(struct inquiry *inquiry)
{
	int ret = is_under_ipsec(inquiry);

	if (ret <= 0)
		return ret;
	return found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_IPSEC,
					   "a policy is about it: ip xfrm policy"));
}

/* ---- What is left for a connection that goes the slow way */

/* How long conntrack keeps the entry behind a packet: one of two times, of which TCP has the shorter
 * one while data is not acknowledged, that is, while much is sent. Where either can be, it is the one
 * that makes it the shorter wait. -ENODATA if it can't be read. */
static int read_timeout(struct inquiry *inquiry, uint32_t left, uint32_t *timeout)
{
	bool is_tcp = inquiry->tuple.protocol == IPPROTO_TCP;
	const char *shorter =
		is_tcp ? "nf_conntrack_tcp_timeout_unacknowledged" : "nf_conntrack_udp_timeout";
	const char *longer =
		is_tcp ? "nf_conntrack_tcp_timeout_established" : "nf_conntrack_udp_timeout_stream";
	struct nfto_ctx *ctx = inquiry->ctx;
	int ret = sysctl_read(ctx, shorter, timeout);

	if (ret == 0 && left > *timeout)
		ret = sysctl_read(ctx, longer, timeout);
	if (ret == -ENOMEM)
		return ret;
	error_clear(&ctx->error);
	return ret < 0 ? -ENODATA : 0;
}

int check_idle(struct inquiry *inquiry)
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

int check_rest(struct inquiry *inquiry)
{
	if (opener(inquiry)->family == AF_INET)
		return suspect(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_IP_OPTIONS,
						     "packets come, and no other cause is seen"));
	return suspect(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_UNEXPLAINED,
					     "packets come, and no cause is seen"));
}
