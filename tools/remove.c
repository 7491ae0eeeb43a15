// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "tool.h"

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	int ret = nfto_remove(ctx, options->name);

	if (ret < 0)
		return output_error(ctx);
	printf("%s: %s\n", options->name, ret > 0 ? "removed" : "there is none");
	return EXIT_DONE;
}

static const struct option options[] = { TAKES_NAME, TAKES_HELP, TAKES_NO_MORE };

const struct command remove_command = {
	.name = "remove",
	.synopsis = "[--name NAME]",
	.help = "Remove an instance, with its table, flowtable and rules.\n"
		"\n"
		"  --name NAME    the instance (nftoffload)\n",
	.options = options,
	.run = run,
};
