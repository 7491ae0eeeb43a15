/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_HOOKS_H
#define NFTO_HOOKS_H

#include "codec/flowtable.h"
#include "internal.h"

/* Looks at what is hooked on devices, as far as the kernel lists it. */
struct hooks {
	bool is_silent; /* it does not: it is not asked again */
};

/* Whether a flowtable is hooked on the ingress of a device. */
struct binding {
	enum nfto_answer answer;
	bool is_certain; /* the kernel named the flowtable (6.17); else a flowtable, and perhaps
			  * another one */
};

/* 0 with the answer, or a negative errno with ctx->error set. */
int hooks_find_flowtable(struct nfto_ctx *ctx, struct hooks *hooks, const char *device,
			 const struct flowtable_info *flowtable, struct binding *binding);

#endif
