// SPDX-License-Identifier: LGPL-2.1-or-later
/* What an instance was asked for, as it remembers it. */
#include <errno.h>

#include "instance_script.h"
#include "intent/spec.h"
#include "setup.h"
#include "unit.h"

#define NAME "nftoffload"
#define HARDWARE 1
#define COUNTER 2

static struct nfto_spec *read_spec(const struct instance_script *instance)
{
	struct nfto_spec *spec;
	struct setup setup;

	set_up(&setup);
	instance_answer(setup.fake, instance);
	assert_int_equal(nfto_spec_read(setup.ctx, NAME, &spec), 0);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup.ctx)), NFTO_ERROR_NONE);
	tear_down(&setup);
	return spec;
}

static void test_all_of_it(void **state)
{
	struct instance_script instance = instance_whole("hardware", HARDWARE);
	struct nfto_spec *spec;

	(void)state;
	instance.offload_comment =
		"offload: flows that were offloaded, requested mode hardware, after 20 packets";
	instance.priority = -5;
	instance.chain_priority = 30;
	instance.interfaces[0] = "br-lan";
	instance.wanted_devices[0] = "eth*";
	instance.wanted_devices[1] = NULL;
	spec = read_spec(&instance);
	assert_string_equal(spec->name, NAME);
	assert_int_equal(spec->mode, NFTO_MODE_HARDWARE);
	assert_false(spec->counter);
	assert_int_equal(spec->min_packets, 20);
	assert_int_equal(spec->ingress_priority, -5);
	assert_int_equal(spec->forward_priority, 30);
	assert_int_equal(spec->interfaces.count, 1);
	assert_string_equal(spec->interfaces.names[0], "br-lan");
	assert_int_equal(spec->devices.count, 1);
	assert_string_equal(spec->devices.names[0], "eth*");
	nfto_spec_free(spec);
}

/* Somebody has deleted all but the names. */
static void test_what_is_lost_is_as_usual(void **state)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	struct nfto_spec *spec;

	(void)state;
	instance.flowtable = NULL;
	instance.has_chain = false;
	instance.offload_comment = NULL;
	instance.leak_comment = NULL;
	instance.namers = 0;
	spec = read_spec(&instance);
	assert_int_equal(spec->mode, NFTO_MODE_AUTO);
	assert_true(spec->counter);
	assert_int_equal(spec->min_packets, 0);
	assert_int_equal(spec->ingress_priority, 0);
	assert_int_equal(spec->forward_priority, 10);
	assert_int_equal(spec->devices.count, 2);
	nfto_spec_free(spec);
}

static void assert_refused(struct setup *setup, int result, enum nfto_error_code code)
{
	struct nfto_spec *spec = UNTOUCHED(struct nfto_spec);

	assert_int_equal(nfto_spec_read(setup->ctx, NAME, &spec), result);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup->ctx)), code);
	assert_string_equal(nfto_error_object(nfto_ctx_error(setup->ctx)), "table inet nftoffload");
	assert_ptr_equal(spec, UNTOUCHED(struct nfto_spec));
	tear_down(setup);
}

static void test_no_instance(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	instance_answer_generation(setup.fake);
	instance_answer_missing(setup.fake);
	assert_refused(&setup, -ENOENT, NFTO_ERROR_NO_TABLE);
}

static void test_names_are_lost(void **state)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	struct setup setup;

	(void)state;
	set_up(&setup);
	instance.has_wanted = false;
	instance_answer(setup.fake, &instance);
	assert_refused(&setup, -ENODATA, NFTO_ERROR_INVALID);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_it),
		cmocka_unit_test(test_what_is_lost_is_as_usual),
		cmocka_unit_test(test_no_instance),
		cmocka_unit_test(test_names_are_lost),
	};

	return cmocka_run_group_tests_name("spec read", tests, NULL, NULL);
}
