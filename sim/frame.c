// SPDX-License-Identifier: GPL-2.0-only
/* Reads a frame: by which key would a rule match it? Most of what is unusual has none. */
#include <linux/if_pppox.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>

#include "nftosim.h"

/* Skips the tags; false for what belongs to the CPU, such as a priority tag. */
static bool read_vlans(const struct sk_buff *skb, struct nftosim_frame *frame, __be16 *protocol)
{
	const struct vlan_hdr *tag;
	struct vlan_hdr buffer;
	unsigned int i;

	for (i = 0; *protocol == htons(ETH_P_8021Q); i++) {
		tag = skb_header_pointer(skb, frame->l3, sizeof(buffer), &buffer);
		if (!tag || i == NFTOSIM_VLANS_MAX)
			return false;
		frame->key.vlan[i] = ntohs(tag->h_vlan_TCI) & VLAN_VID_MASK;
		if (!frame->key.vlan[i])
			return false;
		*protocol = tag->h_vlan_encapsulated_proto;
		frame->l3 += VLAN_HLEN;
	}
	return true;
}

/* The kernel names no session to match, and no action to pop: the header is just looked through. */
static bool read_pppoe(const struct sk_buff *skb, struct nftosim_frame *frame, __be16 *protocol)
{
	struct {
		struct pppoe_hdr pppoe;
		__be16 ppp;
	} __packed buffer;
	const typeof(buffer) *header;

	if (*protocol != htons(ETH_P_PPP_SES))
		return true;
	header = skb_header_pointer(skb, frame->l3, sizeof(buffer), &buffer);
	if (!header || header->pppoe.ver != 1 || header->pppoe.type != 1 || header->pppoe.code)
		return false;
	switch (ntohs(header->ppp)) {
	case PPP_IP:
		*protocol = htons(ETH_P_IP);
		break;
	case PPP_IPV6:
		*protocol = htons(ETH_P_IPV6);
		break;
	default:
		return false;
	}
	frame->l3 += sizeof(buffer);
	return true;
}

static bool read_l2(const struct sk_buff *skb, struct nftosim_frame *frame, __be16 *protocol)
{
	const struct ethhdr *eth;
	struct ethhdr buffer;

	eth = skb_header_pointer(skb, 0, sizeof(buffer), &buffer);
	if (!eth || is_multicast_ether_addr(eth->h_dest))
		return false;
	*protocol = eth->h_proto;
	frame->l3 = ETH_HLEN;
	return read_vlans(skb, frame, protocol) && read_pppoe(skb, frame, protocol);
}

static bool read_ipv4(const struct sk_buff *skb, struct nftosim_frame *frame)
{
	const struct iphdr *ip;
	struct iphdr buffer;

	ip = skb_header_pointer(skb, frame->l3, sizeof(buffer), &buffer);
	if (!ip || ip->version != 4 || ip->ihl * 4 != sizeof(*ip) || ip_is_fragment(ip))
		return false;
	frame->key.family = AF_INET;
	frame->key.protocol = ip->protocol;
	frame->key.tuple.src.s6_addr32[0] = ip->saddr;
	frame->key.tuple.dst.s6_addr32[0] = ip->daddr;
	frame->ttl = ip->ttl;
	frame->l3_total = ntohs(ip->tot_len);
	frame->l4 = frame->l3 + sizeof(*ip);
	return true;
}

static bool read_ipv6(const struct sk_buff *skb, struct nftosim_frame *frame)
{
	const struct ipv6hdr *ip;
	struct ipv6hdr buffer;

	ip = skb_header_pointer(skb, frame->l3, sizeof(buffer), &buffer);
	if (!ip || ip->version != 6)
		return false;
	frame->key.family = AF_INET6;
	frame->key.protocol = ip->nexthdr;
	frame->key.tuple.src = ip->saddr;
	frame->key.tuple.dst = ip->daddr;
	frame->ttl = ip->hop_limit;
	frame->l3_total = sizeof(*ip) + ntohs(ip->payload_len);
	frame->l4 = frame->l3 + sizeof(*ip);
	return true;
}

static bool read_l3(const struct sk_buff *skb, struct nftosim_frame *frame, __be16 protocol)
{
	switch (protocol) {
	case htons(ETH_P_IP):
		return read_ipv4(skb, frame);
	case htons(ETH_P_IPV6):
		return read_ipv6(skb, frame);
	default:
		return false;
	}
}

static bool read_tcp(const struct sk_buff *skb, struct nftosim_frame *frame)
{
	const struct tcphdr *tcp;
	struct tcphdr buffer;

	tcp = skb_header_pointer(skb, frame->l4, sizeof(buffer), &buffer);
	if (!tcp)
		return false;
	frame->key.tuple.sport = tcp->source;
	frame->key.tuple.dport = tcp->dest;
	frame->opens_or_closes = tcp->syn || tcp->fin || tcp->rst;
	frame->l4_len = sizeof(*tcp);
	return true;
}

static bool read_udp(const struct sk_buff *skb, struct nftosim_frame *frame)
{
	const struct udphdr *udp;
	struct udphdr buffer;

	udp = skb_header_pointer(skb, frame->l4, sizeof(buffer), &buffer);
	if (!udp)
		return false;
	frame->key.tuple.sport = udp->source;
	frame->key.tuple.dport = udp->dest;
	frame->l4_len = sizeof(*udp);
	return true;
}

static bool read_l4(const struct sk_buff *skb, struct nftosim_frame *frame)
{
	switch (frame->key.protocol) {
	case IPPROTO_TCP:
		return read_tcp(skb, frame);
	case IPPROTO_UDP:
		return read_udp(skb, frame);
	default:
		return false;
	}
}

/* What the IP header says must be there, headers included. */
static bool is_complete(const struct sk_buff *skb, const struct nftosim_frame *frame)
{
	unsigned int end = frame->l3 + frame->l3_total;

	return frame->l4 + frame->l4_len <= end && end <= skb->len;
}

bool nftosim_frame_read(const struct sk_buff *skb, struct nftosim_port *in,
			struct nftosim_frame *frame)
{
	__be16 protocol;

	memset(frame, 0, sizeof(*frame));
	frame->key.in = in;
	return read_l2(skb, frame, &protocol) && read_l3(skb, frame, protocol) &&
	       read_l4(skb, frame) && is_complete(skb, frame);
}
