// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "findings.h"
#include "tool.h"

typedef int set_end(struct nfto_tuple *tuple, int family, const void *address, uint16_t port);

/* Cuts "[ADDRESS]:PORT" and "ADDRESS:PORT" in two: the port, or NULL. An address of IPv6 with a
 * port stands in brackets. */
static char *split_port(char **text)
{
	char *end = strchr(*text, ']'), *colon;

	if (**text == '[' && end) {
		(*text)++;
		*end++ = '\0';
		return *end == ':' ? end + 1 : NULL;
	}
	colon = strchr(*text, ':');
	if (!colon || strchr(colon + 1, ':'))
		return NULL;
	*colon = '\0';
	return colon + 1;
}

static const char *read_end(struct nfto_tuple *tuple, const char *argument, set_end *set)
{
	char copy[ADDRESS_SIZE], *text = copy, *port_text;
	unsigned char address[16];
	unsigned long port = 0;
	int family;

	if (strlen(argument) >= sizeof(copy))
		return "no address:";
	snprintf(copy, sizeof(copy), "%s", argument);
	port_text = split_port(&text);
	family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(family, text, address) != 1)
		return "no address:";
	if (port_text && !read_number(port_text, 0, UINT16_MAX, &port))
		return "no port number:";
	set(tuple, family, address, (uint16_t)port);
	return NULL;
}

static int read_options(const struct options *options, struct nfto_tuple *tuple)
{
	unsigned long number;

	if (options->zone) {
		if (!read_number(options->zone, 0, UINT16_MAX, &number))
			return usage_error(&explain_command, "no zone number:", options->zone);
		nfto_tuple_set_zone(tuple, (uint16_t)number);
	}
	if (options->mark) {
		if (!read_number(options->mark, 0, UINT32_MAX, &number))
			return usage_error(&explain_command, "no mark:", options->mark);
		nfto_tuple_set_mark(tuple, (uint32_t)number);
	}
	if (options->entry && nfto_tuple_set_interface(tuple, options->entry) < 0)
		return usage_error(&explain_command,
				   "no interface can have this name:", options->entry);
	return 0;
}

/* 0, or an exit status. */
static int read_tuple(const struct options *options, struct nfto_tuple *tuple)
{
	char **arguments = options->arguments;
	unsigned long protocol;
	const char *fault;

	if (!read_protocol(arguments[0], &protocol))
		return usage_error(&explain_command, "no such protocol:", arguments[0]);
	nfto_tuple_set_protocol(tuple, (uint8_t)protocol);
	fault = read_end(tuple, arguments[1], nfto_tuple_set_source);
	if (fault)
		return usage_error(&explain_command, fault, arguments[1]);
	fault = read_end(tuple, arguments[2], nfto_tuple_set_destination);
	if (fault)
		return usage_error(&explain_command, fault, arguments[2]);
	return read_options(options, tuple);
}

static const char *verdict_sentence(enum nfto_verdict verdict)
{
	switch (verdict) {
	case NFTO_VERDICT_HARDWARE:
		return "offloaded, in hardware";
	case NFTO_VERDICT_SOFTWARE:
		return "offloaded, in software";
	case NFTO_VERDICT_PRETENDS:
		return "only pretends to be offloaded";
	case NFTO_VERDICT_NOT_OFFLOADED:
		return "not offloaded";
	case NFTO_VERDICT_WOULD_BE_OFFLOADED:
		return "there is none now; it would be offloaded";
	case NFTO_VERDICT_WOULD_NOT_BE_OFFLOADED:
		return "there is none now; it would not be offloaded";
	}
	return nfto_verdict_name(verdict);
}

static bool may_be_closing(const struct nfto_explanation *explanation)
{
	const struct nfto_finding *finding = nfto_explanation_get(explanation, 0);

	return finding && nfto_finding_code(finding) == NFTO_FINDING_MAYBE_CLOSING;
}

static void print_text(const struct nfto_explanation *explanation)
{
	printf("%s\n", may_be_closing(explanation) ?
			       "in software, or closing" :
			       verdict_sentence(nfto_explanation_verdict(explanation)));
	for (size_t i = 0; i < nfto_explanation_count(explanation); i++)
		finding_print(nfto_explanation_get(explanation, i));
}

static int print_json(const struct nfto_explanation *explanation)
{
	json_t *json = json_object(), *findings = json_array();

	for (size_t i = 0; i < nfto_explanation_count(explanation); i++)
		json_array_append_new(findings, finding_json(nfto_explanation_get(explanation, i)));
	json_set_text(json, "verdict", nfto_verdict_name(nfto_explanation_verdict(explanation)));
	json_object_set_new(json, "exists", json_boolean(nfto_explanation_exists(explanation)));
	json_set_text(json, "state",
		      nfto_flow_state_name(nfto_explanation_flow_state(explanation)));
	json_object_set_new(json, "findings", findings);
	return json_print("explain", json, JSON_INDENT(2));
}

/* As was asked for: nothing is slower than it could be. */
static bool is_good(const struct nfto_explanation *explanation)
{
	enum nfto_verdict verdict = nfto_explanation_verdict(explanation);

	for (size_t i = 0; i < nfto_explanation_count(explanation); i++) {
		if (nfto_finding_severity(nfto_explanation_get(explanation, i)) !=
		    NFTO_SEVERITY_NOTE)
			return false;
	}
	return verdict == NFTO_VERDICT_HARDWARE || verdict == NFTO_VERDICT_SOFTWARE ||
	       verdict == NFTO_VERDICT_WOULD_BE_OFFLOADED;
}

/* Looks twice if it is asked to. */
static int look(struct nfto_ctx *ctx, const struct options *options, const struct nfto_tuple *tuple,
		struct nfto_explanation **explanation)
{
	struct nfto_explanation *before;
	int ret;

	if (!options->interval_s)
		return explain_lasting(ctx, options->name, tuple, explanation);
	ret = explain_lasting(ctx, options->name, tuple, &before);
	if (ret < 0)
		return ret;
	wait_ms(1000 * (uint64_t)options->interval_s);
	ret = nfto_explain_again(ctx, options->name, tuple, before, explanation);
	nfto_explanation_free(before);
	return ret;
}

static int explain(struct nfto_ctx *ctx, const struct options *options,
		   const struct nfto_tuple *tuple)
{
	struct nfto_explanation *explanation;
	int status = EXIT_DONE;

	if (look(ctx, options, tuple, &explanation) < 0)
		return output_error(ctx);
	if (options->json)
		status = print_json(explanation);
	else
		print_text(explanation);
	if (status == EXIT_DONE && !is_good(explanation))
		status = EXIT_FOUND;
	nfto_explanation_free(explanation);
	return status;
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	struct nfto_tuple *tuple;
	int status = nfto_tuple_new(&tuple);

	if (status < 0)
		return output_errno("explain", status);
	status = read_tuple(options, tuple);
	if (status == 0)
		status = explain(ctx, options, tuple);
	nfto_tuple_free(tuple);
	return status;
}

static const struct option explain_options[] = { TAKES_NAME, TAKES_TUPLE, TAKES_INTERVAL,
						 TAKES_JSON, TAKES_HELP,  TAKES_NO_MORE };

const struct command explain_command = {
	.name = "explain",
	.synopsis = "[OPTIONS] PROTOCOL SOURCE[:PORT] DESTINATION[:PORT]",
	.help = "Tell why a connection is, or is not, offloaded; or whether it would be.\n"
		"\n"
		"  nftoffload explain tcp 192.168.1.2:40000 203.0.113.2:443\n"
		"  nftoffload explain udp [fd01::2]:40000 [fd02::2]:53\n"
		"\n"
		"Addresses are those that the opener of the connection uses.\n"
		"\n"
		"  --name NAME   instance (nftoffload)\n"
		"  --zone N      the conntrack zone (0)\n"
		"  --iif NAME    the interface that the opener's packets come in by (by route)\n"
		"  --mark N      the packets' mark (that of conntrack)\n"
		"  --interval S  look twice, S seconds apart: of a TCP connection in software, "
		"one\n"
		"                look can't tell whether hardware has declined it or it is "
		"closing\n"
		"  --json        the same as JSON\n"
		"\n"
		"Exit status: 0 if it is, or would be, offloaded as was asked for; 3 if not.\n",
	.options = explain_options,
	.min_arguments = 3,
	.max_arguments = 3,
	.run = run,
};
