/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_NFT_H
#define NFTO_CODEC_NFT_H

#include "netlink/messages.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

/* Names of tables, chains, sets and flowtables, with the final NUL. */
#define NFT_NAME_SIZE NFT_NAME_MAXLEN

/* The subsystem and message number of nf_tables, as a netlink message type has it. */
#define NFT_TYPE(message) ((NFNL_SUBSYS_NFTABLES << 8) | (message))

/* Begins a message to nf_tables; NULL if out of memory. */
static inline struct nlmsghdr *nft_open(struct messages *messages, uint16_t message, uint16_t flags,
					uint8_t family)
{
	return messages_open(messages, NFT_TYPE(message), flags, family, 0);
}

/* The begin of a batch, which the kernel refuses (ERESTART) unless the rule set is of this
 * generation; 0: of any. 0 or -ENOMEM. */
int nft_build_batch_begin(struct messages *messages, uint32_t generation);

/* A question for the generation of the rule set, which each kernel with nf_tables answers: 0 or
 * -ENOMEM. */
int nft_build_generation_get(struct messages *messages);

/* The answer: 0 or -EBADMSG. */
int nft_parse_generation(const struct nlmsghdr *message, uint32_t *generation);

#endif
