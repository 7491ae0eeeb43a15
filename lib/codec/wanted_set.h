/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_WANTED_SET_H
#define NFTO_CODEC_WANTED_SET_H

#include <net/if.h>
#include <stdbool.h>

#include "netlink/attr.h"
#include "nft.h"

/*
 * The set that remembers which interfaces and devices were asked for, those that are not there too:
 * what comes later can be put in its place, and "as it was asked for" can be told from "half of it
 * is missing". The kind of a name is the comment of its element, so that all of it lives through a
 * save and a restore by nft(8), which takes a name that ends with an asterisk for something else.
 */
#define WANTED_SET "wanted"

struct wanted_name {
	char name[IFNAMSIZ];
	bool is_device; /* an explicit device, else an interface to be resolved */
	bool is_prefix; /* of names */
};

/* Makes the set, if it is not there, and writes these names in place of those that are in it: 0 or
 * -ENOMEM. */
int wanted_set_build(struct messages *messages, const char *table, const struct wanted_name *names,
		     size_t count);

/* The next name of a walk through the elements (set_elements.h): 1 with one, 0 at the end,
 * -EBADMSG. */
int wanted_set_next(struct attr_walk *walk, struct wanted_name *name);

#endif
