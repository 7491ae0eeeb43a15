// SPDX-License-Identifier: LGPL-2.1-or-later
/* Flowtables as the kernel tells of them: of all sizes, of newer kernels, and spoilt. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "instance_script.h"
#include "setup.h"
#include "unit.h"

#define INET NFTO_FAMILY_INET
#define NEW NFT(NFT_MSG_NEWFLOWTABLE)
#define GET NFT(NFT_MSG_GETFLOWTABLE)

/* With the answer to the first request, up to the point where that to the dump begins. */
static void set_up_dump(struct setup *setup)
{
	set_up(setup);
	instance_answer_generation(setup->fake);
	fake_answer(setup->fake, GET);
}

static const char *const two_devices[] = { "lan0", "wan0", NULL };

static const struct reply_flowtable example = {
	.family = NFPROTO_INET,
	.table = "t",
	.name = "f",
	.priority = -5,
	.flags = 0x80000002,
	.use = 3,
	.handle = 0x0123456789abcdef,
	.devices = two_devices,
};

static void assert_is_example(const struct nfto_flowtable *flowtable)
{
	assert_int_equal(nfto_flowtable_family(flowtable), INET);
	assert_string_equal(nfto_flowtable_table(flowtable), "t");
	assert_string_equal(nfto_flowtable_name(flowtable), "f");
	assert_int_equal(nfto_flowtable_priority(flowtable), -5);
	assert_int_equal(nfto_flowtable_flags(flowtable), 0x80000002);
	assert_int_equal(nfto_flowtable_use(flowtable), 3);
	assert_true(nfto_flowtable_handle(flowtable) == 0x0123456789abcdef);
	assert_int_equal(nfto_flowtable_device_count(flowtable), 2);
	assert_string_equal(nfto_flowtable_device(flowtable, 0), "lan0");
	assert_string_equal(nfto_flowtable_device(flowtable, 1), "wan0");
	assert_null(nfto_flowtable_device(flowtable, 2));
	assert_null(nfto_flowtable_device(flowtable, SIZE_MAX));
}

static void test_get(void **state)
{
	static const char *const prime[] = { "getgen any", NULL };
	static const char *const dump[] = { "getflowtable inet dump table=t", NULL };
	struct nfto_flowtable *flowtable;
	struct setup setup;

	(void)state;
	set_up_dump(&setup);
	reply_flowtable(setup.fake, &example);
	reply_done(setup.fake);
	assert_int_equal(nfto_flowtable_get(setup.ctx, INET, "t", "f", &flowtable), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_is_example(flowtable);
	assert_sent(setup.fake, 0, prime);
	assert_sent(setup.fake, 1, dump);
	tear_down(&setup);

	/* It outlives its context. */
	assert_is_example(flowtable);
	nfto_flowtable_free(flowtable);
}

static void test_get_among_others(void **state)
{
	struct reply_flowtable other = example;
	struct nfto_flowtable *flowtable;
	struct setup setup;

	(void)state;
	set_up_dump(&setup);
	other.name = "e";
	reply_flowtable(setup.fake, &other);
	fake_datagram(setup.fake);
	reply_flowtable(setup.fake, &example);
	other.name = "g";
	reply_flowtable(setup.fake, &other);
	reply_done(setup.fake);
	assert_int_equal(nfto_flowtable_get(setup.ctx, INET, "t", "f", &flowtable), 0);
	assert_is_example(flowtable);
	nfto_flowtable_free(flowtable);
	tear_down(&setup);
}

static void test_get_of_one_that_is_missing(void **state)
{
	struct nfto_flowtable *flowtable = UNTOUCHED(struct nfto_flowtable);
	struct setup setup;

	(void)state;
	set_up_dump(&setup);
	reply_flowtable(setup.fake, &example);
	reply_done(setup.fake);
	assert_int_equal(nfto_flowtable_get(setup.ctx, INET, "t", "g", &flowtable), -ENOENT);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NO_FLOWTABLE);
	assert_string_equal(nfto_error_object(setup.error), "flowtable inet t g");
	assert_ptr_equal(flowtable, UNTOUCHED(struct nfto_flowtable));
	tear_down(&setup);
}

/* The kernel would be asked for something else: its names end at 255 bytes. */
static void test_get_by_a_name_that_can_not_be(void **state)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_flowtable *flowtable = UNTOUCHED(struct nfto_flowtable);

	(void)state;
	assert_int_equal(nfto_flowtable_get(ctx, INET, "", "f", &flowtable), -ENOENT);
	assert_int_equal(nfto_flowtable_get(ctx, INET, "t", "", &flowtable), -ENOENT);
	assert_ptr_equal(flowtable, UNTOUCHED(struct nfto_flowtable));
	assert_int_equal(fake->request_count, 0);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

static void test_list(void **state)
{
	static const char *const dump[] = { "getflowtable any dump", NULL };
	static const char *const no_devices[] = { NULL };
	const struct reply_flowtable other = {
		.family = NFPROTO_IPV6,
		.table = "foreign",
		.name = "f",
		.devices = no_devices,
	};
	struct nfto_flowtables *list;
	struct setup setup;

	(void)state;
	set_up_dump(&setup);
	reply_flowtable(setup.fake, &example);
	reply_flowtable(setup.fake, &other);
	reply_done(setup.fake);
	assert_int_equal(nfto_flowtables_read(setup.ctx, &list), 0);
	assert_sent(setup.fake, 1, dump);
	tear_down(&setup);

	assert_int_equal(nfto_flowtables_count(list), 2);
	assert_is_example(nfto_flowtables_get(list, 0));
	assert_int_equal(nfto_flowtable_family(nfto_flowtables_get(list, 1)), NFTO_FAMILY_IPV6);
	assert_string_equal(nfto_flowtable_table(nfto_flowtables_get(list, 1)), "foreign");
	assert_int_equal(nfto_flowtable_device_count(nfto_flowtables_get(list, 1)), 0);
	assert_null(nfto_flowtable_device(nfto_flowtables_get(list, 1), 0));
	assert_null(nfto_flowtables_get(list, 2));
	nfto_flowtables_free(list);
}

static void test_empty_list(void **state)
{
	struct nfto_flowtables *list;
	struct setup setup;

	(void)state;
	set_up_dump(&setup);
	reply_done(setup.fake);
	assert_int_equal(nfto_flowtables_read(setup.ctx, &list), 0);
	assert_int_equal(nfto_flowtables_count(list), 0);
	assert_null(nfto_flowtables_get(list, 0));
	nfto_flowtables_free(list);
	tear_down(&setup);
}

#define MOST_DEVICES 255

static void test_most_devices_of_longest_names(void **state)
{
	static char names[MOST_DEVICES][16];
	const char *devices[MOST_DEVICES + 1] = { NULL };
	struct reply_flowtable flowtable = example;
	struct nfto_flowtable *read;
	struct setup setup;

	(void)state;
	for (unsigned int i = 0; i < MOST_DEVICES; i++) {
		snprintf(names[i], sizeof(names[i]), "long-name-%05u", i % 100000u);
		devices[i] = names[i];
	}
	set_up_dump(&setup);
	flowtable.devices = devices;
	reply_flowtable(setup.fake, &flowtable);
	reply_done(setup.fake);
	assert_int_equal(nfto_flowtable_get(setup.ctx, INET, "t", "f", &read), 0);
	assert_int_equal(nfto_flowtable_device_count(read), MOST_DEVICES);
	for (size_t i = 0; i < MOST_DEVICES; i++)
		assert_string_equal(nfto_flowtable_device(read, i), names[i]);
	nfto_flowtable_free(read);
	tear_down(&setup);
}

/* The kernel sizes the messages of a dump by what the socket received before: see lib/ctx.c. */
static void test_context_asks_for_the_generation_once(void **state)
{
	struct nfto_flowtables *list;
	struct setup setup;

	(void)state;
	set_up_dump(&setup);
	reply_done(setup.fake);
	assert_int_equal(nfto_flowtables_read(setup.ctx, &list), 0);
	nfto_flowtables_free(list);
	fake_answer(setup.fake, GET);
	reply_done(setup.fake);
	assert_int_equal(nfto_flowtables_read(setup.ctx, &list), 0);
	nfto_flowtables_free(list);
	assert_int_equal(fake_count_sent(setup.fake, NFT(NFT_MSG_GETGEN)), 1);
	assert_int_equal(fake_count_sent(setup.fake, GET), 2);
	tear_down(&setup);
}

/* ---- Dumps that the kernel marks as interrupted, since somebody has changed the rule set
 * meanwhile */

static void answer_interrupted(struct fake *fake)
{
	reply_flowtable(fake, &example);
	fake_close(fake, reply_open(fake, NLMSG_NOOP, NLM_F_MULTI | NLM_F_DUMP_INTR, 0));
	reply_done(fake);
}

static void test_interrupted_dump_is_repeated(void **state)
{
	struct nfto_flowtables *list;
	struct setup setup;

	(void)state;
	set_up_dump(&setup);
	answer_interrupted(setup.fake);
	fake_answer(setup.fake, GET);
	answer_interrupted(setup.fake);
	fake_answer(setup.fake, GET);
	reply_flowtable(setup.fake, &example);
	reply_done(setup.fake);
	assert_int_equal(nfto_flowtables_read(setup.ctx, &list), 0);
	/* What was read of it in vain is not in the list. */
	assert_int_equal(nfto_flowtables_count(list), 1);
	assert_is_example(nfto_flowtables_get(list, 0));
	nfto_flowtables_free(list);
	tear_down(&setup);
}

static void test_dump_that_is_always_interrupted(void **state)
{
	struct nfto_flowtables *list = UNTOUCHED(struct nfto_flowtables);
	struct setup setup;

	(void)state;
	set_up_dump(&setup);
	answer_interrupted(setup.fake);
	for (int i = 1; i < 4; i++) {
		fake_answer(setup.fake, GET);
		answer_interrupted(setup.fake);
	}
	assert_int_equal(nfto_flowtables_read(setup.ctx, &list), -EINTR);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_INTERRUPTED);
	assert_ptr_equal(list, UNTOUCHED(struct nfto_flowtables));
	assert_int_equal(fake_count_sent(setup.fake, GET), 4);
	tear_down(&setup);
}

/* ---- Failures of the dump */

struct failure {
	const char *name;
	bool is_first; /* it is the question for the generation that fails */
	int errnum;
	int result;
	enum nfto_error_code code;
};

static const struct failure failures_of_dumps[] = {
	{ "no privileges", true, EPERM, -EPERM, NFTO_ERROR_PERMISSION },
	{ "no nf_tables", true, EINVAL, -EOPNOTSUPP, NFTO_ERROR_NOT_SUPPORTED },
	{ "no nf_tables, other kernel", true, EOPNOTSUPP, -EOPNOTSUPP, NFTO_ERROR_NOT_SUPPORTED },
	{ "out of memory", false, ENOMEM, -ENOMEM, NFTO_ERROR_NO_MEMORY },
	{ "other", false, EBUSY, -EBUSY, NFTO_ERROR_SYSTEM },
};

static void test_failure(void **state)
{
	const struct failure *failure = *state;
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_flowtables *list = UNTOUCHED(struct nfto_flowtables);

	if (!failure->is_first)
		instance_answer_generation(fake);
	fake_answer(fake, failure->is_first ? NFT(NFT_MSG_GETGEN) : GET);
	reply_error(fake, 0, failure->errnum);
	assert_int_equal(nfto_flowtables_read(ctx, &list), failure->result);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), failure->code);
	assert_int_equal(nfto_error_errno(nfto_ctx_error(ctx)), -failure->result);
	assert_ptr_equal(list, UNTOUCHED(struct nfto_flowtables));
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* ---- Messages that are other than today's: with more, with less, or spoilt */

static struct nlmsghdr *begin(struct fake *fake)
{
	struct nlmsghdr *message = reply_open(fake, NEW, NLM_F_MULTI, NFPROTO_INET);

	mnl_attr_put_strz(message, NFTA_FLOWTABLE_TABLE, "t");
	mnl_attr_put_strz(message, NFTA_FLOWTABLE_NAME, "f");
	return message;
}

static struct nlattr *begin_hook(struct nlmsghdr *message)
{
	return mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK);
}

static void names_alone(struct fake *fake)
{
	fake_close(fake, begin(fake));
}

static void empty_hook(struct fake *fake)
{
	struct nlmsghdr *message = begin(fake);

	mnl_attr_nest_end(message, begin_hook(message));
	fake_close(fake, message);
}

static void empty_devices(struct fake *fake)
{
	struct nlmsghdr *message = begin(fake);
	struct nlattr *hook = begin_hook(message);

	mnl_attr_nest_end(message, mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK_DEVS));
	mnl_attr_nest_end(message, hook);
	fake_close(fake, message);
}

static void unknown_attributes(struct fake *fake)
{
	struct nlmsghdr *message = begin(fake);
	struct nlattr *hook = begin_hook(message);

	mnl_attr_put_strz(message, NFTA_FLOWTABLE_HOOK_MAX + 1, "new");
	mnl_attr_nest_end(message, hook);
	mnl_attr_put_strz(message, NFTA_FLOWTABLE_MAX + 1, "new");
	mnl_attr_put_strz(message, 0x3fff, "new");
	fake_close(fake, message);
}

/* Puts a hook with these bytes as a device between lan0 and wan0. */
static void put_device(struct fake *fake, uint16_t type, const char *device, size_t length)
{
	struct nlmsghdr *message = begin(fake);
	struct nlattr *hook = begin_hook(message), *devices;

	devices = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK_DEVS);
	mnl_attr_put_strz(message, NFTA_DEVICE_NAME, "lan0");
	mnl_attr_put(message, type, length, device);
	mnl_attr_put_strz(message, NFTA_DEVICE_NAME, "wan0");
	mnl_attr_nest_end(message, devices);
	mnl_attr_nest_end(message, hook);
	fake_close(fake, message);
}

static void wildcard(struct fake *fake)
{
	put_device(fake, NFTA_DEVICE_PREFIX, "eth", 4);
}

static void wildcard_without_nul(struct fake *fake)
{
	put_device(fake, NFTA_DEVICE_PREFIX, "eth", 3);
}

static void longest_wildcard(struct fake *fake)
{
	put_device(fake, NFTA_DEVICE_PREFIX, "123456789012345", 16);
}

static void wildcard_for_all(struct fake *fake)
{
	put_device(fake, NFTA_DEVICE_PREFIX, "", 1);
}

static void wildcard_without_bytes(struct fake *fake)
{
	put_device(fake, NFTA_DEVICE_PREFIX, "", 0);
}

static void wildcard_too_long(struct fake *fake)
{
	put_device(fake, NFTA_DEVICE_PREFIX, "1234567890123456", 17);
}

/* As Linux 6.16 wrote wildcards. */
static void name_without_nul(struct fake *fake)
{
	put_device(fake, NFTA_DEVICE_NAME, "eth", 3);
}

static void longest_name_without_nul(struct fake *fake)
{
	put_device(fake, NFTA_DEVICE_NAME, "123456789012345", 15);
}

static void name_without_bytes(struct fake *fake)
{
	put_device(fake, NFTA_DEVICE_NAME, "", 0);
}

static void device_of_another_kind(struct fake *fake)
{
	put_device(fake, NFTA_DEVICE_MAX + 1, "eth", 4);
}

static void device_too_long(struct fake *fake)
{
	put_device(fake, NFTA_DEVICE_NAME, "1234567890123456", 17);
}

static void devices_cut(struct fake *fake)
{
	struct nlmsghdr *message = begin(fake);
	struct nlattr *hook = begin_hook(message), *devices;

	devices = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK_DEVS);
	mnl_attr_put_strz(message, NFTA_DEVICE_NAME, "lan0");
	mnl_attr_nest_end(message, devices);
	mnl_attr_nest_end(message, hook);
	devices->nla_len -= 6;
	fake_close(fake, message);
}

static void hook_longer_than_the_message(struct fake *fake)
{
	struct nlmsghdr *message = begin(fake);
	struct nlattr *hook = begin_hook(message);

	mnl_attr_nest_end(message, hook);
	hook->nla_len += 4;
	fake_close(fake, message);
}

static void no_table(struct fake *fake)
{
	struct nlmsghdr *message = reply_open(fake, NEW, NLM_F_MULTI, NFPROTO_INET);

	mnl_attr_put_strz(message, NFTA_FLOWTABLE_NAME, "f");
	fake_close(fake, message);
}

static void no_name(struct fake *fake)
{
	struct nlmsghdr *message = reply_open(fake, NEW, NLM_F_MULTI, NFPROTO_INET);

	mnl_attr_put_strz(message, NFTA_FLOWTABLE_TABLE, "t");
	fake_close(fake, message);
}

static void name_too_long(struct fake *fake)
{
	char name[257] = { 0 };
	struct nlmsghdr *message = reply_open(fake, NEW, NLM_F_MULTI, NFPROTO_INET);

	memset(name, 'x', sizeof(name) - 1);
	mnl_attr_put_strz(message, NFTA_FLOWTABLE_TABLE, "t");
	mnl_attr_put_strz(message, NFTA_FLOWTABLE_NAME, name);
	fake_close(fake, message);
}

static void put_wrong_length(struct fake *fake, uint16_t type)
{
	struct nlmsghdr *message = begin(fake);

	mnl_attr_put(message, type, 3, "\0\0");
	fake_close(fake, message);
}

static void flags_of_wrong_length(struct fake *fake)
{
	put_wrong_length(fake, NFTA_FLOWTABLE_FLAGS);
}

static void use_of_wrong_length(struct fake *fake)
{
	put_wrong_length(fake, NFTA_FLOWTABLE_USE);
}

static void handle_of_wrong_length(struct fake *fake)
{
	put_wrong_length(fake, NFTA_FLOWTABLE_HANDLE);
}

static void hook_that_is_no_nest(struct fake *fake)
{
	put_wrong_length(fake, NFTA_FLOWTABLE_HOOK);
}

static void priority_of_wrong_length(struct fake *fake)
{
	struct nlmsghdr *message = begin(fake);
	struct nlattr *hook = begin_hook(message);

	mnl_attr_put_u16(message, NFTA_FLOWTABLE_HOOK_PRIORITY, 0);
	mnl_attr_nest_end(message, hook);
	fake_close(fake, message);
}

static void without_family(struct fake *fake)
{
	fake_close(fake, fake_open(fake, NEW, NLM_F_MULTI, 0));
}

struct variant {
	const char *name;
	void (*script)(struct fake *fake);
	const char *devices[4];
	bool is_bad;
};

static const struct variant variants[] = {
	{ "names alone", names_alone, { NULL }, false },
	{ "empty hook", empty_hook, { NULL }, false },
	{ "empty list of devices", empty_devices, { NULL }, false },
	{ "unknown attributes", unknown_attributes, { NULL }, false },
	{ "wildcard", wildcard, { "lan0", "eth*", "wan0" }, false },
	{ "wildcard without NUL", wildcard_without_nul, { "lan0", "eth*", "wan0" }, false },
	{ "longest wildcard", longest_wildcard, { "lan0", "123456789012345*", "wan0" }, false },
	{ "wildcard for all", wildcard_for_all, { "lan0", "*", "wan0" }, false },
	{ "wildcard without bytes", wildcard_without_bytes, { "lan0", "*", "wan0" }, false },
	{ "wildcard too long", wildcard_too_long, { NULL }, true },
	{ "wildcard of Linux 6.16", name_without_nul, { "lan0", "eth*", "wan0" }, false },
	{ "longest wildcard of Linux 6.16",
	  longest_name_without_nul,
	  { "lan0", "123456789012345*", "wan0" },
	  false },
	{ "wildcard for all of Linux 6.16", name_without_bytes, { "lan0", "*", "wan0" }, false },
	{ "device of another kind", device_of_another_kind, { "lan0", "wan0" }, false },
	{ "device too long", device_too_long, { NULL }, true },
	{ "list of devices cut", devices_cut, { NULL }, true },
	{ "hook longer than the message", hook_longer_than_the_message, { NULL }, true },
	{ "no table", no_table, { NULL }, true },
	{ "no name", no_name, { NULL }, true },
	{ "name too long", name_too_long, { NULL }, true },
	{ "flags of wrong length", flags_of_wrong_length, { NULL }, true },
	{ "use of wrong length", use_of_wrong_length, { NULL }, true },
	{ "handle of wrong length", handle_of_wrong_length, { NULL }, true },
	{ "hook that is no nest", hook_that_is_no_nest, { NULL }, true },
	{ "priority of wrong length", priority_of_wrong_length, { NULL }, true },
	{ "without a family", without_family, { NULL }, true },
};

static void assert_devices(const struct nfto_flowtable *flowtable, const char *const *devices)
{
	size_t count = 0;

	for (; devices[count]; count++)
		assert_string_equal(nfto_flowtable_device(flowtable, count), devices[count]);
	assert_int_equal(nfto_flowtable_device_count(flowtable), count);
}

/* Behind one that is right, which must not leak where the next is spoilt. */
static void test_variant(void **state)
{
	const struct variant *variant = *state;
	struct nfto_flowtables *list = UNTOUCHED(struct nfto_flowtables);
	struct setup setup;

	set_up_dump(&setup);
	reply_flowtable(setup.fake, &example);
	variant->script(setup.fake);
	reply_done(setup.fake);
	if (variant->is_bad) {
		assert_int_equal(nfto_flowtables_read(setup.ctx, &list), -EBADMSG);
		assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_PROTOCOL);
		assert_ptr_equal(list, UNTOUCHED(struct nfto_flowtables));
	} else {
		assert_int_equal(nfto_flowtables_read(setup.ctx, &list), 0);
		assert_int_equal(nfto_flowtables_count(list), 2);
		assert_string_equal(nfto_flowtable_name(nfto_flowtables_get(list, 1)), "f");
		assert_devices(nfto_flowtables_get(list, 1), variant->devices);
		nfto_flowtables_free(list);
	}
	tear_down(&setup);
}

static void test_free_of_nothing(void **state)
{
	(void)state;
	nfto_flowtable_free(NULL);
	nfto_flowtables_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_get_among_others),
		cmocka_unit_test(test_get_of_one_that_is_missing),
		cmocka_unit_test(test_get_by_a_name_that_can_not_be),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_empty_list),
		cmocka_unit_test(test_most_devices_of_longest_names),
		cmocka_unit_test(test_context_asks_for_the_generation_once),
		cmocka_unit_test(test_interrupted_dump_is_repeated),
		cmocka_unit_test(test_dump_that_is_always_interrupted),
		cmocka_unit_test(test_free_of_nothing),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(failures_of_dumps, test_failure);
	failures += run_table(variants, test_variant);
	return failures != 0;
}
