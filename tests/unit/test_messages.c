// SPDX-License-Identifier: LGPL-2.1-or-later
/* A row of messages, put together to be sent at once. */
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "netlink/messages.h"
#include "unit.h"

#define TYPE 0x0a16

static void test_message_has_headers(void **state)
{
	static const uint8_t expected[] = {
		0x16, 0x0a, /* type ... */
		0x01, 0x04, /* NLM_F_REQUEST | NLM_F_CREATE, little-endian as the rest */
		0x00, 0x00, 0x00, 0x00, /* no number yet */
		0x00, 0x00, 0x00, 0x00, /* to the kernel, from whoever we are */
		0x0a,			/* AF_INET6 */
		0x00,			/* NFNETLINK_V0 */
		0x12, 0x34,		/* res_id, in network order */
	};
	struct messages messages = { 0 };
	struct nlmsghdr *message = messages_open(&messages, TYPE, NLM_F_CREATE, AF_INET6, 0x1234);

	(void)state;
	assert_non_null(message);
	assert_int_equal(message->nlmsg_len, 20);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	assert_memory_equal(&message->nlmsg_type, expected, sizeof(expected));
#else
	assert_int_equal(message->nlmsg_type, TYPE);
	assert_memory_equal((char *)message + 16, expected + 12, 4);
#endif
	messages_free(&messages);
}

static void test_message_counts_once_closed(void **state)
{
	struct messages messages = { 0 };
	struct nlmsghdr *message;

	(void)state;
	messages_open(&messages, TYPE, 0, AF_UNSPEC, 0);
	assert_int_equal(messages.count, 0);
	assert_int_equal(messages.length, 0);

	/* The next one takes its place. */
	message = messages_open(&messages, TYPE, 0, AF_UNSPEC, 0);
	mnl_attr_put_u8(message, 1, 1);
	messages_close(&messages, message);
	assert_int_equal(messages.count, 1);
	assert_int_equal(messages.length, 28);
	messages_free(&messages);
}

static void test_messages_are_aligned_and_padded_with_zero(void **state)
{
	struct messages messages = { 0 };
	struct nlmsghdr *message;

	(void)state;
	message = messages_open(&messages, TYPE, 0, AF_UNSPEC, 0);
	mnl_attr_put_strz(message, 1, "abcd");
	messages_close(&messages, message);
	assert_int_equal(messages.length, 20 + 4 + 8);
	assert_memory_equal(messages.data + 24, "abcd\0\0\0\0", 8);
	messages_free(&messages);
}

static void test_many_messages_keep_what_they_hold(void **state)
{
	struct messages messages = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		struct nlmsghdr *message = messages_open(&messages, TYPE, 0, AF_UNSPEC, 0);

		assert_non_null(message);
		mnl_attr_put_u32(message, 1, i);
		messages_close(&messages, message);
	}
	assert_int_equal(messages.count, 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		const struct nlmsghdr *message = messages_get(&messages, i);
		const struct nlattr *attr = mnl_nlmsg_get_payload_offset(message, 4);

		assert_int_equal(mnl_attr_get_u32(attr), i);
	}
	messages_free(&messages);
}

/* Each message has the room that messages.h promises, wherever it begins. */
static void test_each_message_has_its_room(void **state)
{
	static const char bytes[MESSAGE_ROOM - 24];
	struct messages messages = { 0 };

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct nlmsghdr *message = messages_open(&messages, TYPE, 0, AF_UNSPEC, 0);

		mnl_attr_put(message, 1, sizeof(bytes), bytes);
		assert_in_range(messages.length + message->nlmsg_len, 1, messages.capacity);
		messages_close(&messages, message);
	}
	messages_free(&messages);
}

static void test_truncate_takes_the_last_off(void **state)
{
	struct messages messages = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		messages_close(&messages, messages_open(&messages, TYPE, 0, AF_UNSPEC, 0));
	messages_truncate(&messages, 40);
	assert_int_equal(messages.count, 2);
	assert_int_equal(messages.length, 40);
	messages_free(&messages);
}

static void test_free_leaves_an_empty_row(void **state)
{
	static const struct messages empty;
	struct messages messages = { 0 };

	(void)state;
	messages_free(&messages);
	messages_close(&messages, messages_open(&messages, TYPE, 0, AF_UNSPEC, 0));
	messages_free(&messages);
	assert_memory_equal(&messages, &empty, sizeof(empty));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message_has_headers),
		cmocka_unit_test(test_message_counts_once_closed),
		cmocka_unit_test(test_messages_are_aligned_and_padded_with_zero),
		cmocka_unit_test(test_many_messages_keep_what_they_hold),
		cmocka_unit_test(test_each_message_has_its_room),
		cmocka_unit_test(test_truncate_takes_the_last_off),
		cmocka_unit_test(test_free_leaves_an_empty_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
