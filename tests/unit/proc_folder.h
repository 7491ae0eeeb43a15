/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PROC_FOLDER_H
#define PROC_FOLDER_H

#include "internal.h"

/* A folder in place of /proc and of /sys/module, which is there while the program runs. The context
 * uses it from now on. */
void proc_folder_use(struct nfto_ctx *ctx);

/* A file in it, with the folders that lead to it. */
void proc_folder_write(const char *path, const char *text);

/* Takes all files away. */
void proc_folder_clear(void);

#endif
