/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FLOW_COUNTS_H
#define NFTO_FLOW_COUNTS_H

#include "internal.h"

#define FLOW_FAMILY_COUNT 2
#define FLOW_PROTOCOL_COUNT 256

struct nfto_flow_counts {
	uint64_t counts[NFTO_FLOW_CLOSING + 1][FLOW_FAMILY_COUNT][FLOW_PROTOCOL_COUNT];
};

/* One more connection, of AF_INET or AF_INET6, with this conntrack status. */
void flow_counts_add(struct nfto_flow_counts *counts, uint8_t family, uint8_t protocol,
		     uint32_t status);

#endif
