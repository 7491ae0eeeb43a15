// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/netlink.h>

#include "codec/conntrack.h"
#include "connections.h"

/* All of them: no one filter of the kernel lets all states of offload pass, and how many are not
 * offloaded is worth knowing, too. */
int connections_read(struct nfto_ctx *ctx, void (*restart)(void *data),
		     int (*take)(const struct nlmsghdr *message, void *data), void *data)
{
	struct dump dump = { .restart = restart, .take = take, .data = data };
	const struct conntrack_filter all = { .family = 0 };
	struct channel channel = { .transport = NULL };
	int ret = ctx_open_channel(ctx, NETLINK_NETFILTER, &channel);

	if (ret == 0)
		ret = conntrack_build_dump(&dump.request, &all);
	if (ret == 0)
		ret = channel_dump(&channel, &dump);
	messages_free(&dump.request);
	if (ret < 0)
		ret = error_set_conntrack(&ctx->error, &channel.error, ret);
	channel_close(&channel);
	return ret;
}
