/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef OPERATION_H
#define OPERATION_H

#include "reply.h"

#define INET NFTO_FAMILY_INET

/* A transaction over a fake. */
struct txn_setup {
	struct fake *fake;
	struct nfto_ctx *ctx;
	struct nfto_txn *txn;
	const struct nfto_error *error;
};
void set_up_txn(struct txn_setup *setup);
void tear_down_txn(struct txn_setup *setup);

/* The next batch is done as it was asked for. */
void answer_ack(struct fake *fake);

/* One operation of each kind: on the table "t", the flowtable "f", the chain "c", the device
 * "lan0". */
int op_add_table(struct nfto_txn *txn);
int op_add_table_with_comment(struct nfto_txn *txn);
int op_delete_table(struct nfto_txn *txn);
int op_add_flowtable(struct nfto_txn *txn);
int op_set_flags(struct nfto_txn *txn);
int op_delete_flowtable(struct nfto_txn *txn);
int op_add_device(struct nfto_txn *txn);
int op_delete_device(struct nfto_txn *txn);
int op_add_chain(struct nfto_txn *txn);
int op_flush_chain(struct nfto_txn *txn);
int op_add_rule(struct nfto_txn *txn);
int op_add_rule_with_comment(struct nfto_txn *txn);
int op_add_detector(struct nfto_txn *txn);

#endif
