// SPDX-License-Identifier: LGPL-2.1-or-later
/* The messages of each operation. Numbers are those of the kernel's uapi:
 *	sets		flags 48: EVAL | TIMEOUT; 3: ANONYMOUS | CONSTANT
 *	registers	8: the first one of 32 bits; 0: the verdict
 *	meta keys	16: L4PROTO; 15: NFPROTO
 *	ct keys		2: STATUS; 1: DIRECTION
 *	payload bases	1: network header; 2: transport header
 *	compare ops	0: equal; 1: not equal
 *	dynset op	1: update
 *	verdict		-3: jump
 * and key types those of nft(8): 7 and 8 for addresses, 13 for ports, 12 for protocols, of 6 bits
 * each. */
#include "describe.h"
#include "operation.h"
#include "unit.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define IPS_OFFLOAD_IN_HOST_ORDER "00400000"
#else
#define IPS_OFFLOAD_IN_HOST_ORDER "00004000"
#endif

struct operation {
	const char *name;
	int (*add)(struct nfto_txn *txn);
	const char *messages[16];
};

static const struct operation operations[] = {
	{ "add table", op_add_table, { "newtable inet create ack name=t" } },
	{ "add table with comment",
	  op_add_table_with_comment,
	  { "newtable ip6 create ack name=t userdata=0:\"say hello\"" } },
	{ "delete table", op_delete_table, { "deltable inet ack name=t" } },
	{ "add flowtable",
	  op_add_flowtable,
	  { "newflowtable inet create ack table=t name=f hook{num=0 priority=-5} flags=1" } },
	{ "set flowtable flags",
	  op_set_flags,
	  { "newflowtable inet ack table=t name=f hook{} flags=2" } },
	{ "delete flowtable", op_delete_flowtable, { "delflowtable ip ack table=t name=f" } },
	{ "add device",
	  op_add_device,
	  { "newflowtable inet ack table=t name=f hook{devices{name=lan0}}" } },
	{ "delete device",
	  op_delete_device,
	  { "delflowtable inet ack table=t name=f hook{devices{name=lan0}}" } },
	{ "add forward chain",
	  op_add_chain,
	  { "newchain inet create ack table=t name=c hook{num=2 priority=-10} policy=1 "
	    "type=filter" } },
	{ "flush chain", op_flush_chain, { "delrule inet ack table=t chain=c" } },
	{ "add offload rule",
	  op_add_rule,
	  { "newset inet create table=t name=__set%d flags=3 key_type=12 key_len=1 desc{size=2} "
	    "id=1",
	    "newsetelem inet create table=t set=__set%d "
	    "elements{element{key{value=06}} element{key{value=11}}} set_id=1",
	    "newrule inet create append ack table=t chain=c expressions{"
	    "meta{dreg=8 key=16} lookup{set=__set%d sreg=8 set_id=1} "
	    "flow_offload{table_name=f} counter{}}" } },
	{ "add leak detector",
	  op_add_detector,
	  { "newchain inet create table=t name=leaks", "delrule inet table=t chain=leaks",
	    "newset inet create table=t name=leaks4_original flags=48 key_type=120877900 "
	    "key_len=20 desc{size=4096} id=3 timeout=300000 counter{}",
	    "newrule inet create append table=t chain=leaks expressions{"
	    "ct{dreg=8 key=1} cmp{sreg=8 op=0 data{value=00}} "
	    "meta{dreg=8 key=15} cmp{sreg=8 op=0 data{value=02}} "
	    "payload{dreg=8 base=1 offset=12 len=4} payload{dreg=9 base=2 offset=0 len=2} "
	    "payload{dreg=10 base=1 offset=16 len=4} payload{dreg=11 base=2 offset=2 len=2} "
	    "meta{dreg=12 key=16} dynset{set_name=leaks4_original op=1 sreg_key=8}}",
	    "newset inet create table=t name=leaks4_reply flags=48 key_type=120877900 "
	    "key_len=20 desc{size=4096} id=5 timeout=300000 counter{}",
	    "newrule inet create append table=t chain=leaks expressions{"
	    "ct{dreg=8 key=1} cmp{sreg=8 op=0 data{value=01}} "
	    "meta{dreg=8 key=15} cmp{sreg=8 op=0 data{value=02}} "
	    "payload{dreg=8 base=1 offset=12 len=4} payload{dreg=9 base=2 offset=0 len=2} "
	    "payload{dreg=10 base=1 offset=16 len=4} payload{dreg=11 base=2 offset=2 len=2} "
	    "meta{dreg=12 key=16} dynset{set_name=leaks4_reply op=1 sreg_key=8}}",
	    "newset inet create table=t name=leaks6_original flags=48 key_type=137659212 "
	    "key_len=44 desc{size=4096} id=7 timeout=300000 counter{}",
	    "newrule inet create append table=t chain=leaks expressions{"
	    "ct{dreg=8 key=1} cmp{sreg=8 op=0 data{value=00}} "
	    "meta{dreg=8 key=15} cmp{sreg=8 op=0 data{value=0a}} "
	    "payload{dreg=8 base=1 offset=8 len=16} payload{dreg=12 base=2 offset=0 len=2} "
	    "payload{dreg=13 base=1 offset=24 len=16} payload{dreg=17 base=2 offset=2 len=2} "
	    "meta{dreg=18 key=16} dynset{set_name=leaks6_original op=1 sreg_key=8}}",
	    "newset inet create table=t name=leaks6_reply flags=48 key_type=137659212 "
	    "key_len=44 desc{size=4096} id=9 timeout=300000 counter{}",
	    "newrule inet create append table=t chain=leaks expressions{"
	    "ct{dreg=8 key=1} cmp{sreg=8 op=0 data{value=01}} "
	    "meta{dreg=8 key=15} cmp{sreg=8 op=0 data{value=0a}} "
	    "payload{dreg=8 base=1 offset=8 len=16} payload{dreg=12 base=2 offset=0 len=2} "
	    "payload{dreg=13 base=1 offset=24 len=16} payload{dreg=17 base=2 offset=2 len=2} "
	    "meta{dreg=18 key=16} dynset{set_name=leaks6_reply op=1 sreg_key=8}}",
	    "newrule inet create append ack table=t chain=c expressions{"
	    "ct{dreg=8 key=2} bitwise{sreg=8 dreg=8 len=4 "
	    "mask{value=" IPS_OFFLOAD_IN_HOST_ORDER "} xor{value=00000000}} "
	    "cmp{sreg=8 op=1 data{value=00000000}} counter{} "
	    "immediate{dreg=0 data{verdict{code=-3 chain=leaks}}}} "
	    "userdata=0:\"leaks: packets of offloaded flows that came the slow way\"" } },
};

/* The message that is acknowledged is the last one in front of the end. */
static void test_operation(void **state)
{
	const struct operation *operation = *state;
	const char *expected[COUNT(operation->messages) + 3] = { "begin any subsystem=10" };
	struct txn_setup setup;
	int count = 1;

	set_up_txn(&setup);
	for (size_t i = 0; operation->messages[i]; i++)
		expected[count++] = operation->messages[i];
	expected[count] = "end any subsystem=10";
	answer_ack(setup.fake);
	assert_int_equal(operation->add(setup.txn), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_sent(setup.fake, 0, expected);
	tear_down_txn(&setup);
}

static void test_rule_with_comment(void **state)
{
	struct txn_setup setup;
	const struct nlmsghdr *rule;
	const struct nlattr *attr;
	bool has_comment = false;

	(void)state;
	set_up_txn(&setup);
	answer_ack(setup.fake);
	assert_int_equal(op_add_rule_with_comment(setup.txn), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	rule = fake_sent(setup.fake, 0, 3);
	mnl_attr_for_each(attr, rule, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) != NFTA_RULE_USERDATA)
			continue;
		assert_int_equal(mnl_attr_get_payload_len(attr), 12);
		assert_memory_equal(mnl_attr_get_payload(attr), "\0\12say hello\0", 12);
		has_comment = true;
	}
	assert_true(has_comment);
	tear_down_txn(&setup);
}

/* One batch, byte for byte, but for the byte order of the host that headers have. */
static void test_bytes_of_a_batch(void **state)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	/* clang-format off */
	static const uint8_t expected[] = {
		/* length 20, NFNL_MSG_BATCH_BEGIN, REQUEST, number 1, port 0 */
		0x14, 0, 0, 0, 0x10, 0, 0x01, 0, 1, 0, 0, 0, 0, 0, 0, 0,
		/* AF_UNSPEC, version 0, subsystem 10 */
		0, 0, 0, 0x0a,

		/* length 56, NFT_MSG_NEWFLOWTABLE, REQUEST | ACK, number 2, port 0 */
		0x38, 0, 0, 0, 0x16, 0x0a, 0x05, 0, 2, 0, 0, 0, 0, 0, 0, 0,
		/* NFPROTO_INET, version 0, nothing */
		1, 0, 0, 0,
		/* table "t", name "f" */
		6, 0, 1, 0, 't', 0, 0, 0,
		6, 0, 2, 0, 'f', 0, 0, 0,
		/* hook, nested { devices, nested { name "lan0" } } */
		0x14, 0, 3, 0x80, 0x10, 0, 3, 0x80, 9, 0, 1, 0, 'l', 'a', 'n', '0', 0, 0, 0, 0,

		/* length 20, NFNL_MSG_BATCH_END, REQUEST, number 3, port 0 */
		0x14, 0, 0, 0, 0x11, 0, 0x01, 0, 3, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0x0a,
	};
	/* clang-format on */
	struct txn_setup setup;

	set_up_txn(&setup);
	answer_ack(setup.fake);
	assert_int_equal(op_add_device(setup.txn), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_int_equal(setup.fake->sent_length, sizeof(expected));
	assert_memory_equal(setup.fake->sent, expected, sizeof(expected));
	tear_down_txn(&setup);
#endif
	(void)state;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule_with_comment),
		cmocka_unit_test(test_bytes_of_a_batch),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(operations, test_operation);
	return failures != 0;
}
