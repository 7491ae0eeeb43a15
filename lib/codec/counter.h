/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_COUNTER_H
#define NFTO_CODEC_COUNTER_H

#include <stdint.h>

struct nlattr;

struct counter_info {
	uint64_t packets;
	uint64_t bytes;
};

/* Reads an expression (NFTA_EXPR_*), if it is a counter: 1 if it is one, 0 if not, -EBADMSG. */
int counter_parse(const struct nlattr *expression, struct counter_info *info);

#endif
