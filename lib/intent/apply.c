// SPDX-License-Identifier: LGPL-2.1-or-later
/* From what is to what is wanted, by the smallest batch, until it is done. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drain.h"
#include "target.h"

/* How often it is begun again since somebody else has changed something in between. */
#define ATTEMPTS 20

struct nfto_result {
	bool changed;
	enum nfto_mode mode;
	bool fell_back;
	struct nfto_error fallback;
	struct nfto_plan *plan;
	char (*steps)[STEP_SIZE];
	size_t step_count;
};

/* One call of nfto_apply() or nfto_apply_check(). */
struct applying {
	struct nfto_ctx *ctx;
	const struct nfto_spec *spec;
	bool is_check;
	struct nfto_result *result;
	struct nfto_topology *topology; /* of one attempt */
	bool has_drained;
	bool is_to_be_begun_again; /* as something was changed on the way */
};

/* ---- the spec is judged */

static int refuse(struct nfto_ctx *ctx, enum nfto_error_code code, const char *device,
		  const char *sentence)
{
	struct error_details details = { .device = device, .sentence = sentence };

	return error_set(&ctx->error, code, EINVAL, &details);
}

static bool has(const struct name_list *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list->names[i], name) == 0)
			return true;
	}
	return false;
}

static int check_names(struct nfto_ctx *ctx, const struct name_list *list,
		       const struct name_list *others)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->names[i], *fault = name_fault_device(name);

		if (!fault && strcmp(name, "*") == 0)
			fault = "a name that stands for others must begin with something";
		if (fault)
			return refuse(ctx, NFTO_ERROR_INVALID, name, fault);
		if (has(list, i, name) || has(others, others->count, name))
			return refuse(ctx, NFTO_ERROR_DEVICE_DUPLICATE, name,
				      "the name is given twice");
	}
	return 0;
}

static int check_spec(struct nfto_ctx *ctx, const struct nfto_spec *spec)
{
	int ret = instance_check_name(ctx, spec->name);

	if (ret == 0 && spec->interfaces.count + spec->devices.count == 0)
		ret = refuse(ctx, NFTO_ERROR_INVALID, NULL, "no interface and no device is given");
	if (ret == 0)
		ret = check_names(ctx, &spec->interfaces, &spec->devices);
	return ret < 0 ? ret : check_names(ctx, &spec->devices, &spec->interfaces);
}

/* ---- the batch */

static int out_of_memory(struct nfto_ctx *ctx)
{
	return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
}

static int note_steps(struct applying *applying, const struct nfto_txn *txn, bool drains)
{
	struct nfto_result *result = applying->result;

	free(result->steps);
	result->step_count = 0;
	result->steps = calloc(txn->count + 1, sizeof(*result->steps));
	if (!result->steps)
		return out_of_memory(applying->ctx);
	if (drains)
		snprintf(result->steps[result->step_count++], sizeof(*result->steps),
			 "drain flowtable inet %s %s: its flows leave the hardware",
			 applying->spec->name, INSTANCE_FLOWTABLE);
	for (size_t i = 0; i < txn->count; i++)
		txn_describe(txn, i, result->steps[result->step_count++], sizeof(*result->steps));
	return 0;
}

/* What is in hardware must leave it before its flowtable is replaced. Then it is all begun again,
 * as time has passed. */
static int drain_first(struct applying *applying, const struct instance *instance)
{
	const struct nfto_spec *spec = applying->spec;
	struct nfto_drained drained;
	int ret = drain(applying->ctx, spec->name, instance, spec->drain_flags,
			spec->drain_timeout_s, &drained);

	applying->has_drained = applying->is_to_be_begun_again = ret == 0;
	return ret;
}

static int send_steps(struct applying *applying, const struct target *target,
		      const struct instance *instance)
{
	bool drains = target_replaces(target, instance) && instance_has_hardware(instance);
	bool must_drain = drains && !applying->has_drained;
	struct nfto_txn *txn;
	int ret = txn_new_at(applying->ctx, instance->generation, &txn);

	if (ret < 0)
		return ret;
	ret = target_put_steps(target, instance, txn);
	if (ret == 0)
		ret = note_steps(applying, txn, drains);
	/* Nothing is drained for what the kernel will then refuse. */
	if (ret == 0)
		ret = applying->is_check || must_drain ? nfto_txn_check(txn) : nfto_txn_commit(txn);
	if (ret == 0 && must_drain && !applying->is_check)
		ret = drain_first(applying, instance);
	nfto_txn_free(txn);
	return ret;
}

/* ---- the modes */

/* What mode auto falls back for: the device is there, its hardware can't be had. */
static bool is_hardware_refusal(const struct nfto_error *error)
{
	return error->code == NFTO_ERROR_DEVICE_REFUSED || error->code == NFTO_ERROR_DEVICE_BUSY;
}

/* Makes the plan for a mode, which belongs to the result from then on. */
static int make_plan(struct applying *applying, enum nfto_mode mode)
{
	struct nfto_plan *plan;

	if (plan_make(applying->topology, applying->spec, mode, &plan) < 0)
		return out_of_memory(applying->ctx);
	nfto_plan_free(applying->result->plan);
	applying->result->plan = plan;
	return 0;
}

static int make_target(struct applying *applying, const struct instance *instance,
		       enum nfto_mode mode, bool adds_names, struct target *target)
{
	struct target_source source = {
		.topology = applying->topology,
		.spec = applying->spec,
		.instance = instance,
		.adds_names = adds_names,
	};
	int ret = make_plan(applying, mode);

	source.plan = applying->result->plan;
	return ret < 0 ? ret : target_init(target, applying->ctx, &source);
}

/* An auto that fell back to software is as wanted too: hardware is tried again when something
 * changes. And so is a device that has gone, whatever it was, and the kernel does not wait for it: it
 * is given names when there is something to send. */
static int is_met(struct applying *applying, const struct instance *instance)
{
	enum nfto_mode mode = applying->spec->mode;
	struct target target;
	bool met;
	int ret;

	if (!instance->flowtable)
		return 0;
	ret = make_target(applying, instance,
			  mode == NFTO_MODE_AUTO ? instance_mode(instance) : mode, false, &target);
	if (ret < 0)
		return ret;
	met = target_is_met(&target, instance);
	target_clear(&target);
	return met;
}

/* The plan may know already that some hardware can't be had. */
static int refuse_obstacle(struct applying *applying)
{
	const struct nfto_plan_device *obstacle = nfto_plan_obstacle(applying->result->plan);
	struct error_details details;

	if (!obstacle || applying->result->mode != NFTO_MODE_HARDWARE)
		return 0;
	details = (struct error_details){
		.device = nfto_plan_device_name(obstacle),
		.sentence = nfto_plan_device_sentence(obstacle),
	};
	return error_set(&applying->ctx->error, NFTO_ERROR_DEVICE_REFUSED, EOPNOTSUPP, &details);
}

/* A hardware flowtable can't be replaced by another one in the same batch (the old one has the
 * hardware until it is done), and in two batches a failure of the second would leave nothing. */
static int refuse_priority(struct applying *applying, const struct instance *instance)
{
	if (applying->result->mode != NFTO_MODE_HARDWARE || !instance->flowtable ||
	    instance_mode(instance) != NFTO_MODE_HARDWARE ||
	    instance->flowtable->priority == applying->spec->ingress_priority)
		return 0;
	return instance_refuse_flowtable(
		applying->ctx, NFTO_ERROR_IMMUTABLE, EOPNOTSUPP, applying->spec->name,
		"the ingress priority can't be changed while it is in hardware");
}

static int bring_about(struct applying *applying, const struct instance *instance,
		       enum nfto_mode mode)
{
	struct target target;
	int ret = make_target(applying, instance, mode, true, &target);

	if (ret < 0)
		return ret;
	applying->result->mode = mode;
	ret = refuse_obstacle(applying);
	if (ret == 0)
		ret = refuse_priority(applying, instance);
	if (ret == 0)
		ret = send_steps(applying, &target, instance);
	target_clear(&target);
	return ret;
}

static int change(struct applying *applying, const struct instance *instance)
{
	enum nfto_mode mode = applying->spec->mode;
	struct nfto_result *result = applying->result;
	int ret = bring_about(applying, instance,
			      mode == NFTO_MODE_SOFTWARE ? mode : NFTO_MODE_HARDWARE);

	result->fell_back =
		ret < 0 && mode == NFTO_MODE_AUTO && is_hardware_refusal(&applying->ctx->error);
	if (result->fell_back) {
		result->fallback = applying->ctx->error;
		ret = bring_about(applying, instance, NFTO_MODE_SOFTWARE);
	}
	result->changed = ret == 0;
	return ret;
}

static int compare(struct applying *applying, const struct instance *instance)
{
	int ret = is_met(applying, instance);

	if (ret < 0)
		return ret;
	if (ret == 0)
		return change(applying, instance);
	applying->result->mode = instance_mode(instance);
	return 0;
}

static int attempt(struct applying *applying)
{
	struct instance instance;
	int ret = instance_read(applying->ctx, applying->spec->name, &instance);

	if (ret < 0)
		return ret;
	ret = nfto_topology_read(applying->ctx, &applying->topology);
	if (ret == 0) {
		ret = compare(applying, &instance);
		nfto_topology_free(applying->topology);
	}
	instance_clear(&instance);
	return ret;
}

/* Somebody else was faster: the rule set is another one, or a device has just gone. */
static bool is_outdated(const struct nfto_error *error)
{
	return error->code == NFTO_ERROR_INTERRUPTED || error->code == NFTO_ERROR_NO_DEVICE;
}

static int apply(struct applying *applying)
{
	int ret = check_spec(applying->ctx, applying->spec);

	if (ret < 0)
		return ret;
	for (int i = 0; i < ATTEMPTS; i++) {
		error_clear(&applying->ctx->error);
		applying->is_to_be_begun_again = false;
		ret = attempt(applying);
		if (applying->is_to_be_begun_again)
			continue;
		if (ret == 0 || !is_outdated(&applying->ctx->error))
			return ret;
	}
	return ret;
}

static int start(struct nfto_ctx *ctx, const struct nfto_spec *spec, bool is_check,
		 struct nfto_result **out)
{
	struct applying applying = { .ctx = ctx, .spec = spec, .is_check = is_check };
	int ret;

	error_clear(&ctx->error);
	applying.result = calloc(1, sizeof(*applying.result));
	if (!applying.result)
		return out_of_memory(ctx);
	ret = apply(&applying);
	if (ret == 0 && out)
		*out = applying.result;
	else
		nfto_result_free(applying.result);
	return ret;
}

NFTO_API int nfto_apply(struct nfto_ctx *ctx, const struct nfto_spec *spec,
			struct nfto_result **result)
{
	return start(ctx, spec, false, result);
}

NFTO_API int nfto_apply_check(struct nfto_ctx *ctx, const struct nfto_spec *spec,
			      struct nfto_result **result)
{
	return start(ctx, spec, true, result);
}

NFTO_API void nfto_result_free(struct nfto_result *result)
{
	if (!result)
		return;
	nfto_plan_free(result->plan);
	free(result->steps);
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

NFTO_API const struct nfto_plan *nfto_result_plan(const struct nfto_result *result)
{
	return result->plan;
}

NFTO_API size_t nfto_result_step_count(const struct nfto_result *result)
{
	return result->step_count;
}

NFTO_API const char *nfto_result_step(const struct nfto_result *result, size_t index)
{
	return index < result->step_count ? result->steps[index] : NULL;
}
