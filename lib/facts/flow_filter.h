/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FLOW_FILTER_H
#define NFTO_FLOW_FILTER_H

#include "codec/conntrack.h"
#include "internal.h"

struct filter_prefix {
	bool is_set;
	int family;
	unsigned int length; /* in bits */
	uint8_t address[16];
};

struct filter_port {
	bool is_set;
	uint16_t port;
};

struct nfto_flow_filter {
	bool has_state; /* else every offloaded flow */
	enum nfto_flow_state state;
	int family;
	bool has_protocol;
	uint8_t protocol;
	struct filter_prefix source;
	struct filter_prefix destination;
	struct filter_prefix address;
	struct filter_port source_port;
	struct filter_port destination_port;
	struct filter_port port;
	uint32_t mark;
	uint32_t mark_mask; /* 0: any mark */
	bool has_zone;
	uint16_t zone;
	char interface[IFNAMSIZ]; /* "": any */
};

/* What the kernel can leave out by itself. */
struct conntrack_filter flow_filter_for_kernel(const struct nfto_flow_filter *filter);

/* Does it match in all but the interface, about which conntrack knows nothing? The kernel's part
 * is looked at again, as a kernel that does not know a filter sends everything. */
bool flow_filter_matches(const struct nfto_flow_filter *filter, const struct flow_info *info);

/* Does it match in the state? */
bool flow_filter_wants_status(const struct nfto_flow_filter *filter, uint32_t status);

#endif
