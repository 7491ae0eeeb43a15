// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * wildcard TABLE PREFIX: makes a table of family ip, with a flowtable f in hardware that lists
 * "PREFIX*", as a newer nft(8) does. That of Debian 12 has no wildcards. Runs in the lab, as root.
 */
#include <stdio.h>

#include "objects/txn.h"

static int add_flowtable(struct nfto_txn *txn, const char *table, const char *prefix)
{
	const struct flowtable_ref ref = { NFTO_FAMILY_IPV4, table, "f" };
	struct device_spec wildcard = { .is_wildcard = true };
	int ret = nfto_txn_add_table(txn, NFTO_FAMILY_IPV4, table, NULL);

	snprintf(wildcard.text, sizeof(wildcard.text), "%s*", prefix);
	if (ret == 0)
		ret = nfto_txn_add_flowtable(txn, NFTO_FAMILY_IPV4, table, ref.name, 0,
					     NFTO_FLOWTABLE_HARDWARE);
	return ret < 0 ? ret : txn_change_device(txn, OP_ADD_DEVICE, &ref, &wildcard);
}

int main(int argc, char **argv)
{
	struct nfto_ctx *ctx = NULL;
	struct nfto_txn *txn = NULL;
	int ret;

	if (argc != 3 || nfto_ctx_new(&ctx) < 0)
		return 2;
	ret = nfto_txn_new(ctx, &txn);
	if (ret == 0)
		ret = add_flowtable(txn, argv[1], argv[2]);
	if (ret == 0)
		ret = nfto_txn_commit(txn);
	if (ret < 0)
		fprintf(stderr, "wildcard: %s\n", nfto_error_message(nfto_ctx_error(ctx)));
	nfto_txn_free(txn);
	nfto_ctx_free(ctx);
	return ret < 0;
}
