// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for iproute2: ip link add lan0 type nftosim peer name host0 [address MAC] [netns NS]
 *
 * ip passes `peer` on only for types that it knows, or for which it finds link_TYPE.so in
 * $IP_LIB_DIR. It installs no header for plugins: what it looks at is declared here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nftosim_link.h"

#define ADDRESS_LEN 6

/* ip offers a buffer of 1024 bytes behind its request; this stays well below. */
#define REQUEST_MAX 900

struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	int (*parse_opt)(struct link_util *lu, int argc, char **argv, struct nlmsghdr *request);
	void (*print_opt)(struct link_util *lu, FILE *f, struct rtattr *tb[]);
	void (*print_xstats)(struct link_util *lu, FILE *f, struct rtattr *xstats);
	void (*print_help)(struct link_util *lu, int argc, char **argv, FILE *f);
	void *later[8];		/* what ip appends from one version to the next */
};

static void *append(struct nlmsghdr *request, size_t len)
{
	void *end = (char *)request + NLMSG_ALIGN(request->nlmsg_len);

	memset(end, 0, NLMSG_ALIGN(len));
	request->nlmsg_len = NLMSG_ALIGN(request->nlmsg_len) + NLMSG_ALIGN(len);
	return end;
}

static struct rtattr *put_header(struct nlmsghdr *request, unsigned short type, size_t len)
{
	struct rtattr *attr = append(request, RTA_LENGTH(len));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(len);
	return attr;
}

static int put(struct nlmsghdr *request, unsigned short type, const void *data, size_t len)
{
	if (request->nlmsg_len + RTA_SPACE(len) > REQUEST_MAX) {
		fprintf(stderr, "nftosim: the request is too long\n");
		return -1;
	}
	memcpy(RTA_DATA(put_header(request, type, len)), data, len);
	return 0;
}

static int put_name(struct nlmsghdr *request, const char *name)
{
	if (!*name || strlen(name) >= IFNAMSIZ) {
		fprintf(stderr, "nftosim: \"%s\" is no name for a device\n", name);
		return -1;
	}
	return put(request, IFLA_IFNAME, name, strlen(name) + 1);
}

static int put_address(struct nlmsghdr *request, const char *text)
{
	unsigned char address[ADDRESS_LEN];
	char rest;

	if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx%c", &address[0], &address[1], &address[2],
		   &address[3], &address[4], &address[5], &rest) != ADDRESS_LEN) {
		fprintf(stderr, "nftosim: \"%s\" is no address\n", text);
		return -1;
	}
	return put(request, IFLA_ADDRESS, address, sizeof(address));
}

/* As for ip itself: a name below /run/netns, a path, or the number of a process. */
static int put_netns(struct nlmsghdr *request, const char *netns)
{
	char path[256], *rest;
	uint32_t value;
	int fd;

	snprintf(path, sizeof(path), "%s%s", strchr(netns, '/') ? "" : "/run/netns/", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		value = fd;	/* stays open until the request is sent */
		return put(request, IFLA_NET_NS_FD, &value, sizeof(value));
	}
	value = strtoul(netns, &rest, 10);
	if (!*netns || *rest) {
		fprintf(stderr, "nftosim: network namespace \"%s\": %s\n", netns, strerror(errno));
		return -1;
	}
	return put(request, IFLA_NET_NS_PID, &value, sizeof(value));
}

static int put_option(struct nlmsghdr *request, const char *option, const char *value)
{
	if (!strcmp(option, "name"))
		return put_name(request, value);
	if (!strcmp(option, "address"))
		return put_address(request, value);
	if (!strcmp(option, "netns"))
		return put_netns(request, value);
	fprintf(stderr, "nftosim: what is \"%s\"?\n", option);
	return -1;
}

static void print_help(struct link_util *lu, int argc, char **argv, FILE *f)
{
	(void)lu, (void)argc, (void)argv;
	fprintf(f, "Usage: ... type nftosim peer [name NAME] [address MAC] [netns NAME|PATH|PID]\n");
}

static int parse_opt(struct link_util *lu, int argc, char **argv, struct nlmsghdr *request)
{
	struct rtattr *peer;
	int i;

	if (strcmp(argv[0], "peer") || argc % 2 == 0) {
		print_help(lu, argc, argv, stderr);
		return -1;
	}
	peer = put_header(request, NFTOSIM_INFO_PEER, sizeof(struct ifinfomsg));
	for (i = 1; i < argc; i += 2)
		if (put_option(request, argv[i], argv[i + 1]))
			return -1;
	peer->rta_len = (char *)request + request->nlmsg_len - (char *)peer;
	return 0;
}

/* ip looks this symbol up by name. */
extern struct link_util nftosim_link_util;
struct link_util nftosim_link_util = {
	.id		= "nftosim",
	.maxattr	= NFTOSIM_INFO_MAX,
	.parse_opt	= parse_opt,
	.print_help	= print_help,
};
