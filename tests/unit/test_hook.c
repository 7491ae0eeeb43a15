// SPDX-License-Identifier: LGPL-2.1-or-later
/* Hooks as nfnetlink_hook lists them: with the flowtable's name, without, of other kinds, and
 * spoilt. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_hook.h>

#include "codec/hook.h"
#include "unit.h"

#define NO_TYPE 0

/* What is NULL, or 0, is not there. */
struct hook {
	const char *name;
	const char *function;
	uint32_t type; /* of the owner */
	const char *table;
	const char *flowtable;
	size_t family_length;
	int result;
	bool is_flowtable;
	bool is_named;
	bool is_nameless;
};

#define FLOWTABLE NFNL_HOOK_TYPE_NFT_FLOWTABLE
#define FUNCTION "nf_flow_offload_inet_hook"

/* clang-format off */
static const struct hook hooks[] = {
	{ "flowtable, 7.2", FUNCTION, FLOWTABLE, "t", "f", 1, 0, true, true, false },
	{ "flowtable, 6.12", FUNCTION, NO_TYPE, NULL, NULL, 0, 0, true, false, false },
	{ "flowtable, without names of functions", NULL, FLOWTABLE, "t", "f", 1, 0, true, true,
	  true },
	{ "nothing", NULL, NO_TYPE, NULL, NULL, 0, 0, false, false, true },
	{ "chain", "nft_do_chain_netdev", NFNL_HOOK_TYPE_NFTABLES, "t", "c", 1, 0, false, false,
	  false },
	{ "something new", "new_hook", 99, NULL, NULL, 0, 0, false, false, false },
	{ "no table", FUNCTION, FLOWTABLE, NULL, "f", 1, -EBADMSG, false, false, false },
	{ "no name", FUNCTION, FLOWTABLE, "t", NULL, 1, -EBADMSG, false, false, false },
	{ "no family", FUNCTION, FLOWTABLE, "t", "f", 0, -EBADMSG, false, false, false },
	{ "family of wrong length", FUNCTION, FLOWTABLE, "t", "f", 4, -EBADMSG, false, false,
	  false },
};
/* clang-format on */

static void put_names(struct nlmsghdr *message, const struct hook *hook)
{
	static const uint8_t family[4] = { NFPROTO_INET };
	struct nlattr *names = mnl_attr_nest_start(message, NFNLA_HOOK_INFO_DESC);

	if (hook->table)
		mnl_attr_put_strz(message, NFNLA_CHAIN_TABLE, hook->table);
	if (hook->flowtable)
		mnl_attr_put_strz(message, NFNLA_CHAIN_NAME, hook->flowtable);
	if (hook->family_length)
		mnl_attr_put(message, NFNLA_CHAIN_FAMILY, hook->family_length, family);
	mnl_attr_nest_end(message, names);
}

static struct nlmsghdr *open_hook(struct messages *messages)
{
	return messages_open(messages, 12 << 8, 0, NFPROTO_NETDEV, 0);
}

static void put_hook(struct messages *messages, const struct hook *hook)
{
	struct nlmsghdr *message = open_hook(messages);
	struct nlattr *owner;

	if (hook->function)
		mnl_attr_put_strz(message, NFNLA_HOOK_FUNCTION_NAME, hook->function);
	if (hook->type != NO_TYPE) {
		owner = mnl_attr_nest_start(message, NFNLA_HOOK_CHAIN_INFO);
		mnl_attr_put_u32(message, NFNLA_HOOK_INFO_TYPE, htonl(hook->type));
		put_names(message, hook);
		mnl_attr_nest_end(message, owner);
	}
	messages_close(messages, message);
}

static void test_hook(void **state)
{
	const struct hook *hook = *state;
	struct messages messages = { 0 };
	struct hook_info info;

	put_hook(&messages, hook);
	assert_int_equal(hook_parse(messages_get(&messages, 0), &info), hook->result);
	messages_free(&messages);
	if (hook->result < 0)
		return;
	assert_int_equal(info.is_flowtable, hook->is_flowtable);
	assert_int_equal(info.is_named, hook->is_named);
	assert_int_equal(info.is_nameless, hook->is_nameless);
	if (!hook->is_named)
		return;
	assert_int_equal(info.family, NFPROTO_INET);
	assert_string_equal(info.table, "t");
	assert_string_equal(info.flowtable, "f");
}

/* A flowtable whose names are missing altogether. */
static void test_owner_without_names(void **state)
{
	struct messages messages = { 0 };
	struct nlmsghdr *message = open_hook(&messages);
	struct nlattr *owner = mnl_attr_nest_start(message, NFNLA_HOOK_CHAIN_INFO);
	struct hook_info info;

	(void)state;
	mnl_attr_put_u32(message, NFNLA_HOOK_INFO_TYPE, htonl(FLOWTABLE));
	mnl_attr_nest_end(message, owner);
	messages_close(&messages, message);
	assert_int_equal(hook_parse(messages_get(&messages, 0), &info), -EBADMSG);
	messages_free(&messages);
}

static void test_type_of_wrong_length(void **state)
{
	struct messages messages = { 0 };
	struct nlmsghdr *message = open_hook(&messages);
	struct nlattr *owner = mnl_attr_nest_start(message, NFNLA_HOOK_CHAIN_INFO);
	struct hook_info info;

	(void)state;
	mnl_attr_put_u16(message, NFNLA_HOOK_INFO_TYPE, htons(FLOWTABLE));
	mnl_attr_nest_end(message, owner);
	messages_close(&messages, message);
	assert_int_equal(hook_parse(messages_get(&messages, 0), &info), -EBADMSG);
	messages_free(&messages);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_owner_without_names),
		cmocka_unit_test(test_type_of_wrong_length),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(hooks, test_hook);
	return failures != 0;
}
