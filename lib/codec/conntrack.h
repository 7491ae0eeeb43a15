/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_CONNTRACK_H
#define NFTO_CODEC_CONNTRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "counter.h"
#include "netlink/messages.h"

/* The packets of one direction. */
struct flow_side {
	uint8_t source[16];
	uint8_t destination[16];
	uint16_t source_port;
	uint16_t destination_port;
	bool has_counter;
	struct counter_info counter;
};

struct flow_info {
	uint8_t family;
	uint8_t protocol;
	uint16_t zone;
	uint32_t status;
	struct flow_side sides[2]; /* by direction */
};

/* All entries of a family (0: all) whose status, under the mask, is the value; a mask of 0 is no filter.
 * A kernel before 5.15 sends all, so the reader has to look as well. 0 or -ENOMEM. */
int conntrack_build_dump(struct messages *messages, uint8_t family, uint32_t status, uint32_t mask);

/* 0 or -EBADMSG. */
int conntrack_parse(const struct nlmsghdr *message, struct flow_info *info);

#endif
