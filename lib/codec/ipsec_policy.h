/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_IPSEC_POLICY_H
#define NFTO_CODEC_IPSEC_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/xfrm.h>

#include "netlink/messages.h"

/* The policies of IPsec. */

/* A question for their number: 0 or -ENOMEM. */
int ipsec_policy_build_count_get(struct messages *messages);

/* Of those for packets that leave or are forwarded. 0 or -EBADMSG. */
int ipsec_policy_parse_count(const struct nlmsghdr *message, uint64_t *count);

/* All of them: 0 or -ENOMEM. */
int ipsec_policy_build_dump(struct messages *messages);

struct ipsec_policy {
	struct xfrm_selector selector;
	uint8_t direction; /* XFRM_POLICY_* */
	uint32_t priority; /* the lowest number is asked first */
	bool transforms;   /* it does not just let packets pass */
};

/* 0 or -EBADMSG. */
int ipsec_policy_parse(const struct nlmsghdr *message, struct ipsec_policy *policy);

/* A packet of the forward chain. */
struct ipsec_packet {
	uint8_t family;
	uint8_t protocol;
	const uint8_t *source;
	const uint8_t *destination;
	uint16_t source_port;
	uint16_t destination_port;
};

bool ipsec_policy_matches(const struct ipsec_policy *policy, const struct ipsec_packet *packet);

#endif
