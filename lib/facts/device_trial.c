// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "codec/flowtable.h"
#include "device_trial.h"

/* The flowtable, and then the device: the message that its driver answers. */
#define DEVICE_MESSAGE 1

static int build(struct messages *batch, const void *name)
{
	struct device_spec device;
	int ret = flowtable_build_new(batch, &trial_flowtable, 0, NFT_FLOWTABLE_HW_OFFLOAD);

	device_spec_set(&device, name, false);
	return ret == 0 ? flowtable_build_add_device(batch, &trial_flowtable, &device) : ret;
}

int device_trial(struct nfto_ctx *ctx, const char *device, struct verdict *verdict)
{
	struct trial trial = { .build = build, .data = device };
	int ret = trial_run(ctx, &trial, verdict);

	if (ret < 0 || verdict->errnum == 0 || verdict->message == DEVICE_MESSAGE)
		return ret;
	/* It did take such a flowtable a moment ago. */
	return error_set_object(&ctx->error, NFTO_ERROR_SYSTEM, verdict->errnum,
				"a flowtable that is only checked");
}

int device_trial_is_meaningless(struct nfto_ctx *ctx, bool *is_meaningless)
{
	struct verdict verdict;
	int ret = device_trial(ctx, "lo", &verdict);

	*is_meaningless = ret == 0 && verdict.errnum == 0;
	return ret;
}
