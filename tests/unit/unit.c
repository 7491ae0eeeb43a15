// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

char unit_untouched;

int unit_run_table(const char *prefix, const void *rows, size_t count, size_t size,
		   CMUnitTestFunction function)
{
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	char(*names)[128] = calloc(count, sizeof(*names));
	int failures = 1;

	if (!tests || !names)
		goto out;
	for (size_t i = 0; i < count; i++) {
		const char *row = (const char *)rows + i * size;

		snprintf(names[i], sizeof(names[i]), "%s: %s", prefix,
			 *(const char *const *)(const void *)row);
		tests[i].name = names[i];
		tests[i].test_func = function;
		tests[i].initial_state = (void *)(uintptr_t)row;
	}
	failures = _cmocka_run_group_tests(prefix, tests, count, NULL, NULL);
out:
	free(names);
	free(tests);
	return failures;
}
