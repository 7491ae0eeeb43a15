// SPDX-License-Identifier: LGPL-2.1-or-later
/* Where the packets around a tunnel leave: a question of its own for each. */
#include "topology.h"
#include "tunnel.h"

static int read_egress(struct nfto_ctx *ctx, struct link_info *link)
{
	int ret = tunnel_egress(ctx, link, &link->egress);

	return ret < 0 ? ret : 0;
}

int topology_read_tunnels(struct nfto_ctx *ctx, struct nfto_topology *topology)
{
	int ret = 0;

	if (topology->kernel.needs_whole_path != NFTO_YES)
		return 0;
	for (size_t i = 0; i < topology->link_count && ret == 0; i++) {
		if (tunnel_is_followed(&topology->links[i]))
			ret = read_egress(ctx, &topology->links[i]);
	}
	return ret;
}
