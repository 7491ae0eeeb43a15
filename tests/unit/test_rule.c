// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rules as the kernel tells of them: chain, comment, counter. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "instance_script.h"
#include "objects/objects.h"
#include "unit.h"

#define GET NFT(NFT_MSG_GETRULE)
#define NEW NFT(NFT_MSG_NEWRULE)

struct setup {
	struct fake *fake;
	struct nfto_ctx *ctx;
	struct rule_info *rules;
	size_t count;
};

static void set_up(struct setup *setup)
{
	memset(setup, 0, sizeof(*setup));
	setup->fake = fake_new();
	setup->ctx = fake_ctx(setup->fake);
	instance_answer_generation(setup->fake);
	fake_answer(setup->fake, GET);
}

static int read_rules(struct setup *setup)
{
	return rules_read(setup->ctx, NFPROTO_INET, "t", &setup->rules, &setup->count);
}

static void tear_down(struct setup *setup)
{
	free(setup->rules);
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
}

static void test_rules(void **state)
{
	static const struct reply_rule with_all = {
		.table = "t",
		.chain = "forward",
		.comment = "hello",
		.has_counter = true,
		.packets = 0x100000001,
		.bytes = 5,
	};
	static const struct reply_rule bare = { .table = "t", .chain = "leaks" };
	static const char *const dump[] = { "getrule inet dump table=t", NULL };
	struct setup setup;

	(void)state;
	set_up(&setup);
	reply_rule(setup.fake, &with_all);
	fake_datagram(setup.fake);
	reply_rule(setup.fake, &bare);
	reply_done(setup.fake);
	assert_int_equal(read_rules(&setup), 0);
	assert_sent(setup.fake, 1, dump);
	assert_int_equal(setup.count, 2);
	assert_string_equal(setup.rules[0].chain, "forward");
	assert_string_equal(setup.rules[0].comment, "hello");
	assert_true(setup.rules[0].has_counter);
	assert_true(setup.rules[0].counter.packets == 0x100000001);
	assert_int_equal(setup.rules[0].counter.bytes, 5);
	assert_string_equal(setup.rules[1].chain, "leaks");
	assert_string_equal(setup.rules[1].comment, "");
	assert_false(setup.rules[1].has_counter);
	tear_down(&setup);
}

static void test_no_rules(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	reply_done(setup.fake);
	assert_int_equal(read_rules(&setup), 0);
	assert_int_equal(setup.count, 0);
	tear_down(&setup);
}

/* ---- Rules with something unusual or wrong in them */

static struct nlmsghdr *begin(struct fake *fake)
{
	struct nlmsghdr *message = reply_open(fake, NEW, NLM_F_MULTI, NFPROTO_INET);

	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, "c");
	return message;
}

static void chain_alone(struct fake *fake)
{
	fake_close(fake, begin(fake));
}

static void no_chain(struct fake *fake)
{
	fake_close(fake, reply_open(fake, NEW, NLM_F_MULTI, NFPROTO_INET));
}

static void chain_too_long(struct fake *fake)
{
	struct nlmsghdr *message = reply_open(fake, NEW, NLM_F_MULTI, NFPROTO_INET);
	char name[257] = { 0 };

	memset(name, 'x', 256);
	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, name);
	fake_close(fake, message);
}

static void comment_of_somebody(struct fake *fake)
{
	struct nlmsghdr *message = begin(fake);

	mnl_attr_put(message, NFTA_RULE_USERDATA, 3, "\7\1x");
	fake_close(fake, message);
}

static void empty_expressions(struct fake *fake)
{
	struct nlmsghdr *message = begin(fake);

	mnl_attr_nest_end(message, mnl_attr_nest_start(message, NFTA_RULE_EXPRESSIONS));
	fake_close(fake, message);
}

/* A rule with one expression. */
static void put_expression(struct fake *fake, const char *name, size_t name_length,
			   uint16_t counter_length)
{
	static const uint8_t zeroes[16];
	struct nlmsghdr *message = begin(fake);
	struct nlattr *list = mnl_attr_nest_start(message, NFTA_RULE_EXPRESSIONS);
	struct nlattr *expression = mnl_attr_nest_start(message, NFTA_LIST_ELEM), *data;

	mnl_attr_put(message, NFTA_EXPR_NAME, name_length, name);
	data = mnl_attr_nest_start(message, NFTA_EXPR_DATA);
	mnl_attr_put(message, NFTA_COUNTER_BYTES, counter_length, zeroes);
	mnl_attr_put(message, NFTA_COUNTER_PACKETS, counter_length, zeroes);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, expression);
	mnl_attr_nest_end(message, list);
	fake_close(fake, message);
}

static void counter(struct fake *fake)
{
	put_expression(fake, "counter", 8, 8);
}

static void short_counter(struct fake *fake)
{
	put_expression(fake, "counter", 8, 4);
}

static void expression_of_the_future(struct fake *fake)
{
	put_expression(fake, "counter2", 9, 3);
}

static void expression_with_a_long_name(struct fake *fake)
{
	put_expression(fake, "counter-counter-counter-counter-counter", 40, 3);
}

static void expression_that_is_no_nest(struct fake *fake)
{
	struct nlmsghdr *message = begin(fake);
	struct nlattr *list = mnl_attr_nest_start(message, NFTA_RULE_EXPRESSIONS);

	mnl_attr_put_u8(message, NFTA_LIST_ELEM, 1);
	mnl_attr_nest_end(message, list);
	fake_close(fake, message);
}

struct variant {
	const char *name;
	void (*script)(struct fake *fake);
	bool is_good;
	bool has_counter;
};

static const struct variant variants[] = {
	{ "chain alone", chain_alone, true, false },
	{ "no chain", no_chain, false, false },
	{ "chain too long", chain_too_long, false, false },
	{ "comment of somebody else", comment_of_somebody, true, false },
	{ "empty expressions", empty_expressions, true, false },
	{ "counter", counter, true, true },
	{ "short counter", short_counter, false, false },
	{ "expression of the future", expression_of_the_future, true, false },
	{ "expression with a long name", expression_with_a_long_name, true, false },
	{ "expression that is no nest", expression_that_is_no_nest, false, false },
};

static void test_variant(void **state)
{
	const struct variant *variant = *state;
	struct setup setup;

	set_up(&setup);
	variant->script(setup.fake);
	reply_done(setup.fake);
	assert_int_equal(read_rules(&setup), variant->is_good ? 0 : -EBADMSG);
	if (variant->is_good) {
		assert_int_equal(setup.count, 1);
		assert_string_equal(setup.rules[0].comment, "");
		assert_int_equal(setup.rules[0].has_counter, variant->has_counter);
	}
	tear_down(&setup);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_no_rules),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(variants, test_variant);
	return failures != 0;
}
