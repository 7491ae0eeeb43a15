// SPDX-License-Identifier: LGPL-2.1-or-later
/* The only file that opens a socket. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netlink.h>

#include "clock.h"
#include "netns.h"
#include "sysctl.h"
#include "transport.h"

/* Room for the errors of a batch in which each message fails: 300 refused devices are 300 replies,
 * and the default of 208 KiB holds fewer than that, since each is accounted with its overhead. */
#define RECEIVE_BUFFER (1 << 20)

/* Of a batch; the length of a message is an int. */
#define MOST_LENGTH ((size_t)INT_MAX / 4)

struct netlink_transport {
	struct transport base;
	struct mnl_socket *socket;
};

static int send_once(const struct netlink_transport *transport, const void *data, size_t length)
{
	ssize_t sent;

	do {
		sent = mnl_socket_sendto(transport->socket, data, length);
	} while (sent < 0 && errno == EINTR);

	return sent < 0 ? -errno : 0;
}

/* What is sent at once has to fit into the socket, which by default holds a batch of some 3000
 * operations. The kernel doubles the size. */
static void make_room(const struct netlink_transport *transport, size_t length)
{
	int fd = mnl_socket_get_fd(transport->socket), size = (int)length;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static int netlink_send(struct transport *base, const void *data, size_t length)
{
	struct netlink_transport *transport = (struct netlink_transport *)base;
	int ret = send_once(transport, data, length);

	if (ret != -EMSGSIZE || length > MOST_LENGTH)
		return ret;
	make_room(transport, length);
	return send_once(transport, data, length);
}

static ssize_t netlink_receive(struct transport *base, void *buffer, size_t size)
{
	struct netlink_transport *transport = (struct netlink_transport *)base;
	struct sockaddr_nl from;
	struct iovec iov = { .iov_base = buffer, .iov_len = size };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t length;

	for (;;) {
		length = recvmsg(mnl_socket_get_fd(transport->socket), &msg, 0);
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return -errno;
		/* Other processes can send to our port too: only the kernel is port 0. */
		if (msg.msg_namelen == sizeof(from) && from.nl_pid == 0)
			break;
		msg.msg_namelen = sizeof(from);
	}
	return msg.msg_flags & MSG_TRUNC ? -EMSGSIZE : length;
}

static int netlink_wait(struct transport *base, int timeout_ms)
{
	struct netlink_transport *transport = (struct netlink_transport *)base;
	struct pollfd pollfd = { .fd = mnl_socket_get_fd(transport->socket), .events = POLLIN };
	uint64_t begin_ms = system_clock.now_ms(&system_clock), waited_ms = 0;
	int ready;

	/* A process may be interrupted so often that the whole time would never be over. */
	do {
		ready = poll(&pollfd, 1, timeout_ms - (int)waited_ms);
		waited_ms = system_clock.now_ms(&system_clock) - begin_ms;
	} while (ready < 0 && errno == EINTR && waited_ms < (uint64_t)timeout_ms);

	if (ready < 0 && errno != EINTR)
		return -errno;
	return ready > 0 ? 0 : -ETIMEDOUT;
}

static void netlink_close(struct transport *base)
{
	struct netlink_transport *transport = (struct netlink_transport *)base;

	mnl_socket_close(transport->socket);
	free(transport);
}

static void set_options(struct mnl_socket *socket)
{
	int on = 1, size = RECEIVE_BUFFER, fd = mnl_socket_get_fd(socket);

	/* All of these only make answers better, so a kernel that lacks one is no error: the
	 * kernel's words for an error, errors without a copy of the request, room for many of
	 * them. */
	mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

struct opening {
	int bus;
	struct mnl_socket *socket;
};

static int open_socket(void *data)
{
	struct opening *opening = data;

	opening->socket = mnl_socket_open2(opening->bus, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (opening->socket)
		return 0;
	/* Somebody forbids the socket (seccomp): netlink itself asks for CAP_NET_ADMIN later, and says
	 * EPERM then. */
	return errno == EPERM ? -EACCES : -errno;
}

static int bind_socket(struct mnl_socket *socket)
{
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	set_options(socket);
	return 0;
}

static int netlink_open(const struct transport_opener *opener, int bus, int netns_fd,
			struct transport **out)
{
	struct netlink_transport *transport;
	struct opening opening = { .bus = bus };
	int ret;

	(void)opener;
	transport = calloc(1, sizeof(*transport));
	if (!transport)
		return -ENOMEM;

	ret = netns_call(netns_fd, open_socket, &opening);
	if (ret < 0)
		goto free_transport;
	ret = bind_socket(opening.socket);
	if (ret < 0)
		goto close_socket;

	transport->base = (struct transport){
		.send = netlink_send,
		.receive = netlink_receive,
		.wait = netlink_wait,
		.close = netlink_close,
	};
	transport->socket = opening.socket;
	*out = &transport->base;
	return 0;

close_socket:
	mnl_socket_close(opening.socket);
free_transport:
	free(transport);
	return ret;
}

static int netlink_find_sysctl(const struct transport_opener *opener, int netns_fd,
			       const char *path)
{
	(void)opener;
	return sysctl_find(netns_fd, path);
}

const struct transport_opener netlink_opener = {
	.open = netlink_open,
	.find_sysctl = netlink_find_sysctl,
};
