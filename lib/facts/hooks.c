// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "codec/hook.h"
#include "hooks.h"

struct listing {
	const struct flowtable_info *flowtable; /* that is looked for */
	bool has_it;
	bool has_unnamed;  /* a flowtable of which the kernel does not tell which one it is */
	bool has_nameless; /* a hook of which it does not tell what it is */
};

static void restart(void *data)
{
	struct listing *listing = data;

	*listing = (struct listing){ .flowtable = listing->flowtable };
}

static bool is_hook_of(const struct hook_info *info, const struct flowtable_info *flowtable)
{
	return info->is_named && info->family == flowtable->family &&
	       strcmp(info->table, flowtable->table) == 0 &&
	       strcmp(info->flowtable, flowtable->name) == 0;
}

static int take(const struct nlmsghdr *message, void *data)
{
	struct listing *listing = data;
	struct hook_info info;
	int ret = hook_parse(message, &info);

	if (ret < 0)
		return ret;
	listing->has_it |= is_hook_of(&info, listing->flowtable);
	listing->has_unnamed |= info.is_flowtable && !info.is_named;
	listing->has_nameless |= info.is_nameless && !info.is_flowtable;
	return 0;
}

static enum nfto_answer judge(const struct listing *listing)
{
	if (listing->has_it || listing->has_unnamed)
		return NFTO_YES;
	return listing->has_nameless ? NFTO_UNKNOWN : NFTO_NO;
}

/* A list that kept changing is no answer either. */
static bool is_refusal(const struct nfto_ctx *ctx, int result)
{
	return result == -EINTR || (result < 0 && ctx->nft.error.errnum == -result);
}

int hooks_find_flowtable(struct nfto_ctx *ctx, struct hooks *hooks, const char *device,
			 const struct flowtable_info *flowtable, struct binding *binding)
{
	struct listing listing = { .flowtable = flowtable };
	struct dump dump = { .restart = restart, .take = take, .data = &listing };
	int ret;

	*binding = (struct binding){ .answer = NFTO_UNKNOWN };
	if (hooks->is_silent)
		return 0;
	ret = hook_build_dump(&dump.request, device);
	if (ret == 0)
		ret = channel_dump(&ctx->nft, &dump);
	messages_free(&dump.request);
	if (ret == 0)
		*binding = (struct binding){ judge(&listing), listing.has_it };
	else if (!is_refusal(ctx, ret))
		return error_set_request(&ctx->error, &ctx->nft.error, ret, "the list of hooks");
	/* The device may be gone; anything else is about all of them. */
	hooks->is_silent = ret < 0 && ret != -ENODEV && ret != -EINTR;
	return 0;
}
