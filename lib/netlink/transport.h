/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_TRANSPORT_H
#define NFTO_TRANSPORT_H

#include <stddef.h>
#include <sys/types.h>

/* Carries datagrams to and from the kernel. Tests put a fake in its place. */
struct transport {
	/* 0 or a negative errno. */
	int (*send)(struct transport *transport, const void *data, size_t length);

	/* The length of one datagram, -EAGAIN if none is there, -EMSGSIZE if it was longer than
	 * the buffer (and is lost), or another negative errno. */
	ssize_t (*receive)(struct transport *transport, void *buffer, size_t size);

	/* Waits until a datagram is there: 0, -ETIMEDOUT or another negative errno. */
	int (*wait)(struct transport *transport, int timeout_ms);

	void (*close)(struct transport *transport);
};

/* Reaches into the network namespace that the fd refers to (netns.h). */
struct transport_opener {
	/* Opens a transport to a bus. */
	int (*open)(const struct transport_opener *opener, int bus, int netns_fd,
		    struct transport **transport);

	/* Is there a setting of that path under /proc/sys? 1, 0, or a negative errno. */
	int (*find_sysctl)(const struct transport_opener *opener, int netns_fd, const char *path);
};

/* Opens netlink sockets, and looks into /proc. */
extern const struct transport_opener netlink_opener;

#endif
