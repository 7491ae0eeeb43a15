// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netlink.h>

#include "codec/conntrack.h"
#include "codec/conntrack_anew.h"
#include "facts/conntrack_total.h"
#include "facts/sysctl.h"
#include "rehome.h"

/* Messages for one connection, at most. */
#define MOST_MESSAGES 3

/* In which a packet made an entry of its own, between the two messages: a matter of microseconds. */
#define MOST_ATTEMPTS 20

/* For a place in the table that another connection has taken. */
#define MOST_LATER_ATTEMPTS 50

/* The kernel lets go of the flow of a deleted entry, and so makes room in its table, within two
 * seconds. */
#define ROOM_WAIT_MS 100
#define ROOM_LIMIT_MS 5000

/*
 * A TCP connection whose flow is not in hardware may be one that is finished (explain tells it as
 * maybe-closing), and nobody can tell. So that it does not stay for days then, it has as long as
 * an established one must have at least (RFC 5382, REQ-5), unless a packet comes.
 */
#define TCP_LEAST_S 7440

static int fail(struct rehoming *rehoming, int result)
{
	return error_set_conntrack(&rehoming->ctx->error, &rehoming->channel.error, result);
}

/* ---- The timeouts */

/* Each begins anew with the next packet: these are for what has none. */
static void read_timeouts(struct rehoming *rehoming)
{
	struct nfto_ctx *ctx = rehoming->ctx;

	rehoming->tcp_timeout_s =
		sysctl_read_or(ctx, "nf_conntrack_tcp_timeout_established", 432000);
	rehoming->udp_timeout_s = sysctl_read_or(ctx, "nf_conntrack_udp_timeout", 30);
	rehoming->udp_stream_timeout_s =
		sysctl_read_or(ctx, "nf_conntrack_udp_timeout_stream", 120);
	rehoming->gre_timeout_s = sysctl_read_or(ctx, "nf_conntrack_gre_timeout", 30);
	rehoming->gre_stream_timeout_s =
		sysctl_read_or(ctx, "nf_conntrack_gre_timeout_stream", 180);
}

static uint32_t tcp_timeout(const struct rehoming *rehoming, const struct flow_kind *kind)
{
	uint32_t timeout_s = rehoming->tcp_timeout_s;

	if (kind->status & IPS_HW_OFFLOAD || timeout_s < TCP_LEAST_S)
		return timeout_s;
	return TCP_LEAST_S;
}

static uint32_t timeout_of(const struct rehoming *rehoming, const struct flow_kind *kind)
{
	bool is_stream = kind->status & IPS_ASSURED;

	switch (kind->protocol) {
	case IPPROTO_TCP:
		return tcp_timeout(rehoming, kind);
	case IPPROTO_UDP:
		return is_stream ? rehoming->udp_stream_timeout_s : rehoming->udp_timeout_s;
	default:
		return is_stream ? rehoming->gre_stream_timeout_s : rehoming->gre_timeout_s;
	}
}

/* ---- The messages */

static const struct nlmsghdr *entry_of(const struct rehoming *rehoming,
				       const struct rehome_item *item)
{
	return (const struct nlmsghdr *)(rehoming->entries.data + item->entry);
}

static int build_anew(struct rehoming *rehoming, const struct rehome_item *item)
{
	const struct nlmsghdr *entry = entry_of(rehoming, item);
	struct conntrack_life life = {
		.tcp_state = TCP_CONNTRACK_ESTABLISHED,
		.leaves_master_out = item->is_orphan,
	};
	struct flow_kind kind;
	int ret = conntrack_parse_kind(entry, &kind);

	if (ret < 0)
		return ret;
	life.timeout_s = timeout_of(rehoming, &kind);
	return conntrack_build_anew(&rehoming->batch, entry, &life);
}

/* What packets have put in its place meanwhile goes first. */
static int build_for_homeless(struct rehoming *rehoming, const struct rehome_item *item)
{
	const struct nlmsghdr *entry = entry_of(rehoming, item);
	int ret = conntrack_build_delete_like(&rehoming->batch, entry, false);

	if (ret == 0)
		ret = conntrack_build_delete_like(&rehoming->batch, entry, true);
	return ret < 0 ? ret : build_anew(rehoming, item);
}

static int build_messages(struct rehoming *rehoming, const struct rehome_item *item)
{
	const struct nlmsghdr *entry = entry_of(rehoming, item);
	int ret;

	if (item->is_leftover)
		return conntrack_build_delete_like(&rehoming->batch, entry, false);
	if (item->is_homeless)
		return build_for_homeless(rehoming, item);
	ret = conntrack_build_delete(&rehoming->batch, entry);
	return ret < 0 || rehoming->deletes ? ret : build_anew(rehoming, item);
}

/* How many messages of the batch belong to an item. */
static size_t count_messages(const struct rehoming *rehoming, const struct rehome_item *item)
{
	if (item->is_leftover || rehoming->deletes)
		return 1;
	return item->is_homeless ? 3 : 2;
}

static int build_batch(struct rehoming *rehoming, size_t count)
{
	int ret = 0;

	rehoming->batch.length = 0;
	rehoming->batch.count = 0;
	for (size_t i = 0; i < count && ret == 0; i++)
		ret = build_messages(rehoming, &rehoming->items[i]);
	return ret;
}

/* ---- What came of them */

enum outcome {
	DONE,
	AGAIN,	     /* at once */
	AGAIN_LATER, /* as there is no room */
	REFUSED,     /* it is as it was */
	LOST,
};

static enum outcome judge_anew(struct rehoming *rehoming, struct rehome_item *item, int result)
{
	item->is_homeless = result < 0;
	item->attempts++;
	switch (result) {
	case 0:
		rehoming->moved++;
		return DONE;
	case -EEXIST:
		/* Packets go on making it faster: then it lives by that. */
		return item->attempts < MOST_ATTEMPTS ? AGAIN : DONE;
	case -ENOMEM:
		return item->attempts < MOST_LATER_ATTEMPTS ? AGAIN_LATER : LOST;
	case -ENOENT:
		if (item->is_orphan)
			return LOST;
		item->is_orphan = true;
		return AGAIN;
	default:
		return LOST;
	}
}

/* An entry that is not there any more has ended by itself, or is another connection's: it must not
 * be made anew. */
static enum outcome judge_ended(struct rehoming *rehoming, struct rehome_item *item,
				const int *results)
{
	item->is_leftover = !rehoming->deletes && results[1] == 0;
	return item->is_leftover ? AGAIN : DONE;
}

static enum outcome judge(struct rehoming *rehoming, struct rehome_item *item, const int *results)
{
	if (item->is_leftover)
		return DONE;
	if (item->is_homeless)
		return judge_anew(rehoming, item, results[2]);
	if (results[0] == -ENOENT)
		return judge_ended(rehoming, item, results);
	if (results[0] < 0)
		return REFUSED;
	if (!rehoming->deletes)
		return judge_anew(rehoming, item, results[1]);
	rehoming->moved++;
	return DONE;
}

static int tell_lost(struct rehoming *rehoming, int result)
{
	const struct error_details details = {
		.object = "the conntrack table",
		.kernel_text = rehoming->channel.error.text,
		.sentence = "a connection was deleted there, and can't be made anew: it is lost",
	};

	return error_set(&rehoming->ctx->error, NFTO_ERROR_SYSTEM, -result, &details);
}

/* What is so for one would be so for the others, too: that ends it. */
static int tell(struct rehoming *rehoming, const struct rehome_item *item, enum outcome outcome,
		const int *results)
{
	if (outcome == REFUSED)
		return fail(rehoming, results[0]);
	if (outcome == LOST)
		return tell_lost(rehoming, results[count_messages(rehoming, item) - 1]);
	return 0;
}

/* The first `count` items were sent. Those that are not done stay, in their order. */
static int take_results(struct rehoming *rehoming, size_t count, const int *results,
			unsigned int *wait_ms)
{
	size_t left = 0;
	int ret = 0;

	for (size_t i = 0; i < rehoming->count; i++) {
		struct rehome_item item = rehoming->items[i];
		enum outcome outcome = AGAIN;

		if (i < count) {
			outcome = judge(rehoming, &item, results);
			if (ret == 0)
				ret = tell(rehoming, &rehoming->items[i], outcome, results);
			results += count_messages(rehoming, &rehoming->items[i]);
		}
		if (outcome == AGAIN_LATER)
			*wait_ms = ROOM_WAIT_MS;
		if (outcome == AGAIN || outcome == AGAIN_LATER)
			rehoming->items[left++] = item;
	}
	rehoming->count = left;
	return ret;
}

static int send_batch(struct rehoming *rehoming, size_t count, unsigned int *wait_ms)
{
	int results[REHOME_MOST * MOST_MESSAGES];
	int ret = build_batch(rehoming, count);

	if (ret == 0)
		ret = channel_all(&rehoming->channel, &rehoming->batch, results);
	return ret < 0 ? fail(rehoming, ret) : take_results(rehoming, count, results, wait_ms);
}

/* ---- Room for them */

/* The old entry is counted until its flow is gone, so each needs a place of its own. */
static int count_room(struct rehoming *rehoming, size_t *room)
{
	struct conntrack_total total;
	int ret;

	*room = rehoming->count;
	if (rehoming->deletes)
		return 0;
	ret = conntrack_total_read(&rehoming->channel, &total);
	if (ret < 0)
		return fail(rehoming, ret);
	if (total.most == 0)
		return 0;
	if (total.entries >= total.most)
		*room = 0;
	else if (total.most - total.entries < *room)
		*room = total.most - total.entries;
	return 0;
}

static size_t count_homeless(const struct rehoming *rehoming)
{
	size_t count = 0;

	for (size_t i = 0; i < rehoming->count; i++)
		count += rehoming->items[i].is_homeless || rehoming->items[i].is_leftover;
	return count;
}

/* In vain: as long as there is room for some, it goes on. */
static bool has_waited_for_room(struct rehoming *rehoming, size_t room)
{
	uint64_t now_ms = rehoming->ctx->clock->now_ms(rehoming->ctx->clock);
	bool was_full = rehoming->is_full;

	rehoming->is_full = room == 0;
	if (!was_full)
		rehoming->full_since_ms = now_ms;
	return rehoming->is_full && now_ms - rehoming->full_since_ms >= ROOM_LIMIT_MS;
}

/* Those that still have their entry keep it. */
static void give_up(struct rehoming *rehoming)
{
	size_t homeless = count_homeless(rehoming);

	rehoming->no_room += rehoming->count - homeless;
	rehoming->count = homeless;
}

int rehoming_next(struct rehoming *rehoming, unsigned int *wait_ms)
{
	size_t room;
	int ret;

	*wait_ms = 0;
	if (rehoming->count == 0)
		return 1;
	ret = count_room(rehoming, &room);
	if (ret < 0)
		return ret;
	if (has_waited_for_room(rehoming, room))
		give_up(rehoming);
	/* Those whose entry was deleted come first, and are tried in any case. */
	if (room < count_homeless(rehoming))
		room = count_homeless(rehoming);
	if (room > rehoming->count)
		room = rehoming->count;
	if (room == 0)
		*wait_ms = ROOM_WAIT_MS;
	else
		ret = send_batch(rehoming, room, wait_ms);
	return ret < 0 ? ret : rehoming->count == 0;
}

int rehoming_finish(struct rehoming *rehoming)
{
	const struct clock *clock = rehoming->ctx->clock;
	unsigned int wait_ms;
	int ret;

	while ((ret = rehoming_next(rehoming, &wait_ms)) == 0) {
		if (wait_ms > 0)
			clock->sleep_ms(clock, wait_ms);
	}
	return ret < 0 ? ret : 0;
}

/* ---- All of it */

int rehoming_open(struct rehoming *rehoming, struct nfto_ctx *ctx, bool deletes)
{
	int ret;

	memset(rehoming, 0, sizeof(*rehoming));
	rehoming->ctx = ctx;
	rehoming->deletes = deletes;
	ret = ctx_open_channel(ctx, NETLINK_NETFILTER, &rehoming->channel);
	if (ret < 0)
		return fail(rehoming, ret);
	if (!deletes)
		read_timeouts(rehoming);
	return 0;
}

bool rehoming_is_full(const struct rehoming *rehoming)
{
	return rehoming->count == REHOME_MOST;
}

int rehoming_add(struct rehoming *rehoming, const struct nlmsghdr *entry)
{
	if (rehoming->count == 0)
		rehoming->entries.length = 0;
	rehoming->items[rehoming->count] =
		(struct rehome_item){ .entry = rehoming->entries.length };
	if (messages_append(&rehoming->entries, entry) < 0)
		return fail(rehoming, -ENOMEM);
	rehoming->count++;
	return 0;
}

/* After a failure some may have no entry: they are not left so without a try. */
void rehoming_close(struct rehoming *rehoming)
{
	size_t homeless = count_homeless(rehoming);
	struct nfto_error error = rehoming->ctx->error;
	unsigned int wait_ms;

	if (homeless > 0) {
		send_batch(rehoming, homeless, &wait_ms);
		rehoming->ctx->error = error;
	}
	channel_close(&rehoming->channel);
	messages_free(&rehoming->entries);
	messages_free(&rehoming->batch);
}
