// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow_name.h"
#include "json.h"
#include "reports.h"
#include "table.h"
#include "tool.h"

/* What was done, for what is told. */
struct audit_run {
	struct nfto_audit *audit;
	const struct options *options;
	uint64_t interval_ms;
	uint64_t evicted;
};

/* ---- JSON */

static void put_address(json_t *json, const char *key, int family, const void *address)
{
	char text[ADDRESS_SIZE];

	json_set_text(json, key, output_address(family, address, text, sizeof(text)));
}

static json_t *json_item(const struct nfto_audit_item *item)
{
	const struct nfto_finding *finding = nfto_audit_item_finding(item);
	int family = nfto_audit_item_family(item);
	json_t *json = json_object();
	char protocol[8];
	uint16_t zone;

	output_protocol(nfto_audit_item_protocol(item), protocol, sizeof(protocol));
	json_set_text(json, "code", nfto_finding_code_name(nfto_finding_code(finding)));
	json_set_text(json, "severity", nfto_severity_name(nfto_finding_severity(finding)));
	json_object_set_new(json, "certain", json_boolean(nfto_finding_is_certain(finding)));
	json_set_text(json, "proto", protocol);
	put_address(json, "src", family, nfto_audit_item_source(item));
	json_set_number(json, "sport", nfto_audit_item_source_port(item));
	put_address(json, "dst", family, nfto_audit_item_destination(item));
	json_set_number(json, "dport", nfto_audit_item_destination_port(item));
	if (nfto_audit_item_zone(item, &zone) == 0)
		json_set_number(json, "zone", zone);
	json_set_text(json, "sentence", nfto_finding_sentence(finding));
	json_set_text(json, "evidence", nfto_finding_evidence(finding));
	json_set_text(json, "advice", nfto_finding_advice(finding));
	json_object_set_new(json, "fixable", json_boolean(nfto_audit_item_is_fixable(item)));
	return json;
}

static json_t *json_items(const struct nfto_audit *audit)
{
	json_t *json = json_array();

	for (size_t i = 0; i < nfto_audit_count(audit); i++)
		json_array_append_new(json, json_item(nfto_audit_get(audit, i)));
	return json;
}

static json_t *json_tables(const struct nfto_audit *audit)
{
	json_t *json = json_array();

	for (size_t i = 0; nfto_audit_table(audit, i); i++)
		json_array_append_new(json, json_text(nfto_audit_table(audit, i)));
	return json;
}

json_t *audit_to_json(const struct nfto_audit *audit)
{
	json_t *json = json_object();

	json_set_number(json, "flows", nfto_audit_flow_count(audit));
	json_object_set_new(json, "counters", json_boolean(nfto_audit_has_counters(audit)));
	json_object_set_new(json, "tables", json_tables(audit));
	json_object_set_new(json, "findings", json_items(audit));
	return json;
}

static int print_json(const struct audit_run *run)
{
	json_t *json = audit_to_json(run->audit);

	json_set_number(json, "looks", run->options->looks);
	json_set_number(json, "interval_ms", run->interval_ms);
	if (run->options->fix)
		json_set_number(json, "evicted", run->evicted);
	return json_print("audit", json, JSON_INDENT(2));
}

/* ---- Text */

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void print_verdict(const struct nfto_audit *audit)
{
	uint64_t flows = nfto_audit_flow_count(audit);
	size_t count = nfto_audit_count(audit);

	if (count == 0)
		printf("audit: nothing found, with %" PRIu64 " flow%s marked as hardware\n", flows,
		       plural(flows));
	else
		printf("audit: %zu finding%s, with %" PRIu64 " flow%s marked as hardware\n", count,
		       plural(count), flows, plural(flows));
}

static void print_views(const struct audit_run *run)
{
	const struct nfto_audit *audit = run->audit;

	printf("%u looks, %" PRIu64 ".%03u s apart, at conntrack", run->options->looks,
	       run->interval_ms / 1000, (unsigned int)(run->interval_ms % 1000));
	if (!nfto_audit_has_counters(audit))
		printf(" (flowtables do not count)");
	for (size_t i = 0; nfto_audit_table(audit, i); i++)
		printf(" and the table of %s", nfto_audit_table(audit, i));
	if (!nfto_audit_table(audit, 0))
		printf("; no driver shows its table");
	putchar('\n');
}

static enum table_colour colour_of(const struct nfto_finding *finding)
{
	if (!nfto_finding_is_certain(finding))
		return TABLE_DOUBTFUL;
	return nfto_finding_severity(finding) == NFTO_SEVERITY_ERROR ? TABLE_BAD : TABLE_PLAIN;
}

static void add_item(struct table *table, const struct nfto_audit_item *item)
{
	const struct nfto_finding *finding = nfto_audit_item_finding(item);
	char name[FLOW_NAME_SIZE], text[1024];
	const char *const cells[] = {
		nfto_severity_name(nfto_finding_severity(finding)),
		nfto_finding_code_name(nfto_finding_code(finding)),
		text,
	};

	flow_name_of_item(item, name);
	snprintf(text, sizeof(text), "%s: %s%s (%s)", name,
		 nfto_finding_is_certain(finding) ? "" : "possible: ",
		 nfto_finding_sentence(finding), nfto_finding_evidence(finding));
	table_add(table, colour_of(finding), cells);
}

static int print_items(const struct nfto_audit *audit)
{
	static const struct table_column columns[] = {
		{ .title = "SEVERITY" },
		{ .title = "FINDING" },
		{ .title = "CONNECTION, AND WHAT WAS SEEN", .is_text = true },
	};
	struct table *table = table_new(columns, 3);

	for (size_t i = 0; i < nfto_audit_count(audit); i++)
		add_item(table, nfto_audit_get(audit, i));
	return table_print(table);
}

static bool is_first_of_its_code(const struct nfto_audit *audit, size_t index)
{
	const struct nfto_audit_item *item = nfto_audit_get(audit, index);

	for (size_t i = 0; i < index; i++) {
		const struct nfto_audit_item *other = nfto_audit_get(audit, i);

		if (nfto_finding_code(nfto_audit_item_finding(other)) ==
		    nfto_finding_code(nfto_audit_item_finding(item)))
			return false;
	}
	return true;
}

/* Once for all findings of a code. */
static int print_advice(const struct nfto_audit *audit)
{
	static const struct table_column columns[] = {
		{ .title = "FINDING" },
		{ .title = "WHAT TO DO", .is_text = true },
	};
	struct table *table = table_new(columns, 2);

	for (size_t i = 0; i < nfto_audit_count(audit); i++) {
		const struct nfto_finding *finding =
			nfto_audit_item_finding(nfto_audit_get(audit, i));
		const char *const cells[] = {
			nfto_finding_code_name(nfto_finding_code(finding)),
			nfto_finding_advice(finding),
		};

		if (is_first_of_its_code(audit, i))
			table_add(table, TABLE_PLAIN, cells);
	}
	return table_print(table);
}

static int print_text(const struct audit_run *run)
{
	int ret = 0;

	print_verdict(run->audit);
	print_views(run);
	if (nfto_audit_count(run->audit) > 0) {
		putchar('\n');
		ret = print_items(run->audit);
		putchar('\n');
		if (ret == 0)
			ret = print_advice(run->audit);
	}
	if (ret < 0)
		return output_errno("audit", ret);
	if (run->options->fix)
		printf("evicted %" PRIu64 " connection%s\n", run->evicted, plural(run->evicted));
	return EXIT_DONE;
}

/* ---- The looks */

/* The timeouts, and so the least interval, may be changed under way. */
static int look(struct audit_run *run)
{
	uint64_t least_ms = nfto_audit_interval_ms(run->audit);

	wait_ms(run->interval_ms > least_ms ? run->interval_ms : least_ms);
	return nfto_audit_look(run->audit);
}

static int take_looks(struct audit_run *run)
{
	int ret = 0;

	for (unsigned int i = 1; i < run->options->looks && ret == 0; i++)
		ret = look(run);
	if (ret == 0 && run->options->fix)
		ret = nfto_audit_fix(run->audit, &run->evicted);
	return ret;
}

static int tell(const struct audit_run *run)
{
	int ret = run->options->json ? print_json(run) : print_text(run);

	if (ret != EXIT_DONE)
		return ret;
	return nfto_audit_count(run->audit) > 0 ? EXIT_FOUND : EXIT_DONE;
}

static int run_audit(struct nfto_ctx *ctx, const struct options *given)
{
	struct audit_run run = { .options = given };
	uint64_t least_ms;
	int ret = nfto_audit_open(ctx, &run.audit);

	if (ret < 0)
		return output_error(ctx);
	least_ms = nfto_audit_interval_ms(run.audit);
	run.interval_ms = given->interval_s ? 1000 * (uint64_t)given->interval_s : least_ms;
	if (run.interval_ms < least_ms)
		ret = usage_error(&audit_command, "too short an interval: counters may be older",
				  NULL);
	else
		ret = take_looks(&run) < 0 ? output_error(ctx) : tell(&run);
	nfto_audit_free(run.audit);
	return ret;
}

static const struct option options[] = { TAKES_INTERVAL, TAKES_LOOKS, TAKES_FIX,
					 TAKES_JSON,	 TAKES_HELP,  TAKES_NO_MORE };

const struct command audit_command = {
	.name = "audit",
	.synopsis = "[--interval S] [--looks N] [--fix] [--json]",
	.help = "Compare conntrack with the hardware, by looks that are some seconds apart: flows\n"
		"that the hardware has forgotten, or has in one direction only; that it forwards\n"
		"and does not count; that come and go; and what is left over there although it is\n"
		"not offloaded. An idle flow proves nothing, and is not accused.\n"
		"\n"
		"  --interval S  seconds between two looks; by default the least that proves\n"
		"                something, 5 with the kernel's timeouts\n"
		"  --looks N     how many looks (2); what comes and goes needs 3. The findings of\n"
		"                the last one are shown\n"
		"  --fix         evict the connections that the hardware has forgotten between\n"
		"                the looks, and no others: needs 3\n"
		"  --json        as a JSON object\n"
		"\n"
		"The tables of drivers are in /sys/kernel/debug. 'ip netns exec' hides it; use\n"
		"'nsenter --net=/run/netns/NAME nftoffload audit'.\n"
		"\n"
		"exit status: 0 nothing was found, 1 failed, 2 wrong usage, 3 something was "
		"found\n",
	.options = options,
	.run = run_audit,
};
