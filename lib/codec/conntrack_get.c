// SPDX-License-Identifier: LGPL-2.1-or-later
/* By itself, since the headers of libnetfilter_conntrack and those of the kernel exclude each
 * other. */
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nfnetlink.h>

#include "conntrack.h"

/* A number in nfnetlink_conntrack.h. */
#define CT_GET 1

static void set_tuple(struct nf_conntrack *ct, const struct conntrack_tuple *tuple)
{
	bool is_ipv4 = tuple->family == AF_INET;

	nfct_set_attr_u8(ct, ATTR_ORIG_L3PROTO, tuple->family);
	nfct_set_attr(ct, is_ipv4 ? ATTR_ORIG_IPV4_SRC : ATTR_ORIG_IPV6_SRC, tuple->source);
	nfct_set_attr(ct, is_ipv4 ? ATTR_ORIG_IPV4_DST : ATTR_ORIG_IPV6_DST, tuple->destination);
	nfct_set_attr_u8(ct, ATTR_ORIG_L4PROTO, tuple->protocol);
	nfct_set_attr_u16(ct, ATTR_ORIG_PORT_SRC, htons(tuple->source_port));
	nfct_set_attr_u16(ct, ATTR_ORIG_PORT_DST, htons(tuple->destination_port));
	if (tuple->zone != 0)
		nfct_set_attr_u16(ct, ATTR_ZONE, tuple->zone);
}

static int put_tuple(struct nlmsghdr *message, const struct conntrack_tuple *tuple)
{
	struct nf_conntrack *ct = nfct_new();
	int ret;

	if (!ct)
		return -ENOMEM;
	set_tuple(ct, tuple);
	ret = nfct_nlmsg_build(message, ct);
	nfct_destroy(ct);
	return ret < 0 ? -ENOMEM : 0;
}

int conntrack_build_get(struct messages *messages, const struct conntrack_tuple *tuple)
{
	struct nlmsghdr *message =
		messages_open(messages, NFNL_SUBSYS_CTNETLINK << 8 | CT_GET, 0, tuple->family, 0);

	if (!message || put_tuple(message, tuple) < 0)
		return -ENOMEM;
	messages_close(messages, message);
	return 0;
}
