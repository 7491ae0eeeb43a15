// SPDX-License-Identifier: LGPL-2.1-or-later
#include "setup.h"

void set_up(struct setup *setup)
{
	setup->fake = fake_new();
	setup->ctx = fake_ctx(setup->fake);
	setup->error = nfto_ctx_error(setup->ctx);
}

void tear_down(struct setup *setup)
{
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
}
