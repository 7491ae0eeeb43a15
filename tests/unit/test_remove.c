// SPDX-License-Identifier: LGPL-2.1-or-later
/* Removing an instance. */
#include <errno.h>

#include "describe.h"
#include "instance_script.h"
#include "setup.h"
#include "unit.h"

#define NAME "nftoffload"

static void test_instance(void **state)
{
	static const char *const look[] = { "gettable inet name=" NAME, NULL };
	struct instance_script software = instance_whole("software", 2);
	static const char *const batch[] = { "begin any subsystem=10 generation=7",
					     "deltable inet ack name=" NAME, "end any subsystem=10",
					     NULL };
	struct setup setup;

	(void)state;
	set_up(&setup);
	instance_answer(setup.fake, &software);
	fake_answer(setup.fake, BATCH);
	reply_ack(setup.fake);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, NULL), 1);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_sent(setup.fake, 1, look);
	assert_sent(setup.fake, 6, batch);
	tear_down(&setup);
}

static void test_instance_that_does_not_exist(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	instance_answer_generation(setup.fake);
	instance_answer_missing(setup.fake);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, NULL), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_int_equal(setup.fake->request_count, 2);
	tear_down(&setup);
}

static void test_instance_that_is_gone_meanwhile(void **state)
{
	struct instance_script software = instance_whole("software", 2);
	struct setup setup;

	(void)state;
	set_up(&setup);
	instance_answer(setup.fake, &software);
	fake_answer(setup.fake, BATCH);
	reply_extended(setup.fake, 1, ENOENT, NULL, 20);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, NULL), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	tear_down(&setup);
}

static void test_foreign_table_is_left_alone(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	instance_answer_generation(setup.fake);
	instance_answer_table(setup.fake, "somebody's");
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, NULL), -EEXIST);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_FOREIGN_TABLE);
	assert_int_equal(setup.fake->request_count, 2);
	tear_down(&setup);
}

static void test_name_that_can_not_be(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	assert_int_equal(nfto_remove(setup.ctx, "..", 0, 0, NULL), -EINVAL);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_INVALID);
	assert_int_equal(setup.fake->request_count, 0);
	tear_down(&setup);
}

/* What the kernel says to the deletion. */
struct refusal {
	const char *name;
	int message;
	int errnum;
	enum nfto_error_code code;
};

static const struct refusal refusals[] = {
	{ "owned", 1, EPERM, NFTO_ERROR_OWNED_TABLE },
	{ "not permitted", 0, EPERM, NFTO_ERROR_PERMISSION },
};

static void test_refusal(void **state)
{
	const struct refusal *refusal = *state;
	struct instance_script software = instance_whole("software", 2);
	struct setup setup;

	set_up(&setup);
	instance_answer(setup.fake, &software);
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, refusal->message, refusal->errnum);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, NULL), -refusal->errnum);
	assert_int_equal(nfto_error_code(setup.error), refusal->code);
	assert_string_equal(nfto_error_object(setup.error), "table inet " NAME);
	tear_down(&setup);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_instance),
		cmocka_unit_test(test_instance_that_does_not_exist),
		cmocka_unit_test(test_instance_that_is_gone_meanwhile),
		cmocka_unit_test(test_foreign_table_is_left_alone),
		cmocka_unit_test(test_name_that_can_not_be),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(refusals, test_refusal);
	return failures != 0;
}
