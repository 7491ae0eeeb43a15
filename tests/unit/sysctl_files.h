/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SYSCTL_FILES_H
#define SYSCTL_FILES_H

#include "internal.h"

/* Files in place of net.netfilter's, in a folder that is there while the program runs. The
 * context uses them from now on. */
void sysctl_files_use(struct nfto_ctx *ctx);

/* Any of them, which whoever made it takes away. NULL: there is no such file. */
void sysctl_files_put(const char *name, const char *text);

/* The timeouts of flows, as text. NULL: there is no such file. */
void sysctl_files_set(const char *tcp, const char *udp);

#endif
