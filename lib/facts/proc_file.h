/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_PROC_FILE_H
#define NFTO_PROC_FILE_H

#include "internal.h"

/*
 * Calls take() with each line of a file of /proc, in the calling thread's network namespace; lines
 * end with a NUL, and what is longer than PROC_LINE_SIZE comes in pieces. 0 at the end of the file,
 * or a negative errno, be it of take(). Nothing is allocated.
 */
#define PROC_LINE_SIZE 512
int proc_file_lines(const char *path, int (*take)(const char *line, void *data), void *data);

/* The same with a file of /proc/net, which each network namespace has its own of: the context's. */
int proc_net_lines(const struct nfto_ctx *ctx, const char *name,
		   int (*take)(const char *line, void *data), void *data);

#endif
