// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "codec/hook.h"
#include "hooks.h"

struct listing {
	bool has_flowtable;
	bool has_nameless; /* a hook of which the kernel does not tell what it is */
};

static void restart(void *data)
{
	*(struct listing *)data = (struct listing){ .has_flowtable = false };
}

static int take(const struct nlmsghdr *message, void *data)
{
	struct listing *listing = data;
	struct hook_info info;
	int ret = hook_parse(message, &info);

	if (ret < 0)
		return ret;
	listing->has_flowtable |= info.is_flowtable;
	listing->has_nameless |= info.is_nameless;
	return 0;
}

static enum nfto_answer judge(const struct listing *listing)
{
	if (listing->has_flowtable)
		return NFTO_YES;
	return listing->has_nameless ? NFTO_UNKNOWN : NFTO_NO;
}

/* A list that kept changing is no answer either. */
static bool is_refusal(const struct nfto_ctx *ctx, int result)
{
	return result == -EINTR || (result < 0 && ctx->nft.error.errnum == -result);
}

int hooks_have_flowtable(struct nfto_ctx *ctx, struct hooks *hooks, const char *device,
			 enum nfto_answer *answer)
{
	struct listing listing = { .has_flowtable = false };
	struct dump dump = { .restart = restart, .take = take, .data = &listing };
	int ret;

	*answer = NFTO_UNKNOWN;
	if (hooks->is_silent)
		return 0;
	ret = hook_build_dump(&dump.request, device);
	if (ret == 0)
		ret = channel_dump(&ctx->nft, &dump);
	messages_free(&dump.request);
	if (ret == 0)
		*answer = judge(&listing);
	else if (!is_refusal(ctx, ret))
		return error_set_request(&ctx->error, &ctx->nft.error, ret, "the list of hooks");
	/* The device may be gone; anything else is about all of them. */
	hooks->is_silent = ret < 0 && ret != -ENODEV && ret != -EINTR;
	return 0;
}
