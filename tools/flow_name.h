/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TOOL_FLOW_NAME_H
#define TOOL_FLOW_NAME_H

#include <nftoffload.h>

/* "tcp 192.0.2.1:4000 > 203.0.113.5:80" */
#define FLOW_NAME_SIZE 192

void flow_name(const struct nfto_flow *flow, char name[FLOW_NAME_SIZE]);
void flow_name_of_leak(const struct nfto_leak *leak, char name[FLOW_NAME_SIZE]);
void flow_name_of_item(const struct nfto_audit_item *item, char name[FLOW_NAME_SIZE]);

#endif
