// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sysctl_files.h"
#include "unit.h"

/* No allocation: it is used while these fail. */
static char folder[] = "/tmp/nftoffload-sysctl-XXXXXX";
static const char *const names[] = { "nf_flowtable_tcp_timeout", "nf_flowtable_udp_timeout" };

static void path_of(char *path, size_t size, const char *name)
{
	snprintf(path, size, "%s/%s", folder, name);
}

static void remove_folder(void)
{
	sysctl_files_set(NULL, NULL);
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

void sysctl_files_put(const char *name, const char *text)
{
	char path[128];
	int fd;

	path_of(path, sizeof(path), name);
	unlink(path);
	if (!text)
		return;
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

void sysctl_files_use(struct nfto_ctx *ctx)
{
	make_folder();
	ctx->sysctl_path = folder;
}

void sysctl_files_set(const char *tcp, const char *udp)
{
	make_folder();
	sysctl_files_put(names[0], tcp);
	sysctl_files_put(names[1], udp);
}
