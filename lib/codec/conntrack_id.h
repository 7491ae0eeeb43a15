/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_CONNTRACK_ID_H
#define NFTO_CODEC_CONNTRACK_ID_H

#include <stdint.h>

struct nlmsghdr;

/* The number of an entry: one that takes its place, with the same tuple, has another. 0 or
 * -EBADMSG. */
int conntrack_parse_id(const struct nlmsghdr *message, uint32_t *id);

#endif
