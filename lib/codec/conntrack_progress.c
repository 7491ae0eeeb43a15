// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "conntrack_progress.h"
#include "netlink/attr.h"

static int add_packets(const struct nlattr *nest, uint64_t *packets)
{
	const struct nlattr *attrs[CTA_COUNTERS_MAX + 1];
	uint64_t count;

	if (attr_parse_nest(nest, attrs, CTA_COUNTERS_MAX) < 0 ||
	    attr_be64(attrs[CTA_COUNTERS_PACKETS], &count) < 0)
		return -EBADMSG;
	*packets += count;
	return 0;
}

int conntrack_parse_progress(const struct nlmsghdr *message, struct conntrack_progress *progress)
{
	const struct nlattr *attrs[CTA_MAX + 1];

	*progress = (struct conntrack_progress){ .has_packets = false };
	if (attr_parse(message, sizeof(struct nfgenmsg), attrs, CTA_MAX) < 0 ||
	    attr_be32(attrs[CTA_ID], &progress->id) < 0)
		return -EBADMSG;
	if (!attrs[CTA_COUNTERS_ORIG] || !attrs[CTA_COUNTERS_REPLY])
		return 0;
	progress->has_packets = true;
	if (add_packets(attrs[CTA_COUNTERS_ORIG], &progress->packets) < 0 ||
	    add_packets(attrs[CTA_COUNTERS_REPLY], &progress->packets) < 0)
		return -EBADMSG;
	return 0;
}
