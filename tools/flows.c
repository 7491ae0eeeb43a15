// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "json.h"
#include "tool.h"

static void put_address(json_t *json, const char *key, int family, const void *address)
{
	char text[ADDRESS_SIZE];

	json_set_text(json, key, output_address(family, address, text, sizeof(text)));
}

/* Of both directions; false if the kernel does not count. */
static bool get_counters(const struct nfto_flow *flow, uint64_t *packets, uint64_t *bytes)
{
	uint64_t reply_packets, reply_bytes;

	if (nfto_flow_packets(flow, NFTO_DIRECTION_ORIGINAL, packets) < 0 ||
	    nfto_flow_bytes(flow, NFTO_DIRECTION_ORIGINAL, bytes) < 0 ||
	    nfto_flow_packets(flow, NFTO_DIRECTION_REPLY, &reply_packets) < 0 ||
	    nfto_flow_bytes(flow, NFTO_DIRECTION_REPLY, &reply_bytes) < 0)
		return false;
	*packets += reply_packets;
	*bytes += reply_bytes;
	return true;
}

static void put_counters(json_t *json, const struct nfto_flow *flow)
{
	uint64_t packets, bytes;

	if (!get_counters(flow, &packets, &bytes))
		return;
	json_set_number(json, "packets", packets);
	json_set_number(json, "bytes", bytes);
}

static void put_mark_and_zone(json_t *json, const struct nfto_flow *flow)
{
	uint32_t mark;

	if (nfto_flow_mark(flow, &mark) == 0)
		json_set_number(json, "mark", mark);
	json_set_number(json, "zone", nfto_flow_zone(flow));
}

static int print_json(const struct nfto_flow *flow)
{
	enum nfto_direction original = NFTO_DIRECTION_ORIGINAL, reply = NFTO_DIRECTION_REPLY;
	int family = nfto_flow_family(flow);
	json_t *json = json_object();
	char protocol[8];

	if (!json)
		return -ENOMEM;
	output_protocol(nfto_flow_protocol(flow), protocol, sizeof(protocol));
	json_set_text(json, "proto", protocol);
	put_address(json, "src", family, nfto_flow_source(flow, original));
	json_set_number(json, "sport", nfto_flow_source_port(flow, original));
	put_address(json, "dst", family, nfto_flow_destination(flow, original));
	json_set_number(json, "dport", nfto_flow_destination_port(flow, original));
	put_address(json, "reply_src", family, nfto_flow_source(flow, reply));
	json_set_number(json, "reply_sport", nfto_flow_source_port(flow, reply));
	put_address(json, "reply_dst", family, nfto_flow_destination(flow, reply));
	json_set_number(json, "reply_dport", nfto_flow_destination_port(flow, reply));
	json_set_text(json, "state", nfto_flow_state_name(nfto_flow_state(flow)));
	put_mark_and_zone(json, flow);
	put_counters(json, flow);
	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(json);
	return 0;
}

static void print_endpoints(const struct nfto_flow *flow, enum nfto_direction direction)
{
	char source[ADDRESS_SIZE], destination[ADDRESS_SIZE];
	int family = nfto_flow_family(flow);

	output_endpoint(family, nfto_flow_source(flow, direction),
			nfto_flow_source_port(flow, direction), source, sizeof(source));
	output_endpoint(family, nfto_flow_destination(flow, direction),
			nfto_flow_destination_port(flow, direction), destination,
			sizeof(destination));
	printf(" %s > %s", source, destination);
}

static void print_text(const struct nfto_flow *flow)
{
	uint64_t packets, bytes;
	char protocol[8];

	output_protocol(nfto_flow_protocol(flow), protocol, sizeof(protocol));
	printf("%-8s  %s", nfto_flow_state_name(nfto_flow_state(flow)), protocol);
	print_endpoints(flow, NFTO_DIRECTION_ORIGINAL);
	printf("  reply");
	print_endpoints(flow, NFTO_DIRECTION_REPLY);
	if (get_counters(flow, &packets, &bytes))
		printf("  %" PRIu64 " packets, %" PRIu64 " bytes", packets, bytes);
	putchar('\n');
}

static int print_flow(const struct nfto_flow *flow, const struct options *options)
{
	if (options->count)
		return 0;
	if (options->json)
		return print_json(flow);
	print_text(flow);
	return 0;
}

static void print_count(uint64_t count, const struct options *options)
{
	printf(options->json ? "{\"count\":%" PRIu64 "}\n" : "%" PRIu64 "\n", count);
}

static int print_all(struct nfto_ctx *ctx, struct nfto_flows *flows, const struct options *options)
{
	const struct nfto_flow *flow;
	uint64_t count = 0;
	int ret;

	while ((ret = nfto_flows_next(flows, &flow)) > 0) {
		count++;
		ret = print_flow(flow, options);
		if (ret < 0)
			return output_errno("flows", ret);
	}
	if (ret < 0)
		return output_error(ctx);
	if (options->count)
		print_count(count, options);
	return EXIT_DONE;
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	struct nfto_flows *flows;
	int ret = nfto_flows_open(ctx, options->filter, &flows);

	if (ret < 0)
		return output_error(ctx);
	ret = print_all(ctx, flows, options);
	nfto_flows_free(flows);
	return ret;
}

static const struct option options[] = { TAKES_FILTER, TAKES_JSON, TAKES_COUNT, TAKES_HELP,
					 TAKES_NO_MORE };

const struct command flows_command = {
	.name = "flows",
	.synopsis = "[FILTER]... [--json] [--count]",
	.help = "Show the offloaded flows of this network namespace, or those that fulfil all\n"
		"filters:\n"
		"\n" FILTER_HELP "\n"
		"  --json             one JSON object a line\n"
		"  --count            only their number\n"
		"\n"
		"States: software is in the kernel's fast path; hardware, that a driver has\n"
		"taken at least one direction; closing, leaving the hardware.\n",
	.options = options,
	.run = run,
};
