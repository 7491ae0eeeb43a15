// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is wrong, how it is known, and what to do about it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "findings.h"

/* What stands for a code: its stable name, how bad it is, and sentences for people. */
struct text {
	enum nfto_finding_code code;
	const char *name;
	enum nfto_severity severity;
	const char *sentence;
	const char *advice;
};

static const struct text texts[] = {
	{ NFTO_FINDING_NONE, "none", NFTO_SEVERITY_NOTE, "nothing was found", "" },

	/* Why a connection is not offloaded. */
	{ NFTO_FINDING_NOT_TRACKED, "not-tracked", NFTO_SEVERITY_NOTE,
	  "conntrack has no entry of it",
	  "if it has traffic now, look for a rule with notrack, or for packets that conntrack "
	  "finds invalid" },
	{ NFTO_FINDING_NO_INSTANCE, "no-instance", NFTO_SEVERITY_ERROR, "there is no such instance",
	  "make it: nftoffload apply INTERFACE..." },
	{ NFTO_FINDING_DRAINED, "drained", NFTO_SEVERITY_ERROR,
	  "the instance was put out of service by a drain",
	  "put it back into service: nftoffload apply --again" },
	{ NFTO_FINDING_DORMANT, "dormant", NFTO_SEVERITY_ERROR,
	  "the table is dormant: its chains see no packet",
	  "wake it up: nft add table FAMILY TABLE" },
	{ NFTO_FINDING_INCOMPLETE, "incomplete", NFTO_SEVERITY_ERROR,
	  "a part of the instance is missing, or was changed",
	  "mend it: nftoffload apply --again" },
	{ NFTO_FINDING_NO_DEVICES, "no-devices", NFTO_SEVERITY_ERROR,
	  "no device is in the flowtable", "name the interfaces: nftoffload apply INTERFACE..." },
	{ NFTO_FINDING_PROTOCOL, "protocol", NFTO_SEVERITY_NOTE, "only TCP and UDP are offloaded",
	  "" },
	{ NFTO_FINDING_TCP_NOT_ESTABLISHED, "tcp-not-established", NFTO_SEVERITY_NOTE,
	  "the TCP handshake is not complete",
	  "wait until it is; one that stays so has lost its answers: look for an asymmetric route "
	  "or a filter" },
	{ NFTO_FINDING_TCP_CLOSING, "tcp-closing", NFTO_SEVERITY_NOTE,
	  "the TCP connection is being closed", "" },
	{ NFTO_FINDING_HELPER, "helper", NFTO_SEVERITY_WARNING,
	  "a helper of conntrack has to see each packet",
	  "do without the helper for this traffic: delete the rule that sets it" },
	{ NFTO_FINDING_SEQUENCE_ADJUSTED, "sequence-adjusted", NFTO_SEVERITY_WARNING,
	  "its sequence numbers are rewritten by NAT or a SYN proxy",
	  "do without the helper or synproxy that rewrites this traffic" },
	{ NFTO_FINDING_NAT_CLASH, "nat-clash", NFTO_SEVERITY_WARNING,
	  "its NAT clashed with another connection's", "" },
	{ NFTO_FINDING_DYING, "dying", NFTO_SEVERITY_NOTE, "conntrack has given it up", "" },
	{ NFTO_FINDING_FIRST_PACKET, "first-packet", NFTO_SEVERITY_NOTE,
	  "only one packet was seen: the second one is the first to be offloaded", "" },
	{ NFTO_FINDING_BELOW_THRESHOLD, "below-threshold", NFTO_SEVERITY_NOTE,
	  "it had fewer packets than the instance asks for", "" },
	{ NFTO_FINDING_NOT_COUNTED, "not-counted", NFTO_SEVERITY_WARNING,
	  "conntrack does not count it, so it never reaches the threshold",
	  "set net.netfilter.nf_conntrack_acct to 1; connections are counted that begin after "
	  "that" },
	{ NFTO_FINDING_LOCAL, "local", NFTO_SEVERITY_NOTE,
	  "the router itself is one end, so nothing is forwarded", "" },
	{ NFTO_FINDING_FORWARDING_OFF, "forwarding-off", NFTO_SEVERITY_ERROR,
	  "the kernel does not forward",
	  "sysctl -w net.ipv4.ip_forward=1, or net.ipv6.conf.all.forwarding=1" },
	{ NFTO_FINDING_NO_ROUTE, "no-route", NFTO_SEVERITY_ERROR, "there is no route",
	  "look at the routes and rules: ip route get" },
	{ NFTO_FINDING_NO_REVERSE_ROUTE, "no-reverse-route", NFTO_SEVERITY_ERROR,
	  "there is no route for the answers by the interface that the packets come in by",
	  "add a route back, in the table that the rules (ip rule) choose for it" },
	{ NFTO_FINDING_IPSEC, "ipsec", NFTO_SEVERITY_WARNING,
	  "packets come out of IPsec or go into it",
	  "nothing helps but another kind of tunnel: each packet is held against a policy" },
	{ NFTO_FINDING_UNLISTED_DEVICE, "unlisted-device", NFTO_SEVERITY_ERROR,
	  "a device that its packets come in by is not in the flowtable",
	  "give the device, or what stands on it, to nftoffload apply" },
	{ NFTO_FINDING_NO_NEIGHBOUR, "no-neighbour", NFTO_SEVERITY_WARNING,
	  "the Ethernet address of the next hop is not known",
	  "see whether the next hop answers: ip neighbour" },
	{ NFTO_FINDING_NO_BRIDGE_ENTRY, "no-bridge-entry", NFTO_SEVERITY_WARNING,
	  "a bridge does not know at which port the next hop is",
	  "see whether the port learns: bridge fdb" },
	{ NFTO_FINDING_TOO_DEEP, "too-deep", NFTO_SEVERITY_WARNING,
	  "more VLAN tags or devices are on the way than the kernel follows",
	  "take away a VLAN tag or a device on the way" },
	{ NFTO_FINDING_NO_PATH, "no-path", NFTO_SEVERITY_WARNING,
	  "the kernel can't follow the path of its packets, and offloads nothing without",
	  "the plan says which devices these are: nftoffload plan INTERFACE..." },
	{ NFTO_FINDING_MTU, "mtu", NFTO_SEVERITY_WARNING,
	  "its packets are larger than the MTU of the device that they leave by",
	  "let the ends send smaller packets, or give both devices the same MTU" },
	{ NFTO_FINDING_FRAGMENTS, "fragments", NFTO_SEVERITY_WARNING,
	  "its packets come in as fragments", "let the ends send packets that fit into the MTU" },
	{ NFTO_FINDING_IP_OPTIONS, "ip-options", NFTO_SEVERITY_WARNING,
	  "its packets may have IP options or extension headers, or a TTL that ends here",
	  "look at the packets: tcpdump -v" },
	{ NFTO_FINDING_ASYMMETRIC_ROUTE, "asymmetric-route", NFTO_SEVERITY_WARNING,
	  "its packets come in by another device than the route back leads to",
	  "let both directions take the same way, or put the other device into the flowtable, "
	  "too" },
	{ NFTO_FINDING_IDLE, "idle", NFTO_SEVERITY_NOTE,
	  "no packet came lately: the next one is offloaded", "" },
	{ NFTO_FINDING_HW_TC_OFFLOAD_OFF, "hw-tc-offload-off", NFTO_SEVERITY_WARNING,
	  "the devices decline all flows: their feature hw-tc-offload is off",
	  "switch it on: ethtool -K DEVICE hw-tc-offload on" },
	{ NFTO_FINDING_DRIVER_DECLINED, "driver-declined", NFTO_SEVERITY_WARNING,
	  "the driver has not taken it into hardware",
	  "see the driver's own counters and limits: its table may be full, or it may not take "
	  "this kind of flow" },
	{ NFTO_FINDING_SOFTWARE_MODE, "software-mode", NFTO_SEVERITY_NOTE,
	  "the flowtable is one for software",
	  "nftoffload apply --mode hardware says why it is none for hardware" },
	{ NFTO_FINDING_LEAVING_HARDWARE, "leaving-hardware", NFTO_SEVERITY_NOTE,
	  "it is on its way out of the hardware", "" },
	{ NFTO_FINDING_MAYBE_CLOSING, "maybe-closing", NFTO_SEVERITY_NOTE,
	  "the driver has not taken it into hardware, or it is a finished TCP connection, which "
	  "stays in software until its timeout",
	  "see whether packets of it still move: nftoffload explain --interval 5" },
	{ NFTO_FINDING_UNEXPLAINED, "unexplained", NFTO_SEVERITY_WARNING,
	  "nothing that can be seen from outside of the kernel stands against it",
	  "watch its packets in the forward chain: nft monitor trace" },

	/* The hardware and conntrack disagree. */
	{ NFTO_FINDING_HW_FORGOTTEN, "hw-forgotten", NFTO_SEVERITY_WARNING,
	  "conntrack says hardware, and the hardware's table does not have it",
	  "evict it, and it is offered to the hardware anew: nftoffload evict, or audit --fix" },
	{ NFTO_FINDING_HW_ONE_DIRECTION, "hw-one-direction", NFTO_SEVERITY_WARNING,
	  "only one of its directions is in the hardware",
	  "the driver does not take the other: is the device that it comes in by, or goes out by, "
	  "of the same hardware, and its hw-tc-offload on?" },
	{ NFTO_FINDING_HW_NOT_COUNTED, "hw-not-counted", NFTO_SEVERITY_WARNING,
	  "conntrack does not count what the hardware forwards",
	  "a driver that reports nothing lets live flows expire: update it, or use software "
	  "offload for its devices" },
	{ NFTO_FINDING_HW_DIRECTION_STILL, "hw-direction-still", NFTO_SEVERITY_WARNING,
	  "the counters of one direction stand still while those of the other move",
	  "see whether the driver has taken both directions, and whether the answers come back "
	  "by this router" },
	{ NFTO_FINDING_HW_LEFTOVER, "hw-leftover", NFTO_SEVERITY_ERROR,
	  "the hardware has an entry for what is not offloaded: it passes the firewall by",
	  "set the devices down and up, or load their driver anew; and end offload by "
	  "'nftoffload remove', not by deleting tables" },
	{ NFTO_FINDING_HW_ENTRY_LOST, "hw-entry-lost", NFTO_SEVERITY_ERROR,
	  "the hardware still forwards a connection that conntrack has lost",
	  "set the devices down and up; if it comes again, the kernel lets entries of live flows "
	  "expire: update it" },
	{ NFTO_FINDING_HW_FLAPPING, "hw-flapping", NFTO_SEVERITY_WARNING,
	  "it leaves the hardware under traffic, and comes back",
	  "see whether the driver reports counters, whether routes or neighbours change, and "
	  "whether the firewall is loaded again and again" },
	{ NFTO_FINDING_HW_REPLACED, "hw-replaced", NFTO_SEVERITY_WARNING,
	  "under traffic its conntrack entry was replaced by another",
	  "if nobody has deleted it, the kernel lets entries of live flows expire: update it" },

	/* What is asked for against what is there. */
	{ NFTO_FINDING_NO_RULE, "no-rule", NFTO_SEVERITY_ERROR,
	  "no rule puts flows into the flowtable",
	  "nftoffload apply --again; or add a rule: flow add @FLOWTABLE" },
	{ NFTO_FINDING_NOT_ON_FORWARD, "not-on-forward", NFTO_SEVERITY_ERROR,
	  "the chain with the rule is not on the forward hook",
	  "remove the instance and apply it again" },
	{ NFTO_FINDING_DEVICE_MISSING, "device-missing", NFTO_SEVERITY_WARNING,
	  "a device that was asked for is not there",
	  "when it has come: nftoffload apply --again" },
	{ NFTO_FINDING_DEVICE_NOT_BOUND, "device-not-bound", NFTO_SEVERITY_ERROR,
	  "a device belongs into the flowtable, and is not in it", "nftoffload apply --again" },
	{ NFTO_FINDING_DEVICE_REFUSED, "device-refused", NFTO_SEVERITY_WARNING,
	  "a driver does not take the flowtable in hardware",
	  "ask for software, or leave the device out" },
	{ NFTO_FINDING_DEVICE_BUSY, "device-busy", NFTO_SEVERITY_WARNING,
	  "the hardware of a device belongs to another flowtable",
	  "take it out of that flowtable, then apply with the mode hardware" },
	{ NFTO_FINDING_NO_HARDWARE, "no-hardware", NFTO_SEVERITY_WARNING,
	  "flows need a device that has no hardware of its own",
	  "leave it out, or ask for software" },
	{ NFTO_FINDING_HARDWARE_UNUSED, "hardware-unused", NFTO_SEVERITY_WARNING,
	  "flows go in software, although each driver would take them",
	  "apply it with the mode hardware; or remove it, and apply it again" },
	{ NFTO_FINDING_ALL_IN_SOFTWARE, "all-in-software", NFTO_SEVERITY_WARNING,
	  "the flowtable is in hardware, but each of its flows is in software",
	  "look why: nftoffload explain" },
	{ NFTO_FINDING_ACCOUNTING_OFF, "accounting-off", NFTO_SEVERITY_NOTE,
	  "packets of connections are not counted, so hardware can't be confirmed",
	  "sysctl net.netfilter.nf_conntrack_acct=1, for new connections" },
	{ NFTO_FINDING_NOTHING_OFFLOADED, "nothing-offloaded", NFTO_SEVERITY_WARNING,
	  "connections are forwarded, but none is offloaded",
	  "name all interfaces between which packets are forwarded: nftoffload apply "
	  "INTERFACE..." },
	{ NFTO_FINDING_CONNTRACK_FULL, "conntrack-full", NFTO_SEVERITY_WARNING,
	  "there is hardly room for more connections",
	  "raise the sysctl net.netfilter.nf_conntrack_max" },
	{ NFTO_FINDING_DEVICE_WAITING, "device-waiting", NFTO_SEVERITY_NOTE,
	  "a device of the flowtable is missing; the kernel binds it when it appears", "" },
	{ NFTO_FINDING_NAME_BLOCKED, "name-blocked", NFTO_SEVERITY_NOTE,
	  "while a flowtable in hardware waits for a name, no device whose driver refuses hardware "
	  "can be created with it, or renamed to it: \"Operation not permitted\"",
	  "give that device another name, or take the name out of the flowtable" },
};

static const struct text *find_text(enum nfto_finding_code code)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].code == code)
			return &texts[i];
	}
	return NULL;
}

static void write_printable(char *out, size_t size, const char *format, va_list arguments)
{
	char raw[512];

	vsnprintf(raw, sizeof(raw), format, arguments);
	printable(out, size, raw);
}

struct nfto_finding *findings_add(struct findings *findings, enum nfto_finding_code code,
				  const char *evidence, ...)
{
	struct nfto_finding *items, *finding;
	const struct text *text = find_text(code);
	va_list arguments;

	items = realloc(findings->items, (findings->count + 1) * sizeof(*items));
	if (!items)
		return NULL;
	findings->items = items;
	finding = &items[findings->count++];
	*finding = (struct nfto_finding){
		.code = code,
		.severity = text ? text->severity : NFTO_SEVERITY_NOTE,
		.is_certain = true,
	};
	va_start(arguments, evidence);
	write_printable(finding->evidence, sizeof(finding->evidence), evidence, arguments);
	va_end(arguments);
	if (text)
		printable(finding->advice, sizeof(finding->advice), text->advice);
	return finding;
}

void finding_advise(struct nfto_finding *finding, const char *advice, ...)
{
	va_list arguments;

	va_start(arguments, advice);
	write_printable(finding->advice, sizeof(finding->advice), advice, arguments);
	va_end(arguments);
}

void findings_clear(struct findings *findings)
{
	free(findings->items);
	*findings = (struct findings){ 0 };
}

NFTO_API const char *nfto_severity_name(enum nfto_severity severity)
{
	switch (severity) {
	case NFTO_SEVERITY_NOTE:
		return "note";
	case NFTO_SEVERITY_WARNING:
		return "warning";
	case NFTO_SEVERITY_ERROR:
		return "error";
	}
	return "unknown";
}

NFTO_API const char *nfto_finding_code_name(enum nfto_finding_code code)
{
	const struct text *text = find_text(code);

	return text ? text->name : "unknown";
}

NFTO_API enum nfto_finding_code nfto_finding_code(const struct nfto_finding *finding)
{
	return finding->code;
}

NFTO_API enum nfto_severity nfto_finding_severity(const struct nfto_finding *finding)
{
	return finding->severity;
}

NFTO_API bool nfto_finding_is_certain(const struct nfto_finding *finding)
{
	return finding->is_certain;
}

NFTO_API const char *nfto_finding_sentence(const struct nfto_finding *finding)
{
	const struct text *text = find_text(finding->code);

	return text ? text->sentence : "";
}

NFTO_API const char *nfto_finding_evidence(const struct nfto_finding *finding)
{
	return finding->evidence;
}

NFTO_API const char *nfto_finding_advice(const struct nfto_finding *finding)
{
	return finding->advice;
}
