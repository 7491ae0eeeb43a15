// SPDX-License-Identifier: LGPL-2.1-or-later
/* What no netlink tells: the sessions of PPPoE, and whether the kernel has path discovery. */
#include <errno.h>
#include <unistd.h>

#include "pppoe.h"
#include "topology.h"

#define PROC "/proc"
#define PROC_NETFILTER PROC "/sys/net/netfilter"

/* Both came with 5.13 and 5.14: the sysctl is there if path discovery is, but for 5.13 itself.
 * Without conntrack, which brings the folder, nobody can tell. */
static enum nfto_answer has_path_discovery(void)
{
	if (access(PROC_NETFILTER "/nf_flowtable_tcp_timeout", F_OK) == 0)
		return NFTO_YES;
	return access(PROC_NETFILTER "/nf_conntrack_max", F_OK) == 0 ? NFTO_NO : NFTO_UNKNOWN;
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

int topology_read_proc(struct nfto_topology *topology)
{
	int ret;

	topology->kernel.path_discovery = has_path_discovery();
	topology->kernel.pppoe_sessions = NFTO_YES;
	ret = pppoe_read(PROC, take_session, topology);
	if (ret != -ENODATA)
		return ret;
	topology->kernel.pppoe_sessions = NFTO_UNKNOWN;
	return 0;
}
