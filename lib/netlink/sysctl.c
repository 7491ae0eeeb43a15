// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "netns.h"
#include "sysctl.h"

static int find_file(void *path)
{
	if (access(path, F_OK) == 0)
		return 1;
	return errno == ENOMEM ? -ENOMEM : 0;
}

/* The network's settings are those of the namespace of the thread that looks. */
int sysctl_find(int netns_fd, const char *path)
{
	char file[128];

	snprintf(file, sizeof(file), "/proc/sys/%s", path);
	return netns_call(netns_fd, find_file, file);
}
