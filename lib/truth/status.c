// SPDX-License-Identifier: LGPL-2.1-or-later
/* What was asked for, against what is there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "intent/instance.h"

struct nfto_status {
	char *name;
	struct instance instance;
};

static int read_status(struct nfto_ctx *ctx, const char *name, struct nfto_status *status)
{
	status->name = strdup(name);
	if (!status->name)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	return instance_read(ctx, name, &status->instance);
}

NFTO_API int nfto_status_read(struct nfto_ctx *ctx, const char *name, struct nfto_status **out)
{
	struct nfto_status *status;
	int ret;

	error_clear(&ctx->error);
	status = calloc(1, sizeof(*status));
	if (!status)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	ret = read_status(ctx, name, status);
	if (ret < 0) {
		nfto_status_free(status);
		return ret;
	}
	*out = status;
	return 0;
}

NFTO_API void nfto_status_free(struct nfto_status *status)
{
	if (!status)
		return;
	instance_clear(&status->instance);
	free(status->name);
	free(status);
}

NFTO_API const char *nfto_status_name(const struct nfto_status *status)
{
	return status->name;
}

NFTO_API enum nfto_mode nfto_status_requested(const struct nfto_status *status)
{
	return status->instance.requested;
}

NFTO_API enum nfto_mode nfto_status_effective(const struct nfto_status *status)
{
	return instance_effective(&status->instance);
}

NFTO_API size_t nfto_status_device_count(const struct nfto_status *status)
{
	const struct flowtable_info *flowtable = status->instance.flowtable;

	return flowtable ? flowtable->device_count : 0;
}

NFTO_API const char *nfto_status_device_name(const struct nfto_status *status, size_t index)
{
	if (index >= nfto_status_device_count(status))
		return NULL;
	return status->instance.flowtable->devices[index];
}

NFTO_API enum nfto_mode nfto_status_device_state(const struct nfto_status *status, size_t index)
{
	if (index >= nfto_status_device_count(status))
		return NFTO_MODE_NONE;
	return status->instance.flowtable->flags & NFTO_FLOWTABLE_HARDWARE ? NFTO_MODE_HARDWARE :
									     NFTO_MODE_SOFTWARE;
}

NFTO_API uint64_t nfto_status_inserted(const struct nfto_status *status)
{
	return status->instance.inserted.packets;
}

NFTO_API uint64_t nfto_status_leaked(const struct nfto_status *status)
{
	return status->instance.leaked.packets;
}
