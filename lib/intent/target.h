/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_TARGET_H
#define NFTO_TARGET_H

#include "instance.h"
#include "objects/txn.h"
#include "plan.h"
#include "spec.h"

/* The state that an instance is to be brought into: a spec, with its names resolved for one
 * mode. */
struct target {
	const struct nfto_spec *spec;
	enum nfto_mode mode;  /* hardware or software */
	const char **devices; /* of the flowtable; borrowed from the plan */
	size_t device_count;
	struct wanted_name *wanted;
	size_t wanted_count;
};

/* Spec and plan are borrowed. 0 or -ENOMEM; free with target_clear(). */
int target_init(struct target *target, const struct nfto_spec *spec, const struct nfto_plan *plan);
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
