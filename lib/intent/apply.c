// SPDX-License-Identifier: LGPL-2.1-or-later
/* From what is to what is wanted, by the smallest batch. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "spec.h"

struct nfto_result {
	bool changed;
	enum nfto_mode mode;
	bool fell_back;
	struct nfto_error fallback;
};

static int refuse(struct nfto_ctx *ctx, enum nfto_error_code code, const char *object,
		  const char *device, const char *sentence)
{
	struct error_details details = {
		.object = object,
		.device = device,
		.sentence = sentence,
	};

	return error_set(&ctx->error, code, EINVAL, &details);
}

static bool spec_has(const struct nfto_spec *spec, size_t count, const char *device)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(spec->devices[i], device) == 0)
			return true;
	}
	return false;
}

static int check_devices(struct nfto_ctx *ctx, const struct nfto_spec *spec)
{
	if (spec->device_count == 0)
		return refuse(ctx, NFTO_ERROR_INVALID, NULL, NULL, "no device is given");
	for (size_t i = 0; i < spec->device_count; i++) {
		const char *device = spec->devices[i], *fault = name_fault_device(device);

		if (fault)
			return refuse(ctx, NFTO_ERROR_INVALID, NULL, device, fault);
		if (spec_has(spec, i, device))
			return refuse(ctx, NFTO_ERROR_DEVICE_DUPLICATE, NULL, device,
				      "the device is given twice");
	}
	return 0;
}

static bool flowtable_has(const struct flowtable_info *flowtable, const char *device)
{
	for (size_t i = 0; i < flowtable->device_count; i++) {
		if (strcmp(flowtable->devices[i], device) == 0)
			return true;
	}
	return false;
}

static bool has_same_devices(const struct flowtable_info *flowtable, const struct nfto_spec *spec)
{
	if (flowtable->device_count != spec->device_count)
		return false;
	for (size_t i = 0; i < spec->device_count; i++) {
		if (!flowtable_has(flowtable, spec->devices[i]))
			return false;
	}
	return true;
}

static bool is_hardware(const struct flowtable_info *flowtable)
{
	return flowtable->flags & NFTO_FLOWTABLE_HARDWARE;
}

static bool counts(const struct flowtable_info *flowtable)
{
	return flowtable->flags & NFTO_FLOWTABLE_COUNTER;
}

/* An auto that fell back to software is as wanted too: hardware is tried again when something changes. */
static bool is_in_mode(const struct flowtable_info *flowtable, enum nfto_mode mode)
{
	return mode == NFTO_MODE_AUTO || is_hardware(flowtable) == (mode == NFTO_MODE_HARDWARE);
}

static bool is_as_wanted(const struct instance *instance, const struct nfto_spec *spec)
{
	return instance->is_whole && instance->requested == spec->mode &&
	       is_in_mode(instance->flowtable, spec->mode) && counts(instance->flowtable) &&
	       has_same_devices(instance->flowtable, spec);
}

static int add_rules(struct nfto_txn *txn, const struct nfto_spec *spec)
{
	char comment[COMMENT_LENGTH + 1];
	int ret;

	instance_write_comment(comment, sizeof(comment), spec->mode);
	ret = nfto_txn_add_leak_detector(txn, spec->name, INSTANCE_CHAIN);
	if (ret < 0)
		return ret;
	return nfto_txn_add_offload_rule(txn, NFTO_FAMILY_INET, spec->name, INSTANCE_CHAIN,
					 INSTANCE_FLOWTABLE, comment);
}

static int add_devices(struct nfto_txn *txn, const struct nfto_spec *spec,
		       const struct flowtable_info *present)
{
	int ret = 0;

	for (size_t i = 0; i < spec->device_count && ret == 0; i++) {
		if (present && flowtable_has(present, spec->devices[i]))
			continue;
		ret = nfto_txn_add_device(txn, NFTO_FAMILY_INET, spec->name, INSTANCE_FLOWTABLE,
					  spec->devices[i]);
	}
	return ret;
}

static int delete_devices(struct nfto_txn *txn, const struct nfto_spec *spec,
			  const struct flowtable_info *present)
{
	int ret = 0;

	for (size_t i = 0; i < present->device_count && ret == 0; i++) {
		if (spec_has(spec, spec->device_count, present->devices[i]))
			continue;
		ret = nfto_txn_delete_device(txn, NFTO_FAMILY_INET, spec->name, INSTANCE_FLOWTABLE,
					     present->devices[i]);
	}
	return ret;
}

static int add_chain(struct nfto_txn *txn, const struct nfto_spec *spec)
{
	return nfto_txn_add_forward_chain(txn, NFTO_FAMILY_INET, spec->name, INSTANCE_CHAIN,
					  INSTANCE_FORWARD_PRIORITY);
}

/* The mode that was asked for stands in the comment of a rule, and a rule can't be changed. The chain may
 * be gone, too. */
static int replace_rules(struct nfto_txn *txn, const struct nfto_spec *spec)
{
	int ret = add_chain(txn, spec);

	if (ret == 0)
		ret = nfto_txn_flush_chain(txn, NFTO_FAMILY_INET, spec->name, INSTANCE_CHAIN);
	return ret < 0 ? ret : add_rules(txn, spec);
}

static int update(struct nfto_txn *txn, const struct nfto_spec *spec,
		  const struct instance *instance, uint32_t flags)
{
	int ret = delete_devices(txn, spec, instance->flowtable);

	if (ret == 0)
		ret = add_devices(txn, spec, instance->flowtable);
	if (ret == 0 && !counts(instance->flowtable))
		ret = nfto_txn_set_flowtable_flags(txn, NFTO_FAMILY_INET, spec->name,
						   INSTANCE_FLOWTABLE, flags);
	if (ret == 0 && (!instance->is_whole || instance->requested != spec->mode))
		ret = replace_rules(txn, spec);
	return ret;
}

static int create(struct nfto_txn *txn, const struct nfto_spec *spec, uint32_t flags)
{
	int ret = nfto_txn_add_table(txn, NFTO_FAMILY_INET, spec->name, INSTANCE_COMMENT);

	if (ret == 0)
		ret = nfto_txn_add_flowtable(txn, NFTO_FAMILY_INET, spec->name, INSTANCE_FLOWTABLE,
					     INSTANCE_INGRESS_PRIORITY, flags);
	if (ret == 0)
		ret = add_devices(txn, spec, NULL);
	if (ret == 0)
		ret = add_chain(txn, spec);
	return ret < 0 ? ret : add_rules(txn, spec);
}

/*
 * Replacing starts all flows again, so it is for what can't be changed in place. A flowtable in hardware
 * can't be replaced by another one in the same batch: the old one has the hardware until it is done.
 */
static int put_steps(struct nfto_txn *txn, const struct nfto_spec *spec,
		     const struct instance *instance, enum nfto_mode mode)
{
	uint32_t flags = NFTO_FLOWTABLE_COUNTER;
	int ret = 0;

	if (mode == NFTO_MODE_HARDWARE)
		flags |= NFTO_FLOWTABLE_HARDWARE;
	if (instance->flowtable && is_in_mode(instance->flowtable, mode))
		return update(txn, spec, instance, flags);
	if (instance->exists)
		ret = nfto_txn_delete_table(txn, NFTO_FAMILY_INET, spec->name);
	return ret < 0 ? ret : create(txn, spec, flags);
}

static int try_mode(struct nfto_ctx *ctx, const struct nfto_spec *spec,
		    const struct instance *instance, enum nfto_mode mode)
{
	struct nfto_txn *txn;
	int ret = nfto_txn_new(ctx, &txn);

	if (ret < 0)
		return ret;
	ret = put_steps(txn, spec, instance, mode);
	if (ret == 0)
		ret = nfto_txn_commit(txn);
	nfto_txn_free(txn);
	return ret;
}

/* What mode auto falls back for: the device is there, its hardware can't be had. */
static bool is_hardware_refusal(const struct nfto_error *error)
{
	return error->code == NFTO_ERROR_DEVICE_REFUSED || error->code == NFTO_ERROR_DEVICE_BUSY;
}

static int change(struct nfto_ctx *ctx, const struct nfto_spec *spec,
		  const struct instance *instance, struct nfto_result *result)
{
	int ret;

	result->mode = spec->mode == NFTO_MODE_SOFTWARE ? NFTO_MODE_SOFTWARE : NFTO_MODE_HARDWARE;
	ret = try_mode(ctx, spec, instance, result->mode);
	if (ret < 0 && spec->mode == NFTO_MODE_AUTO && is_hardware_refusal(&ctx->error)) {
		result->fell_back = true;
		result->fallback = ctx->error;
		result->mode = NFTO_MODE_SOFTWARE;
		ret = try_mode(ctx, spec, instance, result->mode);
	}
	result->changed = ret == 0;
	return ret;
}

static int apply(struct nfto_ctx *ctx, const struct nfto_spec *spec, struct nfto_result *result)
{
	struct instance instance;
	int ret = instance_check_name(ctx, spec->name);

	if (ret == 0)
		ret = check_devices(ctx, spec);
	if (ret == 0)
		ret = instance_read(ctx, spec->name, &instance);
	if (ret < 0)
		return ret;
	if (is_as_wanted(&instance, spec))
		result->mode = instance_effective(&instance);
	else
		ret = change(ctx, spec, &instance, result);
	instance_clear(&instance);
	return ret;
}

NFTO_API int nfto_apply(struct nfto_ctx *ctx, const struct nfto_spec *spec,
			struct nfto_result **out)
{
	struct nfto_result *result;
	int ret;

	error_clear(&ctx->error);
	result = calloc(1, sizeof(*result));
	if (!result)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	ret = apply(ctx, spec, result);
	if (ret == 0 && out)
		*out = result;
	else
		nfto_result_free(result);
	return ret;
}

NFTO_API void nfto_result_free(struct nfto_result *result)
{
	free(result);
}

NFTO_API bool nfto_result_changed(const struct nfto_result *result)
{
	return result->changed;
}

NFTO_API enum nfto_mode nfto_result_mode(const struct nfto_result *result)
{
	return result->mode;
}

NFTO_API const struct nfto_error *nfto_result_fallback(const struct nfto_result *result)
{
	return result->fell_back ? &result->fallback : NULL;
}
