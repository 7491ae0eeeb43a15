/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stddef.h>

struct fake;
struct nlmsghdr;

/*
 * Writes a message to the kernel as text, such as
 *   newflowtable inet create table=t name=f hook{num=0 priority=-5} flags=3
 * by the names, numbers and lengths of the kernel's uapi, and nothing of the library. Attributes
 * are sorted by type. What the kernel would not take (a string without its NUL, a number of the
 * wrong length, padding that is not zero) shows as "BAD".
 */
const char *describe(const struct nlmsghdr *message, char *text, size_t size);

/* The test fails if the messages of a request are not these, one after the other, up to a NULL. */
void assert_sent(const struct fake *fake, size_t request, const char *const *expected);

/* The same, of which only the begin of each message is told. */
void assert_sent_begins(const struct fake *fake, size_t request, const char *const *expected);

#endif
