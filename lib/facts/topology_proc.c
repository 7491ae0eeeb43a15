// SPDX-License-Identifier: LGPL-2.1-or-later
/* What no netlink tells: the sessions of PPPoE, and what the kernel does to find paths. */
#include <errno.h>
#include <unistd.h>

#include "netlink/netns.h"
#include "pppoe.h"
#include "topology.h"
#include "whole_path.h"

#define PROC_NETFILTER "/proc/sys/net/netfilter"

/* Both came with 5.13 and 5.14: the sysctl is there if path discovery is, but for 5.13 itself.
 * Without conntrack, which brings the folder, nobody can tell. */
static enum nfto_answer has_path_discovery(void)
{
	if (access(PROC_NETFILTER "/nf_flowtable_tcp_timeout", F_OK) == 0)
		return NFTO_YES;
	return access(PROC_NETFILTER "/nf_conntrack_max", F_OK) == 0 ? NFTO_NO : NFTO_UNKNOWN;
}

/* Runs in the network namespace. */
static int read_path_discovery(void *data)
{
	struct nfto_topology *topology = data;

	topology->kernel.path_discovery = has_path_discovery();
	return 0;
}

/* The kernel's name for the device is the one that it had when the session began. If it was renamed
 * since, the session is nobody's, and the list is not complete. */
static int take_session(const struct pppoe_session *session, void *data)
{
	struct nfto_topology *topology = data;
	const struct link_info *lower = topology_find_name(topology, session->device);

	if (lower)
		return topology_add_pppoe(topology, lower);
	topology->kernel.pppoe_sessions = NFTO_NO;
	return 0;
}

int topology_read_proc(struct nfto_ctx *ctx, struct nfto_topology *topology)
{
	int ret = netns_call(ctx->netns_fd, read_path_discovery, topology);

	if (ret < 0)
		return ret;
	topology->kernel.needs_whole_path = whole_path_ask_once(ctx);
	topology->kernel.pppoe_sessions = NFTO_YES;
	ret = pppoe_read(ctx, take_session, topology);
	if (ret != -ENODATA)
		return ret;
	topology->kernel.pppoe_sessions = NFTO_UNKNOWN;
	return 0;
}
