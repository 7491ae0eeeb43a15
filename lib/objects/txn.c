// SPDX-License-Identifier: LGPL-2.1-or-later
/* A transaction: a batch of messages, and for each operation what it was about. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>

#include "codec/chain.h"
#include "codec/leak_set.h"
#include "objects.h"
#include "txn.h"

static int out_of_memory(struct nfto_ctx *ctx)
{
	return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
}

int txn_new_at(struct nfto_ctx *ctx, uint32_t generation, struct nfto_txn **out)
{
	struct nfto_txn *txn = calloc(1, sizeof(*txn));

	if (!txn)
		return out_of_memory(ctx);
	txn->ctx = ctx;
	if (nft_build_batch_begin(&txn->batch, generation) < 0) {
		nfto_txn_free(txn);
		return out_of_memory(ctx);
	}
	*out = txn;
	return 0;
}

NFTO_API int nfto_txn_new(struct nfto_ctx *ctx, struct nfto_txn **txn)
{
	error_clear(&ctx->error);
	return txn_new_at(ctx, 0, txn);
}

static void free_ops(struct nfto_txn *txn)
{
	for (size_t i = 0; i < txn->count; i++)
		free(txn->ops[i]);
	txn->count = 0;
}

NFTO_API void nfto_txn_free(struct nfto_txn *txn)
{
	if (!txn)
		return;
	free_ops(txn);
	free(txn->ops);
	messages_free(&txn->batch);
	free(txn);
}

static int reserve_op(struct nfto_txn *txn)
{
	size_t capacity = txn->capacity ? txn->capacity * 2 : 16;
	struct op **ops;

	if (txn->count < txn->capacity)
		return 0;
	ops = realloc(txn->ops, capacity * sizeof(*ops));
	if (!ops)
		return -ENOMEM;
	txn->ops = ops;
	txn->capacity = capacity;
	return 0;
}

/* What the operation that is being added is about, and where the batch ended before it. */
struct adding {
	char object[OBJECT_SIZE];
	char flowtable[OBJECT_SIZE]; /* what a rule refers to, or "" */
	const char *device;
	size_t length;
	size_t count;
};

static struct op *new_op(enum op_kind kind, const struct adding *adding)
{
	size_t object = strlen(adding->object) + 1, flowtable = strlen(adding->flowtable) + 1;
	struct op *op = calloc(1, sizeof(*op) + object + flowtable);

	if (!op)
		return NULL;
	op->kind = kind;
	op->first_message = adding->count;
	memcpy(op->object, adding->object, object);
	if (adding->flowtable[0])
		op->flowtable = memcpy(op->object + object, adding->flowtable, flowtable);
	if (adding->device)
		snprintf(op->device, sizeof(op->device), "%s", adding->device);
	return op;
}

static void describe(char *object, const char *kind, enum nfto_family family, const char *table,
		     const char *name)
{
	snprintf(object, OBJECT_SIZE, "%s %s %s%s%s", kind, nfto_family_name(family), table,
		 name ? " " : "", name ? name : "");
}

static int refuse(struct nfto_txn *txn, const struct adding *adding, const char *sentence)
{
	struct error_details details = {
		.object = adding->object,
		.device = adding->device,
		.sentence = sentence,
	};

	return error_set(&txn->ctx->error, NFTO_ERROR_INVALID, EINVAL, &details);
}

static const char *find_fault(const struct adding *adding, enum nfto_family family,
			      const char *table, const char *name)
{
	const char *fault;

	if (family != NFTO_FAMILY_INET && family != NFTO_FAMILY_IPV4 && family != NFTO_FAMILY_IPV6)
		return "flowtables exist in the families inet, ip and ip6 only";
	fault = name_fault_object(table);
	if (!fault && name)
		fault = name_fault_object(name);
	if (!fault && adding->device)
		fault = name_fault_device(adding->device);
	return fault;
}

/* Begins to add an operation on a table, or on something in it, or on a device of that. */
static int begin_op(struct nfto_txn *txn, struct adding *adding, const char *kind,
		    enum nfto_family family, const char *table, const char *name,
		    const char *device)
{
	const char *fault;

	error_clear(&txn->ctx->error);
	describe(adding->object, kind, family, table, name);
	adding->flowtable[0] = '\0';
	adding->device = device;
	adding->length = txn->batch.length;
	adding->count = txn->batch.count;
	fault = find_fault(adding, family, table, name);
	return fault ? refuse(txn, adding, fault) : 0;
}

/* Ends it, with the result of building its messages. */
static int end_op(struct nfto_txn *txn, const struct adding *adding, enum op_kind kind, int built)
{
	struct op *op = NULL;

	if (built == 0 && reserve_op(txn) == 0)
		op = new_op(kind, adding);
	if (!op) {
		txn->batch.length = adding->length;
		txn->batch.count = adding->count;
		return out_of_memory(txn->ctx);
	}
	txn->ops[txn->count++] = op;
	return 0;
}

NFTO_API int nfto_txn_add_table(struct nfto_txn *txn, enum nfto_family family, const char *table,
				const char *comment)
{
	struct adding adding;
	int ret = begin_op(txn, &adding, "table", family, table, NULL, NULL);

	if (ret < 0)
		return ret;
	if (comment && strlen(comment) > COMMENT_LENGTH)
		return refuse(txn, &adding, "a comment is at most 127 bytes long");
	ret = table_build_new(&txn->batch, (uint8_t)family, table, comment);
	return end_op(txn, &adding, OP_ADD_TABLE, ret);
}

NFTO_API int nfto_txn_delete_table(struct nfto_txn *txn, enum nfto_family family, const char *table)
{
	struct adding adding;
	int ret = begin_op(txn, &adding, "table", family, table, NULL, NULL);

	if (ret < 0)
		return ret;
	ret = table_build_delete(&txn->batch, (uint8_t)family, table);
	return end_op(txn, &adding, OP_DELETE_TABLE, ret);
}

/* The kernel calls other flags EOPNOTSUPP, as it does much else. */
#define KNOWN_FLAGS (uint32_t)(NFTO_FLOWTABLE_HARDWARE | NFTO_FLOWTABLE_COUNTER)

NFTO_API int nfto_txn_add_flowtable(struct nfto_txn *txn, enum nfto_family family,
				    const char *table, const char *flowtable, int32_t priority,
				    uint32_t flags)
{
	struct flowtable_ref ref = { (uint8_t)family, table, flowtable };
	struct adding adding;
	int ret = begin_op(txn, &adding, "flowtable", family, table, flowtable, NULL);

	if (ret < 0)
		return ret;
	if (flags & ~KNOWN_FLAGS)
		return refuse(txn, &adding, "a flag is set that does not exist");
	ret = flowtable_build_new(&txn->batch, &ref, priority, flags);
	return end_op(txn, &adding, OP_ADD_FLOWTABLE, ret);
}

NFTO_API int nfto_txn_delete_flowtable(struct nfto_txn *txn, enum nfto_family family,
				       const char *table, const char *flowtable)
{
	struct flowtable_ref ref = { (uint8_t)family, table, flowtable };
	struct adding adding;
	int ret = begin_op(txn, &adding, "flowtable", family, table, flowtable, NULL);

	if (ret < 0)
		return ret;
	ret = flowtable_build_delete(&txn->batch, &ref);
	return end_op(txn, &adding, OP_DELETE_FLOWTABLE, ret);
}

NFTO_API int nfto_txn_set_flowtable_flags(struct nfto_txn *txn, enum nfto_family family,
					  const char *table, const char *flowtable, uint32_t flags)
{
	struct flowtable_ref ref = { (uint8_t)family, table, flowtable };
	struct adding adding;
	int ret = begin_op(txn, &adding, "flowtable", family, table, flowtable, NULL);

	if (ret < 0)
		return ret;
	if (flags & ~KNOWN_FLAGS)
		return refuse(txn, &adding, "a flag is set that does not exist");
	ret = flowtable_build_set_flags(&txn->batch, &ref, flags);
	return end_op(txn, &adding, OP_SET_FLOWTABLE_FLAGS, ret);
}

/* Ends to add the operation that adds a device, or removes it. */
static int end_device_op(struct nfto_txn *txn, struct adding *adding, enum op_kind kind,
			 const struct flowtable_ref *ref, const struct device_spec *device)
{
	int ret = kind == OP_ADD_DEVICE ? flowtable_build_add_device(&txn->batch, ref, device) :
					  flowtable_build_delete_device(&txn->batch, ref, device);

	adding->device = device->text;
	return end_op(txn, adding, kind, ret);
}

static int change_named_device(struct nfto_txn *txn, enum op_kind kind,
			       const struct flowtable_ref *ref, const char *name)
{
	struct device_spec device;
	struct adding adding;
	int ret = begin_op(txn, &adding, "flowtable", (enum nfto_family)ref->family, ref->table,
			   ref->name, name);

	if (ret < 0)
		return ret;
	device_spec_set(&device, name, false);
	return end_device_op(txn, &adding, kind, ref, &device);
}

NFTO_API int nfto_txn_add_device(struct nfto_txn *txn, enum nfto_family family, const char *table,
				 const char *flowtable, const char *device)
{
	struct flowtable_ref ref = { (uint8_t)family, table, flowtable };

	return change_named_device(txn, OP_ADD_DEVICE, &ref, device);
}

NFTO_API int nfto_txn_delete_device(struct nfto_txn *txn, enum nfto_family family,
				    const char *table, const char *flowtable, const char *device)
{
	struct flowtable_ref ref = { (uint8_t)family, table, flowtable };

	return change_named_device(txn, OP_DELETE_DEVICE, &ref, device);
}

/* What the kernel lists may be no name of a device: it takes any. */
int txn_change_device(struct nfto_txn *txn, enum op_kind kind, const struct flowtable_ref *ref,
		      const struct device_spec *device)
{
	struct adding adding;
	int ret = begin_op(txn, &adding, "flowtable", (enum nfto_family)ref->family, ref->table,
			   ref->name, NULL);

	return ret < 0 ? ret : end_device_op(txn, &adding, kind, ref, device);
}

NFTO_API int nfto_txn_add_forward_chain(struct nfto_txn *txn, enum nfto_family family,
					const char *table, const char *chain, int32_t priority)
{
	struct adding adding;
	int ret = begin_op(txn, &adding, "chain", family, table, chain, NULL);

	if (ret < 0)
		return ret;
	ret = chain_build_new_forward(&txn->batch, (uint8_t)family, table, chain, priority);
	return end_op(txn, &adding, OP_ADD_CHAIN, ret);
}

NFTO_API int nfto_txn_delete_chain(struct nfto_txn *txn, enum nfto_family family, const char *table,
				   const char *chain)
{
	struct adding adding;
	int ret = begin_op(txn, &adding, "chain", family, table, chain, NULL);

	if (ret < 0)
		return ret;
	ret = chain_build_delete(&txn->batch, (uint8_t)family, table, chain);
	return end_op(txn, &adding, OP_DELETE_CHAIN, ret);
}

NFTO_API int nfto_txn_flush_chain(struct nfto_txn *txn, enum nfto_family family, const char *table,
				  const char *chain)
{
	struct adding adding;
	int ret = begin_op(txn, &adding, "chain", family, table, chain, NULL);

	if (ret < 0)
		return ret;
	ret = rule_build_flush(&txn->batch, (uint8_t)family, table, chain);
	return end_op(txn, &adding, OP_FLUSH_CHAIN, ret);
}

NFTO_API int nfto_txn_add_offload_rule(struct nfto_txn *txn, enum nfto_family family,
				       const char *table, const char *chain, const char *flowtable,
				       uint64_t min_packets, const char *comment)
{
	struct adding adding;
	const char *fault = name_fault_object(flowtable);
	int ret = begin_op(txn, &adding, "offload rule in chain", family, table, chain, NULL);

	if (ret < 0)
		return ret;
	if (!fault && comment && strlen(comment) > COMMENT_LENGTH)
		fault = "a comment is at most 127 bytes long";
	if (fault)
		return refuse(txn, &adding, fault);
	describe(adding.flowtable, "flowtable", family, table, flowtable);
	ret = rule_build_offload(&txn->batch, (uint8_t)family, table, chain, flowtable, min_packets,
				 comment);
	return end_op(txn, &adding, OP_ADD_RULE, ret);
}

int txn_add_note(struct nfto_txn *txn, enum nfto_family family, const char *table,
		 const char *chain, const char *comment)
{
	struct adding adding;
	int ret = begin_op(txn, &adding, "note in chain", family, table, chain, NULL);

	if (ret < 0)
		return ret;
	ret = rule_build_note(&txn->batch, (uint8_t)family, table, chain, comment);
	return end_op(txn, &adding, OP_ADD_RULE, ret);
}

static int build_leak_detector(struct messages *batch, const char *table, const char *chain)
{
	int ret = chain_build_new(batch, NFPROTO_INET, table, LEAKS_CHAIN);

	/* The chain may be there, with the rules of an earlier detector. */
	if (ret == 0)
		ret = rule_build_flush(batch, NFPROTO_INET, table, LEAKS_CHAIN);
	for (size_t i = 0; i < LEAK_SET_COUNT && ret == 0; i++) {
		ret = leak_set_build_new(batch, table, &leak_sets[i]);
		if (ret == 0)
			ret = rule_build_leak_namer(batch, table, LEAKS_CHAIN, &leak_sets[i]);
	}
	if (ret < 0)
		return ret;
	return rule_build_leak_counter(batch, table, chain, LEAKS_CHAIN, LEAK_RULE_COMMENT);
}

NFTO_API int nfto_txn_add_leak_detector(struct nfto_txn *txn, const char *table, const char *chain)
{
	struct adding adding;
	int ret = begin_op(txn, &adding, "leak detector in chain", NFTO_FAMILY_INET, table, chain,
			   NULL);

	if (ret < 0)
		return ret;
	ret = build_leak_detector(&txn->batch, table, chain);
	return end_op(txn, &adding, OP_ADD_RULE, ret);
}

int txn_write_wanted(struct nfto_txn *txn, const char *table, const struct wanted_name *names,
		     size_t count)
{
	struct adding adding;
	int ret = begin_op(txn, &adding, "set", NFTO_FAMILY_INET, table, WANTED_SET, NULL);

	if (ret < 0)
		return ret;
	ret = wanted_set_build(&txn->batch, table, names, count);
	return end_op(txn, &adding, OP_WRITE_SET, ret);
}

void txn_describe(const struct nfto_txn *txn, size_t index, char *text, size_t size)
{
	static const struct {
		const char *verb;
		const char *preposition; /* between the device and the object */
	} words[] = {
		[OP_ADD_TABLE] = { "create", NULL },
		[OP_DELETE_TABLE] = { "delete", NULL },
		[OP_ADD_FLOWTABLE] = { "create", NULL },
		[OP_SET_FLOWTABLE_FLAGS] = { "set the flags of", NULL },
		[OP_DELETE_FLOWTABLE] = { "delete", NULL },
		[OP_ADD_DEVICE] = { "add device", "to" },
		[OP_DELETE_DEVICE] = { "remove device", "from" },
		[OP_ADD_CHAIN] = { "create", NULL },
		[OP_DELETE_CHAIN] = { "delete", NULL },
		[OP_FLUSH_CHAIN] = { "remove the rules of", NULL },
		[OP_ADD_RULE] = { "add", NULL },
		[OP_WRITE_SET] = { "write", NULL },
	};
	const struct op *op = txn->ops[index];
	const char *preposition = words[op->kind].preposition;
	char object[OBJECT_SIZE], device[4 * DEVICE_SPEC_SIZE];

	printable(object, sizeof(object), op->object);
	printable(device, sizeof(device), op->device);
	snprintf(text, size, "%s%s%s%s%s %s", words[op->kind].verb, preposition ? " \"" : "",
		 preposition ? device : "", preposition ? "\" " : "",
		 preposition ? preposition : "", object);
}

/* The operation that a message belongs to: the last one that begins at it or before it. */
static const struct op *op_of_message(const struct nfto_txn *txn, size_t message)
{
	size_t i = txn->count - 1;

	while (i > 0 && txn->ops[i]->first_message > message)
		i--;
	return txn->ops[i];
}

static bool is_created_before(const struct nfto_txn *txn, const struct op *op,
			      const char *flowtable)
{
	for (size_t i = 0; txn->ops[i] != op; i++) {
		if (txn->ops[i]->kind == OP_ADD_FLOWTABLE &&
		    strcmp(txn->ops[i]->object, flowtable) == 0)
			return true;
	}
	return false;
}

/* 1, 0, or a negative errno if it can't be told. */
static int kernel_has_flowtable(struct nfto_ctx *ctx, const char *flowtable)
{
	struct nfto_flowtables list;
	char object[OBJECT_SIZE];
	int ret = flowtables_read(ctx, AF_UNSPEC, NULL, &list);

	if (ret < 0)
		return ret;
	for (size_t i = 0; i < list.count && ret == 0; i++) {
		const struct flowtable_info *info = &list.items[i].info;

		describe(object, "flowtable", (enum nfto_family)info->family, info->table,
			 info->name);
		ret = strcmp(object, flowtable) == 0;
	}
	flowtables_clear(&list);
	return ret;
}

/* What the kernel's answer leaves open: is a flowtable missing, or a feature; can it not be
 * changed, or not be at all? That depends on whether the flowtable is there. */
static enum nfto_error_code settle(const struct nfto_txn *txn, const struct op *op,
				   enum nfto_error_code code)
{
	const char *flowtable = op->flowtable ? op->flowtable : op->object;
	bool is_open = code == NFTO_ERROR_NO_FLOWTABLE ||
		       (code == NFTO_ERROR_IMMUTABLE && op->kind == OP_ADD_FLOWTABLE);
	int is_there;

	if (!is_open)
		return code;
	is_there = is_created_before(txn, op, flowtable) ?
			   1 :
			   kernel_has_flowtable(txn->ctx, flowtable);
	if (is_there < 0 || (is_there > 0) == (code == NFTO_ERROR_IMMUTABLE))
		return code;
	return NFTO_ERROR_NOT_SUPPORTED;
}

/* nft(8) shows no flowtable with a wildcard that it does not know, so it is told here. */
static const char *name_holder(struct nfto_ctx *ctx, const char *device, char *sentence,
			       size_t size)
{
	struct nfto_flowtables list;
	char holder[OBJECT_SIZE];
	bool is_known;

	if (flowtables_read(ctx, AF_UNSPEC, NULL, &list) < 0)
		return NULL;
	is_known = flowtables_describe_holder(&list, device, holder, sizeof(holder));
	flowtables_clear(&list);
	if (!is_known)
		return NULL;
	snprintf(sentence, size, "another flowtable has its hardware: %s", holder);
	return sentence;
}

static int explain_refusal(struct nfto_txn *txn, const struct reply_error *reply, size_t failed)
{
	const struct op *op = op_of_message(txn, failed);
	char sentence[OBJECT_SIZE + 64];
	struct error_details details = {
		.object = op->object,
		.device = op->device,
		.kernel_text = reply->text,
	};
	enum nfto_error_code code;

	code = settle(txn, op, refusal_code(op, messages_get(&txn->batch, failed), reply));
	if (code == NFTO_ERROR_DEVICE_BUSY)
		details.sentence = name_holder(txn->ctx, op->device, sentence, sizeof(sentence));
	return error_set(&txn->ctx->error, code, reply->errnum, &details);
}

static const char changing[] = "other processes keep changing the rule set";

static int explain(struct nfto_txn *txn, int result, size_t failed)
{
	/* A copy, as looking for the cause sends requests of its own. */
	struct reply_error reply = txn->ctx->nft.error;

	/* A refusal before answers were lost (ENOBUFS) tells enough; one before the socket failed in
	 * another way may not be all, and that failure is told. */
	if (reply.errnum != 0 && failed != 0 && (reply.errnum == -result || result == -ENOBUFS))
		return explain_refusal(txn, &reply, failed);
	/* No answer at all, or one about the batch as a whole. */
	if (result == -EOPNOTSUPP)
		return error_set_object(&txn->ctx->error, NFTO_ERROR_NOT_SUPPORTED, EOPNOTSUPP,
					"nf_tables");
	/* The rule set is of another generation. */
	if (result == -ERESTART)
		return error_set(&txn->ctx->error, NFTO_ERROR_INTERRUPTED, EINTR,
				 &(struct error_details){ .sentence = changing });
	return error_set_request(&txn->ctx->error, &reply, result, txn->ops[0]->object);
}

static int send_batch(struct nfto_txn *txn, bool commit)
{
	size_t failed = 0;
	int ret;

	error_clear(&txn->ctx->error);
	if (txn->count == 0)
		return 0;
	ret = channel_batch(&txn->ctx->nft, &txn->batch, commit, &failed);
	return ret < 0 ? explain(txn, ret, failed) : 0;
}

NFTO_API int nfto_txn_check(struct nfto_txn *txn)
{
	return send_batch(txn, false);
}

/* Leaves only the begin of the batch. */
static void empty(struct nfto_txn *txn)
{
	free_ops(txn);
	txn->batch.length = messages_get(&txn->batch, 0)->nlmsg_len;
	txn->batch.count = 1;
}

NFTO_API int nfto_txn_commit(struct nfto_txn *txn)
{
	int ret = send_batch(txn, true);

	if (ret == 0)
		empty(txn);
	return ret;
}
