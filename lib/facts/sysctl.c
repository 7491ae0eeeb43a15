// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netlink/netns.h"
#include "sysctl.h"

/* /proc/sys/net shows the namespace of the thread that opens a file in it. */
struct access {
	char path[PATH_MAX];
	char text[16];
	ssize_t length;
};

static int read_file(void *data)
{
	struct access *access = data;
	int fd = open(access->path, O_RDONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	access->length = read(fd, access->text, sizeof(access->text) - 1);
	if (access->length < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static int fail(struct nfto_ctx *ctx, const char *name, int result)
{
	struct reply_error nothing = { .errnum = 0 };
	char object[128];

	snprintf(object, sizeof(object), "sysctl net.netfilter.%s", name);
	/* The kernel has no such timeout, or /proc is not mounted. */
	if (result == -ENOENT)
		return error_set_object(&ctx->error, NFTO_ERROR_NOT_SUPPORTED, EOPNOTSUPP, object);
	return error_set_request(&ctx->error, &nothing, result, object);
}

static int parse(struct access *access, uint32_t *value)
{
	unsigned long number;
	char *end;

	access->text[access->length] = '\0';
	errno = 0;
	number = strtoul(access->text, &end, 10);
	if (end == access->text || (*end != '\n' && *end != '\0') || errno != 0 ||
	    number > UINT32_MAX || strchr(access->text, '-'))
		return -EBADMSG;
	*value = (uint32_t)number;
	return 0;
}

static int find(const struct nfto_ctx *ctx, const char *name, struct access *access)
{
	int length = snprintf(access->path, sizeof(access->path), "%s/%s", ctx->sysctl_path, name);

	return length < (int)sizeof(access->path) ? 0 : -ENAMETOOLONG;
}

int sysctl_read(struct nfto_ctx *ctx, const char *name, uint32_t *value)
{
	struct access access = { .length = 0 };
	int ret = find(ctx, name, &access);

	if (ret == 0)
		ret = netns_call(ctx->netns_fd, read_file, &access);
	if (ret == 0)
		ret = parse(&access, value);
	return ret < 0 ? fail(ctx, name, ret) : 0;
}

uint32_t sysctl_read_or(struct nfto_ctx *ctx, const char *name, uint32_t otherwise)
{
	uint32_t value;

	if (sysctl_read(ctx, name, &value) == 0)
		return value;
	error_clear(&ctx->error);
	return otherwise;
}
