// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <string.h>

#include <linux/netfilter.h>

#include "caps.h"
#include "codec/flowtable.h"
#include "codec/table.h"

const struct flowtable_ref trial_flowtable = { NFPROTO_INET, TRIAL_TABLE, "probe" };

/* Messages of a trial: the begin of the batch, which stands for the whole, the table, and what is
 * built. */
#define BATCH 0
#define TABLE 1
#define BUILT 2

static int build_batch(struct messages *batch, const struct trial *trial)
{
	int ret = nft_build_batch_begin(batch, 0);

	if (ret == 0)
		ret = table_build_new(batch, NFPROTO_INET, TRIAL_TABLE, NULL);
	return ret == 0 ? trial->build(batch, trial->data) : ret;
}

int trial_run(struct nfto_ctx *ctx, const struct trial *trial, struct verdict *verdict)
{
	const struct reply_error *reply = &ctx->nft.error;
	struct messages batch = { 0 };
	size_t failed = 0;
	int ret = build_batch(&batch, trial);

	if (ret == 0)
		ret = channel_batch(&ctx->nft, &batch, false, &failed);
	messages_free(&batch);

	memset(verdict, 0, sizeof(*verdict));
	if (ret == 0)
		return 0;
	if (reply->errnum != -ret || failed == BATCH)
		return error_set_request(&ctx->error, reply, ret,
					 "a transaction that is only checked");
	verdict->errnum = reply->errnum;
	verdict->message = failed == TABLE ? VERDICT_TABLE : failed - BUILT;
	snprintf(verdict->kernel_text, sizeof(verdict->kernel_text), "%s", reply->text);
	return 0;
}
