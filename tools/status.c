// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "findings.h"
#include "flow_name.h"
#include "json.h"
#include "reports.h"
#include "tool.h"

/* Of what stands in front of a text. */
#define INDENT 12

/* The longest name of a device. */
#define MOST_NAME 15

/* ", 1234.5 a second" */
#define RATE_SIZE 64

/* All that the status is told from. */
struct report {
	struct nfto_status *before; /* NULL: there was one look only */
	struct nfto_status *status;
	struct nfto_leaks *leaks;
	struct nfto_flowtables *flowtables;
};

static void free_report(struct report *report)
{
	nfto_status_free(report->before);
	nfto_status_free(report->status);
	nfto_leaks_free(report->leaks);
	nfto_flowtables_free(report->flowtables);
}

static int read_report(struct nfto_ctx *ctx, const struct options *options, struct report *report)
{
	int ret = 0;

	if (options->interval_s) {
		ret = nfto_status_read(ctx, options->name, &report->before);
		if (ret == 0)
			wait_ms(1000 * (uint64_t)options->interval_s);
	}
	if (ret == 0)
		ret = nfto_status_read(ctx, options->name, &report->status);
	if (ret == 0)
		ret = read_lasting_leaks(ctx, options->name, &report->leaks);
	if (ret == 0)
		ret = nfto_flowtables_read(ctx, &report->flowtables);
	return ret;
}

/* ---- The verdict */

static uint64_t count_flows(const struct report *report, enum nfto_flow_state state)
{
	return nfto_flow_counts_get(nfto_status_flows(report->status), state);
}

/* Where all of them are in software: those that the hardware has not taken. */
static uint64_t declined_flows(const struct report *report)
{
	if (nfto_status_effective(report->status) != NFTO_MODE_HARDWARE)
		return count_flows(report, NFTO_FLOW_SOFTWARE);
	return nfto_status_declined(report->status, report->before);
}

/* The rest of them: whether they are in software or closing can't be told. */
static uint64_t undecided_flows(const struct report *report)
{
	return count_flows(report, NFTO_FLOW_SOFTWARE) - declined_flows(report);
}

static const char *verdict_of_claim(const struct report *report)
{
	if (count_flows(report, NFTO_FLOW_HARDWARE) == 0 && undecided_flows(report) > 0)
		return "set up for hardware, as asked; no flow is in hardware now";
	return "offloading in hardware, as asked (claimed: the kernel says so)";
}

static const char *verdict_of_hardware(const struct report *report)
{
	switch (nfto_status_confidence(report->status, report->before)) {
	case NFTO_CONFIDENCE_CONFIRMED:
		return "offloading in hardware, as asked (confirmed by its counters)";
	case NFTO_CONFIDENCE_CLAIMED:
		return verdict_of_claim(report);
	case NFTO_CONFIDENCE_NONE:
		break;
	}
	if (nfto_status_requested(report->status) == NFTO_MODE_AUTO)
		return "set up for hardware (requested: auto), but every flow is in software";
	return "set up for hardware, as asked, but every flow is in software";
}

static const char *verdict_of_software(enum nfto_mode requested)
{
	switch (requested) {
	case NFTO_MODE_AUTO:
		return "asked for hardware if it can be had; offloading in software";
	case NFTO_MODE_HARDWARE:
		return "asked for hardware, but offloading in software";
	default:
		return "offloading in software, as asked";
	}
}

static const char *verdict_of_nothing(const struct nfto_status *status)
{
	switch (nfto_status_requested(status)) {
	case NFTO_MODE_AUTO:
	case NFTO_MODE_HARDWARE:
		return "asked for hardware, but nothing is offloaded";
	case NFTO_MODE_SOFTWARE:
		return "asked for software, but nothing is offloaded";
	default:
		return "nothing is offloaded";
	}
}

static const char *verdict(const struct report *report)
{
	const struct nfto_status *status = report->status;

	switch (nfto_status_effective(status)) {
	case NFTO_MODE_HARDWARE:
		return verdict_of_hardware(report);
	case NFTO_MODE_SOFTWARE:
		return verdict_of_software(nfto_status_requested(status));
	default:
		return verdict_of_nothing(status);
	}
}

/* ---- JSON */

static json_t *json_device(const struct nfto_status *status, size_t index)
{
	json_t *json = json_object();

	json_set_text(json, "name", nfto_status_device_name(status, index));
	json_set_text(json, "state",
		      nfto_device_state_name(nfto_status_device_state(status, index)));
	json_set_text(json, "evidence", nfto_status_device_evidence(status, index));
	return json;
}

static json_t *json_devices(const struct nfto_status *status)
{
	json_t *json = json_array();

	for (size_t i = 0; i < nfto_status_device_count(status); i++)
		json_array_append_new(json, json_device(status, i));
	return json;
}

static json_t *json_findings(const struct nfto_status *status)
{
	json_t *json = json_array();

	for (size_t i = 0; i < nfto_status_finding_count(status); i++)
		json_array_append_new(json, finding_json(nfto_status_finding(status, i)));
	return json;
}

static json_t *json_answer(enum nfto_answer answer, const char *evidence)
{
	json_t *json = json_object();

	json_set_text(json, "answer", nfto_answer_name(answer));
	json_set_text(json, "evidence", evidence);
	return json;
}

/* By state, and of those in software: how many may be closing. */
static json_t *json_flows(const struct report *report)
{
	json_t *json = json_object();

	for (enum nfto_flow_state state = NFTO_FLOW_SOFTWARE; state <= NFTO_FLOW_CLOSING; state++)
		json_set_number(json, nfto_flow_state_name(state), count_flows(report, state));
	json_set_number(json, "software_or_closing", undecided_flows(report));
	return json;
}

static void add_flow_kind(json_t *list, const struct nfto_flow_counts *counts,
			  enum nfto_flow_state state, int family, uint8_t protocol)
{
	uint64_t count = nfto_flow_counts_of(counts, state, family, protocol);
	char name[8];
	json_t *json;

	if (count == 0)
		return;
	json = json_object();
	output_protocol(protocol, name, sizeof(name));
	json_set_text(json, "state", nfto_flow_state_name(state));
	json_set_text(json, "family", family == AF_INET ? "ipv4" : "ipv6");
	json_set_text(json, "proto", name);
	json_set_number(json, "count", count);
	json_array_append_new(list, json);
}

static json_t *json_flow_kinds(const struct nfto_flow_counts *counts)
{
	static const int families[] = { AF_INET, AF_INET6 };
	json_t *json = json_array();

	for (enum nfto_flow_state state = NFTO_FLOW_SOFTWARE; state <= NFTO_FLOW_CLOSING; state++) {
		for (size_t i = 0; i < 2; i++) {
			for (unsigned int protocol = 1; protocol <= UINT8_MAX; protocol++)
				add_flow_kind(json, counts, state, families[i], (uint8_t)protocol);
		}
	}
	return json;
}

/* Numbers that nobody knows are null. */
static void json_set_known(json_t *object, const char *key, int result, uint64_t number)
{
	json_object_set_new(object, key,
			    result == 0 ? json_integer((json_int_t)number) : json_null());
}

static void json_set_rate(json_t *object, const char *key, int result, double rate)
{
	json_object_set_new(object, key, result == 0 ? json_real(rate) : json_null());
}

static json_t *json_settings(const struct nfto_status *status)
{
	json_t *json = json_object();

	for (enum nfto_setting i = NFTO_SETTING_TCP_TIMEOUT; i <= NFTO_SETTING_IPV6_FORWARDING;
	     i++) {
		uint64_t value = 0;
		int ret = nfto_status_setting(status, i, &value);

		json_set_known(json, nfto_setting_name(i), ret, value);
	}
	return json;
}

static json_t *json_modules(const struct nfto_status *status)
{
	json_t *json = json_object();

	for (size_t i = 0; i < nfto_status_module_count(status); i++)
		json_set_text(json, nfto_status_module_name(status, i),
			      nfto_module_state_name(nfto_status_module_state(status, i)));
	return json;
}

static json_t *json_backlog(const struct nfto_status *status)
{
	json_t *json = json_object();

	for (enum nfto_backlog i = NFTO_BACKLOG_ADD; i <= NFTO_BACKLOG_STATISTICS; i++) {
		uint64_t value = 0;
		int ret = nfto_status_backlog(status, i, &value);

		json_set_known(json, nfto_backlog_name(i), ret, value);
	}
	return json;
}

static void json_set_early_drops(json_t *json, const struct nfto_status *status)
{
	uint64_t connections = 0;
	int ret = nfto_status_early_drops(status, &connections);

	json_set_known(json, "early_drops", ret, connections);
}

/* What only two looks tell. */
static void json_set_comparison(json_t *json, const struct report *report)
{
	uint64_t counted = 0, received = 0;
	double inserted = 0, leaked = 0;
	int ret;

	if (!report->before)
		return;
	ret = nfto_status_inserted_per_s(report->status, report->before, &inserted);
	json_set_rate(json, "inserted_per_s", ret, inserted);
	ret = nfto_status_leaked_per_s(report->status, report->before, &leaked);
	json_set_rate(json, "leaked_per_s", ret, leaked);
	ret = nfto_status_packets_between(report->status, report->before, &counted, &received);
	json_set_known(json, "hardware_packets", ret, counted);
	json_set_known(json, "received_packets", ret, received);
}

static json_t *json_leak(const struct nfto_leak *leak)
{
	char protocol[8], source[ADDRESS_SIZE], destination[ADDRESS_SIZE];
	int family = nfto_leak_family(leak);
	json_t *json = json_object();

	output_protocol(nfto_leak_protocol(leak), protocol, sizeof(protocol));
	output_address(family, nfto_leak_source(leak), source, sizeof(source));
	output_address(family, nfto_leak_destination(leak), destination, sizeof(destination));
	json_set_text(json, "proto", protocol);
	json_set_text(json, "direction", nfto_direction_name(nfto_leak_direction(leak)));
	json_set_text(json, "src", source);
	json_set_number(json, "sport", nfto_leak_source_port(leak));
	json_set_text(json, "dst", destination);
	json_set_number(json, "dport", nfto_leak_destination_port(leak));
	json_set_number(json, "packets", nfto_leak_packets(leak));
	json_set_number(json, "bytes", nfto_leak_bytes(leak));
	json_object_set_new(json, "certain", json_boolean(nfto_leak_is_certain(leak)));
	return json;
}

static json_t *json_leaks(const struct nfto_leaks *leaks)
{
	json_t *json = json_array();

	for (size_t i = 0; i < nfto_leaks_count(leaks); i++)
		json_array_append_new(json, json_leak(nfto_leaks_get(leaks, i)));
	return json;
}

/* What there is to say of any flowtable. */
static void json_set_flowtable(json_t *json, const struct nfto_status *status)
{
	json_set_text(json, "family", nfto_family_name(nfto_status_family(status)));
	json_set_text(json, "flowtable", nfto_status_flowtable(status));
	json_set_text(json, "requested", nfto_mode_name(nfto_status_requested(status)));
	json_set_text(json, "effective", nfto_mode_name(nfto_status_effective(status)));
	json_object_set_new(json, "devices", json_devices(status));
	json_object_set_new(
		json, "rule",
		json_answer(nfto_status_has_rule(status), nfto_status_rule_evidence(status)));
	json_object_set_new(
		json, "reachable",
		json_answer(nfto_status_reachable(status), nfto_status_reachable_evidence(status)));
	json_object_set_new(json, "findings", json_findings(status));
}

static json_t *json_report(const struct report *report)
{
	const struct nfto_status *status = report->status;
	json_t *json = json_object();

	json_set_text(json, "name", nfto_status_name(status));
	json_set_text(json, "verdict", verdict(report));
	json_set_text(json, "confidence",
		      nfto_confidence_name(nfto_status_confidence(status, report->before)));
	json_set_flowtable(json, status);
	json_object_set_new(json, "flows", json_flows(report));
	json_object_set_new(json, "flow_kinds", json_flow_kinds(nfto_status_flows(status)));
	json_set_number(json, "inserted", nfto_status_inserted(status));
	json_set_number(json, "leaked", nfto_status_leaked(status));
	json_set_comparison(json, report);
	json_object_set_new(json, "leaks", json_leaks(report->leaks));
	json_object_set_new(json, "settings", json_settings(status));
	json_object_set_new(json, "modules", json_modules(status));
	json_object_set_new(json, "backlog", json_backlog(status));
	json_set_early_drops(json, status);
	return json;
}

/* ---- Text */

/* A word in the first column, and a text that may take several lines. A word that is longer than a
 * line stays whole. */
static void print_text(const char *first, const char *text)
{
	char heading[INDENT + 1];

	snprintf(heading, sizeof(heading), "  %-*s", INDENT - 2, first);
	print_wrapped(heading, text);
}

static void print_device(const struct nfto_status *status, size_t index)
{
	enum nfto_device_state state = nfto_status_device_state(status, index);
	const char *name = nfto_status_device_name(status, index);

	printf("  device    ");
	output_name(stdout, name);
	printf("%*s  %s\n", (int)(MOST_NAME - strnlen(name, MOST_NAME)), "",
	       nfto_device_state_name(state));
	if (state != NFTO_DEVICE_HARDWARE && state != NFTO_DEVICE_SOFTWARE)
		print_text("", nfto_status_device_evidence(status, index));
}

static void print_devices(const struct nfto_status *status)
{
	for (size_t i = 0; i < nfto_status_device_count(status); i++)
		print_device(status, i);
}

static void print_finding(const struct nfto_finding *finding)
{
	const char *evidence = nfto_finding_evidence(finding);
	const char *advice = nfto_finding_advice(finding);
	char text[1024];

	snprintf(text, sizeof(text), "%s%s%s%s", nfto_finding_sentence(finding),
		 nfto_finding_is_certain(finding) ? "" : " (this may be so)",
		 evidence[0] ? ": " : "", evidence);
	print_text(nfto_severity_name(nfto_finding_severity(finding)), text);
	if (!advice[0])
		return;
	snprintf(text, sizeof(text), "to do: %s", advice);
	print_text("", text);
}

static void print_findings(const struct nfto_status *status)
{
	for (size_t i = 0; i < nfto_status_finding_count(status); i++)
		print_finding(nfto_status_finding(status, i));
}

static void print_leak(const struct nfto_leak *leak)
{
	char name[FLOW_NAME_SIZE];

	flow_name_of_leak(leak, name);
	printf("  leak      %s, %s direction: %" PRIu64 " packets%s\n", name,
	       nfto_direction_name(nfto_leak_direction(leak)), nfto_leak_packets(leak),
	       nfto_leak_is_certain(leak) ? "" : " (perhaps)");
}

static const char *rate_text(int result, double rate, char text[RATE_SIZE])
{
	text[0] = '\0';
	if (result == 0)
		snprintf(text, RATE_SIZE, ", %.1f a second", rate);
	return text;
}

static void print_inserted(const struct report *report)
{
	double rate = 0;
	char text[RATE_SIZE];
	int ret = -1;

	if (report->before)
		ret = nfto_status_inserted_per_s(report->status, report->before, &rate);
	printf("  inserted  %" PRIu64 " flows%s\n", nfto_status_inserted(report->status),
	       rate_text(ret, rate, text));
}

/* Packets with the mark, and flows that leak, are two things: see nfto_status_leaked(). */
static void print_leaks(const struct report *report)
{
	size_t count = nfto_leaks_count(report->leaks);
	char flows[64] = "no flow", text[256], per_second[RATE_SIZE];
	double rate = 0;
	int ret = -1;

	if (report->before)
		ret = nfto_status_leaked_per_s(report->status, report->before, &rate);
	if (count > 0)
		snprintf(flows, sizeof(flows), "%zu direction%s of flows", count,
			 count == 1 ? "" : "s");
	snprintf(text, sizeof(text),
		 "%s; %" PRIu64 " packets took the slow path while marked as offloaded%s", flows,
		 nfto_status_leaked(report->status), rate_text(ret, rate, per_second));
	print_text("leaking", text);
	for (size_t i = 0; i < count; i++)
		print_leak(nfto_leaks_get(report->leaks, i));
}

static void print_packets(const struct report *report)
{
	uint64_t counted, received;

	if (!report->before || nfto_status_effective(report->status) != NFTO_MODE_HARDWARE)
		return;
	if (nfto_status_packets_between(report->status, report->before, &counted, &received) < 0)
		print_text("packets", "no flow in hardware was counted between the two looks");
	else
		printf("  packets   %" PRIu64 " of flows in hardware, %" PRIu64
		       " received by the machine\n",
		       counted, received);
}

static void print_flows(const struct report *report)
{
	uint64_t undecided = undecided_flows(report);
	char text[256];

	snprintf(text, sizeof(text),
		 "%" PRIu64 " in hardware, %" PRIu64 " in software, %" PRIu64
		 " %s, in this network namespace",
		 count_flows(report, NFTO_FLOW_HARDWARE), declined_flows(report),
		 count_flows(report, NFTO_FLOW_CLOSING) + undecided,
		 undecided ? "closing or in software" : "closing");
	print_text("flows", text);
}

static void print_report(const struct report *report)
{
	const struct nfto_status *status = report->status;

	printf("%s: %s\n", nfto_status_name(status), verdict(report));
	print_findings(status);
	print_devices(status);
	print_flows(report);
	print_packets(report);
	print_inserted(report);
	print_leaks(report);
}

/* ---- The flowtables of others */

static bool is_other(const struct report *report, const struct nfto_flowtable *flowtable)
{
	return nfto_flowtable_family(flowtable) != NFTO_FAMILY_INET ||
	       strcmp(nfto_flowtable_table(flowtable), nfto_status_name(report->status)) != 0;
}

static int read_flowtable(struct nfto_ctx *ctx, const struct nfto_flowtable *flowtable,
			  struct nfto_status **status)
{
	return nfto_status_read_flowtable(ctx, nfto_flowtable_family(flowtable),
					  nfto_flowtable_table(flowtable),
					  nfto_flowtable_name(flowtable), status);
}

static json_t *json_other(const struct nfto_status *status)
{
	json_t *json = json_object();

	json_set_text(json, "table", nfto_status_name(status));
	json_set_flowtable(json, status);
	return json;
}

static void print_other(const struct nfto_status *status)
{
	struct report report = { .status = (struct nfto_status *)status };

	printf("\nflowtable %s ", nfto_family_name(nfto_status_family(status)));
	output_name(stdout, nfto_status_name(status));
	putchar(' ');
	output_name(stdout, nfto_status_flowtable(status));
	printf(", of others:\n");
	print_text("", verdict(&report));
	print_findings(status);
	print_devices(status);
}

/* One that has gone meanwhile is none. */
static int tell_others(struct nfto_ctx *ctx, const struct report *report, json_t *list)
{
	for (size_t i = 0; i < nfto_flowtables_count(report->flowtables); i++) {
		const struct nfto_flowtable *flowtable = nfto_flowtables_get(report->flowtables, i);
		struct nfto_status *status;

		if (!is_other(report, flowtable))
			continue;
		if (read_flowtable(ctx, flowtable, &status) < 0) {
			if (nfto_error_code(nfto_ctx_error(ctx)) == NFTO_ERROR_NO_FLOWTABLE)
				continue;
			return output_error(ctx);
		}
		if (list)
			json_array_append_new(list, json_other(status));
		else
			print_other(status);
		nfto_status_free(status);
	}
	return EXIT_DONE;
}

json_t *status_to_json(struct nfto_status *before, struct nfto_status *status,
		       struct nfto_leaks *leaks)
{
	const struct report report = { .before = before, .status = status, .leaks = leaks };

	return json_report(&report);
}

static int tell_json(struct nfto_ctx *ctx, const struct report *report)
{
	json_t *json = json_report(report), *others = json_array();
	int ret = tell_others(ctx, report, others);

	json_object_set_new(json, "other_flowtables", others);
	if (ret != EXIT_DONE) {
		json_decref(json);
		return ret;
	}
	return json_print("status", json, JSON_INDENT(2));
}

static int tell_text(struct nfto_ctx *ctx, const struct report *report)
{
	print_report(report);
	return tell_others(ctx, report, NULL);
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	struct report report = { .status = NULL };
	int ret = read_report(ctx, options, &report);

	if (ret < 0)
		ret = output_error(ctx);
	else
		ret = options->json ? tell_json(ctx, &report) : tell_text(ctx, &report);
	free_report(&report);
	return ret;
}

static const struct option options[] = {
	TAKES_NAME, TAKES_INTERVAL, TAKES_JSON, TAKES_HELP, TAKES_NO_MORE,
};

const struct command status_command = {
	.name = "status",
	.synopsis = "[--name NAME] [--interval S] [--json]",
	.help = "Show what was asked for, what is so, and why the two differ; which flows leak:\n"
		"those that are marked as offloaded, but take the slow path; and the flowtables\n"
		"of others. Some packets take the slow path with the mark whenever the kernel\n"
		"tries to offload a flow: that is no leak.\n"
		"\n"
		"  --name NAME    the instance (nftoffload)\n"
		"  --interval S   look twice, S seconds apart: that gives rates, tells flows of "
		"TCP\n"
		"                 that hardware has declined from those that are closing, and "
		"with\n"
		"                 5 to 30 seconds it can confirm that hardware forwards\n"
		"  --json         as a JSON object\n",
	.options = options,
	.run = run,
};
