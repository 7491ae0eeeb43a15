/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CONNTRACK_FORM_H
#define CONNTRACK_FORM_H

#include "reply.h"

/* How libnetfilter_conntrack names an entry in a message, as conntrack(8) does: the original
 * tuple and the zone, behind a struct nfgenmsg. Its headers exclude the kernel's, so it has a
 * file of its own. */
struct form {
	_Alignas(8) char data[1024];
};
void conntrack_form(struct form *form, const struct reply_flow *flow);

/* The message has the same family and attributes, byte for byte, in whatever order, and beside
 * them nothing but the number of the entry, which the library does not send. */
void assert_form(const struct form *form, const struct nlmsghdr *message, uint32_t id);

#endif
