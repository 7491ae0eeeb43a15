/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_NETNS_H
#define NFTO_NETNS_H

/* An fd of the calling thread's network namespace, close-on-exec; -ENOENT where /proc is not mounted, or
 * another negative errno. */
int netns_current(void);

/* A close-on-exec copy of an fd if it is one of a network namespace; else a negative errno. */
int netns_duplicate(int netns_fd);

/* Calls function(data) in a network namespace and returns its result. The calling thread stays
 * where it is. A negative fd means the calling thread's namespace. */
int netns_call(int netns_fd, int (*function)(void *data), void *data);

#endif
