/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_TABLE_H
#define NFTO_CODEC_TABLE_H

#include <stdbool.h>

#include "nft.h"
#include "userdata.h"

struct table_info {
	uint8_t family;
	char name[NFT_NAME_SIZE];
	uint64_t handle; /* unique in its namespace, also over time; 0 if it was not sent */
	char comment[COMMENT_LENGTH + 1];
	bool is_dormant; /* its chains are not hooked */
};

/* Each: 0 or -ENOMEM. */
int table_build_new(struct messages *messages, uint8_t family, const char *name,
		    const char *comment);
int table_build_delete(struct messages *messages, uint8_t family, const char *name);
int table_build_get(struct messages *messages, uint8_t family, const char *name);

/* 0 or -EBADMSG. */
int table_parse(const struct nlmsghdr *message, struct table_info *info);

#endif
