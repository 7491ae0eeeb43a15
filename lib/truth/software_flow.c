// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Flows that are in software although their flowtable is one for hardware. Those of TCP need not have
 * been declined: since Linux 6.15 the first FIN or RST takes a flow out of the hardware, and it stays
 * in software until its timeout (NF_FLOW_CLOSING in net/netfilter/nf_flow_table_core.c). Nothing that
 * the kernel shows tells the two apart, but that a connection which is closed moves no packets.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include <linux/netfilter/nf_conntrack_tuple_common.h>

#include "codec/conntrack.h"
#include "software_flow.h"

/* So many packets may come behind the first FIN: the last data, and what is sent again and again if
 * the other end has gone. */
#define LAST_PACKETS 10

/* 96 KiB. Of more than that, these are a sample. */
#define MOST_FLOWS 4096

struct software_flow software_flow_of(const struct flow_info *info)
{
	const struct flow_side *original = &info->sides[IP_CT_DIR_ORIGINAL];
	const struct flow_side *reply = &info->sides[IP_CT_DIR_REPLY];

	return (struct software_flow){
		.protocol = info->protocol,
		.progress = {
			.id = info->id,
			.has_packets = original->has_counter && reply->has_counter,
			.packets = original->counter.packets + reply->counter.packets,
		},
	};
}

bool software_flow_moved(const struct software_flow *now, const struct software_flow *before,
			 uint64_t *packets)
{
	if (!before || before->progress.id != now->progress.id || !before->progress.has_packets ||
	    !now->progress.has_packets || now->progress.packets < before->progress.packets)
		return false;
	*packets = now->progress.packets - before->progress.packets;
	return true;
}

bool software_flow_is_declined(const struct software_flow *now, const struct software_flow *before)
{
	uint64_t packets;

	if (now->protocol != IPPROTO_TCP)
		return true;
	return software_flow_moved(now, before, &packets) && packets > LAST_PACKETS;
}

static int grow(struct software_flows *flows)
{
	size_t room = flows->room ? 2 * flows->room : 64;
	struct software_flow *items = realloc(flows->items, room * sizeof(*items));

	if (!items)
		return -ENOMEM;
	flows->items = items;
	flows->room = room;
	return 0;
}

int software_flows_add(struct software_flows *flows, const struct software_flow *flow)
{
	if (flows->count == MOST_FLOWS)
		return 0;
	if (flows->count == flows->room && grow(flows) < 0)
		return -ENOMEM;
	flows->items[flows->count++] = *flow;
	return 0;
}

static int compare(const void *first, const void *second)
{
	uint32_t a = ((const struct software_flow *)first)->progress.id;
	uint32_t b = ((const struct software_flow *)second)->progress.id;

	return (a > b) - (a < b);
}

void software_flows_sort(struct software_flows *flows)
{
	if (flows->count > 0)
		qsort(flows->items, flows->count, sizeof(*flows->items), compare);
}

const struct software_flow *software_flows_find(const struct software_flows *flows, uint32_t id)
{
	const struct software_flow key = { .progress = { .id = id } };

	if (flows->count == 0)
		return NULL;
	return bsearch(&key, flows->items, flows->count, sizeof(*flows->items), compare);
}

void software_flows_clear(struct software_flows *flows)
{
	free(flows->items);
	*flows = (struct software_flows){ 0 };
}
