// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel does not tell a driver to forget the flows of a flowtable that is deleted: they would
 * stay in the hardware, and forward past the firewall. So: the rule first, that nothing new is
 * offloaded; then the flows; then evidence that they are gone; and only then may the flowtable go.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "drain.h"
#include "evict.h"
#include "facts/census.h"
#include "objects/txn.h"
#include "timeouts.h"

/* The kernel looks at each flow of a flowtable once in this time (nf_flow_offload_work_gc()).
 * The first look has the driver forget a flow that is over, the second one lets go of it. */
#define LOOK_MS 1000

/* Long enough for both, where there is no evidence. */
#define SETTLE_MS (3 * LOOK_MS)

#define POLL_MS 100

/* What there is time for, beyond what it takes at least, unless the caller says something else. */
#define DEFAULT_MS 10000

struct draining {
	struct nfto_ctx *ctx;
	const char *name;
	const struct instance *instance;
	bool keeps_connections;
	bool has_others; /* other flowtables are in use; whose flow is whose, nobody can tell */
	struct timeouts timeouts;
	bool has_shortened;
	uint64_t shortened_ms;
	struct channel channel;
	uint64_t begin_ms;
	uint64_t limit_ms;
	uint64_t last_flow_ms; /* when flows were last seen, or something was done about them */
	unsigned int rounds;   /* in which something was done about them */
	unsigned int quiet;    /* looks in a row that have seen nothing */
	struct census before;
	struct census now;
	struct nfto_drained *drained;
};

static uint64_t clock_now(const struct draining *draining)
{
	return draining->ctx->clock->now_ms(draining->ctx->clock);
}

static uint64_t since(const struct draining *draining, uint64_t then_ms)
{
	return clock_now(draining) - then_ms;
}

static int look(struct draining *draining, struct census *census)
{
	int ret = census_take(&draining->channel, census);

	return ret < 0 ? error_set_conntrack(&draining->ctx->error, &draining->channel.error, ret) :
			 0;
}

/* ---- The rule */

/* In place of all rules of the chain: nothing, or a note. The chain may be gone, and then it is
 * made. */
static int put_note(struct nfto_txn *txn, const struct draining *draining, const char *note)
{
	const char *name = draining->name;
	int ret = 0;

	if (!draining->instance->has_chain)
		ret = nfto_txn_add_forward_chain(txn, NFTO_FAMILY_INET, name, INSTANCE_CHAIN,
						 INSTANCE_FORWARD_PRIORITY);
	if (ret == 0)
		ret = nfto_txn_flush_chain(txn, NFTO_FAMILY_INET, name, INSTANCE_CHAIN);
	if (ret == 0 && note)
		ret = txn_add_note(txn, NFTO_FAMILY_INET, name, INSTANCE_CHAIN, note);
	return ret;
}

static int replace_rules(struct draining *draining, const char *note)
{
	struct nfto_txn *txn;
	int ret = nfto_txn_new(draining->ctx, &txn);

	if (ret < 0)
		return ret;
	ret = put_note(txn, draining, note);
	if (ret == 0)
		ret = nfto_txn_commit(txn);
	nfto_txn_free(txn);
	return ret;
}

/* In the kernel, as this process may be killed while the timeouts are short. */
static int take_rules_away(struct draining *draining)
{
	char note[COMMENT_LENGTH + 1];

	instance_write_note(note, sizeof(note), &draining->timeouts);
	return replace_rules(draining, draining->keeps_connections ? note : NULL);
}

/* ---- The flows */

/* Where others offload too, a third round would only hit flows that they have offloaded anew.
 * The second one is for packets that were under way when the rule went. */
static bool has_deleted_enough(const struct draining *draining)
{
	return draining->has_others && draining->rounds == 2;
}

static int delete_connections(struct draining *draining)
{
	int ret;

	if (has_deleted_enough(draining))
		return 0;
	ret = evict(draining->ctx, NULL, &draining->drained->connections);
	draining->rounds++;
	draining->last_flow_ms = clock_now(draining);
	return ret;
}

/* With short timeouts, a flow ends when its present timeout does, whatever traffic it has. */
static int let_expire(struct draining *draining)
{
	draining->last_flow_ms = clock_now(draining);
	if (draining->has_shortened)
		return 0;
	draining->drained->connections = draining->now.offloaded;
	draining->has_shortened = true;
	draining->shortened_ms = clock_now(draining);
	return timeouts_shorten(draining->ctx);
}

static int take_flows_away(struct draining *draining)
{
	if (draining->now.offloaded == 0)
		return 0;
	draining->quiet = 0;
	return draining->keeps_connections ? let_expire(draining) : delete_connections(draining);
}

/* ---- The evidence */

/* Nothing has hold of a connection, so no flow has. Once is not enough: a packet that was under
 * way when the rule went may still have offloaded a flow. */
static bool is_quiet(struct draining *draining)
{
	const struct census *now = &draining->now;
	bool never_offloaded =
		draining->instance->is_whole && draining->instance->inserted.packets == 0;

	if (now->offloaded == 0 && now->held == 0 && (now->referenced == 0 || never_offloaded))
		draining->quiet++;
	else
		draining->quiet = 0;
	return draining->quiet >= 2;
}

/* The connections were deleted, and nothing has hold of them. */
static bool has_let_go(const struct draining *draining)
{
	return draining->rounds > 0 && draining->now.held <= draining->before.held &&
	       since(draining, draining->last_flow_ms) >= 2 * LOOK_MS;
}

static bool saw_end(struct draining *draining)
{
	if (is_quiet(draining))
		return true;
	if (draining->keeps_connections)
		return false;
	if (draining->now.offloaded > 0 && !has_deleted_enough(draining))
		return false;
	return has_let_go(draining);
}

static uint64_t longest_timeout_ms(const struct draining *draining)
{
	const struct timeouts *timeouts = &draining->timeouts;

	return 1000 * (uint64_t)(timeouts->tcp > timeouts->udp ? timeouts->tcp : timeouts->udp);
}

/* Packets under way, or flows of others, hide the evidence: then there is only the time that it
 * takes. */
static bool has_waited(const struct draining *draining)
{
	if (draining->rounds > 0)
		return false;
	if (draining->now.offloaded == 0)
		return since(draining, draining->last_flow_ms) >= SETTLE_MS;
	return draining->has_others && draining->has_shortened &&
	       since(draining, draining->shortened_ms) >= longest_timeout_ms(draining) + SETTLE_MS;
}

static uint64_t remaining(const struct draining *draining)
{
	const struct census *before = &draining->before, *now = &draining->now;

	if (now->offloaded > 0)
		return now->offloaded;
	return now->held > before->held ? now->held - before->held : 1;
}

static int tell_time_limit(const struct draining *draining)
{
	char sentence[128];

	snprintf(sentence, sizeof(sentence),
		 "%" PRIu64 " flows may still be in the hardware after %" PRIu64 " s",
		 remaining(draining), draining->limit_ms / 1000);
	return instance_refuse_flowtable(draining->ctx, NFTO_ERROR_STILL_OFFLOADED, ETIMEDOUT,
					 draining->name, sentence);
}

/* On a large table a look costs seconds, so most of the time is spent without looking. */
static void pause_after(const struct draining *draining, uint64_t look_ms)
{
	const struct clock *clock = draining->ctx->clock;

	clock->sleep_ms(clock, POLL_MS + 4 * look_ms);
}

/* One round: 1 if that was the end, 0 if there is more to do, or a negative errno. */
static int step(struct draining *draining)
{
	int ret = look(draining, &draining->now);

	if (ret == 0)
		ret = take_flows_away(draining);
	if (ret < 0)
		return ret;
	draining->drained->seen = saw_end(draining);
	if (draining->drained->seen || has_waited(draining))
		return 1;
	if (since(draining, draining->begin_ms) >= draining->limit_ms)
		return tell_time_limit(draining);
	return 0;
}

static int take_flows_away_until_the_end(struct draining *draining)
{
	uint64_t begin_ms;
	int ret;

	for (;;) {
		begin_ms = clock_now(draining);
		ret = step(draining);
		if (ret != 0)
			return ret < 0 ? ret : 0;
		pause_after(draining, since(draining, begin_ms));
	}
}

/* ---- All of it */

static bool is_ours(const struct draining *draining, const struct flowtable_info *flowtable)
{
	return flowtable->family == NFTO_FAMILY_INET &&
	       strcmp(flowtable->table, draining->name) == 0;
}

static int look_for_others(struct draining *draining)
{
	struct nfto_flowtables list;
	int ret = flowtables_read(draining->ctx, AF_UNSPEC, NULL, &list);

	if (ret < 0)
		return ret;
	for (size_t i = 0; i < list.count; i++) {
		const struct flowtable_info *flowtable = &list.items[i].info;

		if (flowtable->use > 0 && !is_ours(draining, flowtable))
			draining->has_others = true;
	}
	flowtables_clear(&list);
	return 0;
}

/* All that can fail without a change is tried before there is one. */
static int prepare(struct draining *draining, unsigned int timeout_s)
{
	int ret = ctx_open_channel(draining->ctx, NETLINK_NETFILTER, &draining->channel);

	if (ret < 0)
		return error_set_conntrack(&draining->ctx->error, &draining->channel.error, ret);
	ret = look(draining, &draining->before);
	if (ret == 0)
		ret = look_for_others(draining);
	if (ret == 0 && draining->keeps_connections)
		ret = timeouts_read(draining->ctx, &draining->timeouts);
	draining->limit_ms =
		timeout_s ? 1000 * (uint64_t)timeout_s : DEFAULT_MS + longest_timeout_ms(draining);
	return ret;
}

/* Unless somebody has applied the instance anew meanwhile: then the rules are not ours any more. */
static int take_note_away(struct draining *draining)
{
	struct instance instance;
	int ret = instance_read(draining->ctx, draining->name, &instance);

	if (ret < 0)
		return ret;
	if (instance.is_draining)
		ret = replace_rules(draining, NULL);
	instance_clear(&instance);
	return ret;
}

/* The timeouts go back in every case. The note goes only when they have; and what failed first
 * is told. */
static int put_back(struct draining *draining, int result)
{
	struct nfto_error first = draining->ctx->error;
	int ret = 0;

	if (!draining->keeps_connections)
		return result;
	if (draining->has_shortened)
		ret = timeouts_restore(draining->ctx, &draining->timeouts);
	if (ret == 0)
		ret = take_note_away(draining);
	if (result == 0)
		return ret;
	draining->ctx->error = first;
	return result;
}

static int drain_hardware(struct draining *draining)
{
	int ret = take_rules_away(draining);

	if (ret < 0)
		return ret;
	draining->last_flow_ms = clock_now(draining);
	ret = take_flows_away_until_the_end(draining);
	return put_back(draining, ret);
}

int drain(struct nfto_ctx *ctx, const char *name, const struct instance *instance, uint32_t flags,
	  unsigned int timeout_s, struct nfto_drained *drained)
{
	struct draining draining = {
		.ctx = ctx,
		.name = name,
		.instance = instance,
		.keeps_connections = flags & NFTO_DRAIN_KEEP_CONNECTIONS,
		.drained = drained,
	};
	int ret;

	*drained = (struct nfto_drained){ .seen = true };
	if (!instance_has_hardware(instance))
		return 0;
	draining.begin_ms = clock_now(&draining);
	ret = prepare(&draining, timeout_s);
	if (ret == 0)
		ret = drain_hardware(&draining);
	channel_close(&draining.channel);
	drained->elapsed_ms = since(&draining, draining.begin_ms);
	return ret;
}

int drain_restore(struct nfto_ctx *ctx, const struct instance *instance)
{
	return instance->is_draining ? timeouts_restore(ctx, &instance->timeouts) : 0;
}
