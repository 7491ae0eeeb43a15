// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "tool.h"

static int fill_spec(struct nfto_spec *spec, const struct options *options)
{
	int ret = nfto_spec_set_name(spec, options->name);

	if (ret == 0)
		ret = nfto_spec_set_mode(spec, options->mode);
	for (int i = 0; i < options->argument_count && ret == 0; i++)
		ret = nfto_spec_add_interface(spec, options->arguments[i]);
	return ret;
}

static void tell(const struct options *options, const struct nfto_result *result)
{
	const struct nfto_error *fallback = nfto_result_fallback(result);

	if (fallback) {
		fprintf(stderr, "nftoffload: no hardware offload: %s\n",
			nfto_error_message(fallback));
		fprintf(stderr, "nftoffload: falling back to software\n");
	}
	printf("%s: %s offload%s\n", options->name, nfto_mode_name(nfto_result_mode(result)),
	       nfto_result_changed(result) ? "" : ", as it was");
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	struct nfto_result *result;
	struct nfto_spec *spec;
	int ret = nfto_spec_new(&spec);

	if (ret < 0)
		return output_errno("apply", ret);
	ret = fill_spec(spec, options);
	if (ret < 0) {
		nfto_spec_free(spec);
		return output_errno("apply", ret);
	}
	ret = nfto_apply(ctx, spec, &result);
	nfto_spec_free(spec);
	if (ret < 0)
		return output_error(ctx);
	tell(options, result);
	nfto_result_free(result);
	return EXIT_DONE;
}

static const struct option options[] = { TAKES_NAME, TAKES_MODE, TAKES_HELP, TAKES_NO_MORE };

const struct command apply_command = {
	.name = "apply",
	.synopsis = "[--name NAME] [--mode auto|software|hardware] DEVICE...",
	.help = "Offload the flows between these devices, and these only.\n"
		"\n"
		"  --name NAME    the instance, which is the table 'inet NAME' (nftoffload)\n"
		"  --mode auto    in hardware if every device takes it, else in software\n"
		"  --mode hardware, --mode software\n",
	.options = options,
	.min_arguments = 1,
	.max_arguments = -1,
	.run = run,
};
