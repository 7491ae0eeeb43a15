/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_HOOK_H
#define NFTO_CODEC_HOOK_H

#include <stdbool.h>

#include "nft.h"

/* What is hooked on the ingress of a device, as nfnetlink_hook lists it (5.14 and later): 0 or
 * -ENOMEM. */
int hook_build_dump(struct messages *messages, const char *device);

/* One hook. Before 6.17, the name of the function is all that tells of a flowtable. */
struct hook_info {
	bool is_flowtable;
	bool is_nameless; /* the kernel does not know its functions by name */
	bool is_named;	  /* it says which flowtable it is: */
	uint8_t family;
	char table[NFT_NAME_SIZE];
	char flowtable[NFT_NAME_SIZE];
};

/* 0 or -EBADMSG. */
int hook_parse(const struct nlmsghdr *message, struct hook_info *info);

#endif
