// SPDX-License-Identifier: LGPL-2.1-or-later
#include "facts/sysctl.h"
#include "timeouts.h"

#define TCP "nf_flowtable_tcp_timeout"
#define UDP "nf_flowtable_udp_timeout"

/* Where it can't be written (a container with a read-only /proc/sys), this is to be known before
 * anything is changed. */
static int read_writable(struct nfto_ctx *ctx, const char *name, uint32_t *value)
{
	int ret = sysctl_read(ctx, name, value);

	return ret < 0 ? ret : sysctl_write(ctx, name, *value);
}

int timeouts_read(struct nfto_ctx *ctx, struct timeouts *timeouts)
{
	int ret = read_writable(ctx, TCP, &timeouts->tcp);

	return ret < 0 ? ret : read_writable(ctx, UDP, &timeouts->udp);
}

int timeouts_shorten(struct nfto_ctx *ctx)
{
	int ret = sysctl_write(ctx, TCP, 0);

	return ret < 0 ? ret : sysctl_write(ctx, UDP, 0);
}

static int restore(struct nfto_ctx *ctx, const char *name, uint32_t value)
{
	uint32_t present;
	int ret = sysctl_read(ctx, name, &present);

	if (ret < 0 || present != 0)
		return ret;
	return sysctl_write(ctx, name, value);
}

int timeouts_restore(struct nfto_ctx *ctx, const struct timeouts *timeouts)
{
	int tcp = restore(ctx, TCP, timeouts->tcp), udp = restore(ctx, UDP, timeouts->udp);

	return tcp < 0 ? tcp : udp;
}
