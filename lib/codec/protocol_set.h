/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_PROTOCOL_SET_H
#define NFTO_CODEC_PROTOCOL_SET_H

#include "nft.h"

/* The kernel puts a number in. */
#define PROTOCOL_SET_NAME "__set%d"

/* The anonymous set { tcp, udp }, for the rule that comes next in the batch, which refers to it by
 * its id: 0 or -ENOMEM. */
int protocol_set_build(struct messages *messages, uint8_t family, const char *table, uint32_t *id);

#endif
