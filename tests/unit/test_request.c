// SPDX-License-Identifier: LGPL-2.1-or-later
/* The request engine against a scripted kernel: what it makes of right, late, lost and wrong
 * answers. */
#include <errno.h>

#include "engine.h"
#include "unit.h"

static void test_single_answer(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	fake_answer(engine->fake, GET);
	engine_put_item(engine->fake, 0, 0, 5);
	engine_assert_items(engine, 0, 5);
	engine_free(engine);
}

static void test_dump_of_several_datagrams(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	fake_answer(engine->fake, GET);
	engine_item(engine->fake, 1);
	engine_item(engine->fake, 2);
	fake_datagram(engine->fake);
	engine_item(engine->fake, 3);
	fake_datagram(engine->fake);
	reply_done(engine->fake);
	engine_assert_items(engine, 0, 1, 2, 3);
	engine_free(engine);
}

static void test_empty_dump(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	fake_answer(engine->fake, GET);
	reply_done(engine->fake);
	engine_assert_nothing(engine, 0);
	engine_free(engine);
}

static void test_empty_datagram_is_no_end(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	fake_answer(engine->fake, GET);
	engine_item(engine->fake, 1);
	fake_raw(engine->fake, "", 0);
	fake_datagram(engine->fake);
	engine_item(engine->fake, 2);
	reply_done(engine->fake);
	engine_assert_items(engine, 0, 1, 2);
	engine_free(engine);
}

static void test_last_message_without_its_padding(void **state)
{
	struct engine *engine = engine_new();
	struct nlmsghdr *message;

	(void)state;
	fake_answer(engine->fake, GET);
	message = fake_open(engine->fake, ITEM, 0, 0);
	mnl_nlmsg_put_extra_header(message, sizeof(struct nfgenmsg));
	mnl_attr_put_u32(message, 1, 5);
	mnl_attr_put_u8(message, 2, 1);
	message->nlmsg_len -= 3;
	fake_close(engine->fake, message);
	fake_cut(engine->fake, 3);
	engine_assert_items(engine, 0, 5);
	engine_free(engine);
}

static void test_late_answer_is_waited_for(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	fake_answer(engine->fake, GET);
	fake_late_datagram(engine->fake);
	engine_item(engine->fake, 1);
	fake_late_datagram(engine->fake);
	reply_done(engine->fake);
	engine_assert_items(engine, 0, 1);
	engine_free(engine);
}

static void test_silence_ends_in_a_timeout(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	engine_assert_nothing(engine, -ETIMEDOUT);
	assert_in_range(engine->fake->waited_ms, 1000, 60000);
	engine_free(engine);
}

static void test_dump_that_stops_short_is_a_timeout(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	fake_answer(engine->fake, GET);
	engine_item(engine->fake, 1);
	engine_assert_items(engine, -ETIMEDOUT, 1);
	engine_free(engine);
}

static void test_failure_to_send(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	engine->fake->send.nth = 1;
	engine->fake->send.errnum = EIO;
	assert_int_equal(channel_send(&engine->channel, &engine->request), -EIO);
	engine_free(engine);
}

/* ---- Whose answer is it? */

static void test_messages_for_others_are_skipped(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	fake_answer(engine->fake, GET);
	engine_put_item(engine->fake, NLM_F_MULTI, -1, 98);
	engine_item(engine->fake, 1);
	engine_put_item(engine->fake, NLM_F_MULTI, 1, 99);
	reply_error(engine->fake, -1, EPERM);
	reply_error(engine->fake, 1, EPERM);
	reply_done(engine->fake);
	engine_assert_items(engine, 0, 1);
	assert_int_equal(engine->channel.error.errnum, 0);
	engine_free(engine);
}

/* A notification has the number 0. */
static void test_notifications_are_skipped(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	engine->channel.seq = 99;
	fake_answer(engine->fake, GET);
	engine_put_item(engine->fake, 0, -100, 98);
	engine_put_item(engine->fake, 0, 0, 1);
	engine_assert_items(engine, 0, 1);
	engine_free(engine);
}

static void test_leftovers_of_a_former_request_are_dropped(void **state)
{
	struct engine *engine = engine_new();
	const struct nlmsghdr *message;

	(void)state;
	fake_answer(engine->fake, GET);
	engine_item(engine->fake, 1);
	engine_item(engine->fake, 2);
	fake_datagram(engine->fake);
	engine_item(engine->fake, 3);
	fake_receive_error(engine->fake, ENOBUFS);
	fake_receive_error(engine->fake, EMSGSIZE);
	fake_datagram(engine->fake);
	reply_done(engine->fake);
	assert_int_equal(channel_send(&engine->channel, &engine->request), 0);
	assert_int_equal(channel_next(&engine->channel, &message), 1);

	fake_answer(engine->fake, GET);
	engine_item(engine->fake, 7);
	reply_done(engine->fake);
	engine_assert_items(engine, 0, 7);
	engine_free(engine);
}

static void test_numbers_wrap_around(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	engine->channel.seq = UINT32_MAX - 1;
	for (uint32_t i = 0; i < 3; i++) {
		fake_answer(engine->fake, GET);
		engine_put_item(engine->fake, 0, 0, i);
		engine_assert_items(engine, 0, i);
		assert_int_equal(fake_sent(engine->fake, i, 0)->nlmsg_seq, UINT32_MAX + i);
	}
	engine_free(engine);
}

/* ---- Wrong answers: each ends the answer with this result, behind one item that is right. */

struct wrong {
	const char *name;
	void (*script)(struct fake *fake);
	int result;
};

static void cut_header(struct fake *fake)
{
	engine_bare(fake, ITEM, NLM_F_MULTI);
	fake_cut(fake, 1);
}

static void one_byte(struct fake *fake)
{
	fake_raw(fake, "x", 1);
}

static void short_length(struct fake *fake)
{
	engine_bare(fake, ITEM, NLM_F_MULTI)->nlmsg_len = 15;
}

static void zero_length(struct fake *fake)
{
	engine_bare(fake, ITEM, NLM_F_MULTI)->nlmsg_len = 0;
}

static void greatest_length(struct fake *fake)
{
	engine_bare(fake, ITEM, NLM_F_MULTI)->nlmsg_len = UINT32_MAX;
}

static void error_without_request(struct fake *fake)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_ERROR, 0, 0);
	int *result = mnl_nlmsg_put_extra_header(message, sizeof(*result));

	*result = -EPERM;
	fake_close(fake, message);
}

static void done_without_body(struct fake *fake)
{
	engine_bare(fake, NLMSG_DONE, NLM_F_MULTI);
}

static void result_that_is_no_errno(struct fake *fake)
{
	reply_error(fake, 0, 4096);
}

static void lost(struct fake *fake)
{
	fake_receive_error(fake, ENOBUFS);
}

static void overrun(struct fake *fake)
{
	engine_bare(fake, NLMSG_OVERRUN, 0);
}

static void too_long(struct fake *fake)
{
	fake_receive_error(fake, EMSGSIZE);
}

static void longer_than_the_buffer(struct fake *fake)
{
	static const char bytes[65 * 1024];

	fake_raw(fake, bytes, sizeof(bytes));
}

static void other_failure(struct fake *fake)
{
	fake_receive_error(fake, EIO);
}

static void kernel_error(struct fake *fake)
{
	reply_error(fake, 0, EPERM);
}

static void greatest_kernel_error(struct fake *fake)
{
	reply_error(fake, 0, 4095);
}

static void kernel_error_in_done(struct fake *fake)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_DONE, NLM_F_MULTI, 0);
	int *result = mnl_nlmsg_put_extra_header(message, sizeof(*result));

	*result = -ENOENT;
	fake_close(fake, message);
}

static void interrupted(struct fake *fake)
{
	engine_put_item(fake, NLM_F_MULTI | NLM_F_DUMP_INTR, -1, 3); /* of somebody else */
	engine_bare(fake, NLMSG_NOOP, NLM_F_MULTI | NLM_F_DUMP_INTR);
	reply_done(fake);
}

static void interrupted_at_the_end(struct fake *fake)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR, 0);

	mnl_nlmsg_put_extra_header(message, sizeof(int));
	fake_close(fake, message);
}

static void interrupted_and_failed(struct fake *fake)
{
	engine_bare(fake, NLMSG_NOOP, NLM_F_MULTI | NLM_F_DUMP_INTR);
	reply_error(fake, 0, ENOMEM);
}

static const struct wrong wrong_answers[] = {
	{ "header cut", cut_header, -EBADMSG },
	{ "one byte", one_byte, -EBADMSG },
	{ "message cut", wrong_cut_message, -EBADMSG },
	{ "length shorter than a header", short_length, -EBADMSG },
	{ "length 0", zero_length, -EBADMSG },
	{ "length over 2 GiB", wrong_negative_length, -EBADMSG },
	{ "greatest length", greatest_length, -EBADMSG },
	{ "noise", wrong_noise, -EBADMSG },
	{ "error without body", wrong_error_without_body, -EBADMSG },
	{ "error without request", error_without_request, -EBADMSG },
	{ "done without body", done_without_body, -EBADMSG },
	{ "positive result", wrong_positive_result, -EBADMSG },
	{ "result that is no errno", result_that_is_no_errno, -EBADMSG },
	{ "lost", lost, -ENOBUFS },
	{ "overrun", overrun, -ENOBUFS },
	{ "too long for the socket", too_long, -EMSGSIZE },
	{ "too long for the buffer", longer_than_the_buffer, -EMSGSIZE },
	{ "other failure", other_failure, -EIO },
	{ "kernel error", kernel_error, -EPERM },
	{ "greatest kernel error", greatest_kernel_error, -4095 },
	{ "kernel error in done", kernel_error_in_done, -ENOENT },
	{ "interrupted", interrupted, -EINTR },
	{ "interrupted at the end", interrupted_at_the_end, -EINTR },
	{ "interrupted, and failed", interrupted_and_failed, -ENOMEM },
};

static void test_wrong_answer(void **state)
{
	const struct wrong *wrong = *state;
	struct engine *engine = engine_new();

	fake_answer(engine->fake, GET);
	engine_item(engine->fake, 1);
	wrong->script(engine->fake);
	engine_assert_items(engine, wrong->result, 1);

	/* It does no harm to the next request. */
	fake_answer(engine->fake, GET);
	engine_put_item(engine->fake, 0, 0, 2);
	engine_assert_items(engine, 0, 2);
	assert_int_equal(engine->channel.error.errnum, 0);
	engine_free(engine);
}

static void test_interruption_is_forgotten_by_the_next_request(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	fake_answer(engine->fake, GET);
	engine_put_item(engine->fake, NLM_F_MULTI | NLM_F_DUMP_INTR, 0, 1);
	reply_done(engine->fake);
	engine_assert_items(engine, -EINTR, 1);

	fake_answer(engine->fake, GET);
	engine_item(engine->fake, 1);
	reply_done(engine->fake);
	engine_assert_items(engine, 0, 1);
	engine_free(engine);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single_answer),
		cmocka_unit_test(test_dump_of_several_datagrams),
		cmocka_unit_test(test_empty_dump),
		cmocka_unit_test(test_empty_datagram_is_no_end),
		cmocka_unit_test(test_last_message_without_its_padding),
		cmocka_unit_test(test_late_answer_is_waited_for),
		cmocka_unit_test(test_silence_ends_in_a_timeout),
		cmocka_unit_test(test_dump_that_stops_short_is_a_timeout),
		cmocka_unit_test(test_failure_to_send),
		cmocka_unit_test(test_messages_for_others_are_skipped),
		cmocka_unit_test(test_notifications_are_skipped),
		cmocka_unit_test(test_leftovers_of_a_former_request_are_dropped),
		cmocka_unit_test(test_numbers_wrap_around),
		cmocka_unit_test(test_interruption_is_forgotten_by_the_next_request),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(wrong_answers, test_wrong_answer);
	return failures != 0;
}
