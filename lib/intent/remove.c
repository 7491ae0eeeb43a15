// SPDX-License-Identifier: LGPL-2.1-or-later
/* An instance is put out of service, or away. */
#include <errno.h>
#include <stdlib.h>

#include "drain.h"
#include "objects/txn.h"

#define KNOWN_FLAGS (uint32_t) NFTO_DRAIN_DELETE_CONNECTIONS

static int delete_table(struct nfto_txn *txn, const char *name, const struct instance *instance)
{
	(void)instance;
	return nfto_txn_delete_table(txn, NFTO_FAMILY_INET, name);
}

/* Without its rules and its flowtable. The kernel takes down the flows of one in software by
 * itself. */
static int delete_flowtable(struct nfto_txn *txn, const char *name, const struct instance *instance)
{
	int ret = nfto_txn_flush_chain(txn, NFTO_FAMILY_INET, name, INSTANCE_CHAIN);

	(void)instance;
	if (ret == 0)
		ret = nfto_txn_delete_flowtable(txn, NFTO_FAMILY_INET, name, INSTANCE_FLOWTABLE);
	return ret;
}

static int drain_instance(struct nfto_ctx *ctx, const char *name, const struct instance *instance,
			  uint32_t flags, unsigned int timeout_s, struct nfto_drained *drained)
{
	int ret = drain(ctx, name, instance, flags, timeout_s, drained);

	if (ret == 0 && !instance_has_hardware(instance) && instance->flowtable)
		ret = instance_commit(ctx, name, instance, delete_flowtable);
	return ret;
}

/* Its flows have left the hardware; but if somebody has put the rule back meanwhile, there are new
 * ones. */
static int delete_drained(struct nfto_ctx *ctx, const char *name)
{
	struct instance instance;
	int ret = instance_read(ctx, name, &instance);

	if (ret < 0 || !instance.exists)
		return ret;
	if (instance.comment[0])
		ret = instance_refuse_overtaken(ctx, name);
	else
		ret = instance_commit(ctx, name, &instance, delete_table);
	instance_clear(&instance);
	return ret;
}

static int remove_instance(struct nfto_ctx *ctx, const char *name, const struct instance *instance,
			   uint32_t flags, unsigned int timeout_s, struct nfto_drained *drained)
{
	int ret;

	if (!instance_has_hardware(instance))
		return instance_commit(ctx, name, instance, delete_table);
	ret = drain(ctx, name, instance, flags, timeout_s, drained);
	return ret < 0 ? ret : delete_drained(ctx, name);
}

typedef int action(struct nfto_ctx *ctx, const char *name, const struct instance *instance,
		   uint32_t flags, unsigned int timeout_s, struct nfto_drained *drained);

/* 1 if it was done, 0 if there is no such instance (any more), or a negative errno. */
static int do_to_instance(struct nfto_ctx *ctx, const char *name, uint32_t flags,
			  unsigned int timeout_s, action *act, struct nfto_drained *drained)
{
	struct instance instance;
	int ret = instance_read(ctx, name, &instance);

	if (ret < 0 || !instance.exists)
		return ret;
	ret = act(ctx, name, &instance, flags, timeout_s, drained);
	instance_clear(&instance);
	/* Somebody else was faster. */
	if (ret < 0 && ctx->error.code == NFTO_ERROR_NO_TABLE) {
		error_clear(&ctx->error);
		return 0;
	}
	return ret < 0 ? ret : 1;
}

static int call(struct nfto_ctx *ctx, const char *name, uint32_t flags, unsigned int timeout_s,
		action *act, struct nfto_drained **out)
{
	struct error_details unknown_flag = { .sentence = "a flag is set that does not exist" };
	struct nfto_drained *drained;
	int ret;

	error_clear(&ctx->error);
	if (flags & ~KNOWN_FLAGS)
		return error_set(&ctx->error, NFTO_ERROR_INVALID, EINVAL, &unknown_flag);
	drained = calloc(1, sizeof(*drained));
	if (!drained)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	drained->seen = true;
	ret = do_to_instance(ctx, name, flags, timeout_s, act, drained);
	if (ret >= 0 && out)
		*out = drained;
	else
		nfto_drained_free(drained);
	return ret;
}

NFTO_API int nfto_drain(struct nfto_ctx *ctx, const char *name, uint32_t flags,
			unsigned int timeout_s, struct nfto_drained **drained)
{
	return call(ctx, name, flags, timeout_s, drain_instance, drained);
}

NFTO_API int nfto_remove(struct nfto_ctx *ctx, const char *name, uint32_t flags,
			 unsigned int timeout_s, struct nfto_drained **drained)
{
	return call(ctx, name, flags, timeout_s, remove_instance, drained);
}

NFTO_API void nfto_drained_free(struct nfto_drained *drained)
{
	free(drained);
}

NFTO_API uint64_t nfto_drained_connections(const struct nfto_drained *drained)
{
	return drained->connections;
}

NFTO_API bool nfto_drained_seen(const struct nfto_drained *drained)
{
	return drained->seen;
}

NFTO_API uint64_t nfto_drained_elapsed_ms(const struct nfto_drained *drained)
{
	return drained->elapsed_ms;
}
