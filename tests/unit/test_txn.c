// SPDX-License-Identifier: LGPL-2.1-or-later
/* Transactions: what is sent to the kernel, and what its refusals are taken for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "reply.h"
#include "unit.h"

#define INET NFTO_FAMILY_INET

struct setup {
	struct fake *fake;
	struct nfto_ctx *ctx;
	struct nfto_txn *txn;
	const struct nfto_error *error;
};

static void set_up(struct setup *setup)
{
	setup->fake = fake_new();
	setup->ctx = fake_ctx(setup->fake);
	setup->error = nfto_ctx_error(setup->ctx);
	assert_int_equal(nfto_txn_new(setup->ctx, &setup->txn), 0);
}

static void tear_down(struct setup *setup)
{
	nfto_txn_free(setup->txn);
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
}

/* ---- The messages of each operation. Numbers are those of the kernel's uapi:
 *	sets		flags 48: EVAL | TIMEOUT; 3: ANONYMOUS | CONSTANT
 *	registers	8: the first one of 32 bits; 0: the verdict
 *	meta keys	16: L4PROTO; 15: NFPROTO
 *	ct keys		2: STATUS; 1: DIRECTION
 *	payload bases	1: network header; 2: transport header
 *	compare ops	0: equal; 1: not equal
 *	dynset op	1: update
 *	verdict		-3: jump
 * and key types those of nft(8): 7 and 8 for addresses, 13 for ports, 12 for protocols, of 6 bits each. */

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define IPS_OFFLOAD_IN_HOST_ORDER "00400000"
#else
#define IPS_OFFLOAD_IN_HOST_ORDER "00004000"
#endif

static int add_table(struct nfto_txn *txn)
{
	return nfto_txn_add_table(txn, INET, "t", NULL);
}

static int add_table_with_comment(struct nfto_txn *txn)
{
	return nfto_txn_add_table(txn, NFTO_FAMILY_IPV6, "t", "say hello");
}

static int delete_table(struct nfto_txn *txn)
{
	return nfto_txn_delete_table(txn, INET, "t");
}

static int add_flowtable(struct nfto_txn *txn)
{
	return nfto_txn_add_flowtable(txn, INET, "t", "f", -5, NFTO_FLOWTABLE_HARDWARE);
}

static int set_flags(struct nfto_txn *txn)
{
	return nfto_txn_set_flowtable_flags(txn, INET, "t", "f", NFTO_FLOWTABLE_COUNTER);
}

static int delete_flowtable(struct nfto_txn *txn)
{
	return nfto_txn_delete_flowtable(txn, NFTO_FAMILY_IPV4, "t", "f");
}

static int add_device(struct nfto_txn *txn)
{
	return nfto_txn_add_device(txn, INET, "t", "f", "lan0");
}

static int delete_device(struct nfto_txn *txn)
{
	return nfto_txn_delete_device(txn, INET, "t", "f", "lan0");
}

static int add_chain(struct nfto_txn *txn)
{
	return nfto_txn_add_forward_chain(txn, INET, "t", "c", -10);
}

static int flush_chain(struct nfto_txn *txn)
{
	return nfto_txn_flush_chain(txn, INET, "t", "c");
}

static int add_rule(struct nfto_txn *txn)
{
	return nfto_txn_add_offload_rule(txn, INET, "t", "c", "f", NULL);
}

static int add_rule_with_comment(struct nfto_txn *txn)
{
	return nfto_txn_add_offload_rule(txn, INET, "t", "c", "f", "say hello");
}

static int add_detector(struct nfto_txn *txn)
{
	return nfto_txn_add_leak_detector(txn, "t", "c");
}

struct operation {
	const char *name;
	int (*add)(struct nfto_txn *txn);
	const char *messages[16];
};

static const struct operation operations[] = {
	{ "add table", add_table, { "newtable inet create ack name=t" } },
	{ "add table with comment",
	  add_table_with_comment,
	  { "newtable ip6 create ack name=t userdata=0:\"say hello\"" } },
	{ "delete table", delete_table, { "deltable inet ack name=t" } },
	{ "add flowtable",
	  add_flowtable,
	  { "newflowtable inet create ack table=t name=f hook{num=0 priority=-5} flags=1" } },
	{ "set flowtable flags",
	  set_flags,
	  { "newflowtable inet ack table=t name=f hook{} flags=2" } },
	{ "delete flowtable", delete_flowtable, { "delflowtable ip ack table=t name=f" } },
	{ "add device",
	  add_device,
	  { "newflowtable inet ack table=t name=f hook{devices{name=lan0}}" } },
	{ "delete device",
	  delete_device,
	  { "delflowtable inet ack table=t name=f hook{devices{name=lan0}}" } },
	{ "add forward chain",
	  add_chain,
	  { "newchain inet create ack table=t name=c hook{num=2 priority=-10} policy=1 "
	    "type=filter" } },
	{ "flush chain", flush_chain, { "delrule inet ack table=t chain=c" } },
	{ "add offload rule",
	  add_rule,
	  { "newset inet create table=t name=__set%d flags=3 key_type=12 key_len=1 desc{size=2} "
	    "id=1",
	    "newsetelem inet create table=t set=__set%d "
	    "elements{element{key{value=06}} element{key{value=11}}} set_id=1",
	    "newrule inet create append ack table=t chain=c expressions{"
	    "meta{dreg=8 key=16} lookup{set=__set%d sreg=8 set_id=1} "
	    "flow_offload{table_name=f} counter{}}" } },
	{ "add leak detector",
	  add_detector,
	  { "newchain inet create table=t name=leaks",
	    "newset inet create table=t name=leaks4_original flags=48 key_type=120877900 "
	    "key_len=20 desc{size=4096} id=2 timeout=300000 counter{}",
	    "newrule inet create append table=t chain=leaks expressions{"
	    "ct{dreg=8 key=1} cmp{sreg=8 op=0 data{value=00}} "
	    "meta{dreg=8 key=15} cmp{sreg=8 op=0 data{value=02}} "
	    "payload{dreg=8 base=1 offset=12 len=4} payload{dreg=9 base=2 offset=0 len=2} "
	    "payload{dreg=10 base=1 offset=16 len=4} payload{dreg=11 base=2 offset=2 len=2} "
	    "meta{dreg=12 key=16} dynset{set_name=leaks4_original op=1 sreg_key=8}}",
	    "newset inet create table=t name=leaks4_reply flags=48 key_type=120877900 "
	    "key_len=20 desc{size=4096} id=4 timeout=300000 counter{}",
	    "newrule inet create append table=t chain=leaks expressions{"
	    "ct{dreg=8 key=1} cmp{sreg=8 op=0 data{value=01}} "
	    "meta{dreg=8 key=15} cmp{sreg=8 op=0 data{value=02}} "
	    "payload{dreg=8 base=1 offset=12 len=4} payload{dreg=9 base=2 offset=0 len=2} "
	    "payload{dreg=10 base=1 offset=16 len=4} payload{dreg=11 base=2 offset=2 len=2} "
	    "meta{dreg=12 key=16} dynset{set_name=leaks4_reply op=1 sreg_key=8}}",
	    "newset inet create table=t name=leaks6_original flags=48 key_type=137659212 "
	    "key_len=44 desc{size=4096} id=6 timeout=300000 counter{}",
	    "newrule inet create append table=t chain=leaks expressions{"
	    "ct{dreg=8 key=1} cmp{sreg=8 op=0 data{value=00}} "
	    "meta{dreg=8 key=15} cmp{sreg=8 op=0 data{value=0a}} "
	    "payload{dreg=8 base=1 offset=8 len=16} payload{dreg=12 base=2 offset=0 len=2} "
	    "payload{dreg=13 base=1 offset=24 len=16} payload{dreg=17 base=2 offset=2 len=2} "
	    "meta{dreg=18 key=16} dynset{set_name=leaks6_original op=1 sreg_key=8}}",
	    "newset inet create table=t name=leaks6_reply flags=48 key_type=137659212 "
	    "key_len=44 desc{size=4096} id=8 timeout=300000 counter{}",
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
	struct setup setup;
	int count = 1;

	set_up(&setup);
	for (size_t i = 0; operation->messages[i]; i++)
		expected[count++] = operation->messages[i];
	expected[count] = "end any subsystem=10";
	fake_answer(setup.fake, BATCH);
	reply_ack(setup.fake);
	assert_int_equal(operation->add(setup.txn), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_sent(setup.fake, 0, expected);
	tear_down(&setup);
}

static void test_rule_with_comment(void **state)
{
	struct setup setup;
	const struct nlmsghdr *rule;
	const struct nlattr *attr;
	bool has_comment = false;

	(void)state;
	set_up(&setup);
	fake_answer(setup.fake, BATCH);
	reply_ack(setup.fake);
	assert_int_equal(add_rule_with_comment(setup.txn), 0);
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
	tear_down(&setup);
}

/* One batch, byte for byte, but for the byte order of the host that headers have. */
static void test_bytes_of_a_batch(void **state)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	static const uint8_t expected[] = {
		/* length 20, NFNL_MSG_BATCH_BEGIN, REQUEST, number 1, port 0, AF_UNSPEC, version 0,
		 * subsystem 10 */
		0x14,
		0,
		0,
		0,
		0x10,
		0,
		0x01,
		0,
		1,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0x0a,
		/* length 56, NFT_MSG_NEWFLOWTABLE, REQUEST | ACK, number 2, NFPROTO_INET */
		0x38,
		0,
		0,
		0,
		0x16,
		0x0a,
		0x05,
		0,
		2,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		1,
		0,
		0,
		0,
		/* table "t", name "f" */
		6,
		0,
		1,
		0,
		't',
		0,
		0,
		0,
		6,
		0,
		2,
		0,
		'f',
		0,
		0,
		0,
		/* hook, nested { devices, nested { name "lan0" } } */
		0x14,
		0,
		3,
		0x80,
		0x10,
		0,
		3,
		0x80,
		9,
		0,
		1,
		0,
		'l',
		'a',
		'n',
		'0',
		0,
		0,
		0,
		0,
		/* length 20, NFNL_MSG_BATCH_END, REQUEST, number 3 */
		0x14,
		0,
		0,
		0,
		0x11,
		0,
		0x01,
		0,
		3,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0x0a,
	};
	struct setup setup;

	set_up(&setup);
	fake_answer(setup.fake, BATCH);
	reply_ack(setup.fake);
	assert_int_equal(add_device(setup.txn), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_int_equal(setup.fake->sent_length, sizeof(expected));
	assert_memory_equal(setup.fake->sent, expected, sizeof(expected));
	tear_down(&setup);
#endif
	(void)state;
}

/* ---- Refusals, as KERNEL.md has them: by operation, errno and the attribute that is blamed */

enum blame {
	NOBODY,
	TABLE,	    /* attribute 1 of all messages */
	NAME,	    /* attribute 2: a flowtable's name, a rule's chain */
	DEVICE,	    /* in the list in the hook */
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
	{ "table, owned", add_table, 1, EPERM, TABLE, NFTO_ERROR_OWNED_TABLE },
	{ "table, flag unknown", add_table, 1, EOPNOTSUPP, NOBODY, NFTO_ERROR_NOT_SUPPORTED },
	{ "table, out of memory", add_table, 1, ENOMEM, NOBODY, NFTO_ERROR_NO_MEMORY },
	{ "table, odd ENOENT", add_table, 1, ENOENT, NOBODY, NFTO_ERROR_SYSTEM },
	{ "delete table, missing", delete_table, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "delete table, missing, unsaid", delete_table, 1, ENOENT, NOBODY, NFTO_ERROR_NO_TABLE },
	{ "delete table, owned", delete_table, 1, EPERM, TABLE, NFTO_ERROR_OWNED_TABLE },
	{ "delete table, busy", delete_table, 1, EBUSY, NOBODY, NFTO_ERROR_IN_USE },

	{ "flowtable, no table", add_flowtable, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "flowtable, no type", add_flowtable, 1, ENOENT, NOBODY, NFTO_ERROR_NOT_SUPPORTED },
	{ "flowtable, owned", add_flowtable, 1, EPERM, TABLE, NFTO_ERROR_OWNED_TABLE },
	{ "flowtable, other flags", add_flowtable, 1, EOPNOTSUPP, NOBODY, NFTO_ERROR_IMMUTABLE },
	{ "flowtable, exists", add_flowtable, 1, EEXIST, NAME, NFTO_ERROR_EXISTS },
	{ "flags, no table", set_flags, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "flags, no flowtable", set_flags, 1, ENOENT, NAME, NFTO_ERROR_NO_FLOWTABLE },
	{ "flags, no flowtable, 6.1", set_flags, 1, EINVAL, NOBODY, NFTO_ERROR_NO_FLOWTABLE },
	{ "flags, hardware", set_flags, 1, EOPNOTSUPP, NOBODY, NFTO_ERROR_IMMUTABLE },
	{ "delete flowtable, no table", delete_flowtable, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "delete flowtable, missing", delete_flowtable, 1, ENOENT, NAME, NFTO_ERROR_NO_FLOWTABLE },
	{ "delete flowtable, in use", delete_flowtable, 1, EBUSY, NAME, NFTO_ERROR_IN_USE },

	{ "device, no table", add_device, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "device, no flowtable", add_device, 1, ENOENT, NAME, NFTO_ERROR_NO_FLOWTABLE },
	{ "device, no flowtable, 6.1", add_device, 1, EINVAL, NOBODY, NFTO_ERROR_NO_FLOWTABLE },
	{ "device, missing", add_device, 1, ENOENT, DEVICE, NFTO_ERROR_NO_DEVICE },
	{ "device, missing, 6.1", add_device, 1, ENOENT, NOBODY, NFTO_ERROR_NO_DEVICE },
	{ "device, refused", add_device, 1, EOPNOTSUPP, NOBODY, NFTO_ERROR_DEVICE_REFUSED },
	{ "device, busy", add_device, 1, EBUSY, NOBODY, NFTO_ERROR_DEVICE_BUSY },
	{ "device, elsewhere in the table", add_device, 1, EEXIST, NOBODY,
	  NFTO_ERROR_DEVICE_DUPLICATE },
	{ "device, twice", add_device, 1, EEXIST, DEVICE, NFTO_ERROR_DEVICE_DUPLICATE },
	{ "device, owned", add_device, 1, EPERM, TABLE, NFTO_ERROR_OWNED_TABLE },
	{ "device, out of memory", add_device, 1, ENOMEM, NOBODY, NFTO_ERROR_NO_MEMORY },
	{ "device, too many", add_device, 1, EFBIG, NOBODY, NFTO_ERROR_SYSTEM },
	{ "device, header blamed", add_device, 1, ENOENT, HEADER, NFTO_ERROR_NO_DEVICE },
	{ "device, nowhere blamed", add_device, 1, ENOENT, BEYOND, NFTO_ERROR_NO_DEVICE },
	{ "delete device, no table", delete_device, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "delete device, no flowtable", delete_device, 1, ENOENT, NAME, NFTO_ERROR_NO_FLOWTABLE },
	{ "delete device, not bound", delete_device, 1, ENOENT, NOBODY,
	  NFTO_ERROR_DEVICE_NOT_BOUND },
	{ "delete device, missing", delete_device, 1, ENOENT, DEVICE, NFTO_ERROR_DEVICE_NOT_BOUND },

	{ "chain, no table", add_chain, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "chain, no type", add_chain, 1, ENOENT, NOBODY, NFTO_ERROR_NOT_SUPPORTED },
	{ "chain, other hook", add_chain, 1, EEXIST, NOBODY, NFTO_ERROR_EXISTS },
	{ "chain, hook unknown", add_chain, 1, EOPNOTSUPP, NOBODY, NFTO_ERROR_NOT_SUPPORTED },
	{ "flush chain, no table", flush_chain, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "flush chain, missing", flush_chain, 1, ENOENT, NAME, NFTO_ERROR_NO_CHAIN },
	{ "flush chain, in use", flush_chain, 1, EBUSY, NOBODY, NFTO_ERROR_IN_USE },
	{ "rule, no table", add_rule, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "rule, no chain", add_rule, 3, ENOENT, NAME, NFTO_ERROR_NO_CHAIN },
	{ "rule, not here", add_rule, 3, EOPNOTSUPP, EXPRESSION, NFTO_ERROR_NOT_SUPPORTED },
	{ "rule, owned", add_rule, 3, EPERM, TABLE, NFTO_ERROR_OWNED_TABLE },
	{ "detector, no table", add_detector, 1, ENOENT, TABLE, NFTO_ERROR_NO_TABLE },
	{ "detector, no chain", add_detector, 10, ENOENT, NAME, NFTO_ERROR_NO_CHAIN },
	{ "detector, no such expression", add_detector, 3, ENOENT, EXPRESSION,
	  NFTO_ERROR_NOT_SUPPORTED },
	{ "detector, twice with other sets", add_detector, 2, EEXIST, NAME, NFTO_ERROR_EXISTS },
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
	case EXPRESSION:
		attr = inside(find_attribute(message, NFTA_RULE_EXPRESSIONS));
		break;
	}
	return (uint32_t)((const char *)attr - (const char *)message);
}

static void answer_ack(struct fake *fake)
{
	fake_answer(fake, BATCH);
	reply_ack(fake);
}

/* The offset is taken from the messages of a check, which leaves the transaction as it is. */
static void test_refusal(void **state)
{
	const struct refusal *refusal = *state;
	const struct nlmsghdr *message;
	struct setup setup;

	set_up(&setup);
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
	tear_down(&setup);
}

/*
 * The kernel blames an expression with ENOENT if it does not know the kind, and just so if it does not
 * find the flowtable. Which of both it is depends on what is there.
 */
static int refuse_rule(struct setup *setup, int message)
{
	fake_answer(setup->fake, BATCH);
	reply_error(setup->fake, message, ENOENT);
	reply_ack(setup->fake);
	assert_int_equal(add_rule(setup->txn), 0);
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
	struct setup setup;

	set_up(&setup);
	answer_flowtables(setup.fake, present->family, present->table, present->flowtable);
	assert_int_equal(refuse_rule(&setup, 3), -ENOENT);
	assert_int_equal(nfto_error_code(setup.error), present->code);
	assert_string_equal(nfto_error_object(setup.error), "offload rule in chain inet t c");
	tear_down(&setup);
}

static void test_rule_where_nothing_can_be_listed(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	fake_answer(setup.fake, NFT(NFT_MSG_GETGEN));
	reply_error(setup.fake, 0, EPERM);
	assert_int_equal(refuse_rule(&setup, 3), -ENOENT);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NO_FLOWTABLE);
	tear_down(&setup);
}

/* What the same batch has made is there, so it is the kind. */
static void test_rule_behind_its_flowtable(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	assert_int_equal(add_flowtable(setup.txn), 0);
	assert_int_equal(refuse_rule(&setup, 4), -ENOENT);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NOT_SUPPORTED);
	assert_int_equal(setup.fake->request_count, 1);
	tear_down(&setup);
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
		ret = nfto_txn_add_offload_rule(txn, INET, "tables", "chains", "flows", NULL);
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
	struct setup setup;

	set_up(&setup);
	assert_int_equal(add_many(setup.txn), 0);
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, culprit->message, EIO);
	reply_ack(setup.fake);
	assert_int_equal(nfto_txn_commit(setup.txn), -EIO);
	assert_string_equal(nfto_error_object(setup.error), culprit->object);
	assert_string_equal(nfto_error_device(setup.error), culprit->device);
	tear_down(&setup);
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
	struct setup setup;

	set_up(&setup);
	assert_int_equal(add_table(setup.txn), 0);
	fake_answer(setup.fake, BATCH);
	if (whole->errnum)
		reply_error(setup.fake, 0, whole->errnum);
	assert_int_equal(nfto_txn_commit(setup.txn), whole->result);
	assert_int_equal(nfto_error_code(setup.error), whole->code);
	assert_string_equal(nfto_error_object(setup.error), whole->object);
	assert_string_equal(nfto_error_device(setup.error), "");
	tear_down(&setup);
}

/* The batch is off as soon as one error is seen, so that is told, and not the loss. */
static void test_error_is_told_though_others_are_lost(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	assert_int_equal(add_device(setup.txn), 0);
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, 1, EOPNOTSUPP);
	fake_receive_error(setup.fake, ENOBUFS);
	assert_int_equal(nfto_txn_commit(setup.txn), -EOPNOTSUPP);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_DEVICE_REFUSED);
	assert_string_equal(nfto_error_device(setup.error), "lan0");
	tear_down(&setup);
}

static void test_lost_answer(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	assert_int_equal(add_device(setup.txn), 0);
	fake_answer(setup.fake, BATCH);
	fake_receive_error(setup.fake, ENOBUFS);
	assert_int_equal(nfto_txn_commit(setup.txn), -ENOBUFS);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_LOST);
	tear_down(&setup);
}

/* ---- The life of a transaction */

static void test_empty_transaction_sends_nothing(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_int_equal(nfto_txn_check(setup.txn), 0);
	assert_int_equal(setup.fake->request_count, 0);
	tear_down(&setup);
}

static void test_check_leaves_out_the_end(void **state)
{
	static const char *const expected[] = { "begin any subsystem=10",
						"newtable inet create ack name=t", NULL };
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_ack(setup.fake);
	assert_int_equal(add_table(setup.txn), 0);
	assert_int_equal(nfto_txn_check(setup.txn), 0);
	assert_sent(setup.fake, 0, expected);
	tear_down(&setup);
}

static void test_operations_stay_until_they_are_done(void **state)
{
	static const char *const expected[] = { "begin any subsystem=10",
						"newtable inet create ack name=t",
						"end any subsystem=10", NULL };
	struct setup setup;

	(void)state;
	set_up(&setup);
	assert_int_equal(add_table(setup.txn), 0);
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
	tear_down(&setup);
}

static void test_transaction_can_be_used_again(void **state)
{
	static const char *const expected[] = { "begin any subsystem=10",
						"deltable inet ack name=t", "end any subsystem=10",
						NULL };
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_ack(setup.fake);
	assert_int_equal(add_table(setup.txn), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	answer_ack(setup.fake);
	assert_int_equal(delete_table(setup.txn), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_sent(setup.fake, 1, expected);
	tear_down(&setup);
}

static void test_arguments_are_copied(void **state)
{
	static const char *const expected[] = {
		"begin any subsystem=10",
		"newflowtable inet ack table=t name=f hook{devices{name=lan0}}",
		"end any subsystem=10", NULL
	};
	char table[] = "t", flowtable[] = "f", device[] = "lan0";
	struct setup setup;

	(void)state;
	set_up(&setup);
	assert_int_equal(nfto_txn_add_device(setup.txn, INET, table, flowtable, device), 0);
	table[0] = flowtable[0] = device[0] = 'x';
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, 1, EBUSY);
	assert_int_equal(nfto_txn_commit(setup.txn), -EBUSY);
	assert_sent(setup.fake, 0, expected);
	assert_string_equal(nfto_error_object(setup.error), "flowtable inet t f");
	assert_string_equal(nfto_error_device(setup.error), "lan0");
	tear_down(&setup);
}

/* More than the kernel takes in one message. */
static void test_300_devices(void **state)
{
	struct setup setup;
	char text[200], expected[200], device[16];

	(void)state;
	set_up(&setup);
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
	tear_down(&setup);
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
	return nfto_txn_add_offload_rule(txn, INET, "t", "c", "", NULL);
}

static int rule_with_long_comment(struct nfto_txn *txn)
{
	return nfto_txn_add_offload_rule(txn, INET, "t", "c", "f", COMMENT_127 "x");
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
	struct setup setup;

	set_up(&setup);
	assert_int_equal(invalid->add(setup.txn), -EINVAL);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_INVALID);
	assert_int_equal(nfto_error_errno(setup.error), EINVAL);
	assert_string_equal(nfto_error_device(setup.error), invalid->device);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_int_equal(setup.fake->request_count, 0);
	tear_down(&setup);
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
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_ack(setup.fake);
	assert_int_equal(nfto_txn_add_table(setup.txn, INET, NAME_255, COMMENT_127), 0);
	assert_int_equal(
		nfto_txn_add_device(setup.txn, INET, NAME_255, NAME_255, "123456789012345"), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	assert_sent(setup.fake, 0, expected);
	tear_down(&setup);
}

/* The largest messages that can be made fit into the room that each is given. */
static void test_largest_messages(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_ack(setup.fake);
	assert_int_equal(nfto_txn_add_offload_rule(setup.txn, INET, NAME_255, NAME_255, NAME_255,
						   COMMENT_127),
			 0);
	assert_int_equal(nfto_txn_add_leak_detector(setup.txn, NAME_255, NAME_255), 0);
	assert_int_equal(nfto_txn_commit(setup.txn), 0);
	for (size_t i = 0; i < fake_sent_messages(setup.fake, 0); i++)
		assert_in_range(fake_sent(setup.fake, 0, i)->nlmsg_len, 16, MESSAGE_ROOM);
	tear_down(&setup);
}

static void test_free_of_nothing(void **state)
{
	(void)state;
	nfto_txn_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule_with_comment),
		cmocka_unit_test(test_bytes_of_a_batch),
		cmocka_unit_test(test_rule_where_nothing_can_be_listed),
		cmocka_unit_test(test_rule_behind_its_flowtable),
		cmocka_unit_test(test_error_is_told_though_others_are_lost),
		cmocka_unit_test(test_lost_answer),
		cmocka_unit_test(test_empty_transaction_sends_nothing),
		cmocka_unit_test(test_check_leaves_out_the_end),
		cmocka_unit_test(test_operations_stay_until_they_are_done),
		cmocka_unit_test(test_transaction_can_be_used_again),
		cmocka_unit_test(test_arguments_are_copied),
		cmocka_unit_test(test_300_devices),
		cmocka_unit_test(test_longest_names_and_comments_are_taken),
		cmocka_unit_test(test_largest_messages),
		cmocka_unit_test(test_free_of_nothing),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(operations, test_operation);
	failures += run_table(refusals, test_refusal);
	failures += run_table(present_flowtables, test_rule_without_flowtable);
	failures += run_table(culprits, test_culprit);
	failures += run_table(whole_batches, test_whole_batch);
	failures += run_table(invalids, test_invalid);
	return failures != 0;
}
