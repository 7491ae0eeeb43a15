// SPDX-License-Identifier: LGPL-2.1-or-later
/* /proc/net/pppoe, see pppoe_seq_show() in drivers/net/ppp/pppoe.c. No netlink tells it. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "netlink/netns.h"
#include "pppoe.h"
#include "proc_file.h"

/* Of the thread, since another thread of the program may live in another network namespace. */
#define NET "%s/thread-self/net"

struct reading {
	int (*take)(const struct pppoe_session *session, void *data);
	void *data;
	int result;
};

static int take_line(const char *line, void *data)
{
	struct reading *reading = data;
	struct pppoe_session session;

	if (pppoe_session_parse(line, &session))
		reading->result = reading->take(&session, reading->data);
	return reading->result;
}

/* No module, no session. No /proc, no knowledge. */
static int without_file(const char *proc)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), NET, proc);
	return access(path, F_OK) == 0 ? 0 : -ENODATA;
}

int pppoe_read(const char *proc, int (*take)(const struct pppoe_session *session, void *data),
	       void *data)
{
	struct reading reading = { .take = take, .data = data };
	char path[PATH_MAX];
	int ret;

	snprintf(path, sizeof(path), NET "/pppoe", proc);
	ret = proc_file_lines(path, take_line, &reading);
	if (ret == 0 || reading.result < 0)
		return reading.result;
	return ret == -ENOENT ? without_file(proc) : -ENODATA;
}

/* ---- The only one */

struct search {
	const char *proc;
	unsigned int count;
	struct pppoe_session *session;
};

static int take_session(const struct pppoe_session *session, void *data)
{
	struct search *search = data;

	search->count++;
	*search->session = *session;
	return 0;
}

/* Runs in the network namespace. */
static int search_sessions(void *data)
{
	struct search *search = data;

	return pppoe_read(search->proc, take_session, search);
}

bool pppoe_find_only(const struct nfto_ctx *ctx, struct pppoe_session *session)
{
	struct search search = { .proc = ctx->proc_path, .session = session };

	return netns_call(ctx->netns_fd, search_sessions, &search) == 0 && search.count == 1;
}
