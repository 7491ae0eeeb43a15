// SPDX-License-Identifier: LGPL-2.1-or-later
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "modules.h"

const char *const module_names[MODULE_COUNT] = {
	"nf_tables",	"nf_flow_table",	"nf_flow_table_inet", "nft_flow_offload",
	"nf_conntrack", "nf_conntrack_netlink", "nfnetlink",	      "nfnetlink_hook",
};

NFTO_API const char *nfto_module_state_name(enum nfto_module_state state)
{
	switch (state) {
	case NFTO_MODULE_UNKNOWN:
		break;
	case NFTO_MODULE_LOADED:
		return "loaded";
	case NFTO_MODULE_BUILT_IN:
		return "built-in";
	}
	return "unknown";
}

static bool exists(const char *folder, const char *name, const char *file)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, file);
	return access(path, F_OK) == 0;
}

/* What is built in has a folder only if it has parameters or a version, and no state in it. */
static enum nfto_module_state read_state(const char *folder, const char *name)
{
	if (exists(folder, name, "/initstate"))
		return NFTO_MODULE_LOADED;
	return exists(folder, name, "") ? NFTO_MODULE_BUILT_IN : NFTO_MODULE_UNKNOWN;
}

void modules_read(const struct nfto_ctx *ctx, enum nfto_module_state states[MODULE_COUNT])
{
	for (size_t i = 0; i < MODULE_COUNT; i++)
		states[i] = read_state(ctx->modules_path, module_names[i]);
}
