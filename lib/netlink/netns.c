// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE /* setns() */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/nsfs.h>

#include "netns.h"

int netns_current(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int netns_duplicate(int netns_fd)
{
	int fd, type;

	fd = fcntl(netns_fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	type = ioctl(fd, NS_GET_NSTYPE);
	if (type == CLONE_NEWNET)
		return fd;
	close(fd);
	return -EINVAL;
}

static bool is_current(int netns_fd)
{
	struct stat wanted, present;

	return netns_fd < 0 ||
	       (fstat(netns_fd, &wanted) == 0 && stat("/proc/thread-self/ns/net", &present) == 0 &&
		wanted.st_dev == present.st_dev && wanted.st_ino == present.st_ino);
}

struct visit {
	int netns_fd;
	int (*function)(void *data);
	void *data;
	int result;
};

static void *visit_netns(void *data)
{
	struct visit *visit = data;

	if (setns(visit->netns_fd, CLONE_NEWNET) < 0)
		visit->result = -errno;
	else
		visit->result = visit->function(visit->data);
	return NULL;
}

/* Signals are for the caller's threads: the visitor is born with all of them blocked. */
static int start_visitor(struct visit *visit, pthread_t *visitor)
{
	sigset_t all, before;
	int ret;

	sigfillset(&all);
	ret = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (ret != 0)
		return -ret;
	ret = pthread_create(visitor, NULL, visit_netns, visit);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -ret;
}

/*
 * A thread of its own makes the visit. The calling thread could go there and back by setns(2), but
 * the way back can be refused (it needs CAP_SYS_ADMIN over both namespaces), and then the caller's
 * thread would be stranded.
 */
int netns_call(int netns_fd, int (*function)(void *data), void *data)
{
	struct visit visit = { .netns_fd = netns_fd, .function = function, .data = data };
	pthread_t visitor;
	int ret;

	if (is_current(netns_fd))
		return function(data);

	ret = start_visitor(&visit, &visitor);
	if (ret < 0)
		return ret;
	pthread_join(visitor, NULL);
	return visit.result;
}
