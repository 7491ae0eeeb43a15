// SPDX-License-Identifier: LGPL-2.1-or-later
#include <err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include "bare.h"

/* The kernel makes messages as long as the buffer that it has seen, up to 32 KiB; so the size has
 * to be no less than that of the library's buffer, or that. */
#define BUFFER_SIZE (32 * 1024)

struct request {
	struct nlmsghdr header;
	struct nfgenmsg generic;
};

static int send_request(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct request request = {
		.header.nlmsg_len = sizeof(request),
		.header.nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET,
		.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.generic.version = NFNETLINK_V0,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);

	if (fd < 0 || sendto(fd, &request, sizeof(request), 0, (struct sockaddr *)&kernel,
			     sizeof(kernel)) < 0)
		err(1, "can't ask for the connection table");
	return fd;
}

void bare_read(void)
{
	static _Alignas(struct nlmsghdr) char buffer[BUFFER_SIZE];
	const struct nlmsghdr *first = (const struct nlmsghdr *)buffer;
	int fd = send_request();

	do {
		if (recv(fd, buffer, sizeof(buffer), 0) < (ssize_t)sizeof(*first))
			err(1, "can't read the connection table");
		if (first->nlmsg_type == NLMSG_ERROR)
			errx(1, "the kernel does not send the connection table");
		/* The end comes by itself: the kernel begins to write it once nothing more is there to
		 * be sent. */
	} while (first->nlmsg_type != NLMSG_DONE);
	close(fd);
}
