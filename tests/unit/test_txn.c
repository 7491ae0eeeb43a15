// SPDX-License-Identifier: LGPL-2.1-or-later
/* The life of a transaction: what is added, checked, committed, and what is not taken at all. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "operation.h"
#include "unit.h"

static void test_empty_transaction_sends_nothing(void **state)
{
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_int_equal(nfto_txn_check(setup.txn), 0);
	assert_int_equal(setup.fake->request_count, 0);
	tear_down_txn(&setup);
}

static void test_check_leaves_out_the_end(void **state)
{
	static const char *const expected[] = { "begin any subsystem=10",
						"newtable inet create ack name=t", NULL };
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	answer_ack(setup.fake);
	assert_int_equal(op_add_table(setup.txn), 0);
	assert_int_equal(nfto_txn_check(setup.txn), 0);
	assert_sent(setup.fake, 0, expected);
	tear_down_txn(&setup);
}

static void test_operations_stay_until_they_are_done(void **state)
{
	static const char *const expected[] = { "begin any subsystem=10",
						"newtable inet create ack name=t",
						"end any subsystem=10", NULL };
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	assert_int_equal(op_add_table(setup.txn), 0);
	answer_ack(setup.fake);
	assert_int_equal(nfto_txn_check(setup.txn), 0);
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, 1, EBUSY);
	assert_int_equal(nfto_txn_commit(setup.txn), -EBUSY);
	answer_ack(setup.fake);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_sent(setup.fake, 1, expected);
	assert_sent(setup.fake, 2, expected);

	/* And then they are gone. */
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_int_equal(setup.fake->request_count, 3);
	tear_down_txn(&setup);
}

/* Each message that asks for an acknowledgement gets one, and the first of them would be taken for
 * the end. */
static void test_only_the_last_operation_is_acknowledged(void **state)
{
	static const char *const expected[] = { "begin any subsystem=10",
						"newtable inet create name=t",
						"deltable inet ack name=t", "end any subsystem=10",
						NULL };
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	answer_ack(setup.fake);
	assert_int_equal(op_add_table(setup.txn), 0);
	assert_int_equal(nfto_txn_check(setup.txn), 0);
	answer_ack(setup.fake);
	assert_int_equal(op_delete_table(setup.txn), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_sent(setup.fake, 1, expected);
	tear_down_txn(&setup);
}

static void test_transaction_can_be_used_again(void **state)
{
	static const char *const expected[] = { "begin any subsystem=10",
						"deltable inet ack name=t", "end any subsystem=10",
						NULL };
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	answer_ack(setup.fake);
	assert_int_equal(op_add_table(setup.txn), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	answer_ack(setup.fake);
	assert_int_equal(op_delete_table(setup.txn), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_sent(setup.fake, 1, expected);
	tear_down_txn(&setup);
}

static void test_arguments_are_copied(void **state)
{
	static const char *const expected[] = {
		"begin any subsystem=10",
		"newflowtable inet ack table=t name=f hook{devices{name=lan0}}",
		"end any subsystem=10", NULL
	};
	char table[] = "t", flowtable[] = "f", device[] = "lan0";
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	assert_int_equal(nfto_txn_add_device(setup.txn, INET, table, flowtable, device), 0);
	table[0] = flowtable[0] = device[0] = 'x';
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, 1, EBUSY);
	assert_int_equal(nfto_txn_commit(setup.txn), -EBUSY);
	assert_sent(setup.fake, 0, expected);
	assert_string_equal(nfto_error_object(setup.error), "flowtable inet t f");
	assert_string_equal(nfto_error_device(setup.error), "lan0");
	tear_down_txn(&setup);
}

/* More than the kernel takes in one message. */
static void test_300_devices(void **state)
{
	struct txn_setup setup;
	char text[200], expected[200], device[16];

	(void)state;
	set_up_txn(&setup);
	for (unsigned int i = 1; i <= 300; i++) {
		snprintf(device, sizeof(device), "long-name-%05u", i % 100000u);
		assert_int_equal(nfto_txn_add_device(setup.txn, INET, "t", "f", device), 0);
	}
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, 299, EOPNOTSUPP);
	reply_error(setup.fake, 300, 0);
	assert_int_equal(nfto_txn_commit(setup.txn), -EOPNOTSUPP);
	assert_string_equal(nfto_error_device(setup.error), "long-name-00299");
	assert_int_equal(fake_sent_messages(setup.fake, 0), 302);
	for (size_t i = 1; i <= 300; i++) {
		snprintf(expected, sizeof(expected),
			 "newflowtable inet%s table=t name=f hook{devices{name=long-name-%05zu}}",
			 i == 300 ? " ack" : "", i);
		assert_string_equal(describe(fake_sent(setup.fake, 0, i), text, sizeof(text)),
				    expected);
	}
	tear_down_txn(&setup);
}

/* ---- What is refused before the kernel sees it: nothing is added by it */

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define NAME_255 "a1234" FIFTY FIFTY FIFTY FIFTY FIFTY
#define COMMENT_127 "1234567" FIFTY FIFTY TEN TEN

static int bad_family(struct nfto_txn *txn)
{
	return nfto_txn_add_table(txn, (enum nfto_family)5, "t", NULL);
}

static int empty_table(struct nfto_txn *txn)
{
	return nfto_txn_delete_table(txn, INET, "");
}

static int long_table(struct nfto_txn *txn)
{
	return nfto_txn_add_table(txn, INET, NAME_255 "x", NULL);
}

static int long_comment(struct nfto_txn *txn)
{
	return nfto_txn_add_table(txn, INET, "t", COMMENT_127 "x");
}

static int empty_flowtable(struct nfto_txn *txn)
{
	return nfto_txn_add_flowtable(txn, INET, "t", "", 0, 0);
}

static int unknown_flag(struct nfto_txn *txn)
{
	return nfto_txn_add_flowtable(txn, INET, "t", "f", 0, 4);
}

static int set_unknown_flag(struct nfto_txn *txn)
{
	return nfto_txn_set_flowtable_flags(txn, INET, "t", "f", 0x80000001);
}

static int flags_of_empty_flowtable(struct nfto_txn *txn)
{
	return nfto_txn_set_flowtable_flags(txn, INET, "t", "", 0);
}

static int delete_empty_flowtable(struct nfto_txn *txn)
{
	return nfto_txn_delete_flowtable(txn, INET, "t", "");
}

static int empty_device(struct nfto_txn *txn)
{
	return nfto_txn_add_device(txn, INET, "t", "f", "");
}

static int long_device(struct nfto_txn *txn)
{
	return nfto_txn_delete_device(txn, INET, "t", "f", "1234567890123456");
}

static int empty_chain(struct nfto_txn *txn)
{
	return nfto_txn_add_forward_chain(txn, INET, "t", "", 0);
}

static int flush_empty_chain(struct nfto_txn *txn)
{
	return nfto_txn_flush_chain(txn, INET, "t", "");
}

static int rule_to_empty_flowtable(struct nfto_txn *txn)
{
	return nfto_txn_add_offload_rule(txn, INET, "t", "c", "", 0, NULL);
}

static int rule_with_long_comment(struct nfto_txn *txn)
{
	return nfto_txn_add_offload_rule(txn, INET, "t", "c", "f", 0, COMMENT_127 "x");
}

static int detector_in_empty_chain(struct nfto_txn *txn)
{
	return nfto_txn_add_leak_detector(txn, "t", "");
}

static int control_character(struct nfto_txn *txn)
{
	return nfto_txn_add_leak_detector(txn, "t\n", "c");
}

struct invalid {
	const char *name;
	int (*add)(struct nfto_txn *txn);
	const char *device;
};

static const struct invalid invalids[] = {
	{ "family", bad_family, "" },
	{ "empty table", empty_table, "" },
	{ "long table", long_table, "" },
	{ "long comment", long_comment, "" },
	{ "empty flowtable", empty_flowtable, "" },
	{ "unknown flag", unknown_flag, "" },
	{ "set unknown flag", set_unknown_flag, "" },
	{ "flags of empty flowtable", flags_of_empty_flowtable, "" },
	{ "delete empty flowtable", delete_empty_flowtable, "" },
	{ "empty device", empty_device, "" },
	{ "long device", long_device, "1234567890123456" },
	{ "empty chain", empty_chain, "" },
	{ "flush empty chain", flush_empty_chain, "" },
	{ "rule to empty flowtable", rule_to_empty_flowtable, "" },
	{ "rule with long comment", rule_with_long_comment, "" },
	{ "detector in empty chain", detector_in_empty_chain, "" },
	{ "control character", control_character, "" },
};

static void test_invalid(void **state)
{
	const struct invalid *invalid = *state;
	struct txn_setup setup;

	set_up_txn(&setup);
	assert_int_equal(invalid->add(setup.txn), -EINVAL);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_INVALID);
	assert_int_equal(nfto_error_errno(setup.error), EINVAL);
	assert_string_equal(nfto_error_device(setup.error), invalid->device);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_int_equal(setup.fake->request_count, 0);
	tear_down_txn(&setup);
}

static void test_longest_names_and_comments_are_taken(void **state)
{
	static const char *const expected[] = { "begin any subsystem=10",
						"newtable inet create name=" NAME_255
						" userdata=0:\"" COMMENT_127 "\"",
						"newflowtable inet ack table=" NAME_255
						" name=" NAME_255
						" hook{devices{name=123456789012345}}",
						"end any subsystem=10", NULL };
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	answer_ack(setup.fake);
	assert_int_equal(nfto_txn_add_table(setup.txn, INET, NAME_255, COMMENT_127), 0);
	assert_int_equal(
		nfto_txn_add_device(setup.txn, INET, NAME_255, NAME_255, "123456789012345"), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_sent(setup.fake, 0, expected);
	tear_down_txn(&setup);
}

/* The largest messages that can be made fit into the room that each is given. */
static void test_largest_messages(void **state)
{
	struct txn_setup setup;

	(void)state;
	set_up_txn(&setup);
	answer_ack(setup.fake);
	assert_int_equal(nfto_txn_add_offload_rule(setup.txn, INET, NAME_255, NAME_255, NAME_255, 0,
						   COMMENT_127),
			 0);
	assert_int_equal(nfto_txn_add_leak_detector(setup.txn, NAME_255, NAME_255), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	for (size_t i = 0; i < fake_sent_messages(setup.fake, 0); i++)
		assert_in_range(fake_sent(setup.fake, 0, i)->nlmsg_len, 16, MESSAGE_ROOM);
	tear_down_txn(&setup);
}

static void test_free_of_nothing(void **state)
{
	(void)state;
	nfto_txn_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_transaction_sends_nothing),
		cmocka_unit_test(test_check_leaves_out_the_end),
		cmocka_unit_test(test_operations_stay_until_they_are_done),
		cmocka_unit_test(test_only_the_last_operation_is_acknowledged),
		cmocka_unit_test(test_transaction_can_be_used_again),
		cmocka_unit_test(test_arguments_are_copied),
		cmocka_unit_test(test_300_devices),
		cmocka_unit_test(test_longest_names_and_comments_are_taken),
		cmocka_unit_test(test_largest_messages),
		cmocka_unit_test(test_free_of_nothing),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(invalids, test_invalid);
	return failures != 0;
}
