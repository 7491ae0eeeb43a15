// SPDX-License-Identifier: LGPL-2.1-or-later
/* MediaTek: /sys/kernel/debug/ppe0/bind, one for each of up to three engines. */
#include <stdio.h>

#include "hw_table_foe.h"

#define MOST_ENGINES 8

static bool find(const struct nfto_ctx *ctx, unsigned int index, char *path, size_t size)
{
	(void)ctx;
	snprintf(path, size, "ppe%u/bind", index);
	return index < MOST_ENGINES;
}

/* MTK_PPE_BIND_RATE_BIND; and the counters are cleared when they are read, be it by the kernel for
 * conntrack or for debugfs (mtk_foe_entry_get_mib(), MTK_PPE_MIB_CFG_RD_CLR). */
const struct hw_driver hw_driver_mtk = {
	.name = "mtk",
	.rate_to_bind = 30,
	.is_of_machine = true,
	.takes_counters = true,
	.find = find,
	.parse = hw_foe_parse,
};
