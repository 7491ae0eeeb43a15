// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <linux/netlink.h>

#include "ipsec.h"

/* Of each direction, the policy that the kernel finds. */
struct search {
	const struct ipsec_packet *packet;
	bool is_found[XFRM_POLICY_MAX];
	struct ipsec_policy best[XFRM_POLICY_MAX];
};

static void restart(void *data)
{
	struct search *search = data;

	for (int i = 0; i < XFRM_POLICY_MAX; i++)
		search->is_found[i] = false;
}

static int take(const struct nlmsghdr *message, void *data)
{
	struct search *search = data;
	struct ipsec_policy policy;
	int ret;

	if (message->nlmsg_type != XFRM_MSG_NEWPOLICY)
		return 0;
	ret = ipsec_policy_parse(message, &policy);
	if (ret < 0)
		return ret;
	if (policy.direction >= XFRM_POLICY_MAX || !ipsec_policy_matches(&policy, search->packet))
		return 0;
	if (search->is_found[policy.direction] &&
	    search->best[policy.direction].priority <= policy.priority)
		return 0;
	search->is_found[policy.direction] = true;
	search->best[policy.direction] = policy;
	return 0;
}

static bool transforms(const struct search *search, int direction)
{
	return search->is_found[direction] && search->best[direction].transforms;
}

static int count_policies(struct channel *channel, uint64_t *count)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = ipsec_policy_build_count_get(&request);

	ret = channel_get(channel, &request, ret, &message);
	if (ret > 0)
		ret = ipsec_policy_parse_count(message, count);
	return ret;
}

static int search_policies(struct channel *channel, struct search *search)
{
	struct dump dump = { .restart = restart, .take = take, .data = search };
	int ret = ipsec_policy_build_dump(&dump.request);

	if (ret == 0)
		ret = channel_dump(channel, &dump);
	messages_free(&dump.request);
	if (ret < 0)
		return ret;
	return transforms(search, XFRM_POLICY_OUT) || transforms(search, XFRM_POLICY_FWD);
}

/* Where a kernel has none, it would look for a module each time that a socket is asked for. */
static int has_ipsec(const struct nfto_ctx *ctx)
{
	return ctx->opener->find_sysctl(ctx->opener, ctx->netns_fd, "net/core/xfrm_acq_expires");
}

static int ask_policies(struct nfto_ctx *ctx, const struct ipsec_packet *packet)
{
	struct search search = { .packet = packet };
	struct channel channel = { 0 };
	uint64_t count = 0;
	int ret = ctx_open_channel(ctx, NETLINK_XFRM, &channel);

	if (ret == -EPROTONOSUPPORT)
		return 0;
	if (ret == 0)
		ret = count_policies(&channel, &count);
	if (ret == 0 && count > 0)
		ret = search_policies(&channel, &search);
	if (ret < 0)
		error_set_request(&ctx->error, &channel.error, ret, "the policies of IPsec");
	channel_close(&channel);
	return ret;
}

int ipsec_covers(struct nfto_ctx *ctx, const struct ipsec_packet *packet)
{
	static const struct reply_error nothing_said;
	int ret = has_ipsec(ctx);

	if (ret < 0)
		return error_set_request(&ctx->error, &nothing_said, ret, "the policies of IPsec");
	return ret ? ask_policies(ctx, packet) : 0;
}
