/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_LEAKS_H
#define NFTO_LEAKS_H

#include "codec/leak_set.h"
#include "internal.h"

struct nfto_leak {
	struct leak_info info;
};

/* Looks up one leak of an instance, by the family, direction, tuple and protocol of the key. 1 if
 * the detector has it, 0 if not, or a negative errno that is told in the context. */
int leak_find(struct nfto_ctx *ctx, const char *name, const struct leak_info *key,
	      struct leak_info *found);

#endif
