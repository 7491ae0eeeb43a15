/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNIT_H
#define UNIT_H

/* What all test programs share. cmocka wants these in front of itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Runs a function once for each row of a table, as a test that is named as the function and the
 * row, which begins with a `const char *name`. The function finds the row at *state. Returns the
 * number of failures. */
#define run_table(rows, function)                                                                  \
	unit_run_table(#function, rows, COUNT(rows), sizeof((rows)[0]), function)
int unit_run_table(const char *prefix, const void *rows, size_t count, size_t size,
		   CMUnitTestFunction function);

/* Where an out-parameter stands before a call: a failed call has left it there. */
#define UNTOUCHED(type) ((type *)(uintptr_t)&unit_untouched)
extern char unit_untouched;

#endif
