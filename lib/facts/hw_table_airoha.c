// SPDX-License-Identifier: LGPL-2.1-or-later
/* Airoha: /sys/kernel/debug/ppe/bind. */
#include <stdio.h>

#include "hw_table_foe.h"

static bool find(const struct nfto_ctx *ctx, unsigned int index, char *path, size_t size)
{
	(void)ctx;
	snprintf(path, size, "ppe/bind");
	return index == 0;
}

/* PPE_BIND_RATE_BIND is 0x1e in airoha_ppe.c. */
const struct hw_driver hw_driver_airoha = {
	.name = "airoha",
	.rate_to_bind = 30,
	.is_of_machine = true,
	.find = find,
	.parse = hw_foe_parse,
};
