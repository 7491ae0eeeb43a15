// SPDX-License-Identifier: LGPL-2.1-or-later
/* Offloads the flows between the interfaces that are given, and tells what came of it. */
#include <nftoffload.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct nfto_ctx *ctx = NULL;
	struct nfto_spec *spec = NULL;
	struct nfto_status *status = NULL;
	int ret = nfto_ctx_new(&ctx);

	if (ret < 0)
		return 1;
	ret = nfto_spec_new(&spec);
	for (int i = 1; i < argc && ret == 0; i++)
		ret = nfto_spec_add_interface(spec, argv[i]);
	if (ret == 0)
		ret = nfto_apply(ctx, spec, NULL);
	if (ret == 0)
		ret = nfto_status_read(ctx, NFTO_DEFAULT_NAME, &status);
	if (ret == 0)
		printf("offload: %s, flows so far: %llu\n",
		       nfto_mode_name(nfto_status_effective(status)),
		       (unsigned long long)nfto_status_inserted(status));
	else
		fprintf(stderr, "%s\n", nfto_error_message(nfto_ctx_error(ctx)));

	nfto_status_free(status);
	nfto_spec_free(spec);
	nfto_ctx_free(ctx);
	return ret < 0;
}
