// SPDX-License-Identifier: LGPL-2.1-or-later
/* Batches over the request engine: which message failed, and is all of it known? */
#include <errno.h>

#include "engine.h"
#include "unit.h"

/* A begin, three operations (numbers 1 to 3), and an end if it is to be done. */
#define OPERATION NFT(NFT_MSG_NEWTABLE)
#define LAST 3

/* What *failed is if nothing was found. */
#define NOBODY 99

static struct engine *set_up_batch(void)
{
	struct engine *engine = engine_new();

	messages_free(&engine->request);
	engine_add_message(&engine->request, BATCH);
	for (int i = 0; i < LAST; i++)
		engine_add_message(&engine->request, OPERATION);
	fake_answer(engine->fake, BATCH);
	return engine;
}

static void assert_batch(struct engine *engine, int result, size_t expected_failed)
{
	size_t failed = NOBODY;

	assert_int_equal(channel_batch(&engine->channel, &engine->request, true, &failed), result);
	assert_int_equal(failed, expected_failed);
}

static void test_batch_is_sent_as_the_kernel_wants_it(void **state)
{
	struct engine *engine = set_up_batch();
	const struct nlmsghdr *end;

	(void)state;
	engine->channel.seq = 40;
	reply_error(engine->fake, LAST, 0);
	assert_batch(engine, 0, NOBODY);
	assert_int_equal(fake_sent_messages(engine->fake, 0), 5);
	for (size_t i = 0; i < 5; i++) {
		const struct nlmsghdr *message = fake_sent(engine->fake, 0, i);
		uint16_t ack = message->nlmsg_flags & NLM_F_ACK;

		assert_int_equal(message->nlmsg_seq, 41 + i);
		assert_int_equal(ack, i == LAST ? NLM_F_ACK : 0);
	}
	end = fake_sent(engine->fake, 0, 4);
	assert_int_equal(end->nlmsg_type, NFNL_MSG_BATCH_END);
	/* nfnetlink wants to know the subsystem: NFNL_SUBSYS_NFTABLES, in network order. */
	assert_memory_equal((const char *)end + 16, "\0\0\0\x0a", 4);
	engine_free(engine);
}

static void test_check_is_sent_without_its_end(void **state)
{
	struct engine *engine = set_up_batch();
	size_t failed = NOBODY;

	(void)state;
	reply_error(engine->fake, LAST, 0);
	assert_int_equal(channel_batch(&engine->channel, &engine->request, false, &failed), 0);
	assert_int_equal(fake_sent_messages(engine->fake, 0), 4);
	assert_int_equal(fake_sent(engine->fake, 0, LAST)->nlmsg_flags & NLM_F_ACK, NLM_F_ACK);
	engine_free(engine);
}

static void test_batch_can_be_sent_again(void **state)
{
	struct engine *engine = set_up_batch();

	(void)state;
	reply_error(engine->fake, 2, EBUSY);
	reply_error(engine->fake, LAST, 0);
	assert_batch(engine, -EBUSY, 2);
	fake_answer(engine->fake, BATCH);
	reply_error(engine->fake, LAST, 0);
	assert_batch(engine, 0, NOBODY);

	assert_int_equal(fake_sent_messages(engine->fake, 1), 5);
	for (size_t i = 0; i < 5; i++) {
		const struct nlmsghdr *first = fake_sent(engine->fake, 0, i);
		const struct nlmsghdr *second = fake_sent(engine->fake, 1, i);

		assert_int_equal(first->nlmsg_type, second->nlmsg_type);
		assert_int_equal(first->nlmsg_flags, second->nlmsg_flags);
		assert_int_equal(first->nlmsg_seq + 5, second->nlmsg_seq);
	}
	engine_free(engine);
}

static void test_batch_keeps_the_words_of_its_first_error(void **state)
{
	struct engine *engine = set_up_batch();

	(void)state;
	reply_extended(engine->fake, 2, EBUSY, "first", 20);
	reply_extended(engine->fake, LAST, ENOENT, "second", 24);
	assert_batch(engine, -EBUSY, 2);
	assert_int_equal(engine->channel.error.errnum, EBUSY);
	assert_string_equal(engine->channel.error.text, "first");
	assert_int_equal(engine->channel.error.offset, 20);
	engine_free(engine);
}

struct batch {
	const char *name;
	void (*script)(struct fake *fake);
	int result;
	size_t failed;
};

static void lost(struct fake *fake)
{
	fake_receive_error(fake, ENOBUFS);
}

static void last_fails(struct fake *fake)
{
	reply_error(fake, LAST, ENOENT);
}

static void all_fail(struct fake *fake)
{
	reply_error(fake, 1, ENOENT);
	reply_error(fake, 2, EBUSY);
	reply_error(fake, LAST, EEXIST);
}

static void errors_in_many_datagrams(struct fake *fake)
{
	fake_late_datagram(fake);
	reply_error(fake, 2, EBUSY);
	fake_late_datagram(fake);
	reply_error(fake, LAST, 0);
}

static void acknowledged_before_the_error(struct fake *fake)
{
	reply_error(fake, LAST, 0);
	fake_datagram(fake);
	reply_error(fake, 2, EBUSY);
}

static void acknowledged_in_front_of_the_error(struct fake *fake)
{
	reply_error(fake, LAST, 0);
	reply_error(fake, 2, EBUSY);
}

static void errors_in_reverse_order(struct fake *fake)
{
	reply_error(fake, LAST, ENOENT);
	fake_datagram(fake);
	reply_error(fake, 1, EBUSY);
}

static void whole_batch_refused(struct fake *fake)
{
	reply_error(fake, 0, EPERM);
}

static void out_of_memory_behind_an_error(struct fake *fake)
{
	reply_error(fake, 1, EBUSY);
	reply_error(fake, 0, ENOMEM);
}

/* The kernel points to the first operation, whichever it was. */
static void out_of_memory(struct fake *fake)
{
	reply_error(fake, 1, ENOMEM);
}

static void no_memory_to_commit(struct fake *fake)
{
	reply_error(fake, 1, ENOMEM);
	reply_error(fake, LAST, 0);
}

static void batch_of_others(struct fake *fake)
{
	reply_error(fake, -1, EPERM);
	reply_error(fake, LAST + 2, EPERM);
	reply_error(fake, LAST, 0);
}

static void other_messages(struct fake *fake)
{
	engine_item(fake, 1);
	engine_bare(fake, NLMSG_NOOP, 0);
	reply_done(fake);
	reply_error(fake, LAST, 0);
}

static void acknowledgement_that_nobody_wanted(struct fake *fake)
{
	reply_error(fake, 1, 0);
	reply_error(fake, 2, EBUSY);
	reply_error(fake, LAST, 0);
}

static void error_then_lost(struct fake *fake)
{
	reply_error(fake, 2, EBUSY);
	fake_receive_error(fake, ENOBUFS);
}

static void acknowledged_then_lost(struct fake *fake)
{
	reply_error(fake, LAST, 0);
	fake_receive_error(fake, ENOBUFS);
}

static void no_answer(struct fake *fake)
{
	(void)fake;
}

static void bad_message_as_errno(struct fake *fake)
{
	reply_error(fake, LAST, EBADMSG);
}

static void noise_in_batch(struct fake *fake)
{
	reply_error(fake, 1, 0);
	wrong_noise(fake);
}

static const struct batch batches[] = {
	{ "last operation fails", last_fails, -ENOENT, LAST },
	{ "all operations fail", all_fail, -ENOENT, 1 },
	{ "late, in two datagrams", errors_in_many_datagrams, -EBUSY, 2 },
	{ "acknowledged before the error", acknowledged_before_the_error, -EBUSY, 2 },
	{ "acknowledged in front of the error", acknowledged_in_front_of_the_error, -EBUSY, 2 },
	{ "errors in reverse order", errors_in_reverse_order, -EBUSY, 1 },
	{ "whole batch refused", whole_batch_refused, -EPERM, 0 },
	{ "kernel out of memory behind an error", out_of_memory_behind_an_error, -ENOMEM, 0 },
	{ "kernel out of memory", out_of_memory, -ENOMEM, 1 },
	{ "no memory to commit", no_memory_to_commit, -ENOMEM, 1 },
	{ "answers to others", batch_of_others, 0, NOBODY },
	{ "other messages", other_messages, 0, NOBODY },
	{ "acknowledgement that nobody wanted", acknowledgement_that_nobody_wanted, -EBUSY, 2 },
	{ "lost", lost, -ENOBUFS, NOBODY },
	{ "lost behind the acknowledgement", acknowledged_then_lost, -ENOBUFS, NOBODY },
	{ "no answer", no_answer, -ETIMEDOUT, NOBODY },
	{ "EBADMSG as the kernel's errno", bad_message_as_errno, -EBADMSG, LAST },
	{ "noise", noise_in_batch, -EBADMSG, NOBODY },
	{ "cut", wrong_cut_message, -EBADMSG, NOBODY },
	{ "length over 2 GiB", wrong_negative_length, -EBADMSG, NOBODY },
	{ "positive result", wrong_positive_result, -EBADMSG, NOBODY },
	{ "error without body", wrong_error_without_body, -EBADMSG, NOBODY },
};

static void test_batch(void **state)
{
	const struct batch *batch = *state;
	struct engine *engine = set_up_batch();

	batch->script(engine->fake);
	assert_batch(engine, batch->result, batch->failed);
	engine_free(engine);
}

/* What is known of a failure is told, though the rest of the answers got lost: the batch is off. */
static void test_batch_with_an_error_and_a_loss(void **state)
{
	struct engine *engine = set_up_batch();
	size_t failed = NOBODY;

	(void)state;
	error_then_lost(engine->fake);
	assert_int_equal(channel_batch(&engine->channel, &engine->request, true, &failed),
			 -ENOBUFS);
	assert_int_equal(failed, 2);
	assert_int_equal(engine->channel.error.errnum, EBUSY);
	engine_free(engine);
}

static void test_batch_that_can_not_be_sent(void **state)
{
	struct engine *engine = set_up_batch();

	(void)state;
	engine->fake->send.nth = 1;
	engine->fake->send.errnum = EMSGSIZE;
	assert_batch(engine, -EMSGSIZE, NOBODY);
	assert_int_equal(engine->channel.error.errnum, 0);

	/* And then it can. */
	reply_error(engine->fake, LAST, 0);
	assert_batch(engine, 0, NOBODY);
	engine_free(engine);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batch_is_sent_as_the_kernel_wants_it),
		cmocka_unit_test(test_check_is_sent_without_its_end),
		cmocka_unit_test(test_batch_can_be_sent_again),
		cmocka_unit_test(test_batch_keeps_the_words_of_its_first_error),
		cmocka_unit_test(test_batch_with_an_error_and_a_loss),
		cmocka_unit_test(test_batch_that_can_not_be_sent),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(batches, test_batch);
	return failures != 0;
}
