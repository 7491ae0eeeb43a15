/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_TXN_H
#define NFTO_TXN_H

#include "codec/flowtable.h"
#include "codec/wanted_set.h"
#include "internal.h"

/* What an operation does: with the errno, that says what went wrong (refusal.c). */
enum op_kind {
	OP_ADD_TABLE,
	OP_DELETE_TABLE,
	OP_ADD_FLOWTABLE,
	OP_SET_FLOWTABLE_FLAGS,
	OP_DELETE_FLOWTABLE,
	OP_ADD_DEVICE,
	OP_DELETE_DEVICE,
	OP_ADD_CHAIN,
	OP_DELETE_CHAIN,
	OP_FLUSH_CHAIN,
	OP_ADD_RULE,
	OP_WRITE_SET,
};

struct op {
	enum op_kind kind;
	size_t first_message;
	char device[DEVICE_SPEC_SIZE];
	const char *flowtable; /* that a rule refers to, described as an object; or NULL */
	char object[];	       /* for people */
};

struct nfto_txn {
	struct nfto_ctx *ctx;
	struct messages batch; /* the first is the begin of the batch */
	struct op **ops;
	size_t count;
	size_t capacity;
};

/* A transaction that is only done if the rule set is of this generation still: else it fails with
 * NFTO_ERROR_INTERRUPTED. 0: of any. */
int txn_new_at(struct nfto_ctx *ctx, uint32_t generation, struct nfto_txn **txn);

/* Adds a device to a flowtable (OP_ADD_DEVICE), or removes it (OP_DELETE_DEVICE): one that need not
 * be there, or a wildcard. As nfto_txn_*(). */
int txn_change_device(struct nfto_txn *txn, enum op_kind kind, const struct flowtable_ref *ref,
		      const struct device_spec *device);

/* Writes the names that were asked for into a set of the table of an instance. */
int txn_write_wanted(struct nfto_txn *txn, const char *table, const struct wanted_name *names,
		     size_t count);

/* What an operation does, for people. */
void txn_describe(const struct nfto_txn *txn, size_t index, char *text, size_t size);

/* Room for what txn_describe() writes. */
#define STEP_SIZE (OBJECT_SIZE + 64)

/* Appends a rule that only carries a comment, which must not be too long. As nfto_txn_*(). */
int txn_add_note(struct nfto_txn *txn, enum nfto_family family, const char *table,
		 const char *chain, const char *comment);

/* refusal.c: what the kernel's refusal of a message of an operation means. */
enum nfto_error_code refusal_code(const struct op *op, const struct nlmsghdr *message,
				  const struct reply_error *reply);

#endif
