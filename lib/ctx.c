// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/netlink.h>

#include "codec/nft.h"
#include "internal.h"
#include "netlink/netns.h"

int ctx_open_channel(const struct nfto_ctx *ctx, int bus, struct channel *channel)
{
	struct transport *transport;
	int ret = ctx->opener->open(ctx->opener, bus, ctx->netns_fd, &transport);

	return ret < 0 ? ret : channel_init(channel, transport);
}

int ctx_route(struct nfto_ctx *ctx, struct channel **channel)
{
	*channel = &ctx->route;
	return ctx->route.buffer ? 0 : ctx_open_channel(ctx, NETLINK_ROUTE, &ctx->route);
}

/* Takes the fd over, also when it fails. */
int ctx_new(int netns_fd, const struct transport_opener *opener, struct nfto_ctx **out)
{
	struct nfto_ctx *ctx = calloc(1, sizeof(*ctx));
	int ret = -ENOMEM;

	if (!ctx) {
		if (netns_fd >= 0)
			close(netns_fd);
		return ret;
	}
	ctx->netns_fd = netns_fd;
	ctx->opener = opener;
	ctx->clock = &system_clock;
	ctx->sysctl_path = "/proc/sys/net/netfilter";
	ctx->debugfs_path = "/sys/kernel/debug";
	ctx->proc_path = "/proc";
	ctx->modules_path = "/sys/module";
	error_clear(&ctx->error);
	ret = ctx_open_channel(ctx, NETLINK_NETFILTER, &ctx->nft);
	if (ret < 0) {
		nfto_ctx_free(ctx);
		return ret;
	}
	*out = ctx;
	return 0;
}

/* The namespace is kept, since later sockets (flow streams) belong into it wherever the thread is
 * then. */
NFTO_API int nfto_ctx_new(struct nfto_ctx **ctx)
{
	int fd = netns_current();

	/* Where /proc is not mounted, threads had better stay in their namespace. But whatever else is in
	 * the way must not bind the context to another one later. */
	if (fd < 0 && fd != -ENOENT)
		return fd;
	return ctx_new(fd, &netlink_opener, ctx);
}

NFTO_API int nfto_ctx_new_in_netns(struct nfto_ctx **ctx, int netns_fd)
{
	int fd = netns_duplicate(netns_fd);

	return fd < 0 ? fd : ctx_new(fd, &netlink_opener, ctx);
}

NFTO_API void nfto_ctx_free(struct nfto_ctx *ctx)
{
	if (!ctx)
		return;
	channel_close(&ctx->nft);
	channel_close(&ctx->route);
	if (ctx->netns_fd >= 0)
		close(ctx->netns_fd);
	free(ctx);
}

NFTO_API const struct nfto_error *nfto_ctx_error(const struct nfto_ctx *ctx)
{
	return &ctx->error;
}

/*
 * The kernel sizes the messages of a dump by the largest buffer that the socket has received into,
 * and a flowtable is one message with all of its devices. On a fresh socket that is about 185 of
 * them, and a longer one ends the dump early, without an error. So the first request asks for
 * something small: this.
 */
int ctx_nft_generation(struct nfto_ctx *ctx, uint32_t *generation)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = channel_get(&ctx->nft, &request, nft_build_generation_get(&request), &message);

	/* What nfnetlink answers for a subsystem that it does not have. */
	if (ret == -EINVAL)
		return -EOPNOTSUPP;
	if (ret < 0)
		return ret;
	ctx->primed = true;
	return ret == 0 ? -EBADMSG : nft_parse_generation(message, generation);
}

int ctx_nft_dump(struct nfto_ctx *ctx, const struct dump *dump)
{
	uint32_t generation;
	int ret = ctx->primed ? 0 : ctx_nft_generation(ctx, &generation);

	return ret < 0 ? ret : channel_dump(&ctx->nft, dump);
}
