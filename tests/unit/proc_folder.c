// SPDX-License-Identifier: LGPL-2.1-or-later
#define _XOPEN_SOURCE 700 /* nftw() */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc_folder.h"
#include "unit.h"

static char folder[] = "/tmp/nftoffload-proc-XXXXXX";
static bool is_made;

static int remove_entry(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	(void)status;
	(void)flag;
	return walk->level > 0 ? remove(path) : 0;
}

void proc_folder_clear(void)
{
	if (is_made)
		nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void remove_folder(void)
{
	proc_folder_clear();
	rmdir(folder);
}

static void make_folder(void)
{
	if (is_made)
		return;
	assert_non_null(mkdtemp(folder));
	atexit(remove_folder);
	is_made = true;
}

void proc_folder_use(struct nfto_ctx *ctx)
{
	make_folder();
	ctx->proc_path = folder;
	ctx->modules_path = folder;
}

void proc_folder_write(const char *path, const char *text)
{
	char full[256];
	FILE *file;

	make_folder();
	snprintf(full, sizeof(full), "%s/%s", folder, path);
	for (char *slash = full + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	file = fopen(full, "w");
	assert_non_null(file);
	assert_int_equal(fputs(text, file) < 0, 0);
	fclose(file);
}
