// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "netlink/netns.h"
#include "proc_file.h"

struct reader {
	int fd;
	char buffer[PROC_LINE_SIZE];
	size_t length;
	int (*take)(const char *line, void *data);
	void *data;
};

/* Hands over what is in front of `end`, and moves up what is behind `skip` more bytes. */
static int hand_over(struct reader *reader, size_t end, size_t skip)
{
	int ret;

	reader->buffer[end] = '\0';
	ret = reader->take(reader->buffer, reader->data);
	reader->length -= end + skip;
	memmove(reader->buffer, reader->buffer + end + skip, reader->length);
	return ret;
}

static int hand_over_lines(struct reader *reader)
{
	char *newline;
	int ret = 0;

	while (ret == 0 && (newline = memchr(reader->buffer, '\n', reader->length)) != NULL)
		ret = hand_over(reader, (size_t)(newline - reader->buffer), 1);
	if (ret == 0 && reader->length == sizeof(reader->buffer) - 1)
		ret = hand_over(reader, reader->length, 0);
	return ret;
}

static int read_lines(struct reader *reader)
{
	ssize_t got;
	int ret = 0;

	do {
		got = read(reader->fd, reader->buffer + reader->length,
			   sizeof(reader->buffer) - 1 - reader->length);
		if (got < 0)
			return -errno;
		reader->length += (size_t)got;
		ret = hand_over_lines(reader);
	} while (ret == 0 && got > 0);
	return ret == 0 && reader->length > 0 ? hand_over(reader, reader->length, 0) : ret;
}

int proc_file_lines(const char *path, int (*take)(const char *line, void *data), void *data)
{
	struct reader reader = { .take = take, .data = data };
	int ret;

	reader.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (reader.fd < 0)
		return -errno;
	ret = read_lines(&reader);
	close(reader.fd);
	return ret;
}

struct net_file {
	char path[PATH_MAX];
	int (*take)(const char *line, void *data);
	void *data;
};

/* Runs in the network namespace. */
static int read_net_file(void *data)
{
	const struct net_file *file = data;

	return proc_file_lines(file->path, file->take, file->data);
}

/* Of the thread, since another thread of the program may live in another network namespace. */
int proc_net_lines(const struct nfto_ctx *ctx, const char *name,
		   int (*take)(const char *line, void *data), void *data)
{
	struct net_file file = { .take = take, .data = data };

	snprintf(file.path, sizeof(file.path), "%s/thread-self/net/%s", ctx->proc_path, name);
	return netns_call(ctx->netns_fd, read_net_file, &file);
}
