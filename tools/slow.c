// SPDX-License-Identifier: LGPL-2.1-or-later
/* Connections that go on moving packets in the slow path, though they could be offloaded. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_common.h>

#include "slow.h"

bool is_about_path(enum nfto_finding_code code)
{
	switch (code) {
	case NFTO_FINDING_UNLISTED_DEVICE:
	case NFTO_FINDING_NO_PATH:
	case NFTO_FINDING_TOO_DEEP:
	case NFTO_FINDING_NO_NEIGHBOUR:
	case NFTO_FINDING_NO_BRIDGE_ENTRY:
		return true;
	default:
		return false;
	}
}

/* Of what is not counted nobody can tell whether it moves. */
static int count_packets(const struct nfto_flow *flow, uint64_t *packets)
{
	uint64_t sent, answered;

	if (nfto_flow_packets(flow, NFTO_DIRECTION_ORIGINAL, &sent) < 0 ||
	    nfto_flow_packets(flow, NFTO_DIRECTION_REPLY, &answered) < 0)
		return -ENODATA;
	*packets = sent + answered;
	return 0;
}

static bool could_be_offloaded(const struct nfto_flow *flow)
{
	uint8_t protocol = nfto_flow_protocol(flow);

	return (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP) &&
	       nfto_flow_status(flow) & IPS_ASSURED;
}

/* Calls take() with each that could be offloaded, and its packets. */
static int read_slow(struct nfto_ctx *ctx, struct slow_connections *slow,
		     void (*take)(struct slow_connections *slow, const struct nfto_flow *flow,
				  uint64_t packets))
{
	struct nfto_flow_filter *filter;
	const struct nfto_flow *flow;
	struct nfto_flows *flows;
	uint64_t packets;
	int ret;

	if (nfto_flow_filter_new(&filter) < 0)
		return -ENOMEM;
	nfto_flow_filter_set_state(filter, NFTO_FLOW_NONE);
	ret = nfto_flows_open(ctx, filter, &flows);
	nfto_flow_filter_free(filter);
	if (ret < 0)
		return ret;
	while ((ret = nfto_flows_next(flows, &flow)) > 0) {
		if (could_be_offloaded(flow) && count_packets(flow, &packets) == 0)
			take(slow, flow, packets);
	}
	nfto_flows_free(flows);
	return ret < 0 ? ret : 0;
}

/* ---- The first look */

static struct slow_connection *find_least(struct slow_connections *slow)
{
	struct slow_connection *least = &slow->items[0];

	for (size_t i = 1; i < slow->count; i++) {
		if (slow->items[i].packets < least->packets)
			least = &slow->items[i];
	}
	return least;
}

static struct slow_connection *find_place(struct slow_connections *slow, uint64_t packets)
{
	struct slow_connection *least;

	if (slow->count < SLOW_CONNECTIONS)
		return &slow->items[slow->count++];
	least = find_least(slow);
	return least->packets < packets ? least : NULL;
}

static void keep(struct slow_connections *slow, const struct nfto_flow *flow, uint64_t packets)
{
	struct slow_connection *place = find_place(slow, packets);

	if (!place)
		return;
	nfto_tuple_free(place->tuple);
	place->tuple = NULL;
	place->packets = packets;
	place->moved = 0;
	flow_name(flow, place->name);
	/* Without memory it is one that never moves. */
	if (nfto_tuple_new_of_flow(flow, &place->tuple) < 0)
		place->name[0] = '\0';
}

int slow_connections_find(struct nfto_ctx *ctx, struct slow_connections *slow)
{
	return read_slow(ctx, slow, keep);
}

/* ---- The second one */

static void note_progress(struct slow_connections *slow, const struct nfto_flow *flow,
			  uint64_t packets)
{
	char name[FLOW_NAME_SIZE];

	/* To write the name of each of a million would take long, and nearly all are less busy. */
	if (packets <= find_least(slow)->packets)
		return;
	flow_name(flow, name);
	for (size_t i = 0; i < slow->count; i++) {
		struct slow_connection *item = &slow->items[i];

		if (packets > item->packets && strcmp(item->name, name) == 0)
			item->moved = packets - item->packets;
	}
}

static int compare_moved(const void *left, const void *right)
{
	const struct slow_connection *a = left, *b = right;

	return a->moved > b->moved ? -1 : a->moved < b->moved;
}

int slow_connections_look_again(struct nfto_ctx *ctx, struct slow_connections *slow)
{
	int ret = slow->count ? read_slow(ctx, slow, note_progress) : 0;

	qsort(slow->items, slow->count, sizeof(slow->items[0]), compare_moved);
	return ret;
}

void slow_connections_clear(struct slow_connections *slow)
{
	for (size_t i = 0; i < slow->count; i++)
		nfto_tuple_free(slow->items[i].tuple);
	slow->count = 0;
}
