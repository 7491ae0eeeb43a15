/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_DRAIN_H
#define NFTO_DRAIN_H

#include "evict.h"
#include "facts/census.h"
#include "instance.h"

struct nfto_drained {
	uint64_t connections;
	uint64_t elapsed_ms;
	bool seen;
};

enum drain_stage {
	DRAIN_RULES,
	DRAIN_FLOWS,
	DRAIN_EVIDENCE,
};

/* An instance whose flows are on their way out of the hardware. */
struct draining {
	struct nfto_ctx *ctx;
	const char *name;
	const struct instance *instance; /* as it was when this was decided */
	bool deletes;			 /* the connections do not live on */
	uint32_t generation;		 /* of the rule set, when the instance was as we know it */
	enum drain_stage stage;
	bool has_others; /* other flowtables are in use; whose flow is whose, nobody can tell */
	struct channel channel;
	struct eviction eviction;
	uint64_t begin_ms;
	uint64_t limit_ms;
	uint64_t last_flow_ms; /* when flows were last seen, or something was done about them */
	uint64_t no_room;      /* connections that stay offloaded as the conntrack table is full */
	unsigned int rounds;   /* in which flows were evicted */
	unsigned int quiet;    /* looks in a row that have seen nothing */
	struct census before;
	struct census now;
	struct nfto_drained *drained;
};

/*
 * Takes the flows of an instance out of the hardware, as it must be before its flowtable is deleted
 * or replaced. The offload rule is gone then, also after a failure. A flowtable in software is left
 * as it is: the kernel takes its flows down by itself when it is deleted. Flags and time limit as
 * those of nfto_drain(); *drained gets what was done. To be closed also after a failure. 0, or a
 * negative errno that is told in the context.
 */
int draining_open(struct draining *draining, struct nfto_ctx *ctx, const char *name,
		  const struct instance *instance, uint32_t flags, unsigned int timeout_s,
		  struct nfto_drained *drained);
void draining_close(struct draining *draining);

/* 1 when nothing is in the hardware any more, 0 if it is to be called again after *wait_ms (0: at
 * once), or a negative errno that is told in the context. */
int draining_next(struct draining *draining, unsigned int *wait_ms);

/* All of it, in the calling thread. */
int drain(struct nfto_ctx *ctx, const char *name, const struct instance *instance, uint32_t flags,
	  unsigned int timeout_s, struct nfto_drained *drained);

#endif
