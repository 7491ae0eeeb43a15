// SPDX-License-Identifier: LGPL-2.1-or-later
/* What no netlink tells: the sessions of PPPoE, and whether the kernel has path discovery. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "codec/pppoe_session.h"
#include "topology.h"

/* Of the thread, since another thread of the program may live in another network namespace. */
#define PROC_NET "/proc/thread-self/net"
#define PROC_NETFILTER "/proc/sys/net/netfilter"

/* Longer than any line, which is a session's numbers and the name of a device. */
#define BUFFER_SIZE 4096

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
static int take_session(struct nfto_topology *topology, const char *line, size_t length)
{
	const struct link_info *lower;
	char device[IFNAMSIZ];

	if (!pppoe_session_parse(line, length, device))
		return 0;
	lower = topology_find_name(topology, device);
	if (lower)
		return topology_add_pppoe(topology, lower);
	topology->kernel.pppoe_sessions = NFTO_NO;
	return 0;
}

/* Takes the whole lines off the begin of the buffer, and returns how many bytes are left there. */
static int take_lines(struct nfto_topology *topology, char *buffer, size_t length)
{
	char *line = buffer, *end;
	int ret;

	while ((end = memchr(line, '\n', length)) != NULL) {
		ret = take_session(topology, line, (size_t)(end - line));
		if (ret < 0)
			return ret;
		length -= (size_t)(end + 1 - line);
		line = end + 1;
	}
	memmove(buffer, line, length);
	return (int)length;
}

static int read_sessions(struct nfto_topology *topology, int fd)
{
	char buffer[BUFFER_SIZE];
	ssize_t length;
	int left = 0;

	for (;;) {
		length = read(fd, buffer + left, sizeof(buffer) - (size_t)left);
		if (length < 0 && errno == EINTR)
			continue;
		/* A line that fills the buffer is none of the kernel's. */
		if (length < 0 || left == (int)sizeof(buffer))
			topology->kernel.pppoe_sessions = NFTO_UNKNOWN;
		if (length <= 0)
			return 0;
		left = take_lines(topology, buffer, (size_t)(left + length));
		if (left < 0)
			return left;
	}
}

int topology_read_proc(struct nfto_topology *topology)
{
	int fd, ret;

	topology->kernel.path_discovery = has_path_discovery();
	topology->kernel.pppoe_sessions = NFTO_YES;
	fd = open(PROC_NET "/pppoe", O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		/* No module, no session. No /proc, no knowledge. */
		if (access(PROC_NET, F_OK) < 0)
			topology->kernel.pppoe_sessions = NFTO_UNKNOWN;
		return 0;
	}
	ret = read_sessions(topology, fd);
	close(fd);
	return ret;
}
