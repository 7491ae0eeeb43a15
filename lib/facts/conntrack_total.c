// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "conntrack_total.h"

int conntrack_total_read(struct channel *channel, struct conntrack_total *total)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = channel_get(channel, &request, conntrack_build_total_get(&request), &message);

	if (ret == 0)
		return -EBADMSG;
	return ret < 0 ? ret : conntrack_parse_total(message, total);
}
