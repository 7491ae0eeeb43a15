// SPDX-License-Identifier: LGPL-2.1-or-later
/* The connections of a status, in one pass. */
#include <string.h>

#include "codec/conntrack.h"
#include "codec/conntrack_progress.h"
#include "facts/connections.h"
#include "facts/flow_state.h"
#include "status.h"

static void restart(void *data)
{
	struct nfto_status *status = data;

	memset(&status->counts, 0, sizeof(status->counts));
	status->busy.count = 0;
	status->software.count = 0;
	status->slow.count = 0;
}

static struct busy_flow *find_least(struct busy_flows *busy)
{
	struct busy_flow *least = &busy->items[0];

	for (size_t i = 1; i < busy->count; i++) {
		if (busy->items[i].packets < least->packets)
			least = &busy->items[i];
	}
	return least;
}

static void keep_busy(struct busy_flows *busy, const struct conntrack_progress *progress)
{
	struct busy_flow flow = { .id = progress->id, .packets = progress->packets };
	struct busy_flow *least;

	if (busy->count < BUSY_FLOW_COUNT) {
		busy->items[busy->count++] = flow;
		return;
	}
	least = find_least(busy);
	if (least->packets < flow.packets)
		*least = flow;
}

static int take_hardware(struct nfto_status *status, const struct nlmsghdr *message)
{
	struct conntrack_progress progress;
	int ret = conntrack_parse_progress(message, &progress);

	if (ret == 0 && progress.has_packets)
		keep_busy(&status->busy, &progress);
	return ret;
}

static int take_software(struct nfto_status *status, const struct nlmsghdr *message,
			 uint8_t protocol)
{
	struct software_flow flow = { .protocol = protocol };
	int ret;

	if (!status_is_hardware(status))
		return 0;
	ret = conntrack_parse_progress(message, &flow.progress);
	return ret < 0 ? ret : software_flows_add(&status->software, &flow);
}

static int take(const struct nlmsghdr *message, void *data)
{
	struct nfto_status *status = data;
	struct flow_kind kind;
	int ret = conntrack_parse_kind(message, &kind);

	if (ret < 0)
		return ret;
	flow_counts_add(&status->counts, kind.family, kind.protocol, kind.status);
	switch (flow_state_of(kind.status)) {
	case NFTO_FLOW_HARDWARE:
		return take_hardware(status, message);
	case NFTO_FLOW_SOFTWARE:
		return take_software(status, message, kind.protocol);
	case NFTO_FLOW_NONE:
		return status_take_slow(status, message);
	case NFTO_FLOW_CLOSING:
		break;
	}
	return 0;
}

int status_read_flows(struct nfto_ctx *ctx, struct nfto_status *status)
{
	int ret;

	status_begin_slow(ctx, status);
	ret = connections_read(ctx, restart, take, status);
	software_flows_sort(&status->software);
	return ret;
}
