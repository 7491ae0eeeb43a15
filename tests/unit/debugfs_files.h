/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DEBUGFS_FILES_H
#define DEBUGFS_FILES_H

#include <stddef.h>

#include "internal.h"

/* Files of the test in place of those of debugfs: for the context, until the program ends. They are
 * all removed by debugfs_files_clear(). */
void debugfs_files_use(struct nfto_ctx *ctx);
void debugfs_files_clear(void);

/* A file in it, such as "ppe0/bind": with these bytes, in place of what it had. */
void debugfs_files_set(const char *path, const void *data, size_t length);

/* The same for the rules of the emulated card of the network namespace that the test is in, which
 * the context is told as its own. */
void debugfs_files_set_rules(struct nfto_ctx *ctx, const char *rules);

/* A link of that name to somewhere else. */
void debugfs_files_link(const char *path, const char *target);

#endif
