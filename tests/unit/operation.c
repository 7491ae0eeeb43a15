// SPDX-License-Identifier: LGPL-2.1-or-later
#include "operation.h"
#include "unit.h"

void set_up_txn(struct txn_setup *setup)
{
	setup->fake = fake_new();
	setup->ctx = fake_ctx(setup->fake);
	setup->error = nfto_ctx_error(setup->ctx);
	assert_int_equal(nfto_txn_new(setup->ctx, &setup->txn), 0);
}

void tear_down_txn(struct txn_setup *setup)
{
	nfto_txn_free(setup->txn);
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
}

void answer_ack(struct fake *fake)
{
	fake_answer(fake, BATCH);
	reply_ack(fake);
}

int op_add_table(struct nfto_txn *txn)
{
	return nfto_txn_add_table(txn, INET, "t", NULL);
}

int op_add_table_with_comment(struct nfto_txn *txn)
{
	return nfto_txn_add_table(txn, NFTO_FAMILY_IPV6, "t", "say hello");
}

int op_delete_table(struct nfto_txn *txn)
{
	return nfto_txn_delete_table(txn, INET, "t");
}

int op_add_flowtable(struct nfto_txn *txn)
{
	return nfto_txn_add_flowtable(txn, INET, "t", "f", -5, NFTO_FLOWTABLE_HARDWARE);
}

int op_set_flags(struct nfto_txn *txn)
{
	return nfto_txn_set_flowtable_flags(txn, INET, "t", "f", NFTO_FLOWTABLE_COUNTER);
}

int op_delete_flowtable(struct nfto_txn *txn)
{
	return nfto_txn_delete_flowtable(txn, NFTO_FAMILY_IPV4, "t", "f");
}

int op_add_device(struct nfto_txn *txn)
{
	return nfto_txn_add_device(txn, INET, "t", "f", "lan0");
}

int op_delete_device(struct nfto_txn *txn)
{
	return nfto_txn_delete_device(txn, INET, "t", "f", "lan0");
}

int op_add_chain(struct nfto_txn *txn)
{
	return nfto_txn_add_forward_chain(txn, INET, "t", "c", -10);
}

int op_flush_chain(struct nfto_txn *txn)
{
	return nfto_txn_flush_chain(txn, INET, "t", "c");
}

int op_add_rule(struct nfto_txn *txn)
{
	return nfto_txn_add_offload_rule(txn, INET, "t", "c", "f", 0, NULL);
}

int op_add_rule_with_comment(struct nfto_txn *txn)
{
	return nfto_txn_add_offload_rule(txn, INET, "t", "c", "f", 0, "say hello");
}

int op_add_detector(struct nfto_txn *txn)
{
	return nfto_txn_add_leak_detector(txn, "t", "c");
}
