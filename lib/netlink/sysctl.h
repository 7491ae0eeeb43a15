/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_NETLINK_SYSCTL_H
#define NFTO_NETLINK_SYSCTL_H

/* Is there a setting of that path under /proc/sys, in a network namespace? 1, 0 (also where /proc
 * is not mounted), or a negative errno. */
int sysctl_find(int netns_fd, const char *path);

#endif
