/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_TARGET_H
#define NFTO_TARGET_H

#include "instance.h"
#include "listing.h"
#include "objects/txn.h"
#include "plan.h"
#include "spec.h"

/* The state that an instance is to be brought into: a spec, with its names resolved for one
 * mode. */
struct target {
	const struct nfto_spec *spec;
	enum nfto_mode mode; /* hardware or software */
	struct listing listing;
	struct wanted_name *wanted;
	size_t wanted_count;
};

/* What a target is made of. The spec is borrowed, and the plan is told what the kernel waits for. */
struct target_source {
	const struct nfto_topology *topology;
	const struct nfto_spec *spec;
	struct nfto_plan *plan;
	const struct instance *instance; /* as it is now */
	bool adds_names;		 /* see struct listing_source */
};

/* 0, or a negative errno with ctx->error set; free with target_clear(). */
int target_init(struct target *target, struct nfto_ctx *ctx, const struct target_source *source);
void target_clear(struct target *target);

/* Is the instance in this state? */
bool target_is_met(const struct target *target, const struct instance *instance);

/* Must the flowtable be made anew, since the kernel can't change it? */
bool target_replaces(const struct target *target, const struct instance *instance);

/* Puts the operations that lead there into a transaction, the fewest that do: 0 or as
 * nfto_txn_*(). */
int target_put_steps(const struct target *target, const struct instance *instance,
		     struct nfto_txn *txn);

#endif
