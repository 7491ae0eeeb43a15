// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "instance.h"

NFTO_API int nfto_remove(struct nfto_ctx *ctx, const char *name)
{
	struct nfto_txn *txn;
	int ret;

	error_clear(&ctx->error);
	ret = instance_find(ctx, name);
	if (ret <= 0)
		return ret;
	ret = nfto_txn_new(ctx, &txn);
	if (ret < 0)
		return ret;
	ret = nfto_txn_delete_table(txn, NFTO_FAMILY_INET, name);
	if (ret == 0)
		ret = nfto_txn_commit(txn);
	nfto_txn_free(txn);
	/* Somebody else was faster. */
	if (ret == -ENOENT) {
		error_clear(&ctx->error);
		return 0;
	}
	return ret < 0 ? ret : 1;
}
