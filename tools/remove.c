// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdio.h>

#include "json.h"
#include "tool.h"

static int print_json(const struct options *options, bool removed,
		      const struct nfto_drained *drained)
{
	json_t *json = json_object();

	json_set_text(json, "name", options->name);
	json_object_set_new(json, "removed", json_boolean(removed));
	json_set_number(json, "connections", nfto_drained_connections(drained));
	json_object_set_new(json, "seen", json_boolean(nfto_drained_seen(drained)));
	json_set_number(json, "elapsed_ms", nfto_drained_elapsed_ms(drained));
	return json_print("remove", json, JSON_COMPACT);
}

static int print_text(const struct options *options, bool removed,
		      const struct nfto_drained *drained)
{
	uint64_t connections = nfto_drained_connections(drained);

	if (!nfto_drained_seen(drained))
		fprintf(stderr,
			"nftoffload: other traffic hid whether all flows have left the hardware;"
			" it was waited\nas long as the kernel takes\n");
	printf("%s: %s", options->name, removed ? "removed" : "there is none");
	if (connections > 0)
		printf(", %" PRIu64 " connection%s %s", connections, connections == 1 ? "" : "s",
		       options->delete_connections ? "deleted" : "kept");
	putchar('\n');
	return EXIT_DONE;
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	uint32_t flags = options->delete_connections ? NFTO_DRAIN_DELETE_CONNECTIONS : 0;
	struct nfto_drained *drained;
	int ret = nfto_remove(ctx, options->name, flags, options->timeout_s, &drained);

	if (ret < 0)
		return output_error(ctx);
	ret = options->json ? print_json(options, ret > 0, drained) :
			      print_text(options, ret > 0, drained);
	nfto_drained_free(drained);
	return ret;
}

static const struct option options[] = { TAKES_NAME,	TAKES_DELETE_CONNECTIONS,
					 TAKES_TIMEOUT, TAKES_JSON,
					 TAKES_HELP,	TAKES_NO_MORE };

const struct command remove_command = {
	.name = "remove",
	.synopsis = "[--name NAME] [--delete-connections] [--timeout S] [--json]",
	.help = "Remove an instance, with its table, flowtable and rules. One in hardware is\n"
		"drained before, so that nothing is left there: the offloaded connections of\n"
		"this network namespace leave the fast path, which takes two to three seconds,\n"
		"and live on.\n"
		"\n"
		"  --name NAME           the instance (nftoffload)\n"
		"  --delete-connections  end them: the firewall judges their next packets anew\n"
		"  --timeout S           give up, and leave the table, if it takes longer (10 s)\n"
		"  --json                as a JSON object\n",
	.options = options,
	.run = run,
};
