// SPDX-License-Identifier: LGPL-2.1-or-later
/* By itself, since the headers of libnetfilter_conntrack and those of the kernel exclude each other. */
#include <errno.h>

#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nfnetlink.h>

#include "conntrack.h"

/* The number of the message in nfnetlink_conntrack.h. */
#define CT_GET 1

static struct nfct_filter_dump *status_filter(uint32_t status, uint32_t mask)
{
	struct nfct_filter_dump_mark value = { .val = status, .mask = mask };
	struct nfct_filter_dump *filter = nfct_filter_dump_create();

	if (filter)
		nfct_filter_dump_set_attr(filter, NFCT_FILTER_DUMP_STATUS, &value);
	return filter;
}

int conntrack_build_dump(struct messages *messages, uint8_t family, uint32_t status, uint32_t mask)
{
	struct nfct_filter_dump *filter;
	struct nlmsghdr *message =
		messages_open(messages, NFNL_SUBSYS_CTNETLINK << 8 | CT_GET, NLM_F_DUMP, family, 0);

	if (!message)
		return -ENOMEM;
	/* The kernel refuses a mask of 0. */
	if (mask != 0) {
		filter = status_filter(status, mask);
		if (!filter)
			return -ENOMEM;
		nfct_nlmsg_build_filter(message, filter);
		nfct_filter_dump_destroy(filter);
	}
	messages_close(messages, message);
	return 0;
}
