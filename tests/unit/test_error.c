// SPDX-License-Identifier: LGPL-2.1-or-later
/* What an error tells: code, errno, object, device, the kernel's words, a line for people. */
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "unit.h"

#define LAST_CODE NFTO_ERROR_STILL_OFFLOADED

/* The names are a part of the interface: logs and bindings know them. */
static const struct {
	enum nfto_error_code code;
	const char *name;
} code_names[] = {
	{ NFTO_ERROR_NONE, "none" },
	{ NFTO_ERROR_INVALID, "invalid" },
	{ NFTO_ERROR_NO_MEMORY, "no-memory" },
	{ NFTO_ERROR_PERMISSION, "permission" },
	{ NFTO_ERROR_NOT_SUPPORTED, "not-supported" },
	{ NFTO_ERROR_NO_DEVICE, "no-device" },
	{ NFTO_ERROR_NO_TABLE, "no-table" },
	{ NFTO_ERROR_NO_FLOWTABLE, "no-flowtable" },
	{ NFTO_ERROR_NO_CHAIN, "no-chain" },
	{ NFTO_ERROR_DEVICE_REFUSED, "device-refused" },
	{ NFTO_ERROR_DEVICE_BUSY, "device-busy" },
	{ NFTO_ERROR_DEVICE_DUPLICATE, "device-duplicate" },
	{ NFTO_ERROR_DEVICE_NOT_BOUND, "device-not-bound" },
	{ NFTO_ERROR_EXISTS, "exists" },
	{ NFTO_ERROR_IN_USE, "in-use" },
	{ NFTO_ERROR_IMMUTABLE, "immutable" },
	{ NFTO_ERROR_FOREIGN_TABLE, "foreign-table" },
	{ NFTO_ERROR_OWNED_TABLE, "owned-table" },
	{ NFTO_ERROR_INTERRUPTED, "interrupted" },
	{ NFTO_ERROR_LOST, "lost" },
	{ NFTO_ERROR_PROTOCOL, "protocol" },
	{ NFTO_ERROR_SYSTEM, "system" },
	{ NFTO_ERROR_STILL_OFFLOADED, "still-offloaded" },
};

static void test_names_of_codes(void **state)
{
	(void)state;
	assert_int_equal(COUNT(code_names), LAST_CODE + 1);
	for (size_t i = 0; i < COUNT(code_names); i++) {
		assert_int_equal(code_names[i].code, i);
		assert_string_equal(nfto_error_code_name(code_names[i].code), code_names[i].name);
	}
	assert_string_equal(nfto_error_code_name((enum nfto_error_code)(LAST_CODE + 1)), "unknown");
	assert_string_equal(nfto_error_code_name((enum nfto_error_code) - 1), "unknown");
}

static void test_each_code_has_its_own_sentence(void **state)
{
	char sentences[LAST_CODE + 1][200];

	(void)state;
	for (int code = 0; code <= LAST_CODE; code++) {
		struct nfto_error error;

		error_set_object(&error, (enum nfto_error_code)code, EIO, NULL);
		assert_in_range(strlen(nfto_error_message(&error)), 1, sizeof(sentences[0]) - 1);
		strcpy(sentences[code], nfto_error_message(&error));
		for (int other = 0; other < code; other++)
			assert_string_not_equal(sentences[code], sentences[other]);
		assert_non_null(nfto_error_hint(&error));
	}
}

static void test_parts(void **state)
{
	const struct error_details details = {
		.object = "flowtable inet t f",
		.device = "lan0",
		.kernel_text = "not today",
	};
	struct nfto_error error;

	(void)state;
	assert_int_equal(error_set(&error, NFTO_ERROR_DEVICE_BUSY, EBUSY, &details), -EBUSY);
	assert_int_equal(nfto_error_code(&error), NFTO_ERROR_DEVICE_BUSY);
	assert_int_equal(nfto_error_errno(&error), EBUSY);
	assert_string_equal(nfto_error_object(&error), "flowtable inet t f");
	assert_string_equal(nfto_error_device(&error), "lan0");
	assert_string_equal(nfto_error_kernel_text(&error), "not today");
}

static void test_clear_leaves_nothing(void **state)
{
	const struct error_details details = { "object", "device", "words", "sentence" };
	struct nfto_error error;

	(void)state;
	error_set(&error, NFTO_ERROR_SYSTEM, EIO, &details);
	error_clear(&error);
	assert_int_equal(nfto_error_code(&error), NFTO_ERROR_NONE);
	assert_int_equal(nfto_error_errno(&error), 0);
	assert_string_equal(nfto_error_object(&error), "");
	assert_string_equal(nfto_error_device(&error), "");
	assert_string_equal(nfto_error_kernel_text(&error), "");
	assert_string_equal(nfto_error_hint(&error), "");
	assert_string_equal(nfto_error_message(&error), "no error");
}

struct message {
	const char *name;
	enum nfto_error_code code;
	int errnum;
	struct error_details details;
	const char *expected;
};

/* clang-format off */
static const struct message messages[] = {
	{ "sentence alone", NFTO_ERROR_IN_USE, EBUSY, { NULL, NULL, NULL, NULL },
	  "it is in use" },
	{ "object", NFTO_ERROR_IN_USE, EBUSY, { "flowtable inet t f", NULL, NULL, NULL },
	  "flowtable inet t f: it is in use" },
	{ "device", NFTO_ERROR_NO_DEVICE, ENOENT, { NULL, "lan0", NULL, NULL },
	  "device \"lan0\": there is no such network device" },
	{ "object and device", NFTO_ERROR_NO_DEVICE, ENOENT,
	  { "flowtable inet t f", "lan0", NULL, NULL },
	  "device \"lan0\" in flowtable inet t f: there is no such network device" },
	{ "kernel's words", NFTO_ERROR_IN_USE, EBUSY,
	  { "chain inet t c", NULL, "Chain is bound", NULL },
	  "chain inet t c: it is in use (Chain is bound)" },
	{ "sentence of its own", NFTO_ERROR_INVALID, EINVAL,
	  { "table inet t", NULL, NULL, "the name is empty" },
	  "table inet t: the name is empty" },
	{ "errno, where the code says little", NFTO_ERROR_SYSTEM, EIO,
	  { "table inet t", NULL, NULL, NULL },
	  "table inet t: the kernel refused: Input/output error" },
	{ "errno and the kernel's words", NFTO_ERROR_PROTOCOL, ETIMEDOUT,
	  { NULL, NULL, "words", NULL },
	  "the kernel gave no valid answer: Connection timed out (words)" },
	{ "bytes that can't be printed", NFTO_ERROR_IN_USE, EBUSY,
	  { "table inet a\nb\033[2J\177", NULL, NULL, NULL },
	  "table inet a\\x0ab\\x1b[2J\\x7f: it is in use" },
	{ "device with bytes that can't be printed", NFTO_ERROR_INVALID, EINVAL,
	  { NULL, "\t\001", NULL, "it can't be" },
	  "device \"\\x09\\x01\": it can't be" },
	{ "UTF-8", NFTO_ERROR_IN_USE, EBUSY, { "table inet \xc3\xa4", NULL, NULL, NULL },
	  "table inet \xc3\xa4: it is in use" },
	{ "percent signs", NFTO_ERROR_INVALID, EINVAL, { "table inet %s%n", "%s%n", "%s%n", NULL },
	  "device \"%s%n\" in table inet %s%n: this can't be (%s%n)" },
};
/* clang-format on */

static void test_message(void **state)
{
	const struct message *message = *state;
	struct nfto_error error;

	error_set(&error, message->code, message->errnum, &message->details);
	assert_string_equal(nfto_error_message(&error), message->expected);
}

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define NAME_255 "a1234" FIFTY FIFTY FIFTY FIFTY FIFTY

static void test_longest_names_are_told_in_full(void **state)
{
	const char *object = "offload rule in chain inet " NAME_255 " " NAME_255;
	struct nfto_error error;

	(void)state;
	error_set_object(&error, NFTO_ERROR_IN_USE, EBUSY, object);
	assert_string_equal(nfto_error_object(&error), object);
	assert_string_equal(nfto_error_message(&error),
			    "offload rule in chain inet " NAME_255 " " NAME_255 ": it is in use");
}

/* Names from anywhere, all of which needs four characters a byte: cut, but never overrun. */
static void test_endless_parts_are_cut(void **state)
{
	static char endless[5000];
	const struct error_details details = { endless, endless, endless, NULL };
	struct nfto_error error;

	(void)state;
	memset(endless, '\n', sizeof(endless) - 1);
	error_set(&error, NFTO_ERROR_SYSTEM, EIO, &details);
	assert_memory_equal(nfto_error_message(&error), "device \"\\x0a\\x0a", 16);
	assert_in_range(strlen(nfto_error_object(&error)), 1, sizeof(endless) - 2);
	assert_in_range(strlen(nfto_error_message(&error)), 1, sizeof(error.message) - 1);
}

/* What a result means where nothing else explains it. */
struct result {
	const char *name;
	int result;
	enum nfto_error_code code;
};

static const struct result results[] = {
	{ "ENOMEM", -ENOMEM, NFTO_ERROR_NO_MEMORY },
	{ "EPERM", -EPERM, NFTO_ERROR_PERMISSION },
	{ "EOPNOTSUPP", -EOPNOTSUPP, NFTO_ERROR_NOT_SUPPORTED },
	{ "EINTR", -EINTR, NFTO_ERROR_INTERRUPTED },
	{ "ENOBUFS", -ENOBUFS, NFTO_ERROR_LOST },
	{ "EBADMSG", -EBADMSG, NFTO_ERROR_PROTOCOL },
	{ "EMSGSIZE", -EMSGSIZE, NFTO_ERROR_PROTOCOL },
	{ "ETIMEDOUT", -ETIMEDOUT, NFTO_ERROR_PROTOCOL },
	{ "EIO", -EIO, NFTO_ERROR_SYSTEM },
	{ "an errno that nobody knows", -4000, NFTO_ERROR_SYSTEM },
};

static void test_result(void **state)
{
	const struct result *result = *state;
	const struct reply_error reply = { .errnum = -result->result, .text = "words" };
	struct nfto_error error;

	assert_int_equal(error_set_request(&error, &reply, result->result, "object"),
			 result->result);
	assert_int_equal(nfto_error_code(&error), result->code);
	assert_int_equal(nfto_error_errno(&error), -result->result);
	assert_string_equal(nfto_error_object(&error), "object");
	assert_string_equal(nfto_error_kernel_text(&error), "words");
}

/* What failed on our side is not what the kernel spoke of. */
static void test_words_about_something_else(void **state)
{
	const struct reply_error reply = { .errnum = EBUSY, .text = "words" };
	struct nfto_error error;

	(void)state;
	error_set_request(&error, &reply, -ENOMEM, "object");
	assert_string_equal(nfto_error_kernel_text(&error), "");
	assert_string_equal(nfto_error_message(&error), "object: out of memory");
}

/* What is no UTF-8, or a control character in it, must not reach a terminal. */
static void test_printable(void **state)
{
	static const char *const texts[][2] = {
		{ "lan0", "lan0" },
		{ "a\x1b[2J", "a\\x1b[2J" },
		{ "\x7f", "\\x7f" },
		{ "gr\xc3\xbc\xc3\x9f"
		  "e \xe2\x82\xac \xf0\x9f\x98\x80", /* valid */
		  "gr\xc3\xbc\xc3\x9f"
		  "e \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "\x9b"
		  "2J",
		  "\\x9b2J" }, /* a lone byte */
		{ "\xc2\x9b"
		  "2J",
		  "\\xc2\\x9b2J" },				/* U+009B */
		{ "\xc0\xaf", "\\xc0\\xaf" },			/* longer than it need be */
		{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },		/* the same */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },		/* a surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* beyond the last */
		{ "\xe2\x82", "\\xe2\\x82" },			/* cut off */
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		printable(out, sizeof(out), texts[i][0]);
		assert_string_equal(out, texts[i][1]);
	}
	/* As much as fits, and no half of a byte's number. */
	for (size_t size = 1; size <= 12; size++) {
		printable(out, size, "a\x01\x02");
		assert_true(strlen(out) < size);
		assert_int_equal(strncmp("a\\x01\\x02", out, strlen(out)), 0);
		assert_true(strlen(out) <= 1 || strlen(out) == 5 || strlen(out) == 9);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printable),
		cmocka_unit_test(test_names_of_codes),
		cmocka_unit_test(test_each_code_has_its_own_sentence),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_clear_leaves_nothing),
		cmocka_unit_test(test_longest_names_are_told_in_full),
		cmocka_unit_test(test_endless_parts_are_cut),
		cmocka_unit_test(test_words_about_something_else),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(messages, test_message);
	failures += run_table(results, test_result);
	return failures != 0;
}
