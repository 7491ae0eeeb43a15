// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel's refusals are taken for: by operation, errno and the attribute that is
 * blamed. */
#include <errno.h>

#include "operation.h"
#include "unit.h"

enum blame {
	NOBODY,
	TABLE,	    /* attribute 1 of all messages */
	NAME,	    /* attribute 2: a flowtable's name, a rule's chain */
	DEVICE,	    /* in the list in the hook */
	FLAGS,	    /* of a flowtable */
	EXPRESSION, /* in the list of the rule */
	HEADER,	    /* of the message: no attribute */
	BEYOND,	    /* the message */
};

struct refusal {
	const char *name;
	int (*add)(struct nfto_txn *txn);
	int message; /* of the operations, from 1 */
	int errnum;
	enum blame blame;
	enum nfto_error_code code;
};

static const struct refusal refusals[] = {
	{ "table, owned", op_add_table, 1, EPERM, TABLE, NFTO_ERROR_OWNED_TABLE },
	{ "table, flag unknown", op_add_table, 1, EOPNOTSUPP, NOBODY, NFTO_ERROR_NOT_SUPPORTED },
	{ "table, out of memory", op_add_table, 1, ENOMEM, NOBODY, NFTO_ERROR_NO_MEMORY },
	{ "table, odd ENOENT", op_add_table, 1, ENOENT, NOBODY, NFTO_ERROR_SYSTEM },
	{ "delete table, missing", op_delete_table, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "delete table, missing, unsaid", op_delete_table, 1, ENOENT, NOBODY,
	  NFTO_ERROR_NO_TABLE },
	{ "delete table, owned", op_delete_table, 1, EPERM, TABLE, NFTO_ERROR_OWNED_TABLE },
	{ "delete table, busy", op_delete_table, 1, EBUSY, NOBODY, NFTO_ERROR_IN_USE },

	{ "flowtable, no table", op_add_flowtable, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "flowtable, no type", op_add_flowtable, 1, ENOENT, NOBODY, NFTO_ERROR_NOT_SUPPORTED },
	{ "flowtable, owned", op_add_flowtable, 1, EPERM, TABLE, NFTO_ERROR_OWNED_TABLE },
	{ "flowtable, other flags", op_add_flowtable, 1, EOPNOTSUPP, NOBODY, NFTO_ERROR_IMMUTABLE },
	{ "flowtable, exists", op_add_flowtable, 1, EEXIST, NAME, NFTO_ERROR_EXISTS },
	{ "flags, no table", op_set_flags, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "flags, no flowtable", op_set_flags, 1, ENOENT, NAME, NFTO_ERROR_NO_FLOWTABLE },
	{ "flags, no flowtable, 6.1", op_set_flags, 1, EINVAL, NOBODY, NFTO_ERROR_NO_FLOWTABLE },
	{ "flowtable, flag unknown, 7.2", op_add_flowtable, 1, EINVAL, FLAGS,
	  NFTO_ERROR_NOT_SUPPORTED },
	{ "flowtable, invalid", op_add_flowtable, 1, EINVAL, NOBODY, NFTO_ERROR_INVALID },
	{ "flags, unknown, 7.2", op_set_flags, 1, EINVAL, FLAGS, NFTO_ERROR_NOT_SUPPORTED },
	{ "flags, hardware", op_set_flags, 1, EOPNOTSUPP, NOBODY, NFTO_ERROR_IMMUTABLE },
	{ "delete flowtable, no table", op_delete_flowtable, 1, ENOENT, TABLE,
	  NFTO_ERROR_NO_TABLE },
	{ "delete flowtable, missing", op_delete_flowtable, 1, ENOENT, NAME,
	  NFTO_ERROR_NO_FLOWTABLE },
	{ "delete flowtable, in use", op_delete_flowtable, 1, EBUSY, NAME, NFTO_ERROR_IN_USE },

	{ "device, no table", op_add_device, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "device, no flowtable", op_add_device, 1, ENOENT, NAME, NFTO_ERROR_NO_FLOWTABLE },
	{ "device, no flowtable, 6.1", op_add_device, 1, EINVAL, NOBODY, NFTO_ERROR_NO_FLOWTABLE },
	{ "device, missing", op_add_device, 1, ENOENT, DEVICE, NFTO_ERROR_NO_DEVICE },
	{ "device, missing, 6.1", op_add_device, 1, ENOENT, NOBODY, NFTO_ERROR_NO_DEVICE },
	{ "device, refused", op_add_device, 1, EOPNOTSUPP, NOBODY, NFTO_ERROR_DEVICE_REFUSED },
	{ "device, busy", op_add_device, 1, EBUSY, NOBODY, NFTO_ERROR_DEVICE_BUSY },
	{ "device, elsewhere in the table", op_add_device, 1, EEXIST, NOBODY,
	  NFTO_ERROR_DEVICE_DUPLICATE },
	{ "device, twice", op_add_device, 1, EEXIST, DEVICE, NFTO_ERROR_DEVICE_DUPLICATE },
	{ "device, owned", op_add_device, 1, EPERM, TABLE, NFTO_ERROR_OWNED_TABLE },
	{ "device, out of memory", op_add_device, 1, ENOMEM, NOBODY, NFTO_ERROR_NO_MEMORY },
	{ "device, too many", op_add_device, 1, EFBIG, NOBODY, NFTO_ERROR_INVALID },
	{ "device, header blamed", op_add_device, 1, ENOENT, HEADER, NFTO_ERROR_NO_DEVICE },
	{ "device, nowhere blamed", op_add_device, 1, ENOENT, BEYOND, NFTO_ERROR_NO_DEVICE },
	{ "delete device, no table", op_delete_device, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "delete device, no flowtable", op_delete_device, 1, ENOENT, NAME,
	  NFTO_ERROR_NO_FLOWTABLE },
	{ "delete device, not bound", op_delete_device, 1, ENOENT, NOBODY,
	  NFTO_ERROR_DEVICE_NOT_BOUND },
	{ "delete device, missing", op_delete_device, 1, ENOENT, DEVICE,
	  NFTO_ERROR_DEVICE_NOT_BOUND },

	{ "chain, no table", op_add_chain, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "chain, no type", op_add_chain, 1, ENOENT, NOBODY, NFTO_ERROR_NOT_SUPPORTED },
	{ "chain, other hook", op_add_chain, 1, EEXIST, NOBODY, NFTO_ERROR_EXISTS },
	{ "chain, hook unknown", op_add_chain, 1, EOPNOTSUPP, NOBODY, NFTO_ERROR_NOT_SUPPORTED },
	{ "flush chain, no table", op_flush_chain, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "flush chain, missing", op_flush_chain, 1, ENOENT, NAME, NFTO_ERROR_NO_CHAIN },
	{ "flush chain, in use", op_flush_chain, 1, EBUSY, NOBODY, NFTO_ERROR_IN_USE },
	{ "rule, no table", op_add_rule, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "rule, no chain", op_add_rule, 3, ENOENT, NAME, NFTO_ERROR_NO_CHAIN },
	{ "rule, not here", op_add_rule, 3, EOPNOTSUPP, EXPRESSION, NFTO_ERROR_NOT_SUPPORTED },
	{ "rule, owned", op_add_rule, 3, EPERM, TABLE, NFTO_ERROR_OWNED_TABLE },
	{ "detector, no table", op_add_detector, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "detector, no chain", op_add_detector, 11, ENOENT, NAME, NFTO_ERROR_NO_CHAIN },
	{ "detector, no such expression", op_add_detector, 4, ENOENT, EXPRESSION,
	  NFTO_ERROR_NOT_SUPPORTED },
	{ "detector, twice with other sets", op_add_detector, 3, EEXIST, NAME, NFTO_ERROR_EXISTS },
};

static const struct nlattr *find_attribute(const struct nlmsghdr *message, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	fail_msg("the message has no attribute %u", type);
	return NULL;
}

/* The first attribute of a nest. */
static const struct nlattr *inside(const struct nlattr *nest)
{
	return mnl_attr_get_payload(nest);
}

static uint32_t offset_of(enum blame blame, const struct nlmsghdr *message)
{
	const struct nlattr *attr = NULL;

	switch (blame) {
	case NOBODY:
		return NO_OFFSET;
	case HEADER:
		return 4;
	case BEYOND:
		return message->nlmsg_len + 400;
	case TABLE:
		attr = find_attribute(message, 1);
		break;
	case NAME:
		attr = find_attribute(message, 2);
		break;
	case DEVICE:
		attr = inside(inside(find_attribute(message, NFTA_FLOWTABLE_HOOK)));
		break;
	case FLAGS:
		attr = find_attribute(message, NFTA_FLOWTABLE_FLAGS);
		break;
	case EXPRESSION:
		attr = inside(find_attribute(message, NFTA_RULE_EXPRESSIONS));
		break;
	}
	return (uint32_t)((const char *)attr - (const char *)message);
}

/* The offset is taken from the messages of a check, which leaves the transaction as it is. */
static void test_refusal(void **state)
{
	const struct refusal *refusal = *state;
	const struct nlmsghdr *message;
	struct txn_setup setup;

	set_up_txn(&setup);
	answer_ack(setup.fake);
	assert_int_equal(refusal->add(setup.txn), 0);
	assert_int_equal(nfto_txn_check(setup.txn), 0);
	message = fake_sent(setup.fake, 0, (size_t)refusal->message);

	fake_answer(setup.fake, BATCH);
	reply_extended(setup.fake, refusal->message, refusal->errnum, "words",
		       offset_of(refusal->blame, message));
	reply_ack(setup.fake);
	assert_int_equal(nfto_txn_commit(setup.txn), -refusal->errnum);
	assert_string_equal(nfto_error_code_name(nfto_error_code(setup.error)),
			    nfto_error_code_name(refusal->code));
	assert_int_equal(nfto_error_errno(setup.error), refusal->errnum);
	assert_string_equal(nfto_error_kernel_text(setup.error), "words");
	tear_down_txn(&setup);
}

/*
 * The kernel blames an expression with ENOENT if it does not know the kind, and just so if it does
 * not find the flowtable. Which of both it is depends on what is there.
 */
static int refuse_rule(struct txn_setup *setup, int message)
{
	fake_answer(setup->fake, BATCH);
	reply_error(setup->fake, message, ENOENT);
	reply_ack(setup->fake);
	assert_int_equal(op_add_rule(setup->txn), 0);
	return nfto_txn_commit(setup->txn);
}

static void answer_flowtables(struct fake *fake, uint8_t family, const char *table,
			      const char *name)
{
	const struct reply_flowtable flowtable = {
		.family = family,
		.table = table,
		.name = name,
		.devices = (const char *const[]){ NULL },
	};

	fake_answer(fake, NFT(NFT_MSG_GETGEN));
	reply_generation(fake);
	fake_answer(fake, NFT(NFT_MSG_GETFLOWTABLE));
	reply_flowtable(fake, &flowtable);
	reply_done(fake);
}

struct present {
	const char *name;
	uint8_t family;
	const char *table;
	const char *flowtable;
	enum nfto_error_code code;
};

static const struct present present_flowtables[] = {
	{ "the rule's flowtable", NFPROTO_INET, "t", "f", NFTO_ERROR_NOT_SUPPORTED },
	{ "other flowtable", NFPROTO_INET, "t", "g", NFTO_ERROR_NO_FLOWTABLE },
	{ "flowtable of another table", NFPROTO_INET, "u", "f", NFTO_ERROR_NO_FLOWTABLE },
	{ "flowtable of another family", NFPROTO_IPV4, "t", "f", NFTO_ERROR_NO_FLOWTABLE },
};

static void test_rule_without_flowtable(void **state)
{
	const struct present *present = *state;
	struct txn_setup setup;

	set_up_txn(&setup);
	answer_flowtables(setup.fake, present->family, present->table, present->flowtable);
	assert_int_equal(refuse_rule(&setup, 3), -ENOENT);
	assert_int_equal(nfto_error_code(setup.error), present->code);
	assert_string_equal(nfto_error_object(setup.error), "offload rule in chain inet t c");
	tear_down_txn(&setup);
}

static void test_rule_where_nothing_can_be_listed(void **state)
{
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	fake_answer(setup.fake, NFT(NFT_MSG_GETGEN));
	reply_error(setup.fake, 0, EPERM);
	assert_int_equal(refuse_rule(&setup, 3), -ENOENT);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NO_FLOWTABLE);
	tear_down_txn(&setup);
}

/* What the same batch has made is there, so it is the kind. */
static void test_rule_behind_its_flowtable(void **state)
{
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	assert_int_equal(op_add_flowtable(setup.txn), 0);
	assert_int_equal(refuse_rule(&setup, 4), -ENOENT);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NOT_SUPPORTED);
	assert_int_equal(setup.fake->request_count, 1);
	tear_down_txn(&setup);
}

/* ---- Whose hardware is it? */

struct holder {
	const char *name;
	uint32_t flags;
	const char *device; /* of another flowtable */
	const char *message;
};

#define BUSY "device \"lan0\" in flowtable inet t f: another flowtable has its hardware"

static const struct holder holders[] = {
	{ "by its name", NFTO_FLOWTABLE_HARDWARE, "lan0", BUSY ": ip fw g" },
	{ "by a wildcard", NFTO_FLOWTABLE_HARDWARE, "la*", BUSY ": ip fw g, which lists la*" },
	{ "another device", NFTO_FLOWTABLE_HARDWARE, "wan0", BUSY },
	{ "another wildcard", NFTO_FLOWTABLE_HARDWARE, "wan*", BUSY },
	{ "in software", NFTO_FLOWTABLE_COUNTER, "la*", BUSY },
};

static void test_holder(void **state)
{
	const struct holder *holder = *state;
	const struct reply_flowtable flowtable = {
		.family = NFPROTO_IPV4,
		.table = "fw",
		.name = "g",
		.flags = holder->flags,
		.devices = (const char *const[]){ holder->device, NULL },
	};
	struct txn_setup setup;

	set_up_txn(&setup);
	assert_int_equal(op_add_device(setup.txn), 0);
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, 1, EBUSY);
	reply_ack(setup.fake);
	fake_answer(setup.fake, NFT(NFT_MSG_GETGEN));
	reply_generation(setup.fake);
	fake_answer(setup.fake, NFT(NFT_MSG_GETFLOWTABLE));
	reply_flowtable(setup.fake, &flowtable);
	reply_done(setup.fake);
	assert_int_equal(nfto_txn_commit(setup.txn), -EBUSY);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_DEVICE_BUSY);
	assert_string_equal(nfto_error_message(setup.error), holder->message);
	tear_down_txn(&setup);
}

/* ---- Whose refusal is it? */

static int add_many(struct nfto_txn *txn)
{
	int ret = nfto_txn_add_table(txn, INET, "tables", NULL);

	if (ret == 0)
		ret = nfto_txn_add_flowtable(txn, INET, "tables", "flows", 0, 0);
	if (ret == 0)
		ret = nfto_txn_add_device(txn, INET, "tables", "flows", "lan0");
	if (ret == 0)
		ret = nfto_txn_add_device(txn, INET, "tables", "flows", "wan0");
	if (ret == 0)
		ret = nfto_txn_add_forward_chain(txn, INET, "tables", "chains", 10);
	if (ret == 0)
		ret = nfto_txn_add_offload_rule(txn, INET, "tables", "chains", "flows", 0, NULL);
	if (ret == 0)
		ret = nfto_txn_delete_device(txn, NFTO_FAMILY_IPV6, "tables", "flows", "lan1");
	return ret;
}

struct culprit {
	const char *name;
	int message;
	const char *object;
	const char *device;
};

static const struct culprit culprits[] = {
	{ "table", 1, "table inet tables", "" },
	{ "flowtable", 2, "flowtable inet tables flows", "" },
	{ "first device", 3, "flowtable inet tables flows", "lan0" },
	{ "second device", 4, "flowtable inet tables flows", "wan0" },
	{ "chain", 5, "chain inet tables chains", "" },
	{ "set of the rule", 6, "offload rule in chain inet tables chains", "" },
	{ "elements of the set", 7, "offload rule in chain inet tables chains", "" },
	{ "rule", 8, "offload rule in chain inet tables chains", "" },
	{ "device of another flowtable", 9, "flowtable ip6 tables flows", "lan1" },
};

static void test_culprit(void **state)
{
	const struct culprit *culprit = *state;
	struct txn_setup setup;

	set_up_txn(&setup);
	assert_int_equal(add_many(setup.txn), 0);
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, culprit->message, EIO);
	reply_ack(setup.fake);
	assert_int_equal(nfto_txn_commit(setup.txn), -EIO);
	assert_string_equal(nfto_error_object(setup.error), culprit->object);
	assert_string_equal(nfto_error_device(setup.error), culprit->device);
	tear_down_txn(&setup);
}

/* An answer to the begin of the batch is about all of it; so is none. */
struct whole {
	const char *name;
	int errnum; /* 0: no answer */
	int result;
	enum nfto_error_code code;
	const char *object;
};

static const struct whole whole_batches[] = {
	{ "no privileges", EPERM, -EPERM, NFTO_ERROR_PERMISSION, "table inet t" },
	{ "no nf_tables", EOPNOTSUPP, -EOPNOTSUPP, NFTO_ERROR_NOT_SUPPORTED, "nf_tables" },
	{ "out of memory", ENOMEM, -ENOMEM, NFTO_ERROR_NO_MEMORY, "table inet t" },
	{ "somebody else was faster", 512, -512, NFTO_ERROR_SYSTEM, "table inet t" },
	{ "no answer", 0, -ETIMEDOUT, NFTO_ERROR_PROTOCOL, "table inet t" },
};

static void test_whole_batch(void **state)
{
	const struct whole *whole = *state;
	struct txn_setup setup;

	set_up_txn(&setup);
	assert_int_equal(op_add_table(setup.txn), 0);
	fake_answer(setup.fake, BATCH);
	if (whole->errnum)
		reply_error(setup.fake, 0, whole->errnum);
	assert_int_equal(nfto_txn_commit(setup.txn), whole->result);
	assert_int_equal(nfto_error_code(setup.error), whole->code);
	assert_string_equal(nfto_error_object(setup.error), whole->object);
	assert_string_equal(nfto_error_device(setup.error), "");
	tear_down_txn(&setup);
}

/* The batch is off as soon as one error is seen, so that is told, and not the loss. */
static void test_error_is_told_though_others_are_lost(void **state)
{
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	assert_int_equal(op_add_device(setup.txn), 0);
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, 1, EOPNOTSUPP);
	fake_receive_error(setup.fake, ENOBUFS);
	assert_int_equal(nfto_txn_commit(setup.txn), -EOPNOTSUPP);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_DEVICE_REFUSED);
	assert_string_equal(nfto_error_device(setup.error), "lan0");
	tear_down_txn(&setup);
}

static void test_lost_answer(void **state)
{
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	assert_int_equal(op_add_device(setup.txn), 0);
	fake_answer(setup.fake, BATCH);
	fake_receive_error(setup.fake, ENOBUFS);
	assert_int_equal(nfto_txn_commit(setup.txn), -ENOBUFS);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_LOST);
	tear_down_txn(&setup);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule_where_nothing_can_be_listed),
		cmocka_unit_test(test_rule_behind_its_flowtable),
		cmocka_unit_test(test_error_is_told_though_others_are_lost),
		cmocka_unit_test(test_lost_answer),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(refusals, test_refusal);
	failures += run_table(present_flowtables, test_rule_without_flowtable);
	failures += run_table(holders, test_holder);
	failures += run_table(culprits, test_culprit);
	failures += run_table(whole_batches, test_whole_batch);
	return failures != 0;
}
