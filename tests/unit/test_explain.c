// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a connection is not offloaded: what is made of the kernel's answers, and what it is asked. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/neighbour.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>
#include <net/if_arp.h>

#include "caps_script.h"
#include "instance_script.h"
#include "proc_folder.h"
#include "sysctl_files.h"
#include "unit.h"
#include "way_script.h"

#define NAME "nftoffload"
#define HARDWARE 1
#define COUNTER 2
#define SEEN (IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED)

/* The connection of all tests, masqueraded. */
static struct reply_flow flow_of(uint8_t protocol, uint32_t status)
{
	return (struct reply_flow){
		.family = AF_INET,
		.protocol = protocol,
		.status = status,
		.original = { "192.168.1.2", "203.0.113.2", 40000, 443 },
		.reply = { "203.0.113.2", "203.0.113.1", 443, 40000 },
		.has_counters = true,
		.packets = { 100, 100 },
		.bytes = { 10000, 10000 },
	};
}

static void answer_flow(struct fake *fake, const struct reply_flow *flow)
{
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	reply_flow(fake, flow);
}

static void answer_no_flow(struct fake *fake)
{
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	reply_error(fake, 0, ENOENT);
}

static void answer_instance(struct fake *fake)
{
	const struct instance_script instance = instance_whole("software", COUNTER);

	instance_answer(fake, &instance);
}

static void answer_leak(struct fake *fake, uint64_t packets, uint64_t bytes)
{
	static const uint8_t key[20];
	struct reply_elements elements;

	fake_answer(fake, NFT(NFT_MSG_GETSETELEM));
	if (packets == 0) {
		reply_error(fake, 0, ENOENT);
		return;
	}
	elements = reply_open_elements(fake, "leaks4_original");
	reply_element(&elements, key, sizeof(key), packets, bytes);
	reply_close_elements(fake, &elements);
}

static void answer_no_leaks(struct fake *fake)
{
	answer_leak(fake, 0, 0);
	answer_leak(fake, 0, 0);
}

/* ---- What the kernel may say */

static void flow_in_slow_path(struct fake *fake, const struct reply_flow *flow)
{
	answer_instance(fake);
	answer_flow(fake, flow);
}

static void half_open(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_TCP, IPS_CONFIRMED);

	flow.tcp_state = TCP_CONNTRACK_SYN_SENT;
	flow_in_slow_path(fake, &flow);
}

static void not_assured(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_TCP, IPS_CONFIRMED | IPS_SEEN_REPLY);

	flow.tcp_state = TCP_CONNTRACK_ESTABLISHED;
	flow_in_slow_path(fake, &flow);
}

static void closing(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_TCP, SEEN);

	flow.tcp_state = TCP_CONNTRACK_CLOSE_WAIT;
	flow_in_slow_path(fake, &flow);
}

static void helper(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_TCP, SEEN);

	flow.tcp_state = TCP_CONNTRACK_ESTABLISHED;
	flow.helper = "ftp";
	flow_in_slow_path(fake, &flow);
}

/* All of these have the kernel's own name of a bit as evidence. */
static void sequence_adjusted(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN | IPS_SEQ_ADJUST);

	flow_in_slow_path(fake, &flow);
}

static void nat_clash(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN | IPS_UNTRACKED);

	flow_in_slow_path(fake, &flow);
}

static void dying(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN | IPS_DYING);

	flow_in_slow_path(fake, &flow);
}

static void leaving(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN | IPS_HW_OFFLOAD);

	flow_in_slow_path(fake, &flow);
}

static void first_packet(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_UDP, IPS_CONFIRMED);

	flow.packets[0] = 1;
	flow.packets[1] = 0;
	flow_in_slow_path(fake, &flow);
	way_answer_all(fake, AF_INET);
}

static void with_threshold(struct fake *fake, bool is_counted)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN);

	instance.offload_comment =
		"offload: flows that were offloaded, requested mode software, after 201 packets";
	flow.has_counters = is_counted;
	instance_answer(fake, &instance);
	answer_flow(fake, &flow);
	way_answer_all(fake, AF_INET);
}

static void below_threshold(struct fake *fake)
{
	with_threshold(fake, true);
}

static void not_counted(struct fake *fake)
{
	with_threshold(fake, false);
}

/* Packets come, and there is no timeout to tell how long ago the last one was. */
static void no_cause(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN);

	flow_in_slow_path(fake, &flow);
	way_answer_all(fake, AF_INET);
	way_answer_policy_count(fake, 0);
}

static void no_instance(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN);

	instance_answer_generation(fake);
	instance_answer_missing(fake);
	answer_flow(fake, &flow);
}

static void no_rule(struct fake *fake)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN);

	instance.offload_comment = NULL;
	instance_answer(fake, &instance);
	answer_flow(fake, &flow);
}

static void drained(struct fake *fake)
{
	struct instance_script instance = instance_whole("software", COUNTER);

	instance.offload_comment = "drained: offloads nothing, requested mode software";
	instance_answer(fake, &instance);
	answer_no_flow(fake);
}

static void no_devices(struct fake *fake)
{
	struct instance_script instance = instance_whole("software", COUNTER);

	instance.devices[0] = NULL;
	instance_answer(fake, &instance);
	answer_no_flow(fake);
}

/* ---- Routes */

static void new_one(struct fake *fake)
{
	answer_instance(fake);
	answer_no_flow(fake);
}

static void from_router(struct fake *fake)
{
	new_one(fake);
	way_answer_route(fake, AF_INET, RTN_LOCAL, 1);
}

static void to_router(struct fake *fake)
{
	new_one(fake);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	way_answer_forwarding(fake, AF_INET, true);
	way_answer_route(fake, AF_INET, RTN_LOCAL, 1);
}

static void forwarding_off(struct fake *fake)
{
	new_one(fake);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	way_answer_forwarding(fake, AF_INET, false);
}

static void no_way_there(struct fake *fake)
{
	new_one(fake);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	way_answer_forwarding(fake, AF_INET, true);
	way_answer_route_error(fake, ENETUNREACH);
}

static void no_way_to_opener(struct fake *fake)
{
	new_one(fake);
	way_answer_route_error(fake, EHOSTUNREACH);
}

static void no_way_back(struct fake *fake)
{
	new_one(fake);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	way_answer_forwarding(fake, AF_INET, true);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_WAN);
	way_answer_route_error(fake, EACCES);
	way_answer_route_error(fake, EACCES);
}

/* The flow is made by an answer then. */
static void no_way_back_but_for_answers(struct fake *fake)
{
	new_one(fake);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	way_answer_forwarding(fake, AF_INET, true);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_WAN);
	way_answer_route_error(fake, EACCES);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_WAN);
}

static void nothing_wrong(struct fake *fake)
{
	new_one(fake);
	way_answer_all(fake, AF_INET);
}

/* ---- The way down */

static void answer_routes(struct fake *fake)
{
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	way_answer_forwarding(fake, AF_INET, true);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_WAN);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	way_answer_link(fake, &way_wan);
	way_answer_neighbour(fake, AF_INET, WAY_WAN, NUD_REACHABLE);
}

static void missing_device(struct fake *fake)
{
	struct instance_script instance = instance_whole("software", COUNTER);

	instance.devices[0] = "wan0";
	instance.devices[1] = NULL;
	instance_answer(fake, &instance);
	answer_no_flow(fake);
	way_answer_all(fake, AF_INET);
}

static const struct reply_link bridge = {
	.index = 2, .name = "br-lan", .type = 1, .kind = "bridge"
};
static const struct reply_link tag = {
	.index = 2, .name = "lan0.7", .type = 1, .kind = "vlan", .lower = 5, .vlan_id = 7
};
static const struct reply_link port = { .index = 5, .name = "lan0", .type = 1 };
static const struct reply_link other_port = { .index = 6, .name = "lan1", .type = 1 };

static void port_of_bridge(struct fake *fake)
{
	new_one(fake);
	answer_routes(fake);
	way_answer_link(fake, &bridge);
	way_answer_neighbour(fake, AF_INET, 2, NUD_STALE);
	way_answer_neighbour(fake, AF_BRIDGE, 5, NUD_REACHABLE);
	way_answer_link(fake, &port);
}

static void other_port_of_bridge(struct fake *fake)
{
	new_one(fake);
	answer_routes(fake);
	way_answer_link(fake, &bridge);
	way_answer_neighbour(fake, AF_INET, 2, NUD_STALE);
	way_answer_neighbour(fake, AF_BRIDGE, 6, NUD_REACHABLE);
	way_answer_link(fake, &other_port);
}

static void tagged(struct fake *fake)
{
	new_one(fake);
	answer_routes(fake);
	way_answer_link(fake, &tag);
	way_answer_neighbour(fake, AF_INET, 2, NUD_STALE);
	way_answer_link(fake, &port);
}

static void three_tags(struct fake *fake)
{
	static const struct reply_link outer = {
		.index = 5, .name = "tag2", .type = 1, .kind = "vlan", .lower = 5, .vlan_id = 8
	};

	new_one(fake);
	answer_routes(fake);
	way_answer_link(fake, &tag);
	way_answer_neighbour(fake, AF_INET, 2, NUD_STALE);
	way_answer_link(fake, &outer);
	way_answer_link(fake, &outer);
}

/* It is asked for when the first packet goes there: nothing is wrong yet. */
static void neighbour_of_new_one(struct fake *fake)
{
	new_one(fake);
	answer_routes(fake);
	way_answer_link(fake, &bridge);
	way_answer_neighbour(fake, AF_INET, 2, 0);
}

/* ---- The device below a PPPoE session */

static const struct reply_link ppp = {
	.index = 2, .name = "ppp0", .type = ARPHRD_PPP, .kind = "ppp"
};

static void to_ppp(struct fake *fake)
{
	new_one(fake);
	answer_routes(fake);
	way_answer_link(fake, &ppp);
}

static void over_listed_device(struct fake *fake)
{
	to_ppp(fake);
	way_answer_link(fake, &port);
	way_answer_link(fake, &port);
}

static void over_unlisted_device(struct fake *fake)
{
	to_ppp(fake);
	way_answer_link(fake, &other_port);
	way_answer_link(fake, &other_port);
}

/* No neighbour is asked for: the session has the address. */
static void over_bridge(struct fake *fake)
{
	to_ppp(fake);
	way_answer_link(fake, &bridge);
	way_answer_link(fake, &bridge);
	way_answer_neighbour(fake, AF_BRIDGE, 6, NUD_REACHABLE);
	way_answer_link(fake, &other_port);
}

static void over_two_tags(struct fake *fake)
{
	to_ppp(fake);
	way_answer_link(fake, &tag);
	way_answer_link(fake, &tag);
	way_answer_link(fake, &tag);
}

static void over_renamed_device(struct fake *fake)
{
	to_ppp(fake);
	fake_answer(fake, RTM_GETLINK);
	reply_error(fake, 0, ENODEV);
}

#define NO_SESSION "Id       Address              Device\n"
#define ONE_SESSION NO_SESSION "00000001 02:00:00:00:00:01     eth1\n"
#define TWO_SESSIONS ONE_SESSION "00000002 02:00:00:00:00:01     eth1\n"

/* ---- Marked as offloaded */

static void marked(struct fake *fake, uint8_t protocol, uint32_t bits)
{
	struct reply_flow flow = flow_of(protocol, SEEN | bits);

	answer_instance(fake);
	answer_flow(fake, &flow);
}

static void in_software(struct fake *fake)
{
	marked(fake, IPPROTO_UDP, IPS_OFFLOAD);
	way_answer_all(fake, AF_INET);
	answer_no_leaks(fake);
}

static void in_hardware(struct fake *fake)
{
	marked(fake, IPPROTO_UDP, IPS_OFFLOAD | IPS_HW_OFFLOAD);
	way_answer_all(fake, AF_INET);
	answer_no_leaks(fake);
}

/* What was in flight when it was offloaded. */
static void few_leaks(struct fake *fake)
{
	marked(fake, IPPROTO_UDP, IPS_OFFLOAD);
	way_answer_all(fake, AF_INET);
	answer_leak(fake, 10, 20000);
	answer_leak(fake, 10, 20000);
}

static void fragments(struct fake *fake)
{
	marked(fake, IPPROTO_UDP, IPS_OFFLOAD);
	way_answer_all(fake, AF_INET);
	answer_leak(fake, 100, 150100);
	answer_leak(fake, 0, 0);
}

/* Neither is TCP ever too long, nor is a leak of usual packets told as something certain. */
static void leak_without_cause(struct fake *fake)
{
	marked(fake, IPPROTO_TCP, IPS_OFFLOAD);
	way_answer_all(fake, AF_INET);
	answer_leak(fake, 0, 0);
	answer_leak(fake, 100, 6400000);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_WAN);
}

static void asymmetric(struct fake *fake)
{
	static const struct reply_link wan1 = { .index = 7, .name = "wan1", .type = 1 };

	marked(fake, IPPROTO_UDP, IPS_OFFLOAD);
	way_answer_all(fake, AF_INET);
	answer_leak(fake, 0, 0);
	answer_leak(fake, 100, 6400);
	way_answer_route(fake, AF_INET, RTN_UNICAST, 7);
	way_answer_link(fake, &wan1);
}

static void no_bridge_entry(struct fake *fake)
{
	marked(fake, IPPROTO_UDP, IPS_OFFLOAD);
	answer_routes(fake);
	way_answer_link(fake, &bridge);
	way_answer_neighbour(fake, AF_INET, 2, NUD_STALE);
	way_answer_neighbour(fake, AF_BRIDGE, 0, 0);
	answer_leak(fake, 100, 6400);
	answer_leak(fake, 0, 0);
}

/* It was known when the flow was made. */
static void bridge_entry_that_is_gone(struct fake *fake)
{
	marked(fake, IPPROTO_UDP, IPS_OFFLOAD);
	answer_routes(fake);
	way_answer_link(fake, &bridge);
	way_answer_neighbour(fake, AF_INET, 2, NUD_STALE);
	way_answer_neighbour(fake, AF_BRIDGE, 0, 0);
	answer_no_leaks(fake);
}

static void missing_device_of_leak(struct fake *fake, uint64_t packets)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN | IPS_OFFLOAD);

	instance.devices[1] = NULL;
	instance_answer(fake, &instance);
	answer_flow(fake, &flow);
	way_answer_all(fake, AF_INET);
	answer_leak(fake, 0, 0);
	answer_leak(fake, packets, 100 * packets);
}

static void ghost(struct fake *fake)
{
	missing_device_of_leak(fake, 11);
}

/* The routes may be others for its mark. */
static void ghost_that_does_not_leak(struct fake *fake)
{
	missing_device_of_leak(fake, 0);
}

static void fallback(struct fake *fake)
{
	struct instance_script instance = instance_whole("auto", COUNTER);
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN | IPS_OFFLOAD);

	instance_answer(fake, &instance);
	answer_flow(fake, &flow);
	way_answer_all(fake, AF_INET);
	answer_no_leaks(fake);
}

/* Packets come, and nothing else is in the way. */
static void with_policy(struct fake *fake, uint32_t source, uint32_t destination, uint8_t length,
			bool has_template)
{
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN);

	answer_instance(fake);
	answer_flow(fake, &flow);
	way_answer_all(fake, AF_INET);
	way_answer_policy_count(fake, 1);
	way_answer_policy(fake, source, destination, length, has_template);
}

static void under_policy(struct fake *fake)
{
	with_policy(fake, 0xc0a80100, 0xcb007100, 24, true);
}

static void beside_policy(struct fake *fake)
{
	with_policy(fake, 0xc0a80200, 0xcb007100, 24, true);
}

/* The last bit makes the difference. */
static void policy_of_another_host(struct fake *fake)
{
	with_policy(fake, 0xc0a80103, 0xcb007102, 32, true);
}

static void policy_that_lets_pass(struct fake *fake)
{
	with_policy(fake, 0xc0a80100, 0xcb007100, 24, false);
}

static void neighbour_for_hardware(struct fake *fake)
{
	struct instance_script instance = instance_whole("hardware", HARDWARE | COUNTER);
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN | IPS_OFFLOAD);

	instance_answer(fake, &instance);
	answer_flow(fake, &flow);
	answer_routes(fake);
	way_answer_link(fake, &way_lan);
	way_answer_neighbour(fake, AF_INET, WAY_LAN, NUD_FAILED);
	answer_no_leaks(fake);
	way_answer_policy_count(fake, 0);
}

/* For hardware. If it is in software, more is asked for before the driver is suspected. */
static void for_hardware(struct fake *fake, const struct reply_flow *flow)
{
	struct instance_script instance = instance_whole("hardware", HARDWARE | COUNTER);

	instance_answer(fake, &instance);
	answer_flow(fake, flow);
	way_answer_all(fake, AF_INET);
	answer_no_leaks(fake);
	if (flow->status & IPS_HW_OFFLOAD)
		return;
	way_answer_policy_count(fake, 0);
	caps_answer_family(fake, 0);
	caps_answer_hw_tc_offload(fake, true, false);
}

static void declined(struct fake *fake)
{
	const struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN | IPS_OFFLOAD);

	for_hardware(fake, &flow);
}

static void maybe_closing(struct fake *fake)
{
	const struct reply_flow flow = flow_of(IPPROTO_TCP, SEEN | IPS_OFFLOAD);

	for_hardware(fake, &flow);
}

/* ---- What is made of it */

struct variant {
	const char *name;
	void (*script)(struct fake *fake);
	enum nfto_verdict verdict;
	const char *codes; /* with ? behind what is not certain */
};

struct variant_over_pppoe {
	const char *name;
	void (*script)(struct fake *fake);
	enum nfto_verdict verdict;
	const char *codes;
	const char *sessions; /* as /proc/net/pppoe has them */
};

#define SLOW NFTO_VERDICT_NOT_OFFLOADED
#define WOULD NFTO_VERDICT_WOULD_BE_OFFLOADED
#define WOULD_NOT NFTO_VERDICT_WOULD_NOT_BE_OFFLOADED
#define PRETENDS NFTO_VERDICT_PRETENDS

static const struct variant variants[] = {
	{ "half-open", half_open, SLOW, " tcp-not-established" },
	{ "not assured", not_assured, SLOW, " tcp-not-established" },
	{ "closing", closing, SLOW, " tcp-closing" },
	{ "helper", helper, SLOW, " helper" },
	{ "sequence adjusted", sequence_adjusted, SLOW, " sequence-adjusted" },
	{ "NAT clash", nat_clash, SLOW, " nat-clash" },
	{ "dying", dying, SLOW, " dying" },
	{ "leaving", leaving, SLOW, " leaving-hardware" },
	{ "first packet", first_packet, SLOW, " first-packet" },
	{ "below threshold", below_threshold, SLOW, " below-threshold" },
	{ "not counted", not_counted, SLOW, " not-counted" },
	{ "no cause", no_cause, SLOW, " ip-options?" },
	{ "no instance", no_instance, SLOW, " no-instance" },
	{ "no rule", no_rule, SLOW, " incomplete" },
	{ "drained", drained, WOULD_NOT, " not-tracked drained" },
	{ "no devices", no_devices, WOULD_NOT, " not-tracked no-devices" },
	{ "from router", from_router, WOULD_NOT, " not-tracked local" },
	{ "to router", to_router, WOULD_NOT, " not-tracked local" },
	{ "forwarding off", forwarding_off, WOULD_NOT, " not-tracked forwarding-off" },
	{ "no way there", no_way_there, WOULD_NOT, " not-tracked no-route" },
	{ "no way to opener", no_way_to_opener, WOULD_NOT, " not-tracked no-route" },
	{ "no way back", no_way_back, WOULD_NOT, " not-tracked no-reverse-route" },
	{ "no way back but for answers", no_way_back_but_for_answers, WOULD, " not-tracked" },
	{ "nothing wrong", nothing_wrong, WOULD, " not-tracked" },
	{ "under policy", under_policy, SLOW, " ipsec" },
	{ "beside policy", beside_policy, SLOW, " ip-options?" },
	{ "policy of another host", policy_of_another_host, SLOW, " ip-options?" },
	{ "policy that lets pass", policy_that_lets_pass, SLOW, " ip-options?" },
	{ "missing device", missing_device, WOULD_NOT, " not-tracked unlisted-device" },
	{ "port of bridge", port_of_bridge, WOULD, " not-tracked" },
	{ "other port of bridge", other_port_of_bridge, WOULD_NOT, " not-tracked unlisted-device" },
	{ "tagged", tagged, WOULD, " not-tracked" },
	{ "three tags", three_tags, WOULD_NOT, " not-tracked too-deep" },
	{ "neighbour of new one", neighbour_of_new_one, WOULD, " not-tracked" },
	{ "in software", in_software, NFTO_VERDICT_SOFTWARE, "" },
	{ "in hardware", in_hardware, NFTO_VERDICT_HARDWARE, "" },
	{ "few leaks", few_leaks, NFTO_VERDICT_SOFTWARE, "" },
	{ "fragments", fragments, PRETENDS, " fragments" },
	{ "leak without cause", leak_without_cause, PRETENDS, " asymmetric-route? ip-options?" },
	{ "asymmetric", asymmetric, PRETENDS, " asymmetric-route" },
	{ "no bridge entry", no_bridge_entry, PRETENDS, " no-bridge-entry" },
	{ "bridge entry that is gone", bridge_entry_that_is_gone, NFTO_VERDICT_SOFTWARE, "" },
	{ "ghost", ghost, PRETENDS, " unlisted-device" },
	{ "ghost that does not leak", ghost_that_does_not_leak, NFTO_VERDICT_SOFTWARE,
	  " unlisted-device?" },
	{ "fallback", fallback, NFTO_VERDICT_SOFTWARE, " software-mode" },
	{ "neighbour for hardware", neighbour_for_hardware, NFTO_VERDICT_SOFTWARE,
	  " no-neighbour" },
	{ "declined", declined, NFTO_VERDICT_SOFTWARE, " driver-declined?" },
	{ "maybe closing", maybe_closing, NFTO_VERDICT_SOFTWARE, " maybe-closing?" },
};

/* ---- The same where no flow is made without its whole path */

static void slow_with_devices(struct fake *fake, const char *first, const char *second)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN);

	instance.devices[0] = first;
	instance.devices[1] = second;
	instance_answer(fake, &instance);
	answer_flow(fake, &flow);
}

static void slow_without_device(struct fake *fake)
{
	slow_with_devices(fake, "wan0", NULL);
	way_answer_all(fake, AF_INET);
}

static void slow_without_both(struct fake *fake)
{
	slow_with_devices(fake, "eth9", NULL);
	way_answer_all(fake, AF_INET);
}

static void ipsec_without_device(struct fake *fake)
{
	slow_without_device(fake);
	for (int i = 0; i < 2; i++) {
		way_answer_policy_count(fake, 1);
		way_answer_policy(fake, 0xc0a80100, 0xcb007100, 24, true);
	}
}

static void slow_with_all(struct fake *fake)
{
	slow_with_devices(fake, "lan0", "wan0");
	way_answer_all(fake, AF_INET);
	way_answer_policy_count(fake, 0);
}

/* The bridge is in the flowtable, and its port is not. */
static void slow_with_bridge(struct fake *fake)
{
	slow_with_devices(fake, "br-lan", "wan0");
	answer_routes(fake);
	way_answer_link(fake, &bridge);
	way_answer_neighbour(fake, AF_INET, 2, NUD_STALE);
	way_answer_neighbour(fake, AF_BRIDGE, 5, NUD_REACHABLE);
	way_answer_link(fake, &port);
}

static void slow_without_bridge_entry(struct fake *fake)
{
	slow_with_devices(fake, "lan0", "wan0");
	answer_routes(fake);
	way_answer_link(fake, &bridge);
	way_answer_neighbour(fake, AF_INET, 2, NUD_STALE);
	way_answer_neighbour(fake, AF_BRIDGE, 0, 0);
	way_answer_policy_count(fake, 0);
}

static void slow_without_neighbour(struct fake *fake)
{
	slow_with_devices(fake, "lan0", "wan0");
	answer_routes(fake);
	way_answer_link(fake, &way_lan);
	way_answer_neighbour(fake, AF_INET, WAY_LAN, NUD_FAILED);
	way_answer_policy_count(fake, 0);
}

/* Whatever its Ethernet address is: packets will go by a device that is not in the flowtable. */
static void new_without_neighbour_and_device(struct fake *fake)
{
	struct instance_script instance = instance_whole("software", COUNTER);

	instance.devices[0] = "wan0";
	instance.devices[1] = NULL;
	instance_answer(fake, &instance);
	answer_no_flow(fake);
	answer_routes(fake);
	way_answer_link(fake, &way_lan);
	way_answer_neighbour(fake, AF_INET, WAY_LAN, 0);
}

static void new_with_bridge(struct fake *fake)
{
	struct instance_script instance = instance_whole("software", COUNTER);

	instance.devices[0] = "br-lan";
	instance_answer(fake, &instance);
	answer_no_flow(fake);
	answer_routes(fake);
	way_answer_link(fake, &bridge);
	way_answer_neighbour(fake, AF_INET, 2, NUD_STALE);
	way_answer_neighbour(fake, AF_BRIDGE, 5, NUD_REACHABLE);
	way_answer_link(fake, &port);
}

static void over_other_namespace(struct fake *fake)
{
	static const struct reply_link moved = { .index = 2,
						 .name = "moved",
						 .type = 1,
						 .kind = "vlan",
						 .lower = 5,
						 .is_elsewhere = true,
						 .vlan_id = 7 };

	new_one(fake);
	answer_routes(fake);
	way_answer_link(fake, &moved);
	way_answer_neighbour(fake, AF_INET, 2, NUD_STALE);
}

static const uint8_t remote[16] = { 198, 51, 100, 2 };

static void by_tunnel(struct fake *fake, const struct reply_link *tunnel)
{
	new_one(fake);
	answer_routes(fake);
	way_answer_link(fake, tunnel);
}

static const struct reply_link ipip = {
	.index = 2, .name = "ipip0", .type = ARPHRD_TUNNEL, .kind = "ipip", .tunnel_remote = remote
};

static void over_tunnel(struct fake *fake)
{
	by_tunnel(fake, &ipip);
	way_answer_route(fake, AF_INET, RTN_UNICAST, 5);
	way_answer_link(fake, &port);
}

static void over_tunnel_by_unlisted(struct fake *fake)
{
	by_tunnel(fake, &ipip);
	way_answer_route(fake, AF_INET, RTN_UNICAST, 6);
	way_answer_link(fake, &other_port);
}

static void over_tunnel_by_bridge(struct fake *fake)
{
	by_tunnel(fake, &ipip);
	way_answer_route(fake, AF_INET, RTN_UNICAST, 2);
	way_answer_link(fake, &bridge);
}

static void over_tunnel_in_tunnel(struct fake *fake)
{
	by_tunnel(fake, &ipip);
	way_answer_route(fake, AF_INET, RTN_UNICAST, 2);
	way_answer_link(fake, &ipip);
}

static void over_tunnel_to_nowhere(struct fake *fake)
{
	by_tunnel(fake, &ipip);
	way_answer_route_error(fake, ENETUNREACH);
}

static void over_tunnel_with_limit(struct fake *fake)
{
	static const struct reply_link limited = { .index = 2,
						   .name = "tun6",
						   .type = ARPHRD_TUNNEL6,
						   .kind = "ip6tnl",
						   .tunnel_remote = remote };

	by_tunnel(fake, &limited);
}

static const struct variant whole_variants[] = {
	{ "without device", slow_without_device, SLOW, " unlisted-device" },
	{ "without both", slow_without_both, SLOW, " unlisted-device unlisted-device" },
	{ "IPsec without device", ipsec_without_device, SLOW, " ipsec" },
	{ "with all", slow_with_all, SLOW, " ip-options?" },
	{ "with the bridge", slow_with_bridge, SLOW, " unlisted-device" },
	{ "without bridge entry", slow_without_bridge_entry, SLOW, " no-bridge-entry" },
	{ "without neighbour", slow_without_neighbour, SLOW, " no-neighbour" },
	{ "new, without neighbour and device", new_without_neighbour_and_device, WOULD_NOT,
	  " not-tracked unlisted-device" },
	{ "new, with the bridge", new_with_bridge, WOULD_NOT, " not-tracked unlisted-device" },
	{ "new, all is well", nothing_wrong, WOULD, " not-tracked" },
	{ "new, three tags", three_tags, WOULD_NOT, " not-tracked too-deep" },
	{ "new, no neighbour yet", neighbour_of_new_one, WOULD, " not-tracked" },
	{ "over another namespace", over_other_namespace, WOULD_NOT, " not-tracked no-path" },
	{ "over a tunnel", over_tunnel, WOULD, " not-tracked" },
	{ "by an unlisted device", over_tunnel_by_unlisted, WOULD_NOT,
	  " not-tracked unlisted-device" },
	{ "over a tunnel by a bridge", over_tunnel_by_bridge, WOULD_NOT, " not-tracked no-path" },
	{ "a tunnel in a tunnel", over_tunnel_in_tunnel, WOULD_NOT, " not-tracked no-path" },
	{ "a tunnel to nowhere", over_tunnel_to_nowhere, WOULD_NOT, " not-tracked no-path" },
	{ "a tunnel with a limit", over_tunnel_with_limit, WOULD_NOT, " not-tracked no-path" },
	{ "ghost", ghost, PRETENDS, " unlisted-device" },
};

static struct nfto_tuple *new_tuple(uint8_t protocol, const char *source, const char *destination)
{
	struct nfto_tuple *tuple;
	uint8_t address[16];
	int family = strchr(source, ':') ? AF_INET6 : AF_INET;

	assert_int_equal(nfto_tuple_new(&tuple), 0);
	nfto_tuple_set_protocol(tuple, protocol);
	assert_int_equal(inet_pton(family, source, address), 1);
	assert_int_equal(nfto_tuple_set_source(tuple, family, address, 40000), 0);
	assert_int_equal(inet_pton(family, destination, address), 1);
	assert_int_equal(nfto_tuple_set_destination(tuple, family, address, 443), 0);
	return tuple;
}

static void write_codes(const struct nfto_explanation *explanation, char *codes, size_t size)
{
	size_t used = 0;

	codes[0] = '\0';
	for (size_t i = 0; i < nfto_explanation_count(explanation); i++) {
		const struct nfto_finding *finding = nfto_explanation_get(explanation, i);

		assert_true(nfto_finding_sentence(finding)[0]);
		assert_true(nfto_finding_evidence(finding)[0]);
		used += (size_t)snprintf(codes + used, size - used, " %s%s",
					 nfto_finding_code_name(nfto_finding_code(finding)),
					 nfto_finding_is_certain(finding) ? "" : "?");
	}
	assert_null(nfto_explanation_get(explanation, nfto_explanation_count(explanation)));
}

/* Nothing is listed that may be long: the parts of the instance, and policies where there are any. */
static void assert_no_long_dump(const struct fake *fake)
{
	for (size_t i = 0; i < fake->request_count; i++) {
		const struct nlmsghdr *message = fake_sent(fake, i, 0);

		if ((message->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
			continue;
		assert_true(message->nlmsg_type == NFT(NFT_MSG_GETFLOWTABLE) ||
			    message->nlmsg_type == NFT(NFT_MSG_GETRULE) ||
			    message->nlmsg_type == NFT(NFT_MSG_GETSETELEM) ||
			    message->nlmsg_type == XFRM_MSG_GETPOLICY);
	}
}

static const struct variant_over_pppoe variants_over_pppoe[] = {
	{ "over listed device", over_listed_device, WOULD, " not-tracked", ONE_SESSION },
	{ "over unlisted device", over_unlisted_device, WOULD_NOT, " not-tracked unlisted-device?",
	  ONE_SESSION },
	{ "over bridge", over_bridge, WOULD_NOT, " not-tracked unlisted-device?", ONE_SESSION },
	{ "over two tags", over_two_tags, WOULD_NOT, " not-tracked too-deep?", ONE_SESSION },
	{ "over renamed device", over_renamed_device, WOULD, " not-tracked", ONE_SESSION },
	{ "one of two sessions", to_ppp, WOULD, " not-tracked", TWO_SESSIONS },
	{ "another kind of PPP", to_ppp, WOULD_NOT, " not-tracked unlisted-device", NO_SESSION },
};

static const struct variant_over_pppoe whole_variants_over_pppoe[] = {
	{ "another kind of PPP", to_ppp, WOULD_NOT, " not-tracked no-path", NO_SESSION },
	{ "over listed device", over_listed_device, WOULD, " not-tracked", ONE_SESSION },
	{ "over unlisted device", over_unlisted_device, WOULD_NOT, " not-tracked unlisted-device?",
	  ONE_SESSION },
};

static void check_variant(const struct variant *variant, const char *sessions, const char *release)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_explanation *explanation;
	/* The answers decide which protocol it is about, and both are looked up alike. */
	struct nfto_tuple *tuple =
		new_tuple(variant->script == half_open || variant->script == not_assured ||
					  variant->script == closing || variant->script == helper ||
					  variant->script == leak_without_cause ||
					  variant->script == maybe_closing ?
				  IPPROTO_TCP :
				  IPPROTO_UDP,
			  "192.168.1.2", "203.0.113.2");
	char codes[256];

	if (sessions || release)
		proc_folder_use(ctx);
	if (sessions)
		proc_folder_write("thread-self/net/pppoe", sessions);
	if (release)
		proc_folder_write("sys/kernel/osrelease", release);
	variant->script(fake);
	if (nfto_explain(ctx, NAME, tuple, &explanation) < 0)
		fail_msg("%s", nfto_error_message(nfto_ctx_error(ctx)));
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_NONE);
	write_codes(explanation, codes, sizeof(codes));
	assert_string_equal(codes, variant->codes);
	assert_string_equal(nfto_verdict_name(nfto_explanation_verdict(explanation)),
			    nfto_verdict_name(variant->verdict));
	assert_no_long_dump(fake);
	proc_folder_clear();
	nfto_explanation_free(explanation);
	nfto_tuple_free(tuple);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

static void test_variant(void **state)
{
	check_variant(*state, NULL, NULL);
}

#define FROM_7_2 "7.2.11\n"

static void test_whole_variant(void **state)
{
	check_variant(*state, NULL, FROM_7_2);
}

static void check_over_pppoe(const struct variant_over_pppoe *row, const char *release)
{
	const struct variant variant = { row->name, row->script, row->verdict, row->codes };

	check_variant(&variant, row->sessions, release);
}

static void test_variant_over_pppoe(void **state)
{
	check_over_pppoe(*state, NULL);
}

static void test_whole_variant_over_pppoe(void **state)
{
	check_over_pppoe(*state, FROM_7_2);
}

/* ---- How long ago the last packet came, by conntrack's timeouts */

struct idle {
	const char *name;
	uint8_t protocol;
	uint32_t left_s;
	const char *codes;
};

static const struct idle idles[] = {
	{ "busy UDP", IPPROTO_UDP, 119, " ip-options?" },
	{ "busy UDP without answers", IPPROTO_UDP, 29, " ip-options?" },
	{ "idle UDP", IPPROTO_UDP, 100, " idle" },
	{ "idle UDP without answers", IPPROTO_UDP, 10, " idle" },
	{ "TCP without data", IPPROTO_TCP, 431999, " ip-options?" },
	{ "TCP with data under way", IPPROTO_TCP, 299, " ip-options?" },
	{ "idle TCP", IPPROTO_TCP, 431000, " idle" },
	{ "TCP whose peer is gone", IPPROTO_TCP, 200, " idle" },
};

static void put_timeouts(bool are_there)
{
	static const char *const timeouts[][2] = {
		{ "nf_conntrack_udp_timeout", "30\n" },
		{ "nf_conntrack_udp_timeout_stream", "120\n" },
		{ "nf_conntrack_tcp_timeout_unacknowledged", "300\n" },
		{ "nf_conntrack_tcp_timeout_established", "432000\n" },
	};

	for (size_t i = 0; i < COUNT(timeouts); i++)
		sysctl_files_put(timeouts[i][0], are_there ? timeouts[i][1] : NULL);
}

static void test_idle(void **state)
{
	const struct idle *idle = *state;
	struct reply_flow flow = flow_of(idle->protocol, SEEN);
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_tuple *tuple = new_tuple(idle->protocol, "192.168.1.2", "203.0.113.2");
	struct nfto_explanation *explanation;
	char codes[64];

	sysctl_files_use(ctx);
	put_timeouts(true);
	flow.timeout_s = idle->left_s;
	flow_in_slow_path(fake, &flow);
	way_answer_all(fake, AF_INET);
	if (strcmp(idle->codes, " idle") != 0)
		way_answer_policy_count(fake, 0);
	assert_int_equal(nfto_explain(ctx, NAME, tuple, &explanation), 0);
	write_codes(explanation, codes, sizeof(codes));
	assert_string_equal(codes, idle->codes);
	put_timeouts(false);
	nfto_explanation_free(explanation);
	nfto_tuple_free(tuple);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* ---- Protocols, leaks, errors */

static void test_protocol(void **state)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_tuple *tuple = new_tuple(IPPROTO_ICMP, "192.168.1.2", "203.0.113.2");
	struct nfto_explanation *explanation;
	char codes[64];

	(void)state;
	answer_instance(fake);
	assert_int_equal(nfto_explain(ctx, NAME, tuple, &explanation), 0);
	write_codes(explanation, codes, sizeof(codes));
	assert_string_equal(codes, " protocol");
	assert_false(nfto_explanation_exists(explanation));
	assert_int_equal(nfto_explanation_flow_state(explanation), NFTO_FLOW_NONE);
	nfto_explanation_free(explanation);
	nfto_explanation_free(NULL);
	nfto_tuple_free(tuple);
	nfto_tuple_free(NULL);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

static void assert_refused(struct nfto_ctx *ctx, const char *name, const struct nfto_tuple *tuple,
			   int result, enum nfto_error_code code)
{
	struct nfto_explanation *explanation = UNTOUCHED(struct nfto_explanation);

	assert_int_equal(nfto_explain(ctx, name, tuple, &explanation), result);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), code);
	assert_ptr_equal(explanation, UNTOUCHED(struct nfto_explanation));
}

static void test_wrong_use(void **state)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_tuple *tuple;
	uint8_t address[16] = { 0 };

	(void)state;
	assert_int_equal(nfto_tuple_new(&tuple), 0);
	assert_refused(ctx, NAME, tuple, -EINVAL, NFTO_ERROR_INVALID);
	assert_int_equal(nfto_tuple_set_source(tuple, AF_INET, address, 1), 0);
	assert_refused(ctx, NAME, tuple, -EINVAL, NFTO_ERROR_INVALID);
	assert_int_equal(nfto_tuple_set_destination(tuple, AF_INET6, address, 1), 0);
	assert_refused(ctx, NAME, tuple, -EINVAL, NFTO_ERROR_INVALID);
	assert_int_equal(nfto_tuple_set_destination(tuple, AF_INET, address, 1), 0);
	assert_refused(ctx, "", tuple, -EINVAL, NFTO_ERROR_INVALID);
	assert_int_equal(nfto_tuple_set_source(tuple, AF_UNIX, address, 1), -EINVAL);
	assert_int_equal(nfto_tuple_set_interface(tuple, "a/b"), -EINVAL);
	assert_int_equal(fake->request_count, 0);

	instance_answer_generation(fake);
	instance_answer_table(fake, "somebody's");
	assert_refused(ctx, NAME, tuple, -EEXIST, NFTO_ERROR_FOREIGN_TABLE);
	nfto_tuple_free(tuple);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

static void test_missing_interface(void **state)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_tuple *tuple = new_tuple(IPPROTO_UDP, "192.168.1.2", "203.0.113.2");

	(void)state;
	assert_int_equal(nfto_tuple_set_interface(tuple, "none0"), 0);
	new_one(fake);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	fake_answer(fake, RTM_GETLINK);
	reply_error(fake, 0, ENODEV);
	assert_refused(ctx, NAME, tuple, -ENODEV, NFTO_ERROR_NO_DEVICE);
	assert_string_equal(nfto_error_device(nfto_ctx_error(ctx)), "none0");
	nfto_tuple_free(tuple);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* The kernel sends what is none of its answers. */
static void spoilt_flow(struct fake *fake)
{
	answer_instance(fake);
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	fake_close(fake, reply_open(fake, CT(IPCTNL_MSG_CT_NEW), 0, AF_INET));
}

static void spoilt_route(struct fake *fake)
{
	new_one(fake);
	fake_answer(fake, RTM_GETROUTE);
	fake_close(fake, fake_open(fake, RTM_NEWROUTE, 0, 0));
}

static void spoilt_forwarding(struct fake *fake)
{
	new_one(fake);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	fake_answer(fake, RTM_GETNETCONF);
	fake_close(fake, fake_open(fake, RTM_NEWNETCONF, 0, 0));
}

static void spoilt_neighbour(struct fake *fake)
{
	new_one(fake);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	way_answer_forwarding(fake, AF_INET, true);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_WAN);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	way_answer_link(fake, &way_wan);
	fake_answer(fake, RTM_GETNEIGH);
	fake_close(fake, fake_open(fake, RTM_NEWNEIGH, 0, 0));
}

static void slow_one(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN);

	flow_in_slow_path(fake, &flow);
}

static void spoilt_policies(struct fake *fake)
{
	slow_one(fake);
	way_answer_all(fake, AF_INET);
	fake->has_sysctl = 1;
	fake_answer(fake, XFRM_MSG_GETSPDINFO);
	fake_close(fake, fake_open(fake, XFRM_MSG_NEWSPDINFO, 0, 0));
}

static void spoilt_policy(struct fake *fake)
{
	slow_one(fake);
	way_answer_all(fake, AF_INET);
	way_answer_policy_count(fake, 1);
	fake_answer(fake, XFRM_MSG_GETPOLICY);
	fake_close(fake, fake_open(fake, XFRM_MSG_NEWPOLICY, NLM_F_MULTI, 0));
	reply_done(fake);
}

struct spoilt {
	const char *name;
	void (*script)(struct fake *fake);
};

static const struct spoilt spoilts[] = {
	{ "flow", spoilt_flow },
	{ "route", spoilt_route },
	{ "forwarding", spoilt_forwarding },
	{ "neighbour", spoilt_neighbour },
	{ "policies", spoilt_policies },
	{ "policy", spoilt_policy },
};

static void test_spoilt(void **state)
{
	const struct spoilt *spoilt = *state;
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_tuple *tuple = new_tuple(IPPROTO_UDP, "192.168.1.2", "203.0.113.2");

	spoilt->script(fake);
	assert_refused(ctx, NAME, tuple, -EBADMSG, NFTO_ERROR_PROTOCOL);
	nfto_tuple_free(tuple);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* ---- A flow that leaks */

/* The instance has one, which conntrack has under the tuple of its reply direction. */
static struct nfto_leaks *read_leak(struct fake *fake, struct nfto_ctx *ctx)
{
	static const uint8_t key[] = {
		203, 0, 113,  9,    0x9c, 0x40, 0,	     0, 192, 168,
		1,   2, 0x01, 0xbb, 0,	  0,	IPPROTO_UDP, 0, 0,   0,
	};
	const struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN | IPS_OFFLOAD);
	struct reply_elements elements;
	struct nfto_leaks *leaks;

	instance_answer_table(fake, "managed by nftoffload");
	instance_answer_generation(fake);
	for (int i = 0; i < 4; i++) {
		fake_answer(fake, NFT(NFT_MSG_GETSETELEM));
		elements = reply_open_elements(fake, "leaks4_original");
		if (i == 0)
			reply_element(&elements, key, sizeof(key), 100, 10000);
		reply_close_elements(fake, &elements);
		reply_done(fake);
	}
	answer_no_flow(fake);
	answer_flow(fake, &flow);
	assert_int_equal(nfto_leaks_read(ctx, NAME, &leaks), 0);
	assert_int_equal(nfto_leaks_count(leaks), 1);
	return leaks;
}

/* The answers go by a device that is not in the flowtable. */
static void answer_other_way(struct fake *fake)
{
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	way_answer_forwarding(fake, AF_INET, true);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_WAN);
	way_answer_route(fake, AF_INET, RTN_UNICAST, 5);
	way_answer_link(fake, &way_wan);
	way_answer_neighbour(fake, AF_INET, WAY_WAN, NUD_REACHABLE);
	way_answer_link(fake, &other_port);
	way_answer_neighbour(fake, AF_INET, 5, NUD_REACHABLE);
}

static void found_by_reply_direction(struct fake *fake)
{
	const struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN | IPS_OFFLOAD);

	answer_no_flow(fake);
	answer_flow(fake, &flow);
	answer_other_way(fake);
	answer_leak(fake, 0, 0);
}

/* It is on its way from one flow that nobody hits to the next. */
static void most_packets(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN);

	flow.packets[0] = 101;
	answer_flow(fake, &flow);
	answer_other_way(fake);
	answer_leak(fake, 0, 0);
}

static void not_found(struct fake *fake)
{
	answer_no_flow(fake);
	answer_no_flow(fake);
	answer_other_way(fake);
	answer_leak(fake, 0, 0);
}

/* It had the mark for the moment of an attempt. */
static void mark_of_a_moment(struct fake *fake)
{
	struct reply_flow flow = flow_of(IPPROTO_UDP, SEEN);

	flow.packets[0] = 2000;
	answer_flow(fake, &flow);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_LAN);
	way_answer_forwarding(fake, AF_INET, true);
	way_answer_route_error(fake, ENETUNREACH);
}

struct leaking {
	const char *name;
	void (*script)(struct fake *fake);
	bool exists;
	enum nfto_verdict verdict;
	const char *codes;
};

static const struct leaking all_leaking[] = {
	{ "found by reply direction", found_by_reply_direction, true, PRETENDS,
	  " unlisted-device" },
	{ "most packets", most_packets, true, PRETENDS, " unlisted-device" },
	{ "not found", not_found, false, PRETENDS, " unlisted-device?" },
	{ "mark of a moment", mark_of_a_moment, true, SLOW, " no-route" },
};

static void test_leak(void **state)
{
	const struct leaking *leaking = *state;
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_leaks *leaks = read_leak(fake, ctx);
	struct nfto_explanation *explanation;
	uint64_t idle_ms;
	char codes[64];

	assert_int_equal(nfto_leak_idle_ms(nfto_leaks_get(leaks, 0), &idle_ms), 0);
	assert_int_equal(idle_ms, 1000);

	answer_instance(fake);
	leaking->script(fake);
	assert_int_equal(nfto_explain_leak(ctx, NAME, nfto_leaks_get(leaks, 0), &explanation), 0);
	write_codes(explanation, codes, sizeof(codes));
	assert_string_equal(codes, leaking->codes);
	assert_int_equal(nfto_explanation_exists(explanation), leaking->exists);
	assert_int_equal(nfto_explanation_verdict(explanation), leaking->verdict);
	nfto_explanation_free(explanation);
	nfto_leaks_free(leaks);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* ---- A second look */

static const struct second_look {
	const char *name;
	uint32_t first; /* what conntrack says of it */
	uint32_t second;
	uint64_t moved; /* in each direction */
	bool is_another;
	bool has_no_counters;
	const char *codes;
	const char *seen; /* at the end of the evidence */
} second_looks[] = {
	{ "moving", IPS_OFFLOAD, IPS_OFFLOAD, 6, false, false, " driver-declined?",
	  "HW_OFFLOAD, 12 packets since the first look" },
	{ "its last packets", IPS_OFFLOAD, IPS_OFFLOAD, 5, false, false, " maybe-closing?",
	  "HW_OFFLOAD, 10 packets since the first look" },
	{ "another one", IPS_OFFLOAD, IPS_OFFLOAD, 6, true, false, " maybe-closing?",
	  "without HW_OFFLOAD" },
	{ "not counted", IPS_OFFLOAD, IPS_OFFLOAD, 6, false, true, " maybe-closing?",
	  "without HW_OFFLOAD" },
	{ "was in hardware", IPS_OFFLOAD | IPS_HW_OFFLOAD, IPS_OFFLOAD, 6, false, false,
	  " maybe-closing?", "without HW_OFFLOAD" },
};

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), wanted = strlen(end);

	return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static struct nfto_explanation *look_at(struct fake *fake, struct nfto_ctx *ctx,
					const struct reply_flow *flow,
					const struct nfto_explanation *before)
{
	struct nfto_tuple *tuple = new_tuple(IPPROTO_TCP, "192.168.1.2", "203.0.113.2");
	struct nfto_explanation *explanation;

	for_hardware(fake, flow);
	assert_int_equal(nfto_explain_again(ctx, NAME, tuple, before, &explanation), 0);
	nfto_tuple_free(tuple);
	return explanation;
}

static void test_second_look(void **state)
{
	const struct second_look *test = *state;
	struct reply_flow flow = flow_of(IPPROTO_TCP, SEEN | test->first);
	struct fake *fake = fake_new(), *again = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake), *second_ctx = fake_ctx(again);
	struct nfto_explanation *before, *now;
	char codes[256];

	flow.has_counters = !test->has_no_counters;
	flow.id = 77;
	before = look_at(fake, ctx, &flow, NULL);
	flow.id += test->is_another;
	flow.status = SEEN | test->second;
	flow.packets[0] += test->moved;
	flow.packets[1] += test->moved;
	now = look_at(again, second_ctx, &flow, before);
	write_codes(now, codes, sizeof(codes));
	assert_string_equal(codes, test->codes);
	assert_true(ends_with(nfto_finding_evidence(nfto_explanation_get(now, 0)), test->seen));
	nfto_explanation_free(before);
	nfto_explanation_free(now);
	nfto_ctx_free(ctx);
	nfto_ctx_free(second_ctx);
	fake_free(fake);
	fake_free(again);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(nfto_verdict_name(NFTO_VERDICT_HARDWARE), "hardware");
	assert_string_equal(nfto_verdict_name(NFTO_VERDICT_SOFTWARE), "software");
	assert_string_equal(nfto_verdict_name(NFTO_VERDICT_PRETENDS), "pretends");
	assert_string_equal(nfto_verdict_name(NFTO_VERDICT_NOT_OFFLOADED), "not-offloaded");
	assert_string_equal(nfto_verdict_name(NFTO_VERDICT_WOULD_BE_OFFLOADED),
			    "would-be-offloaded");
	assert_string_equal(nfto_verdict_name(NFTO_VERDICT_WOULD_NOT_BE_OFFLOADED),
			    "would-not-be-offloaded");
	assert_string_equal(nfto_verdict_name((enum nfto_verdict)0), "unknown");
	for (int code = NFTO_FINDING_NOT_TRACKED; code <= NFTO_FINDING_MAYBE_CLOSING; code++)
		assert_string_not_equal(nfto_finding_code_name((enum nfto_finding_code)code),
					"unknown");
	assert_string_equal(nfto_finding_code_name(NFTO_FINDING_NO_PATH), "no-path");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_protocol),
		cmocka_unit_test(test_wrong_use),
		cmocka_unit_test(test_missing_interface),
		cmocka_unit_test(test_names),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(variants, test_variant);
	failures += run_table(whole_variants, test_whole_variant);
	failures += run_table(variants_over_pppoe, test_variant_over_pppoe);
	failures += run_table(whole_variants_over_pppoe, test_whole_variant_over_pppoe);
	failures += run_table(idles, test_idle);
	failures += run_table(spoilts, test_spoilt);
	failures += run_table(all_leaking, test_leak);
	failures += run_table(second_looks, test_second_look);
	return failures != 0;
}
