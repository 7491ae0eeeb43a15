/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FLOW_STATE_H
#define NFTO_FLOW_STATE_H

#include <linux/netfilter/nf_conntrack_common.h>

#include "internal.h"

/* The bits of a conntrack status that make the state. */
#define FLOW_STATE_MASK ((uint32_t)(IPS_OFFLOAD | IPS_HW_OFFLOAD))

enum nfto_flow_state flow_state_of(uint32_t status);
uint32_t flow_state_status(enum nfto_flow_state state);

/* Callers give any number. */
bool flow_state_is_known(enum nfto_flow_state state);

#endif
