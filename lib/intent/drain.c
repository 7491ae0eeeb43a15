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
#include "objects/txn.h"

/* The kernel looks at each flow of a flowtable once in this time (nf_flow_offload_work_gc()).
 * The first look has the driver forget a flow that is over, the second one lets go of it. */
#define LOOK_MS 1000

/* Long enough for both, where there is no evidence. */
#define SETTLE_MS (3 * LOOK_MS)

#define POLL_MS 100

/* What there is time for, unless the caller says something else. */
#define DEFAULT_MS 10000

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

/* In place of all rules of the chain: a note. The chain may be gone, and then it is made. */
static int put_note(struct nfto_txn *txn, const char *name, const struct instance *instance)
{
	char note[COMMENT_LENGTH + 1];
	int ret = 0;

	instance_write_note(note, sizeof(note), instance);
	if (!instance->has_chain)
		ret = nfto_txn_add_forward_chain(txn, NFTO_FAMILY_INET, name, INSTANCE_CHAIN,
						 INSTANCE_FORWARD_PRIORITY);
	if (ret == 0)
		ret = nfto_txn_flush_chain(txn, NFTO_FAMILY_INET, name, INSTANCE_CHAIN);
	return ret < 0 ? ret : txn_add_note(txn, NFTO_FAMILY_INET, name, INSTANCE_CHAIN, note);
}

static int take_rules_away(struct draining *draining)
{
	int ret = instance_commit(draining->ctx, draining->name, draining->instance, put_note);

	draining->last_flow_ms = clock_now(draining);
	draining->stage = DRAIN_EVIDENCE;
	return ret;
}

/* ---- The flows */

/* Where others offload too, a third round would only hit flows that they have offloaded anew.
 * The second one is for packets that were under way when the rule went. */
static bool has_evicted_enough(const struct draining *draining)
{
	return draining->has_others && draining->rounds == 2;
}

static int begin_round(struct draining *draining)
{
	int ret = eviction_open(&draining->eviction, draining->ctx, NULL, draining->deletes);

	draining->quiet = 0;
	draining->rounds++;
	draining->stage = DRAIN_FLOWS;
	return ret;
}

static void end_round(struct draining *draining)
{
	const struct rehoming *rehoming = &draining->eviction.rehoming;

	draining->drained->connections += rehoming->moved;
	draining->no_room = rehoming->no_room;
	eviction_close(&draining->eviction);
	memset(&draining->eviction, 0, sizeof(draining->eviction));
	draining->last_flow_ms = clock_now(draining);
	draining->stage = DRAIN_EVIDENCE;
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

/* The entries were deleted, and nothing has hold of them. */
static bool has_let_go(const struct draining *draining)
{
	return draining->rounds > 0 && draining->now.held <= draining->before.held &&
	       since(draining, draining->last_flow_ms) >= 2 * LOOK_MS;
}

static bool saw_end(struct draining *draining)
{
	if (is_quiet(draining))
		return true;
	if (draining->now.offloaded > 0 && !has_evicted_enough(draining))
		return false;
	return has_let_go(draining);
}

/* Packets under way hide the evidence: then there is only the time that it takes. */
static bool has_waited(const struct draining *draining)
{
	return draining->rounds == 0 && draining->now.offloaded == 0 &&
	       since(draining, draining->last_flow_ms) >= SETTLE_MS;
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
		 "%" PRIu64 " flows may still be in the hardware after %" PRIu64 " s%s",
		 remaining(draining), draining->limit_ms / 1000,
		 draining->no_room > 0 ? ", as the conntrack table is full" : "");
	return instance_refuse_flowtable(draining->ctx, NFTO_ERROR_STILL_OFFLOADED, ETIMEDOUT,
					 draining->name, sentence);
}

/* On a large table a look costs seconds, so most of the time is spent without looking. */
static unsigned int pause_after(uint64_t look_ms)
{
	return (unsigned int)(POLL_MS + 4 * look_ms);
}

/* Somebody has changed the rule set: was it to put our rule back? */
static int look_whether_overtaken(struct draining *draining)
{
	struct instance now;
	int ret = instance_read(draining->ctx, draining->name, &now);

	if (ret < 0)
		return ret;
	draining->generation = now.generation;
	ret = now.comment[0] ? instance_refuse_overtaken(draining->ctx, draining->name) : 0;
	instance_clear(&now);
	return ret;
}

static int look_at_generation(struct draining *draining)
{
	uint32_t generation;
	int ret = ctx_nft_generation(draining->ctx, &generation);

	if (ret < 0)
		return error_set_request(&draining->ctx->error, &draining->ctx->nft.error, ret,
					 "nf_tables");
	return generation == draining->generation ? 0 : look_whether_overtaken(draining);
}

/* 1 if that was the end, 0 if there is more to do, or a negative errno. */
static int look_for_evidence(struct draining *draining)
{
	int ret = look_at_generation(draining);

	if (ret == 0)
		ret = look(draining, &draining->now);
	if (ret < 0)
		return ret;
	if (draining->now.offloaded > 0 && !has_evicted_enough(draining))
		return begin_round(draining);
	draining->drained->seen = saw_end(draining);
	return draining->drained->seen || has_waited(draining);
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
static int prepare(struct draining *draining)
{
	int ret = ctx_open_channel(draining->ctx, NETLINK_NETFILTER, &draining->channel);

	if (ret < 0)
		return error_set_conntrack(&draining->ctx->error, &draining->channel.error, ret);
	ret = look(draining, &draining->before);
	return ret < 0 ? ret : look_for_others(draining);
}

int draining_open(struct draining *draining, struct nfto_ctx *ctx, const char *name,
		  const struct instance *instance, uint32_t flags, unsigned int timeout_s,
		  struct nfto_drained *drained)
{
	*draining = (struct draining){
		.ctx = ctx,
		.name = name,
		.instance = instance,
		.deletes = flags & NFTO_DRAIN_DELETE_CONNECTIONS,
		.generation = instance->generation,
		.limit_ms = timeout_s ? 1000 * (uint64_t)timeout_s : DEFAULT_MS,
		.drained = drained,
	};
	*drained = (struct nfto_drained){ .seen = true };
	draining->begin_ms = clock_now(draining);
	return instance_has_hardware(instance) ? prepare(draining) : 0;
}

void draining_close(struct draining *draining)
{
	eviction_close(&draining->eviction);
	channel_close(&draining->channel);
	draining->drained->elapsed_ms = since(draining, draining->begin_ms);
}

static int step(struct draining *draining, unsigned int *wait_ms)
{
	uint64_t begin_ms = clock_now(draining);
	int ret;

	switch (draining->stage) {
	case DRAIN_RULES:
		return take_rules_away(draining);
	case DRAIN_FLOWS:
		ret = eviction_next(&draining->eviction, wait_ms);
		if (ret > 0)
			end_round(draining);
		return ret < 0 ? ret : 0;
	case DRAIN_EVIDENCE:
		ret = look_for_evidence(draining);
		if (draining->stage == DRAIN_EVIDENCE)
			*wait_ms = pause_after(since(draining, begin_ms));
		return ret;
	}
	return 1;
}

int draining_next(struct draining *draining, unsigned int *wait_ms)
{
	int ret;

	*wait_ms = 0;
	if (!instance_has_hardware(draining->instance))
		return 1;
	ret = step(draining, wait_ms);
	if (ret == 0 && since(draining, draining->begin_ms) >= draining->limit_ms)
		return tell_time_limit(draining);
	return ret;
}

int drain(struct nfto_ctx *ctx, const char *name, const struct instance *instance, uint32_t flags,
	  unsigned int timeout_s, struct nfto_drained *drained)
{
	struct draining draining;
	unsigned int wait_ms;
	int ret = draining_open(&draining, ctx, name, instance, flags, timeout_s, drained);

	while (ret == 0) {
		ret = draining_next(&draining, &wait_ms);
		if (ret == 0 && wait_ms > 0)
			ctx->clock->sleep_ms(ctx->clock, wait_ms);
	}
	draining_close(&draining);
	return ret < 0 ? ret : 0;
}
