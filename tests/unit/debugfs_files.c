// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "debugfs_files.h"
#include "unit.h"

/* No allocation: it is used while these fail. */
static char folder[] = "/tmp/nftoffload-debugfs-XXXXXX";
static char paths[16][64];
static size_t path_count;

static void path_of(char *whole, size_t size, const char *path)
{
	snprintf(whole, size, "%s/%s", folder, path);
}

/* Each folder, from the outer to the inner one; or back. */
static void for_each_folder(const char *path, void (*each)(const char *whole))
{
	char whole[1152];

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(whole, sizeof(whole), "%s/%.*s", folder, (int)(slash - path), path);
		each(whole);
	}
}

static void make(const char *whole)
{
	mkdir(whole, 0700);
}

static void unmake(const char *whole)
{
	rmdir(whole);
}

void debugfs_files_clear(void)
{
	char whole[1152];

	for (size_t i = 0; i < path_count; i++) {
		path_of(whole, sizeof(whole), paths[i]);
		unlink(whole);
	}
	/* Three levels at most. */
	for (int level = 0; level < 3; level++) {
		for (size_t i = 0; i < path_count; i++)
			for_each_folder(paths[i], unmake);
	}
	path_count = 0;
}

static void remove_folder(void)
{
	debugfs_files_clear();
	rmdir(folder);
}

static void make_folder(void)
{
	static bool is_made;

	if (is_made)
		return;
	assert_non_null(mkdtemp(folder));
	atexit(remove_folder);
	is_made = true;
}

static void remember(const char *path)
{
	for (size_t i = 0; i < path_count; i++) {
		if (strcmp(paths[i], path) == 0)
			return;
	}
	assert_true(path_count < COUNT(paths));
	assert_true(strlen(path) < sizeof(paths[0]));
	strcpy(paths[path_count++], path);
}

static void prepare(const char *path, char *whole, size_t size)
{
	make_folder();
	remember(path);
	for_each_folder(path, make);
	path_of(whole, size, path);
	unlink(whole);
}

void debugfs_files_use(struct nfto_ctx *ctx)
{
	make_folder();
	ctx->debugfs_path = folder;
}

void debugfs_files_set(const char *path, const void *data, size_t length)
{
	char whole[1152];
	int fd;

	prepare(path, whole, sizeof(whole));
	fd = open(whole, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, length), length);
	close(fd);
}

void debugfs_files_link(const char *path, const char *target)
{
	char whole[1152];

	prepare(path, whole, sizeof(whole));
	assert_int_equal(symlink(target, whole), 0);
}

void debugfs_files_set_rules(struct nfto_ctx *ctx, const char *rules)
{
	char path[64];
	struct stat status;

	if (ctx->netns_fd < 0)
		ctx->netns_fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	assert_true(ctx->netns_fd >= 0);
	assert_int_equal(fstat(ctx->netns_fd, &status), 0);
	snprintf(path, sizeof(path), "nftosim/%lu/rules", (unsigned long)status.st_ino);
	debugfs_files_set(path, rules, strlen(rules));
}
