// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>

#include "engine.h"
#include "unit.h"

void engine_add_message(struct messages *messages, uint16_t type)
{
	struct nlmsghdr *message = messages_open(messages, type, 0, NFPROTO_INET, 0);

	assert_non_null(message);
	messages_close(messages, message);
}

struct engine *engine_new(void)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	assert_non_null(engine);
	engine->fake = fake_new();
	assert_int_equal(channel_init(&engine->channel, fake_transport(engine->fake)), 0);
	engine_add_message(&engine->request, GET);
	return engine;
}

void engine_free(struct engine *engine)
{
	messages_free(&engine->request);
	channel_close(&engine->channel);
	fake_free(engine->fake);
	free(engine);
}

void engine_put_item(struct fake *fake, uint16_t flags, int index, uint32_t value)
{
	struct nlmsghdr *message = fake_open(fake, ITEM, flags, index);

	mnl_nlmsg_put_extra_header(message, sizeof(struct nfgenmsg));
	mnl_attr_put_u32(message, 1, value);
	fake_close(fake, message);
}

void engine_item(struct fake *fake, uint32_t value)
{
	engine_put_item(fake, NLM_F_MULTI, 0, value);
}

struct nlmsghdr *engine_bare(struct fake *fake, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *message = fake_open(fake, type, flags, 0);

	fake_close(fake, message);
	return message;
}

void engine_assert_answer(struct engine *engine, const uint32_t *items, size_t count, int result)
{
	const struct nlmsghdr *message;

	assert_int_equal(channel_send(&engine->channel, &engine->request), 0);
	for (size_t i = 0; i < count; i++) {
		const struct nlattr *attr;

		assert_int_equal(channel_next(&engine->channel, &message), 1);
		assert_int_equal(message->nlmsg_type, ITEM);
		attr = mnl_nlmsg_get_payload_offset(message, sizeof(struct nfgenmsg));
		assert_int_equal(mnl_attr_get_u32(attr), items[i]);
	}
	assert_int_equal(channel_next(&engine->channel, &message), result);
	/* What has ended stays so. */
	assert_int_equal(channel_next(&engine->channel, &message), 0);
}

void wrong_cut_message(struct fake *fake)
{
	engine_item(fake, 2);
	fake_cut(fake, 4);
}

void wrong_negative_length(struct fake *fake)
{
	engine_bare(fake, ITEM, NLM_F_MULTI)->nlmsg_len = 0x80000010;
}

void wrong_noise(struct fake *fake)
{
	static const uint8_t bytes[] = {
		0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0xde, 0xad,
		0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef
	};

	fake_raw(fake, bytes, sizeof(bytes));
}

void wrong_error_without_body(struct fake *fake)
{
	engine_bare(fake, NLMSG_ERROR, 0);
}

void wrong_positive_result(struct fake *fake)
{
	reply_error(fake, 0, -1);
}
