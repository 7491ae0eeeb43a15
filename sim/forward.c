// SPDX-License-Identifier: GPL-2.0-only
/* The way of a frame past the stack: in by one port, rewritten as the rule says, out by another. */
#include <linux/if_pppox.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>

#include "nftosim.h"

/* As in the kernel's own flowtable: what routing can't do blindly is the CPU's. */
static bool can_route(const struct nftosim_rule *rule, const struct nftosim_frame *frame)
{
	unsigned int len = frame->l3_total + (rule->pppoe ? NFTOSIM_PPPOE_LEN : 0);

	return !frame->opens_or_closes && frame->ttl > 1 && len <= READ_ONCE(rule->out->dev->mtu);
}

/*
 * Only the header becomes ours: the payload may be shared with a clone, such as the one that TCP
 * keeps. Frames on the wire may be padded, and the padding must not go on into a PPPoE session.
 */
static bool make_writable(struct sk_buff *skb, const struct nftosim_rule *rule,
			  const struct nftosim_frame *frame)
{
	unsigned int room = rule->l2_len > frame->l3 ? rule->l2_len - frame->l3 : 0;

	return !skb_ensure_writable(skb, frame->l4 + frame->l4_len) &&
	       !skb_cow_head(skb, room) &&
	       !pskb_trim(skb, frame->l3 + frame->l3_total);
}

/* The UDP or TCP checksum, or NULL if the sender left it out. */
static __sum16 *l4_checksum(struct sk_buff *skb, const struct nftosim_frame *frame)
{
	struct udphdr *udp;

	if (frame->key.protocol == IPPROTO_TCP)
		return &((struct tcphdr *)(skb->data + frame->l4))->check;
	udp = (struct udphdr *)(skb->data + frame->l4);
	return udp->check || skb->ip_summed == CHECKSUM_PARTIAL ? &udp->check : NULL;
}

static void rewrite_ipv4_address(struct sk_buff *skb, struct iphdr *ip, __sum16 *l4_check,
				 __be32 *addr, __be32 to)
{
	if (*addr == to)
		return;
	csum_replace4(&ip->check, *addr, to);
	if (l4_check)
		inet_proto_csum_replace4(l4_check, skb, *addr, to, true);
	*addr = to;
}

static void rewrite_ipv4(struct sk_buff *skb, const struct nftosim_frame *frame,
			 const struct nftosim_tuple *to, __sum16 *l4_check)
{
	struct iphdr *ip = (struct iphdr *)(skb->data + frame->l3);

	rewrite_ipv4_address(skb, ip, l4_check, &ip->saddr, to->src.s6_addr32[0]);
	rewrite_ipv4_address(skb, ip, l4_check, &ip->daddr, to->dst.s6_addr32[0]);
	ip_decrease_ttl(ip);
}

static void rewrite_ipv6_address(struct sk_buff *skb, __sum16 *l4_check, struct in6_addr *addr,
				 const struct in6_addr *to)
{
	if (ipv6_addr_equal(addr, to))
		return;
	if (l4_check)
		inet_proto_csum_replace16(l4_check, skb, addr->s6_addr32, to->s6_addr32, true);
	*addr = *to;
}

static void rewrite_ipv6(struct sk_buff *skb, const struct nftosim_frame *frame,
			 const struct nftosim_tuple *to, __sum16 *l4_check)
{
	struct ipv6hdr *ip = (struct ipv6hdr *)(skb->data + frame->l3);

	rewrite_ipv6_address(skb, l4_check, &ip->saddr, &to->src);
	rewrite_ipv6_address(skb, l4_check, &ip->daddr, &to->dst);
	ip->hop_limit--;
}

static void rewrite_port(struct sk_buff *skb, __sum16 *l4_check, __be16 *port, __be16 to)
{
	if (*port == to)
		return;
	if (l4_check)
		inet_proto_csum_replace2(l4_check, skb, *port, to, false);
	*port = to;
}

static void rewrite_ports(struct sk_buff *skb, const struct nftosim_frame *frame,
			  const struct nftosim_tuple *to, __sum16 *l4_check)
{
	__be16 *ports = (__be16 *)(skb->data + frame->l4);

	rewrite_port(skb, l4_check, &ports[0], to->sport);
	rewrite_port(skb, l4_check, &ports[1], to->dport);
}

static void rewrite_tuple(struct sk_buff *skb, const struct nftosim_rule *rule,
			  const struct nftosim_frame *frame)
{
	__sum16 *l4_check = l4_checksum(skb, frame);

	if (frame->key.family == AF_INET)
		rewrite_ipv4(skb, frame, &rule->rewritten, l4_check);
	else
		rewrite_ipv6(skb, frame, &rule->rewritten, l4_check);
	rewrite_ports(skb, frame, &rule->rewritten, l4_check);

	/* In UDP a zero would say that there is no checksum. */
	if (frame->key.protocol == IPPROTO_UDP && l4_check && !*l4_check)
		*l4_check = CSUM_MANGLED_0;
}

static void rewrite_l2(struct sk_buff *skb, const struct nftosim_rule *rule,
		       const struct nftosim_frame *frame)
{
	struct pppoe_hdr *pppoe;

	__skb_pull(skb, frame->l3);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, frame->l4 - frame->l3);
	memcpy(__skb_push(skb, rule->l2_len), rule->l2, rule->l2_len);
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	if (rule->pppoe) {
		pppoe = (struct pppoe_hdr *)(skb_network_header(skb) - NFTOSIM_PPPOE_LEN);
		pppoe->length = htons(frame->l3_total + sizeof(__be16));
	}
}

/*
 * Hosts leave the checksum to their NIC, and this wire carries it unfinished: the receiving end
 * takes it for good. Not so behind PPPoE, whose other end may be a program.
 */
static bool finish_checksum(struct sk_buff *skb, const struct nftosim_rule *rule)
{
	/* A sum over the whole frame is of the receiving side, and would not survive a new header. */
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	return !rule->pppoe || skb->ip_summed != CHECKSUM_PARTIAL || !skb_checksum_help(skb);
}

static bool rewrite(struct sk_buff *skb, const struct nftosim_rule *rule,
		    const struct nftosim_frame *frame)
{
	if (!can_route(rule, frame) || !make_writable(skb, rule, frame) ||
	    !finish_checksum(skb, rule))
		return false;
	rewrite_tuple(skb, rule, frame);
	rewrite_l2(skb, rule, frame);
	return true;
}

static void count_rule(struct nftosim_rule *rule, const struct nftosim_frame *frame)
{
	atomic64_inc(&rule->packets);
	atomic64_add(frame->l3_total, &rule->bytes);
	WRITE_ONCE(rule->last_used, jiffies);
}

static bool send_by(struct nftosim_rule *rule, const struct nftosim_frame *frame,
		    struct sk_buff *skb)
{
	struct nftosim_counters *counters = &frame->key.in->engine->counters;
	struct nftosim_port *wire = rcu_dereference(rule->out->peer);

	if (!wire || !netif_running(rule->out->dev))
		return false;
	if (rule->verdict == NFTOSIM_ROUTE && !rewrite(skb, rule, frame))
		return false;
	count_rule(rule, frame);
	atomic64_inc(&counters->packets_forwarded);
	atomic64_add(frame->l3_total, &counters->bytes_forwarded);
	nftosim_port_deliver(wire, skb);
	return true;
}

/* True if the engine took the frame; else it is the CPU's, and as it was. Under RCU. */
bool nftosim_forward(struct nftosim_port *in, struct sk_buff *skb)
{
	struct nftosim_frame frame;
	struct nftosim_rule *rule;

	if (skb_is_gso(skb) || !netif_running(in->dev) || !nftosim_frame_read(skb, in, &frame))
		return false;
	rule = nftosim_rules_lookup(in->engine, &frame.key);
	if (!rule)
		return false;

	switch (rule->verdict) {
	case NFTOSIM_ROUTE:
	case NFTOSIM_REDIRECT:
		return send_by(rule, &frame, skb);
	case NFTOSIM_DROP:
		count_rule(rule, &frame);
		consume_skb(skb);
		return true;
	case NFTOSIM_ACCEPT:
		count_rule(rule, &frame);
		return false;
	}
	return false;
}
