// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nfnetlink.h>

#include "conntrack_form.h"
#include "unit.h"

/* Numbers in nfnetlink_conntrack.h. */
#define CT_DELETE 2
#define ID 12

static void set_address(struct nf_conntrack *ct, int family, enum nf_conntrack_attr ipv4,
			enum nf_conntrack_attr ipv6, const char *text)
{
	uint8_t address[16];

	assert_int_equal(inet_pton(family, text, address), 1);
	nfct_set_attr(ct, family == AF_INET ? ipv4 : ipv6, address);
}

static struct nf_conntrack *original_tuple(const struct reply_flow *flow)
{
	const struct reply_tuple *tuple = &flow->original;
	struct nf_conntrack *ct = nfct_new();

	assert_non_null(ct);
	nfct_set_attr_u8(ct, ATTR_L3PROTO, (uint8_t)flow->family);
	set_address(ct, flow->family, ATTR_IPV4_SRC, ATTR_IPV6_SRC, tuple->source);
	set_address(ct, flow->family, ATTR_IPV4_DST, ATTR_IPV6_DST, tuple->destination);
	nfct_set_attr_u8(ct, ATTR_L4PROTO, flow->protocol);
	nfct_set_attr_u16(ct, ATTR_PORT_SRC, htons(tuple->source_port));
	nfct_set_attr_u16(ct, ATTR_PORT_DST, htons(tuple->destination_port));
	if (flow->zone)
		nfct_set_attr_u16(ct, ATTR_ZONE, flow->zone);
	return ct;
}

void conntrack_form(struct form *form, const struct reply_flow *flow)
{
	struct nf_conntrack *ct = original_tuple(flow);
	struct nlmsghdr *message;
	struct nfgenmsg *generic;

	/* The library leaves the padding as it is. */
	memset(form, 0, sizeof(*form));
	message = mnl_nlmsg_put_header(form->data);
	generic = mnl_nlmsg_put_extra_header(message, sizeof(*generic));
	message->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | CT_DELETE;
	generic->nfgen_family = (uint8_t)flow->family;
	assert_int_equal(nfct_nlmsg_build(message, ct), 0);
	nfct_destroy(ct);
}

static const struct nlattr *find(const struct nlmsghdr *message, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	fail_msg("attribute %u is missing", type);
	return NULL;
}

void assert_form(const struct form *form, const struct nlmsghdr *message, uint32_t id)
{
	const struct nlmsghdr *theirs = (const struct nlmsghdr *)form->data;
	const struct nlattr *attr, *same;

	assert_int_equal(message->nlmsg_type, theirs->nlmsg_type);
	assert_int_equal(message->nlmsg_len, theirs->nlmsg_len + 8);
	assert_int_equal(ntohl(mnl_attr_get_u32(find(message, ID))), id);
	assert_memory_equal(mnl_nlmsg_get_payload(message), mnl_nlmsg_get_payload(theirs),
			    sizeof(struct nfgenmsg));
	mnl_attr_for_each(attr, theirs, sizeof(struct nfgenmsg)) {
		same = find(message, mnl_attr_get_type(attr));
		assert_int_equal(same->nla_len, attr->nla_len);
		assert_memory_equal(same, attr, attr->nla_len);
	}
}
