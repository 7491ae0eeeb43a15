/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_RULE_H
#define NFTO_CODEC_RULE_H

#include <stdbool.h>

#include "codec/leak_set.h"
#include "counter.h"
#include "nft.h"
#include "userdata.h"

struct rule_info {
	char chain[NFT_NAME_SIZE];
	uint64_t handle; /* unique in its table, also over time; 0 if it was not sent */
	char comment[COMMENT_LENGTH + 1];
	bool has_counter;
	struct counter_info counter;
};

/* Each: 0 or -ENOMEM. */

/* meta l4proto { tcp, udp } [ct packets >= min_packets] flow add @flowtable counter */
int rule_build_offload(struct messages *messages, uint8_t family, const char *table,
		       const char *chain, const char *flowtable, uint64_t min_packets,
		       const char *comment);

/* ct status & IPS_OFFLOAD != 0 counter jump leaks_chain */
int rule_build_leak_counter(struct messages *messages, const char *table, const char *chain,
			    const char *leaks_chain, const char *comment);

/* ct direction D meta nfproto F update @set { source . port . destination . port . protocol } */
int rule_build_leak_namer(struct messages *messages, const char *table, const char *chain,
			  const struct leak_set *set);

/* counter comment "...": it does nothing, but what it says stays in the kernel. */
int rule_build_note(struct messages *messages, uint8_t family, const char *table, const char *chain,
		    const char *comment);

/* Removes the rules of a chain. */
int rule_build_flush(struct messages *messages, uint8_t family, const char *table,
		     const char *chain);

/* All rules of a table. */
int rule_build_dump(struct messages *messages, uint8_t family, const char *table);

/* 0 or -EBADMSG. */
int rule_parse(const struct nlmsghdr *message, struct rule_info *info);

#endif
