// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of devices and wildcards, as flowtables list them: what is bound by which. */
#include <string.h>

#include "codec/device_spec.h"
#include "unit.h"

struct pair {
	const char *name;
	const char *spec;
	const char *other;
	bool includes; /* what the other one binds */
	bool is_equal;
};

static const struct pair pairs[] = {
	{ "the same name", "lan0", "lan0", true, true },
	{ "another name", "lan0", "lan1", false, false },
	{ "a longer name", "lan0", "lan01", false, false },
	{ "the same wildcard", "lan*", "lan*", true, true },
	{ "a name of a wildcard", "lan*", "lan0", true, false },
	{ "the shortest name of a wildcard", "lan*", "lan", true, false },
	{ "a name too short for a wildcard", "lan*", "la", false, false },
	{ "a wildcard of a name", "lan0", "lan*", false, false },
	{ "a narrower wildcard", "lan*", "lan1*", true, false },
	{ "a wider wildcard", "lan1*", "lan*", false, false },
	{ "another wildcard", "lan*", "wan*", false, false },
	{ "a wildcard for all", "*", "wan0", true, false },
	{ "a wildcard for all, of a wildcard", "*", "wan*", true, false },
	{ "a wildcard with an asterisk in its prefix", "la**", "la*", false, false },
	{ "a name of the longest wildcard", "123456789012345*", "123456789012345", true, false },
};

static void test_pair(void **state)
{
	const struct pair *pair = *state;
	struct device_spec spec, other;

	device_spec_read(&spec, pair->spec);
	device_spec_read(&other, pair->other);
	assert_string_equal(spec.text, pair->spec);
	assert_int_equal(device_spec_includes(&spec, &other), pair->includes);
	assert_int_equal(device_spec_equals(&spec, &other), pair->is_equal);
	if (!other.is_wildcard)
		assert_int_equal(device_spec_covers(&spec, pair->other), pair->includes);
}

/* A device may have that very name, and is no wildcard. */
static void test_name_with_an_asterisk(void **state)
{
	struct device_spec name, wildcard;

	(void)state;
	device_spec_set(&name, "lan*", false);
	device_spec_read(&wildcard, "lan*");
	assert_true(device_spec_covers(&name, "lan*"));
	assert_false(device_spec_covers(&name, "lan0"));
	assert_true(device_spec_covers(&wildcard, "lan*"));
	assert_true(device_spec_includes(&wildcard, &name));
	assert_false(device_spec_includes(&name, &wildcard));
	assert_false(device_spec_equals(&name, &wildcard));
}

static void test_nothing_is_no_wildcard(void **state)
{
	struct device_spec spec;

	(void)state;
	device_spec_read(&spec, "");
	assert_false(spec.is_wildcard);
	assert_false(device_spec_covers(&spec, "lan0"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name_with_an_asterisk),
		cmocka_unit_test(test_nothing_is_no_wildcard),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(pairs, test_pair);
	return failures != 0;
}
