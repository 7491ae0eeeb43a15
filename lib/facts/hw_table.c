// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hw_table.h"

const struct hw_driver *const hw_drivers[HW_DRIVER_COUNT] = {
	&hw_driver_mtk,
	&hw_driver_airoha,
	&hw_driver_nftosim,
};

/* No table is that long: 32768 entries of 300 bytes are a sixth of it. */
#define LONGEST_FILE (64u << 20)

void hw_table_open(const struct nfto_ctx *ctx, struct hw_table *table)
{
	memset(table, 0, sizeof(*table));
	table->ctx = ctx;
	table->fd = -1;
}

static void close_file(struct hw_table *table)
{
	if (table->fd >= 0)
		close(table->fd);
	table->fd = -1;
	table->begin = table->end = 0;
	table->length = 0;
	table->file++;
}

void hw_table_close(struct hw_table *table)
{
	close_file(table);
}

/* No such driver; or debugfs is not mounted, not shown to this user, or locked down. */
static bool is_not_shown(int errnum)
{
	return errnum == ENOENT || errnum == ENOTDIR || errnum == EACCES || errnum == EPERM;
}

static int open_path(struct hw_table *table, const char *path)
{
	char whole[PATH_MAX];
	int length = snprintf(whole, sizeof(whole), "%s/%s", table->ctx->debugfs_path, path);

	if (length >= (int)sizeof(whole))
		return -ENAMETOOLONG;
	table->fd = open(whole, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (table->fd >= 0) {
		table->has_driver[table->driver] = true;
		return 1;
	}
	return is_not_shown(errno) ? 0 : -errno;
}

/* The next file that is there: 1, 0 if there is none left, or a negative errno. */
static int open_next(struct hw_table *table)
{
	char path[64];
	int ret = 0;

	while (ret == 0 && table->driver < HW_DRIVER_COUNT) {
		const struct hw_driver *driver = hw_drivers[table->driver];

		if (!driver->find(table->ctx, table->file, path, sizeof(path))) {
			table->driver++;
			table->file = 0;
			continue;
		}
		ret = open_path(table, path);
		if (ret == 0)
			table->file++;
	}
	return ret;
}

/* More of the file: 1, 0 at its end, or a negative errno. */
static int fill_buffer(struct hw_table *table)
{
	ssize_t length;

	if (table->length > LONGEST_FILE)
		return -EFBIG;
	do
		length = read(table->fd, table->buffer, sizeof(table->buffer));
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return -errno;
	table->begin = 0;
	table->end = (size_t)length;
	table->length += (size_t)length;
	return length > 0;
}

/* Appends what the buffer has of a line, without its end; what does not fit is dropped. True if
 * that was the end of the line. */
static bool take_part(struct hw_table *table, size_t *length)
{
	const char *part = table->buffer + table->begin;
	size_t left = table->end - table->begin, size;
	const char *newline = memchr(part, '\n', left);

	size = newline ? (size_t)(newline - part) : left;
	table->begin += newline ? size + 1 : size;
	if (*length + size < sizeof(table->line))
		memcpy(table->line + *length, part, size);
	*length += size;
	return newline;
}

/* A whole line: 1; 0 at the end of the file; -EBADMSG for one that is too long, that has no end, or
 * that is no text; or another negative errno. */
static int read_line(struct hw_table *table)
{
	size_t length = 0;
	int ret = 1;

	while (ret > 0) {
		if (table->begin == table->end)
			ret = fill_buffer(table);
		if (ret > 0 && take_part(table, &length))
			break;
	}
	if (ret < 0)
		return ret;
	if (ret == 0)
		return length > 0 ? -EBADMSG : 0;
	if (length >= sizeof(table->line) || memchr(table->line, '\0', length))
		return -EBADMSG;
	table->line[length] = '\0';
	return 1;
}

/* 1 with an entry, 0 at the end of the file, or a negative errno. */
static int next_of_file(struct hw_table *table, struct hw_entry *entry)
{
	int ret;

	while ((ret = read_line(table)) != 0) {
		if (ret > 0) {
			memset(entry, 0, sizeof(*entry));
			entry->driver = hw_drivers[table->driver];
			ret = entry->driver->parse(table->line, entry);
		}
		if (ret > 0)
			return ret;
		if (ret == -EBADMSG)
			table->is_incomplete = true;
		else if (ret < 0)
			return ret;
	}
	return 0;
}

int hw_table_next(struct hw_table *table, struct hw_entry *entry)
{
	int ret = 1;

	while (ret > 0) {
		if (table->fd < 0)
			ret = open_next(table);
		if (ret <= 0)
			return ret;
		ret = next_of_file(table, entry);
		if (ret != 0)
			return ret;
		close_file(table);
		ret = 1;
	}
	return ret;
}
