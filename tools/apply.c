// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>

#include "plan.h"

static int set_drain(struct nfto_spec *spec, const struct options *options)
{
	uint32_t drain = options->delete_connections ? NFTO_DRAIN_DELETE_CONNECTIONS : 0;

	return nfto_spec_set_drain(spec, drain, options->timeout_s);
}

static int fill_spec(struct nfto_spec *spec, const struct options *options)
{
	int ret = nfto_spec_set_name(spec, options->name);

	if (ret == 0)
		ret = nfto_spec_set_mode(spec, options->mode);
	if (ret == 0)
		ret = set_drain(spec, options);
	for (int i = 0; i < options->argument_count && ret == 0; i++)
		ret = nfto_spec_add_interface(spec, options->arguments[i]);
	for (int i = 0; i < options->device_count && ret == 0; i++)
		ret = nfto_spec_add_device(spec, options->devices[i]);
	nfto_spec_set_counter(spec, !options->no_counter);
	nfto_spec_set_ingress_priority(spec, options->ingress_priority);
	if (options->has_forward_priority)
		nfto_spec_set_forward_priority(spec, options->forward_priority);
	nfto_spec_set_min_packets(spec, options->min_packets);
	return ret;
}

/* ---- JSON */

static json_t *json_fallback(const struct nfto_error *fallback)
{
	json_t *json = json_object();

	json_set_text(json, "code", nfto_error_code_name(nfto_error_code(fallback)));
	json_set_text(json, "device", nfto_error_device(fallback));
	json_set_text(json, "message", nfto_error_message(fallback));
	return json;
}

static int print_json(const struct options *options, const struct nfto_result *result)
{
	const struct nfto_error *fallback = nfto_result_fallback(result);
	json_t *json = json_object(), *steps = json_array();

	for (size_t i = 0; i < nfto_result_step_count(result); i++)
		json_array_append_new(steps, json_text(nfto_result_step(result, i)));
	json_set_text(json, "name", options->name);
	json_object_set_new(json, "dry_run", json_boolean(options->dry_run));
	json_object_set_new(json, "changed", json_boolean(nfto_result_changed(result)));
	json_set_text(json, "mode", nfto_mode_name(nfto_result_mode(result)));
	json_object_set_new(json, "fallback", fallback ? json_fallback(fallback) : json_null());
	json_object_set_new(json, "plan", plan_to_json(nfto_result_plan(result), options));
	json_object_set_new(json, "steps", steps);
	return json_print("apply", json, JSON_INDENT(2));
}

/* ---- Text */

static void warn_of_device(const struct nfto_plan_device *device)
{
	enum nfto_plan_decision decision = nfto_plan_device_decision(device);

	if (decision != NFTO_PLAN_MISSING && decision != NFTO_PLAN_WAITING)
		return;
	fprintf(stderr, "nftoffload: ");
	output_name(stderr, nfto_plan_device_name(device));
	fprintf(stderr, "%s: %s\n", decision == NFTO_PLAN_MISSING ? " is left out" : "",
		nfto_plan_device_sentence(device));
}

/* What is not as one may have thought goes to stderr, whatever is printed. */
static void warn(const struct nfto_result *result)
{
	const struct nfto_error *fallback = nfto_result_fallback(result);
	const struct nfto_plan *plan = nfto_result_plan(result);

	if (fallback) {
		fprintf(stderr, "nftoffload: no hardware offload: %s\n",
			nfto_error_message(fallback));
		fprintf(stderr, "nftoffload: falling back to software\n");
	}
	for (size_t i = 0; i < nfto_plan_count(plan); i++)
		warn_of_device(nfto_plan_get(plan, i));
}

static int print_dry_run(const struct nfto_result *result)
{
	int ret = plan_print(nfto_result_plan(result));

	for (size_t i = 0; i < nfto_result_step_count(result); i++)
		printf("%s%s\n", i == 0 ? "\n" : "", nfto_result_step(result, i));
	return ret;
}

static int print_text(const struct options *options, const struct nfto_result *result)
{
	bool changed = nfto_result_changed(result);

	if (options->dry_run && print_dry_run(result) < 0)
		return output_errno("apply", ENOMEM);
	printf("%s%s: %s offload%s\n", options->dry_run ? "\n" : "", options->name,
	       nfto_mode_name(nfto_result_mode(result)),
	       !changed		? ", as it was" :
	       options->dry_run ? ", if it was done: the kernel would take it" :
				  "");
	return EXIT_DONE;
}

static int apply(struct nfto_ctx *ctx, const struct options *options, const struct nfto_spec *spec)
{
	struct nfto_result *result;
	int ret = options->dry_run ? nfto_apply_check(ctx, spec, &result) :
				     nfto_apply(ctx, spec, &result);

	if (ret < 0)
		return output_error(ctx);
	warn(result);
	ret = options->json ? print_json(options, result) : print_text(options, result);
	nfto_result_free(result);
	return ret;
}

static bool asks_for_something(const struct options *options)
{
	return options->argument_count + options->device_count > 0 ||
	       options->mode != NFTO_MODE_AUTO || options->no_counter || options->min_packets > 0 ||
	       options->ingress_priority != 0 || options->has_forward_priority;
}

static int apply_again(struct nfto_ctx *ctx, const struct options *options)
{
	struct nfto_spec *spec;
	int ret;

	if (asks_for_something(options))
		return usage_error(&apply_command,
				   "--again asks for what was asked for before, and nothing else",
				   NULL);
	if (nfto_spec_read(ctx, options->name, &spec) < 0)
		return output_error(ctx);
	ret = set_drain(spec, options);
	ret = ret < 0 ? output_errno("apply", ret) : apply(ctx, options, spec);
	nfto_spec_free(spec);
	return ret;
}

static int apply_anew(struct nfto_ctx *ctx, const struct options *options)
{
	struct nfto_spec *spec;
	int ret;

	if (options->argument_count + options->device_count == 0)
		return usage_error(&apply_command, "which interfaces?", NULL);
	ret = nfto_spec_new(&spec);
	if (ret < 0)
		return output_errno("apply", ret);
	ret = fill_spec(spec, options);
	ret = ret < 0 ? output_errno("apply", ret) : apply(ctx, options, spec);
	nfto_spec_free(spec);
	return ret;
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	return options->again ? apply_again(ctx, options) : apply_anew(ctx, options);
}

static const struct option options[] = { TAKES_NAME,
					 TAKES_MODE,
					 TAKES_AGAIN,
					 TAKES_DEVICE,
					 TAKES_DRY_RUN,
					 TAKES_NO_COUNTER,
					 TAKES_INGRESS_PRIORITY,
					 TAKES_FORWARD_PRIORITY,
					 TAKES_MIN_PACKETS,
					 TAKES_DELETE_CONNECTIONS,
					 TAKES_TIMEOUT,
					 TAKES_JSON,
					 TAKES_HELP,
					 TAKES_NO_MORE };

const struct command apply_command = {
	.name = "apply",
	.synopsis = "[OPTION...] INTERFACE... | --again",
	.help = "Offload the flows between these interfaces, and these only. What is as wanted\n"
		"already stays untouched; what does not exist is left out, and remembered, or\n"
		"given to the kernel to wait for.\n"
		"\n"
		"  --name NAME    the instance, which is the table 'inet NAME' (nftoffload)\n"
		"  --mode auto    in hardware if every device takes it, else in software\n"
		"  --mode hardware, --mode software\n"
		"  --device NAME  beside the interfaces: this device, as it is; may be repeated\n"
		"  --again        what was asked for the last time: heals what others have "
		"deleted\n"
		"  --dry-run      show the plan and the steps, have the kernel judge them, and do\n"
		"                 nothing\n"
		"  --min-packets N         only connections that had as many packets\n"
		"  --no-counter            do not count offloaded packets into conntrack\n"
		"  --ingress-priority N    of the flowtable (0)\n"
		"  --forward-priority N    of the chain, behind the firewall's (10)\n"
		"  --delete-connections    if flows must leave the hardware, end their\n"
		"                          connections, which live on otherwise\n"
		"  --timeout S             how long they may take to leave it (10 s)\n"
		"  --json                  as a JSON object\n"
		"\n"
		"A name that ends with '*' stands for all that begin so.\n",
	.options = options,
	.max_arguments = -1,
	.run = run,
};
