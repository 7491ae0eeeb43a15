// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <linux/netfilter/nf_conntrack_common.h>

#include "census.h"
#include "codec/conntrack.h"
#include "conntrack_total.h"

static int read_total(struct channel *channel, uint32_t *total)
{
	struct conntrack_total answer;
	int ret = conntrack_total_read(channel, &answer);

	if (ret == 0)
		*total = answer.entries;
	return ret;
}

static int send_dump(struct channel *channel)
{
	struct conntrack_filter all = { .family = 0 };
	struct messages request = { 0 };
	int ret = conntrack_build_dump(&request, &all);

	if (ret == 0)
		ret = channel_send(channel, &request);
	messages_free(&request);
	return ret;
}

static int count_table(struct channel *channel, struct census *census, uint64_t *entries)
{
	const struct nlmsghdr *message;
	struct conntrack_hold hold;
	int ret = send_dump(channel);

	while (ret == 0) {
		ret = channel_next(channel, &message);
		if (ret <= 0)
			return ret;
		ret = conntrack_parse_hold(message, &hold);
		++*entries;
		if (hold.status & (IPS_OFFLOAD | IPS_HW_OFFLOAD))
			census->offloaded++;
		if (hold.use > 1)
			census->referenced++;
	}
	return ret;
}

/* Connections come and go while the table is read. The total is taken before and after, and the
 * larger one counts: rather see too many that are held than too few. */
int census_take(struct channel *channel, struct census *census)
{
	uint32_t before = 0, after = 0;
	uint64_t entries = 0;
	int ret = read_total(channel, &before);

	*census = (struct census){ .offloaded = 0 };
	if (ret == 0)
		ret = count_table(channel, census, &entries);
	if (ret == 0)
		ret = read_total(channel, &after);
	if (ret < 0)
		return ret;
	if (after < before)
		after = before;
	if (after > entries)
		census->held = after - entries;
	return 0;
}
