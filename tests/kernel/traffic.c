// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Traffic that other programs do not make, for the tests that run in the lab. (In C, as Python takes
 * a minute to start on an emulated CPU.)
 *
 *   traffic serve
 *       answers what comes to UDP and TCP 7000; takes UDP 7001 without an answer
 *
 *   traffic send PROTOCOL SOURCE-PORT ADDRESS PORT [count=N] [size=N] [options] [half-close]
 *       one packet after the other, until it is killed
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INTERVAL_US 50000
#define MOST_SOCKETS 1024

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* ---- The server */

static int listening(int kind, uint16_t port)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(AF_INET6, kind, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		fail("serve");
	if (kind == SOCK_STREAM)
		listen(fd, 64);
	return fd;
}

static void answer_datagram(int fd, bool is_answered)
{
	struct sockaddr_in6 from;
	socklen_t length = sizeof(from);
	char data[65536];
	ssize_t size = recvfrom(fd, data, sizeof(data), 0, (struct sockaddr *)&from, &length);

	if (size > 0 && is_answered)
		sendto(fd, data, size < 16 ? (size_t)size : 16, 0, (struct sockaddr *)&from,
		       length);
}

/* A connection that the other side has closed stays open on this one. */
static void answer_stream(struct pollfd *stream)
{
	char data[1024];
	ssize_t size = read(stream->fd, data, sizeof(data));

	if (size <= 0)
		stream->fd = -1;
	else if (write(stream->fd, data, (size_t)size) < 0)
		stream->fd = -1;
}

static int serve(void)
{
	struct pollfd sockets[MOST_SOCKETS] = {
		{ .fd = listening(SOCK_STREAM, 7000), .events = POLLIN },
		{ .fd = listening(SOCK_DGRAM, 7000), .events = POLLIN },
		{ .fd = listening(SOCK_DGRAM, 7001), .events = POLLIN },
	};
	nfds_t count = 3;

	while (poll(sockets, count, -1) > 0) {
		for (nfds_t i = 3; i < count; i++) {
			if (sockets[i].revents)
				answer_stream(&sockets[i]);
		}
		if (sockets[0].revents && count < MOST_SOCKETS)
			sockets[count++] = (struct pollfd){ .fd = accept(sockets[0].fd, NULL, NULL),
							    .events = POLLIN };
		if (sockets[1].revents)
			answer_datagram(sockets[1].fd, true);
		if (sockets[2].revents)
			answer_datagram(sockets[2].fd, false);
	}
	return 1;
}

/* ---- The sender */

struct wishes {
	unsigned long count;
	unsigned long size;
	bool options;
	bool half_close;
};

static struct wishes read_wishes(char **arguments)
{
	struct wishes wishes = { .count = 1000000, .size = 16 };

	for (; *arguments; arguments++) {
		if (strncmp(*arguments, "count=", 6) == 0)
			wishes.count = strtoul(*arguments + 6, NULL, 10);
		else if (strncmp(*arguments, "size=", 5) == 0)
			wishes.size = strtoul(*arguments + 5, NULL, 10);
		else if (strcmp(*arguments, "options") == 0)
			wishes.options = true;
		else if (strcmp(*arguments, "half-close") == 0)
			wishes.half_close = true;
	}
	return wishes;
}

struct target {
	int family;
	struct sockaddr_storage address;
	socklen_t length;
};

static struct target read_target(const char *text, uint16_t port)
{
	struct target target = { .family = strchr(text, ':') ? AF_INET6 : AF_INET };
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)&target.address;
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&target.address;

	target.address.ss_family = (sa_family_t)target.family;
	if (target.family == AF_INET) {
		ipv4->sin_port = htons(port);
		target.length = sizeof(*ipv4);
		inet_pton(AF_INET, text, &ipv4->sin_addr);
	} else {
		ipv6->sin6_port = htons(port);
		target.length = sizeof(*ipv6);
		inet_pton(AF_INET6, text, &ipv6->sin6_addr);
	}
	return target;
}

/* Options that mean nothing: in the header of IPv4, in a header of their own in IPv6. */
static void set_options(int fd, int family)
{
	static const char options[] = { 1, 1, 1, 0 };
	static const char header[] = { 0, 0, 1, 4, 0, 0, 0, 0 };
	int ret = family == AF_INET ?
			  setsockopt(fd, IPPROTO_IP, IP_OPTIONS, options, sizeof(options)) :
			  setsockopt(fd, IPPROTO_IPV6, IPV6_DSTOPTS, header, sizeof(header));

	if (ret < 0)
		fail("options");
}

static int open_sender(const char *protocol, int family, uint16_t port, const struct wishes *wishes)
{
	static const struct {
		const char *name;
		int kind;
		int number;
	} protocols[] = {
		{ "tcp", SOCK_STREAM, IPPROTO_TCP },
		{ "udp", SOCK_DGRAM, IPPROTO_UDP },
		{ "sctp", SOCK_STREAM, IPPROTO_SCTP },
		{ "udplite", SOCK_DGRAM, IPPROTO_UDPLITE },
	};
	struct target any = read_target(family == AF_INET ? "0.0.0.0" : "::", port);
	int fd = -1, discovery = IP_PMTUDISC_DONT;

	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (strcmp(protocol, protocols[i].name) == 0)
			fd = socket(family, protocols[i].kind, protocols[i].number);
	}
	if (fd < 0 || bind(fd, (struct sockaddr *)&any.address, any.length) < 0)
		fail(protocol);
	/* Packets may be fragmented on the way. */
	if (family == AF_INET)
		setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &discovery, sizeof(discovery));
	if (wishes->options)
		set_options(fd, family);
	return fd;
}

static void send_stream(int fd, const struct wishes *wishes)
{
	unsigned long count = wishes->half_close ? 5 : wishes->count;

	for (unsigned long i = 0; i < count && write(fd, "x", 1) == 1; i++)
		usleep(INTERVAL_US);
	shutdown(fd, SHUT_WR);
	pause();
}

static int send_all(char **arguments)
{
	struct wishes wishes = read_wishes(arguments + 4);
	struct target target = read_target(arguments[2], (uint16_t)strtoul(arguments[3], NULL, 10));
	int fd = open_sender(arguments[0], target.family, (uint16_t)strtoul(arguments[1], NULL, 10),
			     &wishes);
	char *data = calloc(1, wishes.size);

	/* A TCP connection that nobody answers is tried for some minutes. */
	if (connect(fd, (struct sockaddr *)&target.address, target.length) < 0 || !data)
		fail("connect");
	if (strcmp(arguments[0], "tcp") == 0)
		send_stream(fd, &wishes);
	for (unsigned long i = 0; i < wishes.count; i++) {
		/* What comes back by ICMP is no reason to end. */
		(void)!send(fd, data, wishes.size, 0);
		usleep(INTERVAL_US);
	}
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc >= 2 && strcmp(argv[1], "serve") == 0)
		return serve();
	if (argc >= 6 && strcmp(argv[1], "send") == 0)
		return send_all(argv + 2);
	fprintf(stderr, "usage: traffic serve | send PROTOCOL SOURCE-PORT ADDRESS PORT ...\n");
	return 2;
}
