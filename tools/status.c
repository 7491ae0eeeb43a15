// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdio.h>

#include "json.h"
#include "tool.h"

/* All that the status is told from. */
struct report {
	struct nfto_status *status;
	struct nfto_leaks *leaks;
	struct nfto_flow_counts *counts;
};

static void free_report(struct report *report)
{
	nfto_status_free(report->status);
	nfto_leaks_free(report->leaks);
	nfto_flow_counts_free(report->counts);
}

static int read_report(struct nfto_ctx *ctx, const char *name, struct report *report)
{
	int ret = nfto_status_read(ctx, name, &report->status);

	if (ret == 0)
		ret = nfto_leaks_read(ctx, name, &report->leaks);
	if (ret == 0)
		ret = nfto_flow_counts_read(ctx, &report->counts);
	return ret;
}

static json_t *json_device(const struct nfto_status *status, size_t index)
{
	json_t *json = json_object();

	json_set_text(json, "name", nfto_status_device_name(status, index));
	json_set_text(json, "state", nfto_mode_name(nfto_status_device_state(status, index)));
	return json;
}

static json_t *json_devices(const struct nfto_status *status)
{
	json_t *json = json_array();

	for (size_t i = 0; i < nfto_status_device_count(status); i++)
		json_array_append_new(json, json_device(status, i));
	return json;
}

static json_t *json_flows(const struct nfto_flow_counts *counts)
{
	json_t *json = json_object();

	for (enum nfto_flow_state state = NFTO_FLOW_SOFTWARE; state <= NFTO_FLOW_CLOSING; state++)
		json_set_number(json, nfto_flow_state_name(state),
				nfto_flow_counts_get(counts, state));
	return json;
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
	return json;
}

static json_t *json_leaks(const struct nfto_leaks *leaks)
{
	json_t *json = json_array();

	for (size_t i = 0; i < nfto_leaks_count(leaks); i++)
		json_array_append_new(json, json_leak(nfto_leaks_get(leaks, i)));
	return json;
}

static json_t *json_report(const struct report *report)
{
	const struct nfto_status *status = report->status;
	json_t *json = json_object();

	json_set_text(json, "name", nfto_status_name(status));
	json_set_text(json, "requested", nfto_mode_name(nfto_status_requested(status)));
	json_set_text(json, "effective", nfto_mode_name(nfto_status_effective(status)));
	json_object_set_new(json, "devices", json_devices(status));
	json_object_set_new(json, "flows", json_flows(report->counts));
	json_set_number(json, "inserted", nfto_status_inserted(status));
	json_set_number(json, "leaked", nfto_status_leaked(status));
	json_object_set_new(json, "leaks", json_leaks(report->leaks));
	return json;
}

static int print_json(const struct report *report)
{
	return json_print("status", json_report(report), JSON_INDENT(2));
}

static void print_devices(const struct nfto_status *status)
{
	for (size_t i = 0; i < nfto_status_device_count(status); i++)
		printf("  device    %-15s  %s\n", nfto_status_device_name(status, i),
		       nfto_mode_name(nfto_status_device_state(status, i)));
}

static void print_leak(const struct nfto_leak *leak)
{
	char protocol[8], source[ADDRESS_SIZE], destination[ADDRESS_SIZE];
	int family = nfto_leak_family(leak);

	output_endpoint(family, nfto_leak_source(leak), nfto_leak_source_port(leak), source,
			sizeof(source));
	output_endpoint(family, nfto_leak_destination(leak), nfto_leak_destination_port(leak),
			destination, sizeof(destination));
	output_protocol(nfto_leak_protocol(leak), protocol, sizeof(protocol));
	printf("  leak      %s %s > %s, %s direction: %" PRIu64 " packets\n", protocol, source,
	       destination, nfto_direction_name(nfto_leak_direction(leak)),
	       nfto_leak_packets(leak));
}

static void print_text(const struct report *report)
{
	const struct nfto_status *status = report->status;
	const struct nfto_flow_counts *counts = report->counts;

	printf("%s: %s (requested: %s)\n", nfto_status_name(status),
	       nfto_mode_name(nfto_status_effective(status)),
	       nfto_mode_name(nfto_status_requested(status)));
	print_devices(status);
	printf("  flows     %" PRIu64 " in hardware, %" PRIu64 " in software, %" PRIu64
	       " closing, in this network namespace\n",
	       nfto_flow_counts_get(counts, NFTO_FLOW_HARDWARE),
	       nfto_flow_counts_get(counts, NFTO_FLOW_SOFTWARE),
	       nfto_flow_counts_get(counts, NFTO_FLOW_CLOSING));
	printf("  inserted  %" PRIu64 " flows\n", nfto_status_inserted(status));
	printf("  leaked    %" PRIu64 " packets of offloaded flows that came the slow way\n",
	       nfto_status_leaked(status));
	for (size_t i = 0; i < nfto_leaks_count(report->leaks); i++)
		print_leak(nfto_leaks_get(report->leaks, i));
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	struct report report = { .status = NULL };
	int ret = read_report(ctx, options->name, &report);

	if (ret < 0)
		ret = output_error(ctx);
	else if (options->json)
		ret = print_json(&report);
	else
		print_text(&report);
	free_report(&report);
	return ret;
}

static const struct option options[] = { TAKES_NAME, TAKES_JSON, TAKES_HELP, TAKES_NO_MORE };

const struct command status_command = {
	.name = "status",
	.synopsis = "[--name NAME] [--json]",
	.help = "Show what was asked for, what is so, and which flows leak: those that are\n"
		"marked as offloaded while their packets go the slow way.\n"
		"\n"
		"  --name NAME    the instance (nftoffload)\n"
		"  --json         as a JSON object\n",
	.options = options,
	.run = run,
};
