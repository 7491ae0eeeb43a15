/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_CONNTRACK_PROGRESS_H
#define NFTO_CODEC_CONNTRACK_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;

/* Which connection it is, and how far it has come. */
struct conntrack_progress {
	uint32_t id; /* one that takes its place, with the same tuple, has another */
	bool has_packets;
	uint64_t packets; /* of both directions */
};

/* 0 or -EBADMSG. */
int conntrack_parse_progress(const struct nlmsghdr *message, struct conntrack_progress *progress);

#endif
