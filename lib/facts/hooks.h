/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_HOOKS_H
#define NFTO_HOOKS_H

#include "internal.h"

/* Looks at what is hooked on devices, as far as the kernel lists it. */
struct hooks {
	bool is_silent; /* it does not: it is not asked again */
};

/* Is a flowtable hooked on the ingress of a device? 0 with the answer, or a negative errno with
 * ctx->error set. */
int hooks_have_flowtable(struct nfto_ctx *ctx, struct hooks *hooks, const char *device,
			 enum nfto_answer *answer);

#endif
