// SPDX-License-Identifier: LGPL-2.1-or-later
/* The codec of ethtool's messages. */
#include <errno.h>
#include <string.h>

#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>

#include "caps_script.h"
#include "codec/ethtool.h"
#include "unit.h"

static const void *command_of(const struct nlmsghdr *message, uint8_t command)
{
	const struct genlmsghdr *generic = mnl_nlmsg_get_payload(message);

	assert_int_equal(message->nlmsg_flags, NLM_F_REQUEST);
	assert_int_equal(generic->cmd, command);
	return mnl_nlmsg_get_payload_offset(message, sizeof(*generic));
}

static void test_requests(void **state)
{
	struct messages messages = { 0 };
	const struct nlattr *attr;

	(void)state;
	assert_int_equal(ethtool_build_family_get(&messages), 0);
	assert_int_equal(ethtool_build_features_get(&messages, ETHTOOL_FAMILY, "lan0"), 0);

	attr = command_of(messages_get(&messages, 0), CTRL_CMD_GETFAMILY);
	assert_int_equal(messages_get(&messages, 0)->nlmsg_type, GENL_ID_CTRL);
	assert_int_equal(mnl_attr_get_type(attr), CTRL_ATTR_FAMILY_NAME);
	assert_string_equal(mnl_attr_get_str(attr), "ethtool");

	attr = command_of(messages_get(&messages, 1), ETHTOOL_MSG_FEATURES_GET);
	assert_int_equal(messages_get(&messages, 1)->nlmsg_type, ETHTOOL_FAMILY);
	assert_int_equal(attr->nla_type, NLA_F_NESTED | ETHTOOL_A_FEATURES_HEADER);
	attr = mnl_attr_get_payload(attr);
	assert_int_equal(mnl_attr_get_type(attr), ETHTOOL_A_HEADER_DEV_NAME);
	assert_string_equal(mnl_attr_get_str(attr), "lan0");
	messages_free(&messages);
}

/* ---- Answers, written by the script and spoilt here */

static struct nlmsghdr *script_message(struct fake *fake)
{
	return (struct nlmsghdr *)(void *)fake->script;
}

static struct fake *answer_feature(bool is_on, bool is_fixed)
{
	struct fake *fake = fake_new();

	caps_answer_hw_tc_offload(fake, is_on, is_fixed);
	fake->answers[0].is_used = true;
	return fake;
}

static void test_feature(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct ethtool_feature feature;
		struct fake *fake = answer_feature(i & 1, i & 2);

		assert_int_equal(
			ethtool_parse_feature(script_message(fake), "hw-tc-offload", &feature), 0);
		assert_int_equal(feature.is_on, i & 1);
		assert_int_equal(feature.is_fixed, !!(i & 2));
		fake_free(fake);
	}
}

static void test_other_feature(void **state)
{
	struct fake *fake = answer_feature(true, false);
	struct ethtool_feature feature;

	(void)state;
	assert_int_equal(ethtool_parse_feature(script_message(fake), "hw-tc", &feature), 0);
	assert_false(feature.is_on);
	assert_true(feature.is_fixed);
	assert_int_equal(ethtool_parse_feature(script_message(fake), "tx-scatter-gather", &feature),
			 0);
	assert_true(feature.is_on);
	/* The script says that it never changes. */
	assert_true(feature.is_fixed);
	fake_free(fake);
}

/* The first attribute of a type and length that stands in the message, however deep. */
static struct nlattr *find(struct nlmsghdr *message, uint16_t type, uint16_t length)
{
	char *position = (char *)message + NLMSG_HDRLEN,
	     *end = (char *)message + message->nlmsg_len;

	for (; position + sizeof(struct nlattr) <= end; position += 4) {
		struct nlattr *attr = (struct nlattr *)(void *)position;

		if (attr->nla_type == type && attr->nla_len == length)
			return attr;
	}
	fail_msg("no attribute %u of %u bytes", type, length);
	return NULL;
}

/* A length that is too short for the header of an attribute, and one that reaches out of its
 * nest. */
static void test_wrong_lengths(void **state)
{
	struct fake *fake = answer_feature(true, false);
	struct nlmsghdr *message = script_message(fake);
	struct nlattr *name = find(message, ETHTOOL_A_BITSET_BIT_NAME, 4 + sizeof("hw-tc-offload"));
	struct ethtool_feature feature;
	uint16_t length = name->nla_len;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		name->nla_len = i == 0 ? 3 : 4000;
		assert_int_equal(ethtool_parse_feature(message, "hw-tc-offload", &feature),
				 -EBADMSG);
	}
	name->nla_len = length;
	assert_int_equal(ethtool_parse_feature(message, "hw-tc-offload", &feature), 0);
	fake_free(fake);
}

static void test_missing_bitset(void **state)
{
	struct fake *fake = answer_feature(true, false);
	struct nlmsghdr *message = script_message(fake);
	struct ethtool_feature feature;
	struct nlattr *bitset;

	(void)state;
	bitset = mnl_nlmsg_get_payload_offset(message, sizeof(struct genlmsghdr));
	bitset->nla_type = 99;
	assert_int_equal(ethtool_parse_feature(message, "hw-tc-offload", &feature), -EBADMSG);
	fake_free(fake);
}

static void test_family(void **state)
{
	struct fake *fake = fake_new();
	uint16_t family = 0;

	(void)state;
	caps_answer_family(fake, 0);
	fake->answers[0].is_used = true;
	assert_int_equal(ethtool_parse_family(script_message(fake), &family), 0);
	assert_int_equal(family, ETHTOOL_FAMILY);
	find(script_message(fake), CTRL_ATTR_FAMILY_ID, 6)->nla_len = 5;
	assert_int_equal(ethtool_parse_family(script_message(fake), &family), -EBADMSG);
	find(script_message(fake), CTRL_ATTR_FAMILY_ID, 5)->nla_type = 99;
	assert_int_equal(ethtool_parse_family(script_message(fake), &family), -EBADMSG);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),       cmocka_unit_test(test_feature),
		cmocka_unit_test(test_other_feature),  cmocka_unit_test(test_wrong_lengths),
		cmocka_unit_test(test_missing_bitset), cmocka_unit_test(test_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
