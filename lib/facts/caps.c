// SPDX-License-Identifier: LGPL-2.1-or-later
/* The probe: what this kernel and these devices can do. */
#include <errno.h>
#include <stdlib.h>

#include "caps.h"

static int check_names(struct nfto_ctx *ctx, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct error_details details = {
			.device = names[i],
			.sentence = name_fault_device(names[i]),
		};

		if (details.sentence)
			return error_set(&ctx->error, NFTO_ERROR_INVALID, EINVAL, &details);
	}
	return 0;
}

static int read_caps(struct nfto_ctx *ctx, const char *const *devices, size_t count,
		     struct nfto_caps *caps)
{
	int ret = check_names(ctx, devices, count);

	if (ret == 0)
		ret = features_read(ctx, caps->features);
	if (ret == 0)
		ret = device_caps_read(ctx, devices, count, caps);
	return ret == 0 ? device_caps_doubt(ctx, caps) : ret;
}

NFTO_API int nfto_caps_read(struct nfto_ctx *ctx, const char *const *devices, size_t count,
			    struct nfto_caps **out)
{
	struct nfto_caps *caps;
	int ret;

	error_clear(&ctx->error);
	caps = calloc(1, sizeof(*caps));
	if (!caps)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	ret = read_caps(ctx, devices, count, caps);
	if (ret < 0) {
		nfto_caps_free(caps);
		return ret;
	}
	*out = caps;
	return 0;
}

NFTO_API void nfto_caps_free(struct nfto_caps *caps)
{
	if (!caps)
		return;
	device_caps_free(caps->devices, caps->device_count);
	free(caps);
}

static const struct proof *find(const struct nfto_caps *caps, enum nfto_feature feature)
{
	static const struct proof unknown = { .answer = NFTO_UNKNOWN };

	return (size_t)feature < FEATURE_COUNT ? &caps->features[feature] : &unknown;
}

NFTO_API enum nfto_answer nfto_caps_feature(const struct nfto_caps *caps, enum nfto_feature feature)
{
	return find(caps, feature)->answer;
}

NFTO_API const char *nfto_caps_feature_evidence(const struct nfto_caps *caps,
						enum nfto_feature feature)
{
	return find(caps, feature)->evidence;
}
