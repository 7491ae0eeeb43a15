// SPDX-License-Identifier: GPL-2.0-only
/* From the kernel's flow rule to one of the engine's, or a refusal with a reason. */
#include <linux/if_pppox.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/flow_offload.h>

#include "nftosim.h"

#define REFUSE(extack, reason)				\
({							\
	NL_SET_ERR_MSG_MOD(extack, reason);		\
	-EOPNOTSUPP;					\
})

#define NFTOSIM_TCP_FLAGS \
	cpu_to_be16(be32_to_cpu(TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST) >> 16)

#define KEY(name) BIT_ULL(FLOW_DISSECTOR_KEY_##name)

#define NFTOSIM_KEYS_KNOWN							\
	(KEY(META) | KEY(CONTROL) | KEY(BASIC) | KEY(IPV4_ADDRS) |		\
	 KEY(IPV6_ADDRS) | KEY(PORTS) | KEY(VLAN) | KEY(CVLAN) | KEY(TCP))

/* What is on its way from one form to the other. */
struct nftosim_translation {
	struct nftosim_engine	*engine;
	struct nftosim_port	*port;		/* the one that was asked */
	struct flow_rule	*from;
	struct nftosim_rule	*to;
	struct netlink_ext_ack	*extack;
	bool			of_flowtable;

	unsigned int		vlans_matched;
	unsigned int		vlans_popped;
	unsigned int		vlans_pushed;
	u8			eth[2 * ETH_ALEN];
	u8			eth_given[2 * ETH_ALEN];
};

static struct nftosim_port *port_by_dev(struct nftosim_engine *engine,
					const struct net_device *dev)
{
	struct nftosim_port *port;

	list_for_each_entry(port, &engine->ports, siblings)
		if (port->dev == dev)
			return port;
	return NULL;
}

static struct nftosim_port *port_by_index(struct nftosim_engine *engine, struct net *net,
					  int ifindex)
{
	struct nftosim_port *port;

	list_for_each_entry(port, &engine->ports, siblings)
		if (port->dev->ifindex == ifindex && net_eq(dev_net(port->dev), net))
			return port;
	return NULL;
}

static bool all_ones(const void *mask, size_t len)
{
	return !memchr_inv(mask, 0xff, len);
}

static int match_meta(struct nftosim_translation *t)
{
	struct flow_match_meta meta;

	if (!flow_rule_match_key(t->from, FLOW_DISSECTOR_KEY_META)) {
		if (t->of_flowtable)
			return REFUSE(t->extack, "no ingress port in the rule");
		t->to->key.in = t->port;
		return 0;
	}

	flow_rule_match_meta(t->from, &meta);
	if (!all_ones(&meta.mask->ingress_ifindex, sizeof(meta.mask->ingress_ifindex)) ||
	    meta.mask->ingress_iftype)
		return REFUSE(t->extack, "can match an ingress port only, and that completely");
	t->to->key.in = port_by_index(t->engine, dev_net(t->port->dev), meta.key->ingress_ifindex);
	if (!t->to->key.in)
		return REFUSE(t->extack, "the ingress device is no port of this engine");
	if (t->of_flowtable && !t->to->key.in->in_flowtable)
		return REFUSE(t->extack, "the ingress port is in no flowtable");
	if (!t->of_flowtable && t->to->key.in != t->port)
		return REFUSE(t->extack, "the ingress port is another one");
	return 0;
}

static int match_protocol(struct nftosim_translation *t)
{
	struct flow_match_basic basic;

	if (!flow_rule_match_key(t->from, FLOW_DISSECTOR_KEY_BASIC))
		return REFUSE(t->extack, "no protocol in the rule");
	flow_rule_match_basic(t->from, &basic);
	t->to->key.protocol = basic.key->ip_proto;
	if (basic.mask->ip_proto != 0xff ||
	    (basic.key->ip_proto != IPPROTO_TCP && basic.key->ip_proto != IPPROTO_UDP))
		return REFUSE(t->extack, "can match TCP and UDP only");
	return 0;
}

static int match_ipv4(struct nftosim_translation *t)
{
	struct nftosim_key *key = &t->to->key;
	struct flow_match_ipv4_addrs addrs;

	flow_rule_match_ipv4_addrs(t->from, &addrs);
	if (!all_ones(addrs.mask, sizeof(*addrs.mask)))
		return REFUSE(t->extack, "can match whole addresses only");
	key->family = AF_INET;
	key->tuple.src.s6_addr32[0] = addrs.key->src;
	key->tuple.dst.s6_addr32[0] = addrs.key->dst;
	return 0;
}

static int match_ipv6(struct nftosim_translation *t)
{
	struct nftosim_key *key = &t->to->key;
	struct flow_match_ipv6_addrs addrs;

	flow_rule_match_ipv6_addrs(t->from, &addrs);
	if (!all_ones(addrs.mask, sizeof(*addrs.mask)))
		return REFUSE(t->extack, "can match whole addresses only");
	key->family = AF_INET6;
	key->tuple.src = addrs.key->src;
	key->tuple.dst = addrs.key->dst;
	return 0;
}

/* The type decides, not which keys are in use: of tc's flower both are, in the same place. */
static int match_addresses(struct nftosim_translation *t)
{
	struct flow_match_control control;

	if (!flow_rule_match_key(t->from, FLOW_DISSECTOR_KEY_CONTROL))
		return REFUSE(t->extack, "no kind of address in the rule");
	flow_rule_match_control(t->from, &control);
	if (control.mask->flags)
		return REFUSE(t->extack, "can't match fragments");
	if (!flow_rule_match_key(t->from, control.key->addr_type))
		return REFUSE(t->extack, "no addresses in the rule");
	switch (control.key->addr_type) {
	case FLOW_DISSECTOR_KEY_IPV4_ADDRS:
		return match_ipv4(t);
	case FLOW_DISSECTOR_KEY_IPV6_ADDRS:
		return match_ipv6(t);
	default:
		return REFUSE(t->extack, "can match IP addresses only");
	}
}

static int match_ports(struct nftosim_translation *t)
{
	struct flow_match_ports ports;

	if (!flow_rule_match_key(t->from, FLOW_DISSECTOR_KEY_PORTS))
		return REFUSE(t->extack, "no ports in the rule");
	flow_rule_match_ports(t->from, &ports);
	if (ports.mask->src != htons(0xffff) || ports.mask->dst != htons(0xffff))
		return REFUSE(t->extack, "can match whole ports only");
	t->to->key.tuple.sport = ports.key->src;
	t->to->key.tuple.dport = ports.key->dst;
	return 0;
}

static int match_vlan(struct nftosim_translation *t, const struct flow_match_vlan *vlan)
{
	if (vlan->mask->vlan_tpid != htons(0xffff) || vlan->key->vlan_tpid != htons(ETH_P_8021Q) ||
	    vlan->mask->vlan_id != VLAN_VID_MASK || !vlan->key->vlan_id ||
	    vlan->mask->vlan_priority)
		return REFUSE(t->extack, "can match the id of an 802.1Q tag only");
	t->to->key.vlan[t->vlans_matched++] = vlan->key->vlan_id;
	return 0;
}

/*
 * The kernel's flowtable code fills in the tags, and says where, but never that these keys are in
 * use. Offset 0 is that of another key.
 */
static bool has_vlan(struct nftosim_translation *t, enum flow_dissector_key_id key)
{
	return flow_rule_match_key(t->from, key) ||
	       (t->of_flowtable && t->from->match.dissector->offset[key]);
}

static int match_vlans(struct nftosim_translation *t)
{
	struct flow_match_vlan vlan;
	int err = 0;

	if (has_vlan(t, FLOW_DISSECTOR_KEY_VLAN)) {
		flow_rule_match_vlan(t->from, &vlan);
		err = match_vlan(t, &vlan);
	}
	if (!err && has_vlan(t, FLOW_DISSECTOR_KEY_CVLAN)) {
		flow_rule_match_cvlan(t->from, &vlan);
		err = match_vlan(t, &vlan);
	}
	return err;
}

/* The engine gives every SYN, FIN and RST of a flow to the CPU: such a match needs no work. */
static int match_tcp_flags(struct nftosim_translation *t)
{
	struct flow_match_tcp tcp;

	if (!flow_rule_match_key(t->from, FLOW_DISSECTOR_KEY_TCP))
		return 0;
	flow_rule_match_tcp(t->from, &tcp);
	if (!t->of_flowtable || tcp.key->flags || tcp.mask->flags & ~NFTOSIM_TCP_FLAGS)
		return REFUSE(t->extack, "can't match these TCP flags");
	return 0;
}

static int translate_match(struct nftosim_translation *t)
{
	static int (*const steps[])(struct nftosim_translation *t) = {
		match_meta, match_protocol, match_addresses, match_ports, match_vlans,
		match_tcp_flags,
	};
	u64 keys = t->from->match.dissector->used_keys;
	unsigned int i;
	int err;

	if (keys & ~NFTOSIM_KEYS_KNOWN)
		return REFUSE(t->extack, "the rule matches something unknown");
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		err = steps[i](t);
		if (err)
			return err;
	}
	return 0;
}

/* The mask has ones where the old value stays. */
static void mangle_word(void *word, const struct flow_action_entry *action)
{
	u32 value;

	memcpy(&value, word, sizeof(value));
	value = (value & action->mangle.mask) | (action->mangle.val & ~action->mangle.mask);
	memcpy(word, &value, sizeof(value));
}

static int action_mangle_eth(struct nftosim_translation *t, const struct flow_action_entry *action)
{
	u32 offset = action->mangle.offset, given;

	if (offset > sizeof(t->eth) - sizeof(u32))
		return REFUSE(t->extack, "can rewrite Ethernet addresses only");
	mangle_word(t->eth + offset, action);
	memcpy(&given, t->eth_given + offset, sizeof(given));
	given |= ~action->mangle.mask;
	memcpy(t->eth_given + offset, &given, sizeof(given));
	return 0;
}

static int action_mangle_ipv4(struct nftosim_translation *t, const struct flow_action_entry *action)
{
	struct nftosim_tuple *tuple = &t->to->rewritten;

	if (t->to->key.family != AF_INET)
		return REFUSE(t->extack, "this is no IPv4");
	switch (action->mangle.offset) {
	case offsetof(struct iphdr, saddr):
		mangle_word(&tuple->src, action);
		return 0;
	case offsetof(struct iphdr, daddr):
		mangle_word(&tuple->dst, action);
		return 0;
	default:
		return REFUSE(t->extack, "can rewrite IPv4 addresses only");
	}
}

static int action_mangle_ipv6(struct nftosim_translation *t, const struct flow_action_entry *action)
{
	struct nftosim_tuple *tuple = &t->to->rewritten;
	u32 offset = action->mangle.offset;

	if (t->to->key.family != AF_INET6)
		return REFUSE(t->extack, "this is no IPv6");
	switch (offset) {
	case offsetof(struct ipv6hdr, saddr) ... offsetof(struct ipv6hdr, saddr.s6_addr32[3]):
		offset -= offsetof(struct ipv6hdr, saddr);
		mangle_word(&tuple->src.s6_addr32[offset / sizeof(u32)], action);
		return 0;
	case offsetof(struct ipv6hdr, daddr) ... offsetof(struct ipv6hdr, daddr.s6_addr32[3]):
		offset -= offsetof(struct ipv6hdr, daddr);
		mangle_word(&tuple->dst.s6_addr32[offset / sizeof(u32)], action);
		return 0;
	default:
		return REFUSE(t->extack, "can rewrite IPv6 addresses only");
	}
}

/* Source and destination port are the first word, both of TCP and of UDP. */
static int action_mangle_ports(struct nftosim_translation *t,
			       const struct flow_action_entry *action, u16 protocol)
{
	if (action->mangle.offset || t->to->key.protocol != protocol)
		return REFUSE(t->extack, "can rewrite the ports of the rule's protocol only");
	mangle_word(&t->to->rewritten.sport, action);
	return 0;
}

static int action_mangle(struct nftosim_translation *t, const struct flow_action_entry *action)
{
	if (action->mangle.offset % sizeof(u32))
		return REFUSE(t->extack, "can rewrite whole words only");
	switch (action->mangle.htype) {
	case FLOW_ACT_MANGLE_HDR_TYPE_ETH:
		return action_mangle_eth(t, action);
	case FLOW_ACT_MANGLE_HDR_TYPE_IP4:
		return action_mangle_ipv4(t, action);
	case FLOW_ACT_MANGLE_HDR_TYPE_IP6:
		return action_mangle_ipv6(t, action);
	case FLOW_ACT_MANGLE_HDR_TYPE_TCP:
		return action_mangle_ports(t, action, IPPROTO_TCP);
	case FLOW_ACT_MANGLE_HDR_TYPE_UDP:
		return action_mangle_ports(t, action, IPPROTO_UDP);
	default:
		return REFUSE(t->extack, "can't rewrite this header");
	}
}

static int action_redirect(struct nftosim_translation *t, const struct flow_action_entry *action)
{
	t->to->out = port_by_dev(t->engine, action->dev);
	if (!t->to->out)
		return REFUSE(t->extack, "the egress device is no port of this engine");
	return 0;
}

/* The kernel gives the headers as they stand on the wire, the outer one first. */
static int action_vlan_push(struct nftosim_translation *t, const struct flow_action_entry *action)
{
	if (action->vlan.proto != htons(ETH_P_8021Q) || !action->vlan.vid ||
	    action->vlan.vid >= VLAN_N_VID)
		return REFUSE(t->extack, "can push 802.1Q tags only");
	if (t->vlans_pushed == NFTOSIM_VLANS_MAX || t->to->pppoe)
		return REFUSE(t->extack, "too many headers to push");
	t->to->push[t->vlans_pushed++] = action->vlan.vid;
	return 0;
}

static int action_pppoe_push(struct nftosim_translation *t, const struct flow_action_entry *action)
{
	if (t->to->pppoe)
		return REFUSE(t->extack, "too many headers to push");
	t->to->pppoe = true;
	t->to->pppoe_session = action->pppoe.sid;
	return 0;
}

static int flow_action(struct nftosim_translation *t, const struct flow_action_entry *action)
{
	switch (action->id) {
	case FLOW_ACTION_MANGLE:
		return action_mangle(t, action);
	case FLOW_ACTION_CSUM:
		return 0;	/* checksums are always kept right */
	case FLOW_ACTION_VLAN_POP:
		t->vlans_popped++;
		return 0;
	case FLOW_ACTION_VLAN_PUSH:
		return action_vlan_push(t, action);
	case FLOW_ACTION_PPPOE_PUSH:
		return action_pppoe_push(t, action);
	case FLOW_ACTION_REDIRECT:
		return action_redirect(t, action);
	default:
		return REFUSE(t->extack, "unknown action");
	}
}

static void *put_vlan_tags(struct nftosim_translation *t, void *at, __be16 inner)
{
	struct vlan_hdr *tag = at;
	unsigned int i;

	for (i = 0; i < t->vlans_pushed; i++, tag++) {
		bool last = i + 1 == t->vlans_pushed;

		tag->h_vlan_TCI = htons(t->to->push[i]);
		tag->h_vlan_encapsulated_proto = last ? inner : htons(ETH_P_8021Q);
	}
	return tag;
}

/* The length is each frame's own. */
static void *put_pppoe_header(struct nftosim_translation *t, void *at)
{
	bool ipv4 = t->to->key.family == AF_INET;
	struct pppoe_hdr *pppoe = at;
	__be16 *protocol = (__be16 *)(pppoe + 1);

	pppoe->ver = 1;
	pppoe->type = 1;
	pppoe->sid = htons(t->to->pppoe_session);
	*protocol = htons(ipv4 ? PPP_IP : PPP_IPV6);
	return protocol + 1;
}

static void put_l2_header(struct nftosim_translation *t)
{
	__be16 inner = htons(t->to->key.family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	struct ethhdr *eth = (struct ethhdr *)t->to->l2;
	void *end;

	if (t->to->pppoe)
		inner = htons(ETH_P_PPP_SES);
	memcpy(eth, t->eth, sizeof(t->eth));
	eth->h_proto = t->vlans_pushed ? htons(ETH_P_8021Q) : inner;
	end = put_vlan_tags(t, eth + 1, inner);
	if (t->to->pppoe)
		end = put_pppoe_header(t, end);
	t->to->l2_len = (u8 *)end - t->to->l2;
}

static int translate_flow_actions(struct nftosim_translation *t)
{
	const struct flow_action_entry *action;
	int i, err;

	t->to->verdict = NFTOSIM_ROUTE;
	t->to->rewritten = t->to->key.tuple;
	flow_action_for_each(i, action, &t->from->action) {
		err = flow_action(t, action);
		if (err)
			return err;
	}
	if (!t->to->out)
		return REFUSE(t->extack, "no egress port in the rule");
	if (!all_ones(t->eth_given, sizeof(t->eth_given)))
		return REFUSE(t->extack, "no Ethernet addresses in the rule");
	if (t->vlans_popped != t->vlans_matched)
		return REFUSE(t->extack, "must pop the tags that it matches");
	put_l2_header(t);
	return 0;
}

static int translate_chain_action(struct nftosim_translation *t)
{
	const struct flow_action_entry *action = &t->from->action.entries[0];

	if (!flow_offload_has_one_action(&t->from->action))
		return REFUSE(t->extack, "needs one action");
	switch (action->id) {
	case FLOW_ACTION_DROP:
		t->to->verdict = NFTOSIM_DROP;
		return 0;
	case FLOW_ACTION_ACCEPT:
		t->to->verdict = NFTOSIM_ACCEPT;
		return 0;
	case FLOW_ACTION_REDIRECT:
		t->to->verdict = NFTOSIM_REDIRECT;
		return action_redirect(t, action);
	default:
		return REFUSE(t->extack, "can drop, accept and redirect only");
	}
}

int nftosim_translate(struct nftosim_rule *rule, struct nftosim_port *port,
		      struct flow_cls_offload *cls, bool of_flowtable)
{
	struct nftosim_translation translation = {
		.engine		= port->engine,
		.port		= port,
		.from		= flow_cls_offload_flow_rule(cls),
		.to		= rule,
		.extack		= cls->common.extack,
		.of_flowtable	= of_flowtable,
	};
	int err;

	err = translate_match(&translation);
	if (err)
		return err;
	return of_flowtable ? translate_flow_actions(&translation) :
			      translate_chain_action(&translation);
}
