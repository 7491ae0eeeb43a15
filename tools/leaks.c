// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "findings.h"
#include "flow_name.h"
#include "tool.h"

/* Hundreds of leaks have one cause: who reads on would wait long for nothing. */
#define MOST_EXPLAINED 256

/* Two addresses of IPv6 fill a line by themselves. */
static void print_flow(const struct nfto_leak *leak)
{
	char name[FLOW_NAME_SIZE];

	flow_name_of_leak(leak, name);
	printf("%s\n", name);
}

static const char *cause_name(const struct nfto_explanation *explanation)
{
	const struct nfto_finding *finding =
		explanation ? nfto_explanation_get(explanation, 0) : NULL;

	if (!explanation)
		return "not looked at";
	return finding ? nfto_finding_code_name(nfto_finding_code(finding)) : "not seen";
}

static void print_leak(const struct nfto_leak *leak, const struct nfto_explanation *explanation)
{
	uint64_t idle_ms;

	print_flow(leak);
	printf("  %s direction: %" PRIu64 " packets, %" PRIu64 " bytes",
	       nfto_direction_name(nfto_leak_direction(leak)), nfto_leak_packets(leak),
	       nfto_leak_bytes(leak));
	if (nfto_leak_idle_ms(leak, &idle_ms) == 0)
		printf(", the last %" PRIu64 " s ago", idle_ms / 1000);
	if (!nfto_leak_is_certain(leak))
		printf("\n  perhaps: conntrack does not find it by these addresses");
	printf("\n  cause: %s\n", cause_name(explanation));
}

static void put_findings(json_t *json, const struct nfto_explanation *explanation)
{
	json_t *findings = json_array();

	for (size_t i = 0; i < nfto_explanation_count(explanation); i++)
		json_array_append_new(findings, finding_json(nfto_explanation_get(explanation, i)));
	json_object_set_new(json, "findings", findings);
	json_object_set_new(json, "in_conntrack",
			    json_boolean(nfto_explanation_exists(explanation)));
	json_set_text(json, "state",
		      nfto_flow_state_name(nfto_explanation_flow_state(explanation)));
}

static void put_address(json_t *json, const char *key, int family, const void *address)
{
	char text[ADDRESS_SIZE];

	json_set_text(json, key, output_address(family, address, text, sizeof(text)));
}

static json_t *leak_json(const struct nfto_leak *leak, const struct nfto_explanation *explanation)
{
	int family = nfto_leak_family(leak);
	json_t *json = json_object();
	uint64_t idle_ms;
	char protocol[8];

	output_protocol(nfto_leak_protocol(leak), protocol, sizeof(protocol));
	json_set_text(json, "proto", protocol);
	put_address(json, "src", family, nfto_leak_source(leak));
	json_set_number(json, "sport", nfto_leak_source_port(leak));
	put_address(json, "dst", family, nfto_leak_destination(leak));
	json_set_number(json, "dport", nfto_leak_destination_port(leak));
	json_set_text(json, "direction", nfto_direction_name(nfto_leak_direction(leak)));
	json_set_number(json, "packets", nfto_leak_packets(leak));
	json_set_number(json, "bytes", nfto_leak_bytes(leak));
	if (nfto_leak_idle_ms(leak, &idle_ms) == 0)
		json_set_number(json, "idle_ms", idle_ms);
	json_object_set_new(json, "certain", json_boolean(nfto_leak_is_certain(leak)));
	if (explanation)
		put_findings(json, explanation);
	return json;
}

/* To a list if there is one, else to the terminal. */
static int tell(struct nfto_ctx *ctx, const struct options *options, const struct nfto_leak *leak,
		bool is_explained, json_t *list)
{
	struct nfto_explanation *explanation = NULL;

	if (is_explained && nfto_explain_leak(ctx, options->name, leak, &explanation) < 0)
		return output_error(ctx);
	if (list)
		json_array_append_new(list, leak_json(leak, explanation));
	else
		print_leak(leak, explanation);
	nfto_explanation_free(explanation);
	return EXIT_DONE;
}

static int tell_all(struct nfto_ctx *ctx, const struct options *options,
		    const struct nfto_leaks *leaks, json_t *list)
{
	int status = EXIT_DONE;

	for (size_t i = 0; i < nfto_leaks_count(leaks) && status == EXIT_DONE; i++)
		status = tell(ctx, options, nfto_leaks_get(leaks, i), i < MOST_EXPLAINED, list);
	return status;
}

static int print_text(struct nfto_ctx *ctx, const struct options *options,
		      const struct nfto_leaks *leaks)
{
	if (nfto_leaks_count(leaks) == 0)
		puts("no flow leaks");
	return tell_all(ctx, options, leaks, NULL);
}

static int print_json(struct nfto_ctx *ctx, const struct options *options,
		      const struct nfto_leaks *leaks)
{
	json_t *list = json_array();
	int status;

	if (!list)
		return output_errno("leaks", ENOMEM);
	status = tell_all(ctx, options, leaks, list);
	if (status == EXIT_DONE)
		return json_print("leaks", list, JSON_INDENT(2));
	json_decref(list);
	return status;
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	struct nfto_leaks *leaks;
	int status;

	if (read_lasting_leaks(ctx, options->name, &leaks) < 0)
		return output_error(ctx);
	status = options->json ? print_json(ctx, options, leaks) : print_text(ctx, options, leaks);
	nfto_leaks_free(leaks);
	return status;
}

static const struct option leaks_options[] = { TAKES_NAME, TAKES_JSON, TAKES_HELP, TAKES_NO_MORE };

const struct command leaks_command = {
	.name = "leaks",
	.synopsis = "[--name NAME] [--json]",
	.help = "List the flows that are marked as offloaded, but take the slow path, with the\n"
		"likely cause; see \"nftoffload explain\" for more about one of them. Those that\n"
		"have the mark only while the kernel tries to offload them are none.\n"
		"\n"
		"  --name NAME  instance (nftoffload)\n"
		"  --json       the same as JSON, with the findings of each\n",
	.options = leaks_options,
	.run = run,
};
