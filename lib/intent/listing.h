/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_LISTING_H
#define NFTO_LISTING_H

#include "codec/flowtable.h"
#include "facts/topology.h"
#include "plan.h"
#include "spec.h"

/* What a flowtable is to list: the devices that a plan takes, and from Linux 6.16 on names of devices
 * that are not there, and wildcards. No two of them overlap: the kernel would refuse one of them, or
 * leave it out without a word. */
struct listing {
	struct device_spec *devices;
	size_t count;
};

/* What it follows from. */
struct listing_source {
	const struct nfto_topology *topology;
	const struct nfto_spec *spec;
	struct nfto_plan *plan; /* which is told what the kernel waits for */
	/* What the flowtable lists now, if it is to be changed in place; else NULL. */
	const struct flowtable_info *present;
	bool is_for_same_spec; /* the present list */
	/* Shall the kernel be given names that it does not wait for yet? */
	bool adds_names;
};

/* May ask the kernel what it takes. 0, or a negative errno with ctx->error set; free with
 * listing_clear(). */
int listing_make(struct nfto_ctx *ctx, const struct listing_source *source,
		 struct listing *listing);
void listing_clear(struct listing *listing);

bool listing_has(const struct listing *listing, const struct device_spec *device);

#endif
