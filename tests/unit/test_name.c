// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which names are taken, and which are refused before the kernel sees them. */
#include <string.h>

#include "internal.h"
#include "unit.h"

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define LETTERS_255 "a1234" FIFTY FIFTY FIFTY FIFTY FIFTY

struct name {
	const char *name;
	const char *(*fault)(const char *name);
	const char *text;
	bool is_good;
};

static const struct name names[] = {
	{ "object", name_fault_object, "ft", true },
	{ "object with a space", name_fault_object, "my table", true },
	{ "object with a slash", name_fault_object, "a/b", true },
	{ "object, dots", name_fault_object, "..", true },
	{ "object in UTF-8", name_fault_object, "tisch-\xc3\xa4", true },
	{ "object, empty", name_fault_object, "", false },
	{ "object of 255 bytes", name_fault_object, LETTERS_255, true },
	{ "object of 256 bytes", name_fault_object, LETTERS_255 "x", false },

	{ "device", name_fault_device, "lan0", true },
	{ "device with an at", name_fault_device, "eth0@if5", true },
	{ "device, empty", name_fault_device, "", false },
	{ "device, dot", name_fault_device, ".", false },
	{ "device, two dots", name_fault_device, "..", false },
	{ "device, three dots", name_fault_device, "...", true },
	{ "device of 15 bytes", name_fault_device, "123456789012345", true },
	{ "device of 16 bytes", name_fault_device, "1234567890123456", false },
	{ "device in UTF-8", name_fault_device, "w\xc3\xa4n0", true },

	{ "instance", name_fault_instance, "nftoffload", true },
	{ "instance, one letter", name_fault_instance, "Z", true },
	{ "instance with all that is allowed", name_fault_instance, "aZ09_-.", true },
	{ "instance, empty", name_fault_instance, "", false },
	{ "instance, begins with a digit", name_fault_instance, "0a", false },
	{ "instance, begins with a dash", name_fault_instance, "-a", false },
	{ "instance, dots", name_fault_instance, "..", false },
	{ "instance with a slash", name_fault_instance, "a/b", false },
	{ "instance with a space", name_fault_instance, "a b", false },
	{ "instance with a quote", name_fault_instance, "a\"b", false },
	{ "instance with a brace", name_fault_instance, "a{", false },
	{ "instance in UTF-8", name_fault_instance, "a\xc3\xa4", false },
	{ "instance of 255 bytes", name_fault_instance, LETTERS_255, true },
	{ "instance of 256 bytes", name_fault_instance, LETTERS_255 "x", false },
};

static void test_name(void **state)
{
	const struct name *name = *state;
	const char *fault = name->fault(name->text);

	if (name->is_good)
		assert_null(fault);
	else
		assert_in_range(strlen(fault), 1, 100);
}

/* Each byte in a name, against those that are not allowed there. */
struct bytes {
	const char *name;
	const char *(*fault)(const char *name);
	const char *bad;
};

#define CONTROL                                                                                    \
	"\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37"

static const struct bytes bytes_of_names[] = {
	{ "object", name_fault_object, CONTROL "\177" },
	/* isspace() of the kernel: lib/ctype.c has 9 to 13, 32 and 160 as _S. */
	{ "device", name_fault_device, "/:\11\12\13\14\15 \240" },
};

static void test_each_byte(void **state)
{
	const struct bytes *bytes = *state;

	for (int byte = 1; byte <= 255; byte++) {
		char text[4] = { 'a', (char)byte, 'b', '\0' };
		bool is_bad = strchr(bytes->bad, byte) != NULL;

		if ((bytes->fault(text) != NULL) != is_bad)
			fail_msg("byte %d is taken for %s", byte, is_bad ? "good" : "bad");
	}
}

int main(void)
{
	int failures = run_table(names, test_name);

	failures += run_table(bytes_of_names, test_each_byte);
	return failures != 0;
}
