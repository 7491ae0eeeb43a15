// SPDX-License-Identifier: LGPL-2.1-or-later
/* Comments in user data, which is a row of: type, length, so many bytes. */
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/udata.h>

#include "codec/userdata.h"
#include "unit.h"

#define TEN "0123456789"
#define TEXT_127 "1234567" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

struct userdata {
	const char *name;
	const char *bytes;
	size_t length;
	const char *comment;
};

#define BYTES(text) text, sizeof(text) - 1

static const struct userdata rows[] = {
	{ "comment", BYTES("\0\6hello\0"), "hello" },
	{ "comment without NUL", BYTES("\0\5hello"), "hello" },
	{ "comment behind something else", BYTES("\1\4abcd\0\6hello\0"), "hello" },
	{ "first of two comments", BYTES("\0\2a\0\0\2b\0"), "a" },
	{ "empty comment", BYTES("\0\1\0"), "" },
	{ "comment of length 0", BYTES("\0\0"), "" },
	{ "nothing", BYTES(""), "" },
	{ "something else", BYTES("\1\6hello\0"), "" },
	{ "type alone", BYTES("\0"), "" },
	{ "longer than the data", BYTES("\0\7hello\0"), "" },
	{ "behind something too long", BYTES("\1\77abcd\0\6hello\0"), "" },
	{ "longest comment", BYTES("\0\200" TEXT_127 "\0"), TEXT_127 },
	{ "one too long", BYTES("\0\201" TEXT_127 "x\0"), "" },
	{ "one too long, without NUL", BYTES("\0\200" TEXT_127 "x"), "" },
	{ "bytes that are not text", BYTES("\0\3\377\376\0"), "\377\376" },
};

/* In an attribute that ends where its memory ends, so that valgrind and ASan see each step too
 * far. */
static struct nlattr *make_attribute(const char *bytes, size_t length)
{
	struct nlattr *attr = malloc(sizeof(*attr) + length);

	assert_non_null(attr);
	attr->nla_len = (uint16_t)(sizeof(*attr) + length);
	attr->nla_type = 1;
	memcpy(mnl_attr_get_payload(attr), bytes, length);
	return attr;
}

static void test_userdata(void **state)
{
	const struct userdata *row = *state;
	struct nlattr *attr = make_attribute(row->bytes, row->length);
	char comment[COMMENT_LENGTH + 1] = "before";

	userdata_comment(attr, comment, sizeof(comment));
	assert_string_equal(comment, row->comment);
	free(attr);
}

static void test_no_userdata(void **state)
{
	char comment[COMMENT_LENGTH + 1] = "before";

	(void)state;
	userdata_comment(NULL, comment, sizeof(comment));
	assert_string_equal(comment, "");
}

static void test_new(void **state)
{
	struct nftnl_udata_buf *buffer = userdata_new("hello");

	(void)state;
	assert_int_equal(nftnl_udata_buf_len(buffer), 8);
	assert_memory_equal(nftnl_udata_buf_data(buffer), "\0\6hello\0", 8);
	nftnl_udata_buf_free(buffer);
}

static void test_new_with_the_longest_comment(void **state)
{
	struct nftnl_udata_buf *buffer = userdata_new(TEXT_127);

	(void)state;
	assert_int_equal(nftnl_udata_buf_len(buffer), 130);
	assert_memory_equal(nftnl_udata_buf_data(buffer), "\0\200" TEXT_127, 130);
	nftnl_udata_buf_free(buffer);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_userdata),
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_new_with_the_longest_comment),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(rows, test_userdata);
	return failures != 0;
}
