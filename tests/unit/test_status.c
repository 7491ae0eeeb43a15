// SPDX-License-Identifier: LGPL-2.1-or-later
/* The status of an instance: what was asked for, against what is there. */
#include <errno.h>
#include <string.h>

#include "describe.h"
#include "setup.h"
#include "status_script.h"
#include "unit.h"

#define NAME "nftoffload"
#define HARDWARE 1
#define COUNTER 2

static struct nfto_status *read_with(const struct instance_script *instance,
				     const struct status_script *script)
{
	struct nfto_status *status;
	struct setup setup;

	set_up(&setup);
	status_answer(setup.fake, instance, script);
	assert_int_equal(nfto_status_read(setup.ctx, NAME, &status), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	tear_down(&setup);
	return status;
}

static struct nfto_status *read_instance(const struct instance_script *instance)
{
	struct status_script script = status_usual();

	return read_with(instance, &script);
}

static void test_whole_instance(void **state)
{
	struct instance_script instance = instance_whole("auto", HARDWARE | COUNTER);
	struct nfto_status *status = read_instance(&instance);

	(void)state;
	assert_string_equal(nfto_status_name(status), NAME);
	assert_int_equal(nfto_status_requested(status), NFTO_MODE_AUTO);
	assert_int_equal(nfto_status_effective(status), NFTO_MODE_HARDWARE);
	assert_int_equal(nfto_status_device_count(status), 2);
	assert_string_equal(nfto_status_device_name(status, 0), "lan0");
	assert_string_equal(nfto_status_device_name(status, 1), "wan0");
	assert_null(nfto_status_device_name(status, 2));
	assert_int_equal(nfto_status_device_state(status, 1), NFTO_DEVICE_HARDWARE);
	assert_int_equal(nfto_status_device_state(status, 2), NFTO_DEVICE_UNKNOWN);
	assert_int_equal(nfto_status_inserted(status), 17);
	assert_int_equal(nfto_status_leaked(status), 3);
	nfto_status_free(status);
	nfto_status_free(NULL);
}

/* What is asked, and in this order: what was received is read around the flows. */
static void test_requests(void **state)
{
	static const char *const requests[][2] = {
		{ "getgen any" },
		{ "gettable inet name=" NAME },
		{ "getflowtable inet dump table=" NAME },
		{ "getchain inet table=" NAME " name=forward" },
		{ "getsetelem inet dump table=" NAME " set=wanted" },
		{ "getrule inet dump table=" NAME },
		{ "getflowtable any dump" },
	};
	struct instance_script instance = instance_whole("software", COUNTER);
	struct status_script script = status_usual();
	struct nfto_status *status;
	struct setup setup;

	(void)state;
	set_up(&setup);
	status_answer(setup.fake, &instance, &script);
	assert_int_equal(nfto_status_read(setup.ctx, NAME, &status), 0);
	for (size_t i = 0; i < COUNT(requests); i++)
		assert_sent(setup.fake, i, requests[i]);
	/* Links, ethtool, a list of hooks for each device, conntrack. */
	assert_int_equal(setup.fake->request_count, COUNT(requests) + 5);
	nfto_status_free(status);
	tear_down(&setup);
}

/* ---- Instances of which somebody has taken a part away, or changed it */

static void nothing(struct instance_script *instance)
{
	(void)instance;
}

static void without_flowtable(struct instance_script *instance)
{
	instance->flowtable = NULL;
}

static void flowtable_of_another_name(struct instance_script *instance)
{
	instance->flowtable = "other";
}

static void without_devices(struct instance_script *instance)
{
	instance->devices[0] = NULL;
}

static void without_rules(struct instance_script *instance)
{
	instance->offload_comment = NULL;
	instance->leak_comment = NULL;
	instance->namers = 0;
}

static void without_offload_rule(struct instance_script *instance)
{
	instance->offload_comment = NULL;
}

static void without_leak_rule(struct instance_script *instance)
{
	instance->leak_comment = NULL;
}

static void without_a_namer(struct instance_script *instance)
{
	instance->namers = 3;
}

static void one_rule_more(struct instance_script *instance)
{
	instance->namers = 5;
}

static void without_insertion_counter(struct instance_script *instance)
{
	instance->offload_has_counter = false;
}

static void without_leak_counter(struct instance_script *instance)
{
	instance->leak_has_counter = false;
}

static void mode_that_nobody_knows(struct instance_script *instance)
{
	instance->offload_comment = "offload: flows that were offloaded, requested mode turbo";
}

static void mode_none(struct instance_script *instance)
{
	instance->offload_comment = "offload: flows that were offloaded, requested mode none";
}

static void mode_missing(struct instance_script *instance)
{
	instance->offload_comment = "offload: flows that were offloaded, requested mode ";
}

struct variant {
	const char *name;
	const char *mode;
	uint32_t flags;
	void (*change)(struct instance_script *instance);
	enum nfto_mode requested;
	enum nfto_mode effective;
	size_t devices;
};

#define AUTO NFTO_MODE_AUTO
#define HARD NFTO_MODE_HARDWARE
#define SOFT NFTO_MODE_SOFTWARE
#define NONE NFTO_MODE_NONE

static const struct variant variants[] = {
	{ "software", "software", COUNTER, nothing, SOFT, SOFT, 2 },
	{ "hardware", "hardware", HARDWARE | COUNTER, nothing, HARD, HARD, 2 },
	{ "auto in hardware", "auto", HARDWARE | COUNTER, nothing, AUTO, HARD, 2 },
	{ "auto in software", "auto", COUNTER, nothing, AUTO, SOFT, 2 },
	{ "hardware without counter", "hardware", HARDWARE, nothing, HARD, HARD, 2 },
	{ "no flowtable", "auto", COUNTER, without_flowtable, AUTO, NONE, 2 },
	{ "flowtable of another name", "auto", COUNTER, flowtable_of_another_name, AUTO, NONE, 2 },
	{ "no devices", "auto", COUNTER, without_devices, AUTO, NONE, 2 },
	{ "no rules", "auto", COUNTER, without_rules, NONE, NONE, 2 },
	{ "no offload rule", "auto", COUNTER, without_offload_rule, NONE, NONE, 2 },
	{ "no leak rule", "auto", COUNTER, without_leak_rule, AUTO, NONE, 2 },
	{ "a namer missing", "auto", COUNTER, without_a_namer, AUTO, NONE, 2 },
	{ "one rule more", "auto", COUNTER, one_rule_more, AUTO, NONE, 2 },
	{ "no insertion counter", "auto", COUNTER, without_insertion_counter, AUTO, NONE, 2 },
	{ "no leak counter", "auto", COUNTER, without_leak_counter, AUTO, NONE, 2 },
	{ "unknown mode", "auto", COUNTER, mode_that_nobody_knows, NONE, NONE, 2 },
	{ "mode none", "auto", COUNTER, mode_none, NONE, NONE, 2 },
	{ "mode missing", "auto", COUNTER, mode_missing, NONE, NONE, 2 },
};

static void test_variant(void **state)
{
	const struct variant *variant = *state;
	struct instance_script instance = instance_whole(variant->mode, variant->flags);
	struct nfto_status *status;

	variant->change(&instance);
	status = read_instance(&instance);
	assert_int_equal(nfto_status_requested(status), variant->requested);
	assert_int_equal(nfto_status_effective(status), variant->effective);
	assert_int_equal(nfto_status_device_count(status), variant->devices);
	nfto_status_free(status);
}

static void test_instance_that_does_not_exist(void **state)
{
	struct nfto_status *status;
	struct status_script script = status_usual();
	struct setup setup;

	(void)state;
	set_up(&setup);
	instance_answer_generation(setup.fake);
	instance_answer_missing(setup.fake);
	status_answer_flowtables(setup.fake, NULL, &script);
	status_answer_flows(setup.fake, &script);
	assert_int_equal(nfto_status_read(setup.ctx, NAME, &status), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_string_equal(nfto_status_name(status), NAME);
	assert_int_equal(nfto_status_requested(status), NONE);
	assert_int_equal(nfto_status_effective(status), NONE);
	assert_int_equal(nfto_status_device_count(status), 0);
	assert_int_equal(nfto_status_inserted(status), 0);
	assert_int_equal(nfto_status_leaked(status), 0);
	nfto_status_free(status);
	tear_down(&setup);
}

/* ---- Failures */

static void foreign(struct fake *fake)
{
	instance_answer_generation(fake);
	instance_answer_table(fake, "somebody's");
}

static void without_comment(struct fake *fake)
{
	instance_answer_generation(fake);
	instance_answer_table(fake, NULL);
}

static void not_permitted(struct fake *fake)
{
	instance_answer_generation(fake);
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	reply_error(fake, 0, EPERM);
}

static void no_nf_tables(struct fake *fake)
{
	instance_answer_generation(fake);
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	reply_error(fake, 0, EINVAL);
}

static void spoilt_table(struct fake *fake)
{
	instance_answer_generation(fake);
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	fake_close(fake, reply_open(fake, NFT(NFT_MSG_NEWTABLE), 0, NFPROTO_INET));
}

static void flowtables_lost(struct fake *fake)
{
	instance_answer_generation(fake);
	instance_answer_table(fake, "managed by nftoffload");
	fake_answer(fake, NFT(NFT_MSG_GETFLOWTABLE));
	fake_receive_error(fake, ENOBUFS);
}

static void rules_lost(struct fake *fake)
{
	struct instance_script instance = instance_whole("auto", COUNTER);

	instance_answer_generation(fake);
	instance_answer_table(fake, instance.comment);
	instance_answer_flowtable(fake, &instance);
	instance_answer_chain(fake, &instance);
	instance_answer_wanted(fake, &instance);
	fake_answer(fake, NFT(NFT_MSG_GETRULE));
	fake_receive_error(fake, ENOBUFS);
}

static void spoilt_rule(struct fake *fake)
{
	struct instance_script instance = instance_whole("auto", COUNTER);

	instance_answer_generation(fake);
	instance_answer_table(fake, instance.comment);
	instance_answer_flowtable(fake, &instance);
	instance_answer_chain(fake, &instance);
	instance_answer_wanted(fake, &instance);
	fake_answer(fake, NFT(NFT_MSG_GETRULE));
	fake_close(fake, reply_open(fake, NFT(NFT_MSG_NEWRULE), NLM_F_MULTI, NFPROTO_INET));
}

struct failure {
	const char *name;
	void (*script)(struct fake *fake);
	int result;
	enum nfto_error_code code;
	const char *object;
};

static const struct failure read_failures[] = {
	{ "foreign", foreign, -EEXIST, NFTO_ERROR_FOREIGN_TABLE, "table inet nftoffload" },
	{ "no comment", without_comment, -EEXIST, NFTO_ERROR_FOREIGN_TABLE,
	  "table inet nftoffload" },
	{ "not permitted", not_permitted, -EPERM, NFTO_ERROR_PERMISSION, "table inet nftoffload" },
	{ "no nf_tables", no_nf_tables, -EOPNOTSUPP, NFTO_ERROR_NOT_SUPPORTED, "nf_tables" },
	{ "spoilt table", spoilt_table, -EBADMSG, NFTO_ERROR_PROTOCOL, "table inet nftoffload" },
	{ "flowtables lost", flowtables_lost, -ENOBUFS, NFTO_ERROR_LOST, "the list of flowtables" },
	{ "rules lost", rules_lost, -ENOBUFS, NFTO_ERROR_LOST, "rules of table inet nftoffload" },
	{ "spoilt rule", spoilt_rule, -EBADMSG, NFTO_ERROR_PROTOCOL,
	  "rules of table inet nftoffload" },
};

static void test_failure(void **state)
{
	const struct failure *failure = *state;
	struct nfto_status *status = UNTOUCHED(struct nfto_status);
	struct setup setup;

	set_up(&setup);
	failure->script(setup.fake);
	assert_int_equal(nfto_status_read(setup.ctx, NAME, &status), failure->result);
	assert_int_equal(nfto_error_code(setup.error), failure->code);
	assert_string_equal(nfto_error_object(setup.error), failure->object);
	assert_ptr_equal(status, UNTOUCHED(struct nfto_status));
	tear_down(&setup);
}

static void test_name_that_can_not_be(void **state)
{
	struct nfto_status *status = UNTOUCHED(struct nfto_status);
	struct setup setup;

	(void)state;
	set_up(&setup);
	assert_int_equal(nfto_status_read(setup.ctx, "a b", &status), -EINVAL);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_INVALID);
	assert_string_equal(nfto_error_object(setup.error), "table inet a b");
	assert_ptr_equal(status, UNTOUCHED(struct nfto_status));
	assert_int_equal(setup.fake->request_count, 0);
	tear_down(&setup);
}

static void test_names_of_modes(void **state)
{
	(void)state;
	assert_string_equal(nfto_mode_name(NFTO_MODE_AUTO), "auto");
	assert_string_equal(nfto_mode_name(NFTO_MODE_HARDWARE), "hardware");
	assert_string_equal(nfto_mode_name(NFTO_MODE_SOFTWARE), "software");
	assert_string_equal(nfto_mode_name(NFTO_MODE_NONE), "none");
	assert_string_equal(nfto_mode_name((enum nfto_mode)4), "unknown");
	assert_string_equal(nfto_family_name(NFTO_FAMILY_INET), "inet");
	assert_string_equal(nfto_family_name(NFTO_FAMILY_IPV4), "ip");
	assert_string_equal(nfto_family_name(NFTO_FAMILY_IPV6), "ip6");
	assert_string_equal(nfto_family_name((enum nfto_family)3), "unknown");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_instance),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_instance_that_does_not_exist),
		cmocka_unit_test(test_name_that_can_not_be),
		cmocka_unit_test(test_names_of_modes),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(variants, test_variant);
	failures += run_table(read_failures, test_failure);
	return failures != 0;
}
