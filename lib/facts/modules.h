/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_MODULES_H
#define NFTO_MODULES_H

#include "internal.h"

/* The modules that offload is made of. */
#define MODULE_COUNT 8
extern const char *const module_names[MODULE_COUNT];

void modules_read(const struct nfto_ctx *ctx, enum nfto_module_state states[MODULE_COUNT]);

#endif
