/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_HW_TC_OFFLOAD_H
#define NFTO_FACTS_HW_TC_OFFLOAD_H

#include "internal.h"

/* Asks ethtool for the feature hw-tc-offload of one device after the other. */
struct hw_tc_offload {
	struct channel channel;
	uint16_t family; /* 0: the kernel has no ethtool over netlink */
};

/* 0, or a negative errno with ctx->error set; what was opened must be closed. */
int hw_tc_offload_open(struct nfto_ctx *ctx, struct hw_tc_offload *session);
void hw_tc_offload_close(struct hw_tc_offload *session);

/* The same, but for -ENODEV if the device is not there, where no error is set. */
int hw_tc_offload_read(struct nfto_ctx *ctx, struct hw_tc_offload *session, const char *device,
		       enum nfto_hw_tc_offload *state);

#endif
