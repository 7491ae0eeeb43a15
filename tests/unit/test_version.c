// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>

#include "nftoffload.h"
#include "unit.h"

static void test_text_is_the_version_of_the_header(void **state)
{
	char text[64];

	(void)state;
	snprintf(text, sizeof(text), "%d.%d.%d", NFTO_VERSION_MAJOR, NFTO_VERSION_MINOR,
		 NFTO_VERSION_PATCH);
	assert_string_equal(nfto_version(), text);
}

/* Steps from the present version. */
struct step {
	const char *name;
	int major;
	int minor;
	int patch;
	bool at_least;
};

static const struct step steps[] = {
	{ "the same", 0, 0, 0, true },
	{ "one patch more", 0, 0, 1, false },
	{ "one minor more", 0, 1, 0, false },
	{ "one major more", 1, 0, 0, false },
	{ "one minor less, many patches more", 0, -1, 1000, true },
	{ "one major more, one minor less", 1, -1, 0, false },
};

static void test_at_least(void **state)
{
	const struct step *step = *state;

	assert_int_equal(nfto_version_at_least((unsigned int)(NFTO_VERSION_MAJOR + step->major),
					       (unsigned int)(NFTO_VERSION_MINOR + step->minor),
					       (unsigned int)(NFTO_VERSION_PATCH + step->patch)),
			 step->at_least);
}

static void test_at_least_the_first(void **state)
{
	(void)state;
	assert_true(nfto_version_at_least(0, 0, 0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_the_version_of_the_header),
		cmocka_unit_test(test_at_least_the_first),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(steps, test_at_least);
	return failures != 0;
}
