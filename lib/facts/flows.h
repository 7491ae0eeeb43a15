/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FLOWS_H
#define NFTO_FLOWS_H

#include "internal.h"

struct flow_info;

/* What was read of a flow. */
const struct flow_info *flow_info_of(const struct nfto_flow *flow);

/* The message that the last flow of the stream came in: valid as long as that flow is. */
const struct nlmsghdr *flows_message(const struct nfto_flows *flows);

#endif
