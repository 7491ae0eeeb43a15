/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_SET_ELEMENTS_H
#define NFTO_CODEC_SET_ELEMENTS_H

#include "netlink/attr.h"
#include "nft.h"

/* The elements of a set of a table of family inet: 0 or -ENOMEM. */
int set_elements_build_dump(struct messages *messages, const char *table, const char *set);

/* Steps through the elements (NFTA_SET_ELEM_*) in one message of the dump: 0 or -EBADMSG. */
int set_elements_walk(const struct nlmsghdr *message, struct attr_walk *walk);

#endif
