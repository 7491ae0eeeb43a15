// SPDX-License-Identifier: LGPL-2.1-or-later
/* By itself, since the headers of libnetfilter_conntrack and those of the kernel exclude each
 * other. */
#include <arpa/inet.h>
#include <errno.h>

#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nfnetlink.h>

#include "conntrack.h"

/* Numbers in nfnetlink_conntrack.h. The library knows the zone as a filter only since 1.1.0. */
#define CT_GET 1
#define ATTR_ZONE 18

static void set(struct nfct_filter_dump *dump, enum nfct_filter_dump_attr type, uint32_t value,
		uint32_t mask)
{
	struct nfct_filter_dump_mark masked = { .val = value, .mask = mask };

	/* The kernel refuses a status mask of 0. */
	if (mask != 0)
		nfct_filter_dump_set_attr(dump, type, &masked);
}

static int put_filter(struct nlmsghdr *message, const struct conntrack_filter *filter)
{
	struct nfct_filter_dump *dump = nfct_filter_dump_create();

	if (!dump)
		return -ENOMEM;
	set(dump, NFCT_FILTER_DUMP_STATUS, filter->status, filter->status_mask);
	set(dump, NFCT_FILTER_DUMP_MARK, filter->mark, filter->mark_mask);
	nfct_nlmsg_build_filter(message, dump);
	nfct_filter_dump_destroy(dump);
	if (filter->has_zone)
		mnl_attr_put_u16(message, ATTR_ZONE, htons(filter->zone));
	return 0;
}

int conntrack_build_dump(struct messages *messages, const struct conntrack_filter *filter)
{
	struct nlmsghdr *message = messages_open(messages, NFNL_SUBSYS_CTNETLINK << 8 | CT_GET,
						 NLM_F_DUMP, filter->family, 0);

	if (!message || put_filter(message, filter) < 0)
		return -ENOMEM;
	messages_close(messages, message);
	return 0;
}
