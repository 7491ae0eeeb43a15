/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ATTRIBUTES_H
#define ATTRIBUTES_H

#include <stddef.h>

struct nlmsghdr;

/* The attributes behind a struct nfgenmsg as text, by their numbers in the kernel's headers:
 * "1{2=c0a8010a} 3=00000008", in the order of the message. */
void attributes_describe(const struct nlmsghdr *message, char *text, size_t size);

#endif
