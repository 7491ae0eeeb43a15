/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SETUP_H
#define SETUP_H

#include "fake_transport.h"

/* A context that speaks to a script instead of the kernel. */
struct setup {
	struct fake *fake;
	struct nfto_ctx *ctx;
	const struct nfto_error *error;
};

void set_up(struct setup *setup);
void tear_down(struct setup *setup);

#endif
