// SPDX-License-Identifier: LGPL-2.1-or-later
/* Looks at everything, twice, and says what is wrong and what mends it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "findings.h"
#include "flow_name.h"
#include "json.h"
#include "mask.h"
#include "plan.h"
#include "reports.h"
#include "slow.h"
#include "tool.h"

/* How many flows are asked why they are in software, and how many findings of one kind are told. */
#define SAMPLE 8
#define MOST_OF_A_KIND 4

struct sample {
	struct nfto_tuple *tuple;
	struct nfto_explanation *explanation; /* by the second look */
	char name[FLOW_NAME_SIZE];
};

struct examination {
	struct nfto_ctx *ctx;
	const struct options *options;
	json_t *findings;      /* an array */
	json_t *evidence;      /* for the bundle */
	bool needs_whole_path; /* else what has no path leaks, or goes on above it */
	/* Of the first look. */
	struct nfto_status *before;
	struct slow_connections slow;
	struct nfto_audit *audit;
	/* Of the second. */
	struct nfto_status *status;
	struct sample sample[SAMPLE];
	size_t sample_count;
};

static uint64_t interval_ms(const struct examination *examination)
{
	uint64_t least = nfto_audit_interval_ms(examination->audit);
	uint64_t asked = 1000 * (uint64_t)examination->options->interval_s;

	return asked > least ? asked : least;
}

/* ---- Findings */

static size_t count_of_kind(const struct examination *examination, const char *code)
{
	size_t count = 0, i;
	json_t *finding;

	json_array_foreach(examination->findings, i, finding) count +=
		strcmp(json_string_value(json_object_get(finding, "code")), code) == 0;
	return count;
}

/* Takes the finding over. A thousand flows that suffer from one thing are one finding, and some
 * examples. */
static void add(struct examination *examination, const char *about, json_t *finding)
{
	const char *code = json_string_value(json_object_get(finding, "code"));

	if (!code || count_of_kind(examination, code) >= MOST_OF_A_KIND) {
		json_decref(finding);
		return;
	}
	json_set_text(finding, "about", about);
	json_array_append_new(examination->findings, finding);
}

static void add_finding(struct examination *examination, const char *about,
			const struct nfto_finding *finding)
{
	add(examination, about, finding_json(finding));
}

/* One that only the doctor can see. */
static void add_own(struct examination *examination, const char *about, const char *code,
		    enum nfto_severity severity, const char *sentence, const char *evidence,
		    const char *advice)
{
	json_t *finding = json_object();

	json_set_text(finding, "code", code);
	json_set_text(finding, "severity", nfto_severity_name(severity));
	json_object_set_new(finding, "certain", json_true());
	json_set_text(finding, "sentence", sentence);
	json_set_text(finding, "evidence", evidence);
	json_set_text(finding, "advice", advice);
	add(examination, about, finding);
}

static size_t count_severity(const struct examination *examination, enum nfto_severity severity)
{
	const char *name = nfto_severity_name(severity);
	size_t count = 0, i;
	json_t *finding;

	json_array_foreach(examination->findings, i, finding) count +=
		strcmp(json_string_value(json_object_get(finding, "severity")), name) == 0;
	return count;
}

/* ---- What the kernel has */

static void judge_feature(struct examination *examination, const struct nfto_caps *caps,
			  enum nfto_feature feature, const char *sentence, const char *advice)
{
	if (nfto_caps_feature(caps, feature) == NFTO_NO)
		add_own(examination, "the kernel", nfto_feature_name(feature), NFTO_SEVERITY_ERROR,
			sentence, nfto_caps_feature_evidence(caps, feature), advice);
}

static int examine_kernel(struct examination *examination)
{
	struct nfto_caps *caps;
	int ret = nfto_caps_read(examination->ctx, NULL, 0, &caps);

	if (ret < 0)
		return ret;
	judge_feature(examination, caps, NFTO_FEATURE_FLOWTABLES, "the kernel has no flowtables",
		      "load nft_flow_offload and nf_flow_table_inet, or build a kernel with "
		      "CONFIG_NFT_FLOW_OFFLOAD and CONFIG_NF_FLOW_TABLE_INET");
	judge_feature(examination, caps, NFTO_FEATURE_CONNTRACK, "the kernel does not list flows",
		      "modprobe nf_conntrack_netlink");
	examination->needs_whole_path =
		nfto_caps_feature(caps, NFTO_FEATURE_NEEDS_WHOLE_PATH) == NFTO_YES;
	json_object_set_new(examination->evidence, "probe", caps_to_json(caps));
	nfto_caps_free(caps);
	return 0;
}

/* ---- The plan against reality */

static void write_steps(const struct nfto_result *result, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < nfto_result_step_count(result) && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "",
					 nfto_result_step(result, i));
}

static void judge_result(struct examination *examination, const struct nfto_result *result)
{
	char steps[256], advice[256 + 64];

	if (!nfto_result_changed(result))
		return;
	write_steps(result, steps, sizeof(steps));
	snprintf(advice, sizeof(advice), "nftoffload apply --again --name %s",
		 examination->options->name);
	add_own(examination, examination->options->name, "not-as-planned", NFTO_SEVERITY_ERROR,
		"what is there is not what the plan says now", steps, advice);
}

/* An instance that is not there, or no longer knows, is for its status to tell. */
static void examine_plan(struct examination *examination)
{
	struct nfto_spec *spec;
	struct nfto_result *result;

	if (nfto_spec_read(examination->ctx, examination->options->name, &spec) < 0)
		return;
	if (nfto_apply_check(examination->ctx, spec, &result) == 0) {
		judge_result(examination, result);
		json_object_set_new(examination->evidence, "plan",
				    plan_to_json(nfto_result_plan(result), examination->options));
		nfto_result_free(result);
	} else {
		const struct nfto_error *error = nfto_ctx_error(examination->ctx);

		add_own(examination, examination->options->name,
			nfto_error_code_name(nfto_error_code(error)), NFTO_SEVERITY_ERROR,
			"what was asked for can't be done any more", nfto_error_message(error),
			nfto_error_hint(error));
	}
	nfto_spec_free(spec);
}

/* ---- Flows that leak */

static void judge_leak(struct examination *examination, const struct nfto_leak *leak)
{
	struct nfto_explanation *explanation;
	char about[FLOW_NAME_SIZE];

	if (nfto_explain_leak(examination->ctx, examination->options->name, leak, &explanation) < 0)
		return;
	flow_name_of_leak(leak, about);
	if (nfto_explanation_verdict(explanation) == NFTO_VERDICT_PRETENDS &&
	    nfto_explanation_count(explanation) > 0)
		add_finding(examination, about, nfto_explanation_get(explanation, 0));
	nfto_explanation_free(explanation);
}

static int examine_leaks(struct examination *examination)
{
	struct nfto_leaks *leaks;
	int ret = read_lasting_leaks(examination->ctx, examination->options->name, &leaks);

	if (ret < 0)
		return ret;
	for (size_t i = 0; i < nfto_leaks_count(leaks); i++)
		judge_leak(examination, nfto_leaks_get(leaks, i));
	json_object_set_new(examination->evidence, "status",
			    status_to_json(examination->before, examination->status, leaks));
	nfto_leaks_free(leaks);
	return 0;
}

/* ---- The status */

/* What one look can only suspect, and several see, or do not. */
static bool is_seen_better(const struct nfto_finding *finding)
{
	return nfto_finding_code(finding) == NFTO_FINDING_ALL_IN_SOFTWARE;
}

static int examine_status(struct examination *examination)
{
	const char *name = examination->options->name;
	int ret = nfto_status_read(examination->ctx, name, &examination->status);

	if (ret < 0)
		return ret;
	for (size_t i = 0; i < nfto_status_finding_count(examination->status); i++) {
		const struct nfto_finding *finding = nfto_status_finding(examination->status, i);

		if (!is_seen_better(finding))
			add_finding(examination, name, finding);
	}
	return examine_leaks(examination);
}

/* ---- Flows in software, where hardware was asked for: why? One that was there at the first look
 *      has had the time to go into the hardware; and if it is of TCP and not closing, it goes on
 *      moving packets. It may have begun and ended between two looks, so there is a third one. */

static void take_flow(struct examination *examination, const struct nfto_flow *flow)
{
	struct sample *sample = &examination->sample[examination->sample_count];

	if (nfto_tuple_new_of_flow(flow, &sample->tuple) < 0)
		return;
	if (nfto_explain(examination->ctx, examination->options->name, sample->tuple,
			 &sample->explanation) < 0) {
		nfto_tuple_free(sample->tuple);
		return;
	}
	flow_name(flow, sample->name);
	examination->sample_count++;
}

static int take_declined(struct examination *examination, struct nfto_flows *flows)
{
	const struct nfto_flow *flow;
	int ret = 0;

	while (examination->sample_count < SAMPLE && (ret = nfto_flows_next(flows, &flow)) > 0) {
		if (nfto_flow_is_declined(flow, examination->before))
			take_flow(examination, flow);
	}
	return ret < 0 ? ret : 0;
}

static int take_sample(struct examination *examination)
{
	struct nfto_flow_filter *filter;
	struct nfto_flows *flows;
	int ret;

	if (nfto_status_declined(examination->status, examination->before) == 0)
		return 0;
	if (nfto_flow_filter_new(&filter) < 0)
		return -ENOMEM;
	nfto_flow_filter_set_state(filter, NFTO_FLOW_SOFTWARE);
	ret = nfto_flows_open(examination->ctx, filter, &flows);
	nfto_flow_filter_free(filter);
	if (ret < 0)
		return ret;
	ret = take_declined(examination, flows);
	nfto_flows_free(flows);
	return ret;
}

/* Was it declined, by the third look? */
static bool judge_flow(struct examination *examination, const struct sample *sample)
{
	struct nfto_explanation *explanation;
	const struct nfto_finding *finding;
	bool is_declined;

	if (nfto_explain_again(examination->ctx, examination->options->name, sample->tuple,
			       sample->explanation, &explanation) < 0)
		return false;
	finding = nfto_explanation_get(explanation, 0);
	is_declined = nfto_explanation_verdict(explanation) == NFTO_VERDICT_SOFTWARE && finding &&
		      nfto_finding_code(finding) != NFTO_FINDING_MAYBE_CLOSING;
	if (is_declined)
		add_finding(examination, sample->name, finding);
	nfto_explanation_free(explanation);
	return is_declined;
}

static void judge_all_flows(struct examination *examination)
{
	char evidence[128];

	if (nfto_status_confidence(examination->status, examination->before) !=
	    NFTO_CONFIDENCE_NONE)
		return;
	snprintf(evidence, sizeof(evidence),
		 "of %" PRIu64 " flows none is in hardware, and %" PRIu64 " are not closing",
		 nfto_flow_counts_get(nfto_status_flows(examination->status), NFTO_FLOW_SOFTWARE),
		 nfto_status_declined(examination->status, examination->before));
	add_own(examination, examination->options->name,
		nfto_finding_code_name(NFTO_FINDING_ALL_IN_SOFTWARE), NFTO_SEVERITY_WARNING,
		"the drivers are bound, but each flow is in software", evidence,
		"see whether these drivers take flows at all, and which; if not, ask for software: "
		"nftoffload apply --mode software");
}

static void examine_sample(struct examination *examination)
{
	size_t declined = 0;

	if (examination->sample_count == 0)
		return;
	wait_ms(interval_ms(examination));
	for (size_t i = 0; i < examination->sample_count; i++)
		declined += judge_flow(examination, &examination->sample[i]);
	if (declined > 0)
		judge_all_flows(examination);
}

/* ---- Connections that stay in the slow path, and go on moving packets: does their path not end in
 *      the flowtable? Other causes are each connection's own, and as they should be. */

/* A few packets are no traffic. */
#define MOVED_PACKETS 10

/* Which interfaces are offloaded between is for people to say: no mistake by itself. */
static void add_path_finding(struct examination *examination, const char *about,
			     const struct nfto_finding *finding)
{
	enum nfto_finding_code code = nfto_finding_code(finding);
	json_t *json = finding_json(finding);

	if (code == NFTO_FINDING_UNLISTED_DEVICE || code == NFTO_FINDING_NO_PATH)
		json_set_text(json, "severity", nfto_severity_name(NFTO_SEVERITY_NOTE));
	add(examination, about, json);
}

static void judge_slow(struct examination *examination, const struct slow_connection *connection)
{
	struct nfto_explanation *explanation;
	const struct nfto_finding *finding;

	if (!connection->tuple || nfto_explain(examination->ctx, examination->options->name,
					       connection->tuple, &explanation) < 0)
		return;
	finding = nfto_explanation_get(explanation, 0);
	if (nfto_explanation_verdict(explanation) == NFTO_VERDICT_NOT_OFFLOADED && finding &&
	    is_about_path(nfto_finding_code(finding)))
		add_path_finding(examination, connection->name, finding);
	nfto_explanation_free(explanation);
}

static int examine_slow(struct examination *examination)
{
	struct slow_connections *slow = &examination->slow;
	int ret = slow_connections_look_again(examination->ctx, slow);

	for (size_t i = 0; ret == 0 && i < slow->count && i < SAMPLE; i++) {
		if (slow->items[i].moved > MOVED_PACKETS)
			judge_slow(examination, &slow->items[i]);
	}
	return ret;
}

/* ---- The hardware against conntrack. What is found is looked at once more: where processor time is
 *      short, the kernel may only have been late. */

static void judge_item(struct examination *examination, const struct nfto_audit_item *item)
{
	char about[FLOW_NAME_SIZE];

	flow_name_of_item(item, about);
	add_finding(examination, about, nfto_audit_item_finding(item));
}

static int look_at_hardware(struct examination *examination)
{
	int ret = nfto_audit_look(examination->audit);

	if (ret < 0 || nfto_audit_count(examination->audit) == 0)
		return ret;
	wait_ms(interval_ms(examination));
	return nfto_audit_look(examination->audit);
}

static int examine_hardware(struct examination *examination)
{
	int ret = look_at_hardware(examination);

	if (ret < 0)
		return ret;
	for (size_t i = 0; i < nfto_audit_count(examination->audit); i++)
		judge_item(examination, nfto_audit_get(examination->audit, i));
	json_object_set_new(examination->evidence, "audit", audit_to_json(examination->audit));
	return 0;
}

/* ---- All of it */

static int look_first(struct examination *examination)
{
	int ret = nfto_status_read(examination->ctx, examination->options->name,
				   &examination->before);

	if (ret == 0)
		ret = nfto_audit_open(examination->ctx, &examination->audit);
	if (ret == 0 && examination->needs_whole_path)
		ret = slow_connections_find(examination->ctx, &examination->slow);
	return ret;
}

static int look_again(struct examination *examination)
{
	int ret = examine_status(examination);

	if (ret == 0)
		ret = take_sample(examination);
	if (ret == 0)
		ret = examine_slow(examination);
	if (ret == 0)
		ret = examine_hardware(examination);
	if (ret == 0)
		examine_sample(examination);
	return ret;
}

static int examine(struct examination *examination)
{
	int ret = examine_kernel(examination);

	/* Without flowtables, there is nothing more to look at. */
	if (ret < 0 || count_severity(examination, NFTO_SEVERITY_ERROR) > 0)
		return ret;
	ret = look_first(examination);
	if (ret < 0)
		return ret;
	examine_plan(examination);
	wait_ms(interval_ms(examination));
	return look_again(examination);
}

static void free_examination(struct examination *examination)
{
	for (size_t i = 0; i < examination->sample_count; i++) {
		nfto_tuple_free(examination->sample[i].tuple);
		nfto_explanation_free(examination->sample[i].explanation);
	}
	slow_connections_clear(&examination->slow);
	nfto_status_free(examination->before);
	nfto_status_free(examination->status);
	nfto_audit_free(examination->audit);
	json_decref(examination->findings);
	json_decref(examination->evidence);
}

/* ---- Output */

static const char *text_of(const json_t *finding, const char *key)
{
	return json_string_value(json_object_get(finding, key));
}

static void print_severity(const struct examination *examination, enum nfto_severity severity)
{
	json_t *finding;
	size_t i;

	json_array_foreach(examination->findings, i, finding)
	{
		if (strcmp(text_of(finding, "severity"), nfto_severity_name(severity)) != 0)
			continue;
		printf("\n%s: %s: %s%s\n", text_of(finding, "severity"), text_of(finding, "about"),
		       text_of(finding, "code"),
		       json_is_true(json_object_get(finding, "certain")) ? "" : " (perhaps)");
		print_wrapped("  ", text_of(finding, "sentence"));
		print_wrapped("  seen:  ", text_of(finding, "evidence"));
		print_wrapped("  to do: ", text_of(finding, "advice"));
	}
}

static void print_verdict(size_t errors, size_t warnings)
{
	if (errors + warnings == 0)
		printf("healthy: nothing to mend\n");
	else
		printf("not healthy: %zu error%s, %zu warning%s\n", errors, errors == 1 ? "" : "s",
		       warnings, warnings == 1 ? "" : "s");
}

static void print_text(const struct examination *examination)
{
	print_verdict(count_severity(examination, NFTO_SEVERITY_ERROR),
		      count_severity(examination, NFTO_SEVERITY_WARNING));
	print_severity(examination, NFTO_SEVERITY_ERROR);
	print_severity(examination, NFTO_SEVERITY_WARNING);
	print_severity(examination, NFTO_SEVERITY_NOTE);
}

static int status_of(const struct examination *examination)
{
	if (count_severity(examination, NFTO_SEVERITY_ERROR) > 0)
		return EXIT_ERRORS;
	return count_severity(examination, NFTO_SEVERITY_WARNING) > 0 ? EXIT_FOUND : EXIT_DONE;
}

/* ---- The bundle */

static json_t *bundle_json(const struct examination *examination)
{
	json_t *json = json_object();
	struct nfto_topology *topology;
	struct utsname kernel;

	json_set_text(json, "nftoffload", nfto_version());
	/* Not the name of the machine, which is there, too. */
	if (uname(&kernel) == 0) {
		json_set_text(json, "kernel", kernel.release);
		json_set_text(json, "machine", kernel.machine);
	}
	if (nfto_topology_read(examination->ctx, &topology) == 0) {
		json_set_text(json, "topology", nfto_topology_text(topology));
		nfto_topology_free(topology);
	}
	json_object_set(json, "findings", examination->findings);
	json_object_update(json, examination->evidence);
	return json;
}

static int write_masked(json_t *json, FILE *file)
{
	char *text = json_dumps(json, JSON_INDENT(2));
	int ret;

	if (!text)
		return -1;
	ret = mask_addresses(text, file);
	free(text);
	fputc('\n', file);
	return ret;
}

static int write_bundle(const struct examination *examination)
{
	const char *path = examination->options->bundle;
	FILE *file = fopen(path, "w");
	json_t *json;
	int ret;

	if (!file)
		return output_errno(path, errno);
	json = bundle_json(examination);
	ret = write_masked(json, file);
	json_decref(json);
	if (fclose(file) != 0 || ret < 0)
		return output_errno(path, errno ? errno : EIO);
	fprintf(stderr,
		"nftoffload: all of the evidence, with the addresses masked, is in %s: look at it\n"
		"before you give it away\n",
		path);
	return EXIT_DONE;
}

static int report(const struct examination *examination)
{
	if (examination->options->bundle && write_bundle(examination) != EXIT_DONE)
		return EXIT_FAILED;
	if (!examination->options->json)
		print_text(examination);
	else if (json_print("doctor", json_incref(examination->findings), JSON_INDENT(2)) !=
		 EXIT_DONE)
		return EXIT_FAILED;
	return status_of(examination);
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	struct examination examination = {
		.ctx = ctx,
		.options = options,
		.findings = json_array(),
		.evidence = json_object(),
	};
	int ret = examine(&examination);

	ret = ret < 0 ? output_error(ctx) : report(&examination);
	free_examination(&examination);
	return ret;
}

static const struct option options[] = { TAKES_NAME, TAKES_INTERVAL, TAKES_BUNDLE,
					 TAKES_JSON, TAKES_HELP,     TAKES_NO_MORE };

const struct command doctor_command = {
	.name = "doctor",
	.synopsis = "[--name NAME] [--interval S] [--bundle FILE] [--json]",
	.help = "Look at everything, twice: the kernel, the settings, the devices, the plan, the\n"
		"flows that leak, and the hardware against conntrack. Says what is wrong, how it\n"
		"is known, and what mends it.\n"
		"\n"
		"  --name NAME      the instance (nftoffload)\n"
		"  --interval S     between the two looks (as long as counters of the hardware\n"
		"                   need to come: a tenth of the timeout of flows)\n"
		"  --bundle FILE    write all of the evidence, with addresses masked, for a bug\n"
		"                   report\n"
		"  --json           the findings, as a JSON array\n"
		"\n"
		"exit status: 0 nothing to mend, 3 there are warnings, 4 there are errors\n",
	.options = options,
	.run = run,
};
