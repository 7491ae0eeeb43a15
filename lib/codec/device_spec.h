/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_DEVICE_SPEC_H
#define NFTO_CODEC_DEVICE_SPEC_H

#include <net/if.h>
#include <stdbool.h>

#include <libmnl/libmnl.h>

/* The longest prefix, its '*', and the final NUL. */
#define DEVICE_SPEC_SIZE (IFNAMSIZ + 1)

/* What a flowtable lists: the name of a device, or the prefix of names, a wildcard. Up to Linux 6.15
 * it is the name of a device that is there. */
struct device_spec {
	char text[DEVICE_SPEC_SIZE]; /* a wildcard ends with '*' */
	bool is_wildcard;
};

void device_spec_set(struct device_spec *spec, const char *text, bool is_wildcard);

/* As people write it: what ends with '*' is a wildcard. */
void device_spec_read(struct device_spec *spec, const char *text);

/* Is a device of this name bound by it? */
bool device_spec_covers(const struct device_spec *spec, const char *device);

/* Is each device that the other one binds bound by this one? */
bool device_spec_includes(const struct device_spec *spec, const struct device_spec *other);

bool device_spec_equals(const struct device_spec *spec, const struct device_spec *other);

/* Adds it to a list of devices in a message. */
void device_spec_put(struct nlmsghdr *message, const struct device_spec *spec);

/* Reads an attribute of such a list: 1 with a spec, 0 if it is something else, -EBADMSG. */
int device_spec_parse(const struct nlattr *attr, struct device_spec *spec);

#endif
