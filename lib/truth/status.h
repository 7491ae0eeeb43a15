/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_STATUS_H
#define NFTO_STATUS_H

#include "facts/backlog.h"
#include "facts/early_drops.h"
#include "facts/caps.h"
#include "facts/flow_counts.h"
#include "facts/modules.h"
#include "facts/received.h"
#include "facts/settings.h"
#include "findings.h"
#include "intent/instance.h"
#include "tuple.h"
#include "software_flow.h"

struct status_device {
	char name[DEVICE_SPEC_SIZE];
	enum nfto_device_state state;
	char evidence[256];
};

/* A flow in hardware, and how many packets it has had. */
struct busy_flow {
	uint32_t id;
	uint64_t packets;
};

/* The busiest ones, in no order. */
#define BUSY_FLOW_COUNT 64
struct busy_flows {
	struct busy_flow items[BUSY_FLOW_COUNT];
	size_t count;
};

/* A connection that may be offloaded, and is not. */
struct slow_flow {
	struct nfto_tuple tuple;
	uint64_t packets;
};

/* The busiest ones, in no order: only of an instance that has never offloaded anything. */
#define SLOW_FLOW_COUNT 32
struct slow_flows {
	struct slow_flow items[SLOW_FLOW_COUNT];
	size_t count;
};

struct nfto_status {
	char *name;
	enum nfto_family family;
	bool is_instance;
	struct instance instance; /* all zero for somebody else's flowtable */

	struct nfto_flowtables flowtables;	/* of the whole network namespace */
	const struct flowtable_info *flowtable; /* the one that this is about, or NULL */
	bool is_dormant;			/* its table */
	enum nfto_mode requested;
	enum nfto_mode effective;

	struct status_device *devices;
	size_t device_count;
	struct proof rule;
	struct proof reach;
	struct findings findings;

	struct nfto_flow_counts counts;
	struct busy_flows busy;
	struct software_flows software; /* only if the flowtable is for hardware */
	bool may_be_in_vain;		/* nothing was ever offloaded: the slow ones may tell why */
	struct slow_flows slow;
	struct received received_before; /* the flows were read */
	struct received received_after;
	struct settings settings;
	enum nfto_module_state modules[MODULE_COUNT];
	struct backlog backlog;
	struct early_drops early_drops;
	uint64_t read_at_ms; /* when the counters of the rules were read */
};

/* Each: 0, or a negative errno with ctx->error set. */

/* status_devices.c: the devices, with findings about them. */
int status_read_devices(struct nfto_ctx *ctx, struct nfto_status *status);

/* status_flows.c: counts all connections, and keeps the busiest ones in hardware, and those that
 * should be. */
int status_read_flows(struct nfto_ctx *ctx, struct nfto_status *status);

/* status_slow.c: before all connections are read: is there a reason to look at those that are not
 * offloaded? Then each is kept, from the message it came in: 0 or -EBADMSG. When all are read: does
 * something stand in their way? */
void status_begin_slow(struct nfto_ctx *ctx, struct nfto_status *status);
int status_take_slow(struct nfto_status *status, const struct nlmsghdr *message);
int status_explain_slow(struct nfto_ctx *ctx, struct nfto_status *status);

/* status_rule.c: is there a rule, and is it reached? 0 or -ENOMEM, with findings about it. */
int status_judge_rule(struct nfto_status *status);

/* status_mode.c: what is effective, and what else is wrong. 0 or -ENOMEM. */
int status_judge_mode(struct nfto_status *status);

/* status_software.c: are there flows, and has the hardware declined each of them? Before: NULL if
 * there was one look only. */
bool status_is_all_in_software(const struct nfto_status *now, const struct nfto_status *before);

/* Is the flowtable for hardware? */
bool status_is_hardware(const struct nfto_status *status);

#endif
