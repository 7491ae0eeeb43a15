/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_CHAIN_H
#define NFTO_CODEC_CHAIN_H

#include <stdbool.h>

#include "nft.h"

struct chain_info {
	bool is_base; /* it is called by a hook */
	uint32_t hook;
	int32_t priority;
};

/* Each: 0 or -ENOMEM. */
int chain_build_new(struct messages *messages, uint8_t family, const char *table, const char *name);
int chain_build_new_forward(struct messages *messages, uint8_t family, const char *table,
			    const char *name, int32_t priority);
int chain_build_delete(struct messages *messages, uint8_t family, const char *table,
		       const char *name);
int chain_build_get(struct messages *messages, uint8_t family, const char *table, const char *name);

/* 0 or -EBADMSG. */
int chain_parse(const struct nlmsghdr *message, struct chain_info *info);

#endif
