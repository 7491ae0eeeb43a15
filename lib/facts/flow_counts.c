// SPDX-License-Identifier: LGPL-2.1-or-later
/* How many connections are in which state, for those who want no more than that. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "codec/conntrack.h"
#include "connections.h"
#include "flow_counts.h"
#include "flow_state.h"

void flow_counts_add(struct nfto_flow_counts *counts, uint8_t family, uint8_t protocol,
		     uint32_t status)
{
	counts->counts[flow_state_of(status)][family == AF_INET6][protocol]++;
}

static void restart(void *data)
{
	memset(data, 0, sizeof(struct nfto_flow_counts));
}

static int take(const struct nlmsghdr *message, void *data)
{
	struct flow_kind kind;
	int ret = conntrack_parse_kind(message, &kind);

	if (ret == 0)
		flow_counts_add(data, kind.family, kind.protocol, kind.status);
	return ret;
}

NFTO_API int nfto_flow_counts_read(struct nfto_ctx *ctx, struct nfto_flow_counts **out)
{
	struct nfto_flow_counts *counts;
	int ret;

	error_clear(&ctx->error);
	counts = calloc(1, sizeof(*counts));
	if (!counts)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	ret = connections_read(ctx, restart, take, counts);
	if (ret < 0) {
		free(counts);
		return ret;
	}
	*out = counts;
	return 0;
}

NFTO_API void nfto_flow_counts_free(struct nfto_flow_counts *counts)
{
	free(counts);
}

NFTO_API uint64_t nfto_flow_counts_get(const struct nfto_flow_counts *counts,
				       enum nfto_flow_state state)
{
	return nfto_flow_counts_of(counts, state, AF_UNSPEC, 0);
}

static uint64_t count_family(const uint64_t counts[FLOW_PROTOCOL_COUNT], uint8_t protocol)
{
	uint64_t sum = 0;

	if (protocol != 0)
		return counts[protocol];
	for (size_t i = 0; i < FLOW_PROTOCOL_COUNT; i++)
		sum += counts[i];
	return sum;
}

NFTO_API uint64_t nfto_flow_counts_of(const struct nfto_flow_counts *counts,
				      enum nfto_flow_state state, int family, uint8_t protocol)
{
	uint64_t sum = 0;

	if (!flow_state_is_known(state))
		return 0;
	if (family == AF_UNSPEC || family == AF_INET)
		sum += count_family(counts->counts[state][0], protocol);
	if (family == AF_UNSPEC || family == AF_INET6)
		sum += count_family(counts->counts[state][1], protocol);
	return sum;
}
