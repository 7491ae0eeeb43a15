// SPDX-License-Identifier: LGPL-2.1-or-later
/* /proc/net/pppoe, see pppoe_seq_show() in drivers/net/ppp/pppoe.c. No netlink tells it. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "pppoe.h"
#include "proc_file.h"

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
static int without_file(const struct nfto_ctx *ctx)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/thread-self/net", ctx->proc_path);
	return access(path, F_OK) == 0 ? 0 : -ENODATA;
}

int pppoe_read(const struct nfto_ctx *ctx,
	       int (*take)(const struct pppoe_session *session, void *data), void *data)
{
	struct reading reading = { .take = take, .data = data };
	int ret = proc_net_lines(ctx, "pppoe", take_line, &reading);

	if (ret == 0 || reading.result < 0)
		return reading.result;
	return ret == -ENOENT ? without_file(ctx) : -ENODATA;
}

/* ---- The only one */

struct search {
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

int pppoe_find_only(const struct nfto_ctx *ctx, struct pppoe_session *session)
{
	struct search search = { .session = session };

	if (pppoe_read(ctx, take_session, &search) < 0 || search.count > 1)
		return -ENODATA;
	return (int)search.count;
}
