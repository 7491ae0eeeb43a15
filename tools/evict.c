// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdio.h>

#include "tool.h"

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	uint32_t flags = options->delete_connections ? NFTO_EVICT_DELETE_CONNECTIONS : 0;
	uint64_t evicted;

	if (!options->is_filtered && !options->all)
		return usage_error(&evict_command, "which? give a filter, or --all", NULL);
	if (options->is_filtered && options->all)
		return usage_error(&evict_command, "either a filter, or --all", NULL);
	if (nfto_evict(ctx, options->filter, flags, &evicted) < 0)
		return output_error(ctx);
	if (options->json)
		printf("{\"evicted\":%" PRIu64 "}\n", evicted);
	else
		printf("evicted %" PRIu64 " connection%s\n", evicted, evicted == 1 ? "" : "s");
	return EXIT_DONE;
}

static const struct option options[] = { TAKES_FILTER, TAKES_ALL,  TAKES_DELETE_CONNECTIONS,
					 TAKES_JSON,   TAKES_HELP, TAKES_NO_MORE };

const struct command evict_command = {
	.name = "evict",
	.synopsis = "FILTER... | --all [--delete-connections] [--json]",
	.help = "Take the offloaded connections that fulfil all filters out of the fast path. "
		"They\n"
		"live on in the slow path; where a rule offloads them, their next packets are\n"
		"offloaded anew. The hardware is rid of them within three seconds.\n"
		"\n" FILTER_HELP "\n"
		"  --all                 every offloaded connection of this network namespace\n"
		"  --delete-connections  end them: the firewall judges their next packets anew\n"
		"  --json                as a JSON object\n",
	.options = options,
	.run = run,
};
