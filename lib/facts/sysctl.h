/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_SYSCTL_H
#define NFTO_FACTS_SYSCTL_H

#include "internal.h"

/* The number in a file of net.netfilter, of the network namespace of the context. 0, or a
 * negative errno that is told in the context. */
int sysctl_read(struct nfto_ctx *ctx, const char *name, uint32_t *value);

/* The same, or the kernel's default where it can't be read: no such setting, or no /proc. */
uint32_t sysctl_read_or(struct nfto_ctx *ctx, const char *name, uint32_t otherwise);

#endif
