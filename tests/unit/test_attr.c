// SPDX-License-Identifier: LGPL-2.1-or-later
/* Attributes as they come from the kernel, right and wrong ones. */
#include <errno.h>
#include <string.h>

#include "netlink/attr.h"
#include "unit.h"

/* A message: a header, four bytes that stand for a struct nfgenmsg, and attributes. Numbers of the
 * host's byte order only stand in headers, which libmnl writes. */
struct bytes {
	_Alignas(8) char data[256];
};

static struct nlmsghdr *start(struct bytes *bytes)
{
	struct nlmsghdr *message;

	memset(bytes, 0, sizeof(*bytes));
	message = mnl_nlmsg_put_header(bytes->data);
	mnl_nlmsg_put_extra_header(message, 4);
	return message;
}

static struct nlattr *first_attribute(struct nlmsghdr *message)
{
	return mnl_nlmsg_get_payload_offset(message, 4);
}

#define MAX 3

static void test_parse_finds_attributes_by_type(void **state)
{
	const struct nlattr *table[MAX + 1];
	struct bytes bytes;
	struct nlmsghdr *message = start(&bytes);

	(void)state;
	mnl_attr_put_u8(message, 3, 33);
	mnl_attr_put_u8(message, 1, 11);
	assert_int_equal(attr_parse(message, 4, table, MAX), 0);
	assert_null(table[0]);
	assert_int_equal(mnl_attr_get_u8(table[1]), 11);
	assert_null(table[2]);
	assert_int_equal(mnl_attr_get_u8(table[3]), 33);
}

static void test_parse_skips_types_of_newer_kernels(void **state)
{
	const struct nlattr *table[MAX + 1];
	struct bytes bytes;
	struct nlmsghdr *message = start(&bytes);

	(void)state;
	mnl_attr_put_u8(message, MAX + 1, 1);
	mnl_attr_put_u8(message, 0x3fff, 1);
	mnl_attr_put_u8(message, MAX, 33);
	assert_int_equal(attr_parse(message, 4, table, MAX), 0);
	assert_int_equal(mnl_attr_get_u8(table[MAX]), 33);
}

static void test_parse_ignores_flags_of_the_type(void **state)
{
	const struct nlattr *table[MAX + 1];
	struct bytes bytes;
	struct nlmsghdr *message = start(&bytes);

	(void)state;
	mnl_attr_put_u8(message, NLA_F_NESTED | 1, 11);
	mnl_attr_put_u8(message, NLA_F_NET_BYTEORDER | 2, 22);
	assert_int_equal(attr_parse(message, 4, table, MAX), 0);
	assert_int_equal(mnl_attr_get_u8(table[1]), 11);
	assert_int_equal(mnl_attr_get_u8(table[2]), 22);
}

static void test_parse_of_no_attributes(void **state)
{
	const struct nlattr *table[MAX + 1];
	struct bytes bytes;

	(void)state;
	assert_int_equal(attr_parse(start(&bytes), 4, table, MAX), 0);
	assert_null(table[1]);
}

/* Each spoils a message that has one attribute of 8 bytes, type 1. */
struct spoilt {
	const char *name;
	uint32_t message_length; /* of the 28 that are right */
	uint16_t attribute_length;
	int result;
};

static const struct spoilt spoilt_messages[] = {
	{ "right", 28, 8, 0 },
	{ "last one without its padding", 27, 7, 0 },
	{ "message ends in the attribute", 27, 8, -EBADMSG },
	{ "message ends in the attribute's header", 23, 8, -EBADMSG },
	{ "one stray byte", 21, 8, -EBADMSG },
	{ "message ends with its own header", 16, 8, -EBADMSG },
	{ "message ends in its own header", 15, 8, -EBADMSG },
	{ "attribute longer than the message", 28, 9, -EBADMSG },
	{ "attribute of the greatest length", 28, UINT16_MAX, -EBADMSG },
	{ "attribute shorter than its header", 28, 3, -EBADMSG },
	{ "attribute of length 0", 28, 0, -EBADMSG },
};

static void test_spoilt_message(void **state)
{
	const struct spoilt *spoilt = *state;
	const struct nlattr *table[MAX + 1];
	struct bytes bytes;
	struct nlmsghdr *message = start(&bytes);

	mnl_attr_put_u32(message, 1, 0);
	assert_int_equal(message->nlmsg_len, 28);
	first_attribute(message)->nla_len = spoilt->attribute_length;
	message->nlmsg_len = spoilt->message_length;
	assert_int_equal(attr_parse(message, 4, table, MAX), spoilt->result);
}

static void test_nest(void **state)
{
	const struct nlattr *table[MAX + 1];
	struct bytes bytes;
	struct nlmsghdr *message = start(&bytes);
	struct nlattr *nest = mnl_attr_nest_start(message, 1);

	(void)state;
	mnl_attr_put_u8(message, 2, 22);
	mnl_attr_nest_end(message, nest);
	mnl_attr_put_u8(message, 3, 33);
	assert_int_equal(attr_parse_nest(nest, table, MAX), 0);
	assert_int_equal(mnl_attr_get_u8(table[2]), 22);
	assert_null(table[3]);
}

static void test_nest_with_a_spoilt_attribute(void **state)
{
	const struct nlattr *table[MAX + 1];
	struct bytes bytes;
	struct nlmsghdr *message = start(&bytes);
	struct nlattr *nest = mnl_attr_nest_start(message, 1), *inner;

	(void)state;
	inner = mnl_nlmsg_get_payload_tail(message);
	mnl_attr_put_u32(message, 2, 22);
	mnl_attr_nest_end(message, nest);
	mnl_attr_put_u32(message, 3, 33);
	/* It reaches into what is behind the nest, but not behind the message. */
	inner->nla_len = 12;
	assert_int_equal(attr_parse_nest(nest, table, MAX), -EBADMSG);
}

static void test_walk_keeps_order_and_repeats(void **state)
{
	static const uint8_t expected[] = { 7, 5, 7 };
	const struct nlattr *attr = NULL;
	struct attr_walk walk;
	struct bytes bytes;
	struct nlmsghdr *message = start(&bytes);
	struct nlattr *nest = mnl_attr_nest_start(message, 1);

	(void)state;
	for (size_t i = 0; i < COUNT(expected); i++)
		mnl_attr_put_u8(message, 1, expected[i]);
	mnl_attr_nest_end(message, nest);

	attr_walk_nest(&walk, nest);
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_int_equal(attr_walk_next(&walk, &attr), 1);
		assert_int_equal(mnl_attr_get_u8(attr), expected[i]);
	}
	assert_int_equal(attr_walk_next(&walk, &attr), 0);
	assert_int_equal(attr_walk_next(&walk, &attr), 0);
}

static void test_numbers_are_in_network_order(void **state)
{
	static const uint8_t raw[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
	struct bytes bytes;
	struct nlmsghdr *message = start(&bytes);
	struct nlattr *attr = first_attribute(message);
	uint64_t be64;
	uint32_t be32;
	uint16_t be16;
	uint8_t u8;

	(void)state;
	mnl_attr_put(message, 1, sizeof(raw), raw);
	assert_int_equal(attr_be64(attr, &be64), 0);
	assert_true(be64 == 0x0123456789abcdefu);
	attr->nla_len = 4 + 4;
	assert_int_equal(attr_be32(attr, &be32), 0);
	assert_int_equal(be32, 0x01234567);
	attr->nla_len = 4 + 2;
	assert_int_equal(attr_be16(attr, &be16), 0);
	assert_int_equal(be16, 0x0123);
	attr->nla_len = 4 + 1;
	assert_int_equal(attr_u8(attr, &u8), 0);
	assert_int_equal(u8, 0x01);
}

static void test_numbers_of_the_host(void **state)
{
	struct bytes bytes;
	struct nlmsghdr *message = start(&bytes);
	struct nlattr *attr = first_attribute(message);
	uint32_t u32;
	uint16_t u16;

	(void)state;
	mnl_attr_put_u32(message, 1, 0x01234567);
	assert_int_equal(attr_u32(attr, &u32), 0);
	assert_int_equal(u32, 0x01234567);
	mnl_attr_put_u16(message, 2, 0x89ab);
	assert_int_equal(attr_u16((const struct nlattr *)((const char *)attr + 8), &u16), 0);
	assert_int_equal(u16, 0x89ab);
}

/* Of all lengths a number takes its own, and leaves the variable alone at any other. */
static void test_numbers_of_wrong_length(void **state)
{
	struct bytes bytes;
	struct nlmsghdr *message = start(&bytes);
	struct nlattr *attr = first_attribute(message);
	uint64_t be64 = 42;
	uint32_t be32 = 42, u32 = 42;
	uint16_t be16 = 42, u16 = 42;
	uint8_t u8 = 42;

	(void)state;
	for (uint16_t length = 0; length <= 16; length++) {
		attr->nla_len = (uint16_t)(MNL_ATTR_HDRLEN + length);
		if (length != 1)
			assert_int_equal(attr_u8(attr, &u8), -EBADMSG);
		if (length != 2)
			assert_int_equal(attr_be16(attr, &be16), -EBADMSG);
		if (length != 2)
			assert_int_equal(attr_u16(attr, &u16), -EBADMSG);
		if (length != 4)
			assert_int_equal(attr_be32(attr, &be32), -EBADMSG);
		if (length != 4)
			assert_int_equal(attr_u32(attr, &u32), -EBADMSG);
		if (length != 8)
			assert_int_equal(attr_be64(attr, &be64), -EBADMSG);
	}
	assert_int_equal(u8, 42);
	assert_int_equal(be16, 42);
	assert_int_equal(u16, 42);
	assert_int_equal(be32, 42);
	assert_int_equal(u32, 42);
	assert_int_equal(be64, 42);
}

static void test_values_that_were_not_sent(void **state)
{
	char text[4] = "abc";
	uint64_t be64 = 42;
	uint32_t be32 = 42;
	uint16_t be16 = 42;
	uint8_t u8 = 42;

	(void)state;
	assert_int_equal(attr_u8(NULL, &u8), -ENODATA);
	assert_int_equal(attr_be16(NULL, &be16), -ENODATA);
	assert_int_equal(attr_be32(NULL, &be32), -ENODATA);
	assert_int_equal(attr_be64(NULL, &be64), -ENODATA);
	assert_int_equal(attr_bytes(NULL, &be64, sizeof(be64)), -ENODATA);
	assert_int_equal(attr_string(NULL, text, sizeof(text)), -ENODATA);
	assert_int_equal(u8 + be16 + (int)be32 + (int)be64, 4 * 42);
	assert_string_equal(text, "abc");
}

/* Into a variable of 8 bytes. */
struct string {
	const char *name;
	const char *sent;
	size_t length;
	const char *expected; /* NULL: -EBADMSG */
};

static const struct string strings[] = {
	{ "with its NUL", "lan0", 5, "lan0" },
	{ "without its NUL", "lan0", 4, "lan0" },
	{ "ends at the first NUL", "lan0\0xyz", 8, "lan0" },
	{ "no bytes at all", "", 0, "" },
	{ "a NUL alone", "", 1, "" },
	{ "just fits", "1234567", 8, "1234567" },
	{ "just fits, without its NUL", "1234567", 7, "1234567" },
	{ "one too long", "12345678", 9, NULL },
	{ "one too long, without its NUL", "12345678", 8, NULL },
};

static void test_string(void **state)
{
	const struct string *string = *state;
	char text[8] = "before";
	struct bytes bytes;
	struct nlmsghdr *message = start(&bytes);
	struct nlattr *attr = first_attribute(message);

	/* What stands behind the attribute must not be taken for a part of it. */
	memset(attr, 'x', 64);
	mnl_attr_put(message, 1, string->length, string->sent);
	if (string->expected) {
		assert_int_equal(attr_string(attr, text, sizeof(text)), 0);
		assert_string_equal(text, string->expected);
	} else {
		assert_int_equal(attr_string(attr, text, sizeof(text)), -EBADMSG);
		assert_string_equal(text, "before");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_finds_attributes_by_type),
		cmocka_unit_test(test_parse_skips_types_of_newer_kernels),
		cmocka_unit_test(test_parse_ignores_flags_of_the_type),
		cmocka_unit_test(test_parse_of_no_attributes),
		cmocka_unit_test(test_nest),
		cmocka_unit_test(test_nest_with_a_spoilt_attribute),
		cmocka_unit_test(test_walk_keeps_order_and_repeats),
		cmocka_unit_test(test_numbers_are_in_network_order),
		cmocka_unit_test(test_numbers_of_the_host),
		cmocka_unit_test(test_numbers_of_wrong_length),
		cmocka_unit_test(test_values_that_were_not_sent),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(spoilt_messages, test_spoilt_message);
	failures += run_table(strings, test_string);
	return failures != 0;
}
