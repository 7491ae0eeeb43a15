// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <linux/netlink.h>

#include "codec/ethtool.h"
#include "hw_tc_offload.h"

#define OBJECT "ethtool's features"

NFTO_API const char *nfto_hw_tc_offload_name(enum nfto_hw_tc_offload state)
{
	switch (state) {
	case NFTO_HW_TC_OFFLOAD_UNKNOWN:
		break;
	case NFTO_HW_TC_OFFLOAD_OFF:
		return "off";
	case NFTO_HW_TC_OFFLOAD_ON:
		return "on";
	case NFTO_HW_TC_OFFLOAD_FIXED_OFF:
		return "fixed-off";
	case NFTO_HW_TC_OFFLOAD_FIXED_ON:
		return "fixed-on";
	}
	return "unknown";
}

/* Sends a request, of which it takes over the memory, and gives the one message of the answer, or
 * NULL if the kernel refused, for a reason that is in the channel. */
static int ask(struct nfto_ctx *ctx, struct channel *channel, struct messages *request, int built,
	       const struct nlmsghdr **answer)
{
	int ret;

	*answer = NULL;
	ret = channel_get(channel, request, built, answer);
	if (ret == 0)
		ret = -EBADMSG;
	if (ret > 0 || (built == 0 && channel->error.errnum == -ret))
		return 0;
	return error_set_request(&ctx->error, &channel->error, ret, OBJECT);
}

static int bad_message(struct nfto_ctx *ctx)
{
	return error_set_object(&ctx->error, NFTO_ERROR_PROTOCOL, EBADMSG, OBJECT);
}

static int find_family(struct nfto_ctx *ctx, struct hw_tc_offload *session)
{
	struct messages request = { 0 };
	const struct nlmsghdr *answer;
	int ret;

	ret = ask(ctx, &session->channel, &request, ethtool_build_family_get(&request), &answer);
	if (ret < 0 || !answer)
		return ret;
	return ethtool_parse_family(answer, &session->family) < 0 ? bad_message(ctx) : 0;
}

int hw_tc_offload_open(struct nfto_ctx *ctx, struct hw_tc_offload *session)
{
	static const struct reply_error nothing;
	int ret = ctx_open_channel(ctx, NETLINK_GENERIC, &session->channel);

	if (ret < 0)
		return error_set_request(&ctx->error, &nothing, ret, OBJECT);
	session->family = 0;
	ret = find_family(ctx, session);
	if (ret < 0)
		hw_tc_offload_close(session);
	return ret;
}

void hw_tc_offload_close(struct hw_tc_offload *session)
{
	channel_close(&session->channel);
}

static enum nfto_hw_tc_offload state_of(const struct ethtool_feature *feature)
{
	if (feature->is_fixed)
		return feature->is_on ? NFTO_HW_TC_OFFLOAD_FIXED_ON : NFTO_HW_TC_OFFLOAD_FIXED_OFF;
	return feature->is_on ? NFTO_HW_TC_OFFLOAD_ON : NFTO_HW_TC_OFFLOAD_OFF;
}

int hw_tc_offload_read(struct nfto_ctx *ctx, struct hw_tc_offload *session, const char *device,
		       enum nfto_hw_tc_offload *state)
{
	struct messages request = { 0 };
	struct ethtool_feature feature;
	const struct nlmsghdr *answer;
	int ret;

	*state = NFTO_HW_TC_OFFLOAD_UNKNOWN;
	if (session->family == 0)
		return 0;
	ret = ask(ctx, &session->channel, &request,
		  ethtool_build_features_get(&request, session->family, device), &answer);
	if (ret < 0)
		return ret;
	if (!answer)
		return session->channel.error.errnum == ENODEV ? -ENODEV : 0;
	if (ethtool_parse_feature(answer, "hw-tc-offload", &feature) < 0)
		return bad_message(ctx);
	*state = state_of(&feature);
	return 0;
}
