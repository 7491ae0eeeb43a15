// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel's words about a request that failed: its extended acknowledgement. */
#include <errno.h>
#include <string.h>

#include "engine.h"
#include "unit.h"

struct words {
	const char *name;
	void (*script)(struct fake *fake);
	const char *text;
	bool has_offset;
	uint32_t offset;
};

static void text_and_offset(struct fake *fake)
{
	reply_extended(fake, 0, EPERM, "not today", 20);
}

static void text_alone(struct fake *fake)
{
	reply_extended(fake, 0, EPERM, "not today", NO_OFFSET);
}

static void offset_alone(struct fake *fake)
{
	reply_extended(fake, 0, EPERM, NULL, 20);
}

static void no_words(struct fake *fake)
{
	reply_extended(fake, 0, EPERM, NULL, NO_OFFSET);
}

/* A socket without NETLINK_CAP_ACK gets its whole request back, in front of the words. */
static void words_behind_the_request(struct fake *fake)
{
	static const char rest_of_request[24];
	struct nlmsghdr *message = fake_open(fake, NLMSG_ERROR, NLM_F_ACK_TLVS, 0);
	struct nlmsgerr *error = mnl_nlmsg_put_extra_header(message, sizeof(*error));

	error->error = -EPERM;
	error->msg.nlmsg_len = NLMSG_HDRLEN + sizeof(rest_of_request);
	memcpy(mnl_nlmsg_put_extra_header(message, sizeof(rest_of_request)), rest_of_request,
	       sizeof(rest_of_request));
	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not today");
	fake_close(fake, message);
}

static struct nlmsghdr *open_error(struct fake *fake, uint16_t flags, uint32_t request_length)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_ERROR, flags, 0);
	struct nlmsgerr *error = mnl_nlmsg_put_extra_header(message, sizeof(*error));

	error->error = -EPERM;
	error->msg.nlmsg_len = request_length;
	return message;
}

static void request_longer_than_the_error(struct fake *fake)
{
	fake_close(fake, open_error(fake, NLM_F_ACK_TLVS, 1000));
}

static void request_of_length_0(struct fake *fake)
{
	fake_close(fake, open_error(fake, NLM_F_ACK_TLVS, 0));
}

static void request_of_the_greatest_length(struct fake *fake)
{
	fake_close(fake, open_error(fake, NLM_F_ACK_TLVS, UINT32_MAX));
}

static void words_that_were_not_announced(struct fake *fake)
{
	struct nlmsghdr *message = open_error(fake, NLM_F_CAPPED, 100);

	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not today");
	fake_close(fake, message);
}

static void words_without_nul(struct fake *fake)
{
	struct nlmsghdr *message = open_error(fake, NLM_F_CAPPED | NLM_F_ACK_TLVS, 100);

	mnl_attr_put(message, NLMSGERR_ATTR_MSG, 9, "not today");
	fake_close(fake, message);
}

static void endless_words(struct fake *fake)
{
	struct nlmsghdr *message = open_error(fake, NLM_F_CAPPED | NLM_F_ACK_TLVS, 100);
	char words[1000];

	memset(words, 'x', sizeof(words));
	mnl_attr_put(message, NLMSGERR_ATTR_MSG, sizeof(words), words);
	mnl_attr_put_u32(message, NLMSGERR_ATTR_OFFS, 20);
	fake_close(fake, message);
}

static void offset_of_wrong_length(struct fake *fake)
{
	struct nlmsghdr *message = open_error(fake, NLM_F_CAPPED | NLM_F_ACK_TLVS, 100);

	mnl_attr_put_u16(message, NLMSGERR_ATTR_OFFS, 20);
	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not today");
	fake_close(fake, message);
}

static void spoilt_words(struct fake *fake)
{
	struct nlmsghdr *message = open_error(fake, NLM_F_CAPPED | NLM_F_ACK_TLVS, 100);
	struct nlattr *attr = mnl_nlmsg_get_payload_tail(message);

	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not today");
	attr->nla_len = 200;
	fake_close(fake, message);
}

static void words_in_done(struct fake *fake)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS, 0);
	int *result = mnl_nlmsg_put_extra_header(message, sizeof(*result));

	*result = -EPERM;
	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not today");
	fake_close(fake, message);
}

static const struct words words_of_kernel[] = {
	{ "text and offset", text_and_offset, "not today", true, 20 },
	{ "text alone", text_alone, "not today", false, 0 },
	{ "offset alone", offset_alone, "", true, 20 },
	{ "neither", no_words, "", false, 0 },
	{ "behind the request", words_behind_the_request, "not today", false, 0 },
	{ "request longer than the error", request_longer_than_the_error, "", false, 0 },
	{ "request of length 0", request_of_length_0, "", false, 0 },
	{ "request of the greatest length", request_of_the_greatest_length, "", false, 0 },
	{ "not announced", words_that_were_not_announced, "", false, 0 },
	{ "without NUL", words_without_nul, "not today", false, 0 },
	{ "endless", endless_words, "", true, 20 },
	{ "offset of wrong length", offset_of_wrong_length, "not today", false, 0 },
	{ "spoilt", spoilt_words, "", false, 0 },
	{ "in done", words_in_done, "not today", false, 0 },
};

static void test_words_of_kernel(void **state)
{
	const struct words *words = *state;
	struct engine *engine = engine_new();
	const struct reply_error *error = &engine->channel.error;

	fake_answer(engine->fake, GET);
	words->script(engine->fake);
	engine_assert_nothing(engine, -EPERM);
	assert_int_equal(error->errnum, EPERM);
	assert_string_equal(error->text, words->text);
	assert_int_equal(error->has_offset, words->has_offset);
	if (words->has_offset)
		assert_int_equal(error->offset, words->offset);
	engine_free(engine);
}

static void test_words_are_forgotten_by_the_next_request(void **state)
{
	struct engine *engine = engine_new();

	(void)state;
	fake_answer(engine->fake, GET);
	text_and_offset(engine->fake);
	engine_assert_nothing(engine, -EPERM);
	fake_answer(engine->fake, GET);
	reply_error(engine->fake, 0, EIO);
	engine_assert_nothing(engine, -EIO);
	assert_string_equal(engine->channel.error.text, "");
	assert_false(engine->channel.error.has_offset);
	engine_free(engine);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_forgotten_by_the_next_request),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(words_of_kernel, test_words_of_kernel);
	return failures != 0;
}
