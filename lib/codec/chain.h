/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_CHAIN_H
#define NFTO_CODEC_CHAIN_H

#include "nft.h"

/* Each: 0 or -ENOMEM. */
int chain_build_new(struct messages *messages, uint8_t family, const char *table, const char *name);
int chain_build_new_forward(struct messages *messages, uint8_t family, const char *table,
			    const char *name, int32_t priority);

#endif
