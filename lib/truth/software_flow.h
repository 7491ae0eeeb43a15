/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_SOFTWARE_FLOW_H
#define NFTO_SOFTWARE_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/conntrack_progress.h"

struct flow_info;

/* A flow that is in software although its flowtable is one for hardware: how far it had come. */
struct software_flow {
	uint8_t protocol;
	struct conntrack_progress progress;
};

struct software_flow software_flow_of(const struct flow_info *info);

/* Before: the flow at an earlier look, also in software; NULL if there was none. */

/* How many packets it has moved since. False if that is not known. */
bool software_flow_moved(const struct software_flow *now, const struct software_flow *before,
			 uint64_t *packets);

/* Has the hardware declined it, or may it be closing? */
bool software_flow_is_declined(const struct software_flow *now, const struct software_flow *before);

/* All of them, up to some thousand; all zero is an empty list. */
struct software_flows {
	struct software_flow *items;
	size_t count;
	size_t room;
};

/* 0, also if there are enough already, or -ENOMEM. */
int software_flows_add(struct software_flows *flows, const struct software_flow *flow);

/* When all are added. Only then they are found. */
void software_flows_sort(struct software_flows *flows);

/* The same flow, by its number; NULL if it is not there. */
const struct software_flow *software_flows_find(const struct software_flows *flows, uint32_t id);

void software_flows_clear(struct software_flows *flows);

#endif
