// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What two looks prove. An entry is missing, or is left over, only if it was so both times: one
 * look reads the hardware's tables before conntrack, and flows come and go in between. The looks
 * are so far apart that whatever was under way at the first has ended: a flow that is over stays in
 * the hardware for up to three seconds.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "audit_judge.h"

/* Without an answer, TCP sends no more than the first few packets, and some again. */
#define MOST_UNANSWERED 20

static bool has(const struct direction *direction, unsigned int bits)
{
	return direction && (direction->seen & bits) == bits;
}

static bool is_same_entry(const struct judged *judged)
{
	for (int i = 0; i < 2; i++) {
		if (!has(judged->now[i], SEEN_ENTRY) || !has(judged->before[i], SEEN_ENTRY) ||
		    has(judged->now[i], SEEN_TWICE) || has(judged->before[i], SEEN_TWICE) ||
		    judged->now[i]->id != judged->before[i]->id)
			return false;
	}
	return true;
}

static bool stays_marked(const struct judged *judged)
{
	return is_same_entry(judged) && has(judged->now[0], SEEN_MARKED) &&
	       has(judged->before[0], SEEN_MARKED);
}

/* What conntrack has counted between the looks; 0 if it does not count. */
static uint64_t moved(const struct judged *judged, int i)
{
	const struct direction *now = judged->now[i], *before = judged->before[i];

	if (!has(now, SEEN_COUNTED) || !has(before, SEEN_COUNTED) || now->packets < before->packets)
		return 0;
	return now->packets - before->packets;
}

static bool is_alive(const struct judged *judged)
{
	return moved(judged, 0) > 0 || moved(judged, 1) > 0;
}

/* ---- What is remembered */

/* With so little time since a packet has passed, it can't be that the flow was idle until its
 * timeout. */
static bool is_too_early_to_expire(const struct judged *judged)
{
	const struct direction *now = judged->now[0];

	return has(now, SEEN_ALIVE) &&
	       judged->at_ms - now->alive_ms + judged->lag_ms < judged->timeout_ms;
}

static void set_alive(const struct judged *judged)
{
	judged->now[0]->alive_ms = judged->last->begin_ms;
	judged->now[0]->seen |= SEEN_ALIVE;
}

static void remember_changes(const struct judged *judged)
{
	struct direction *now = judged->now[0];
	bool was_marked = has(judged->before[0], SEEN_MARKED), is_marked = has(now, SEEN_MARKED);

	if (is_alive(judged))
		set_alive(judged);
	if (was_marked && !is_marked && is_too_early_to_expire(judged) && now->falls < UINT8_MAX)
		now->falls++;
	if (was_marked || !is_marked || !has(judged->before[0], SEEN_EVER_MARKED))
		return;
	set_alive(judged);
	if (now->falls > now->returns)
		now->returns++;
}

/* An entry of TCP is replaced whenever a client uses its port again. One of UDP only ends by its
 * timeout, or by force. */
static bool is_replaced(const struct judged *judged)
{
	const struct direction *now = judged->now[0], *before = judged->before[0];

	return judged->info->protocol == IPPROTO_UDP && has(now, SEEN_ENTRY) &&
	       has(before, SEEN_ENTRY | SEEN_MARKED) && now->id != before->id &&
	       !has(now, SEEN_TWICE) && !has(before, SEEN_TWICE) && is_too_early_to_expire(judged);
}

void audit_remember(const struct judged *judged)
{
	static const unsigned int kept =
		SEEN_ALIVE | SEEN_EVER_MARKED | SEEN_EVER_HARDWARE | SEEN_REPLACED;

	for (int i = 0; i < 2; i++) {
		if (!judged->before[i])
			continue;
		judged->now[i]->seen |= judged->before[i]->seen & kept;
		judged->now[i]->alive_ms = judged->before[i]->alive_ms;
	}
	if (is_replaced(judged))
		judged->now[0]->seen |= SEEN_REPLACED;
	if (!is_same_entry(judged))
		return;
	judged->now[0]->falls = judged->before[0]->falls;
	judged->now[0]->returns = judged->before[0]->returns;
	remember_changes(judged);
}

/* ---- Where the hardware's tables can be read */

static bool has_ports(const struct flow_info *info)
{
	return info->protocol == IPPROTO_TCP || info->protocol == IPPROTO_UDP;
}

static bool tables_are_known(const struct judged *judged)
{
	return judged->look->has_tables && judged->look->is_complete && judged->last->has_tables &&
	       judged->last->is_complete;
}

static bool is_present(const struct judged *judged, int i)
{
	return has(judged->now[i], SEEN_HARDWARE) && has(judged->before[i], SEEN_HARDWARE);
}

static bool is_missing(const struct judged *judged, int i)
{
	return !has(judged->now[i], SEEN_HARDWARE) && !has(judged->before[i], SEEN_HARDWARE);
}

static bool reads_a_table(const struct judged *judged, bool (*is)(const struct hw_driver *))
{
	for (size_t i = 0; i < HW_DRIVER_COUNT; i++) {
		if (judged->look->has_driver[i] && is(hw_drivers[i]))
			return true;
	}
	return false;
}

static bool binds_late(const struct hw_driver *driver)
{
	return driver->rate_to_bind > 0;
}

static bool takes_counters(const struct hw_driver *driver)
{
	return driver->takes_counters;
}

static unsigned int rate_to_bind(const struct judged *judged)
{
	unsigned int rate = 0;

	for (size_t i = 0; i < HW_DRIVER_COUNT; i++) {
		if (judged->look->has_driver[i] && hw_drivers[i]->rate_to_bind > rate)
			rate = hw_drivers[i]->rate_to_bind;
	}
	return rate;
}

/* Some hardware only takes flows with many packets. Then an entry must be there if there were twice
 * as many as it needs. */
static bool should_be_present(const struct judged *judged, int i)
{
	uint64_t duration_ms = judged->at_ms - judged->last->begin_ms;

	if (!reads_a_table(judged, binds_late))
		return true;
	return moved(judged, i) > 2 * rate_to_bind(judged) * duration_ms / 1000;
}

static bool was_ever_present(const struct judged *judged)
{
	return has(judged->now[0], SEEN_EVER_HARDWARE) || has(judged->now[1], SEEN_EVER_HARDWARE);
}

/*
 * The kernel offers a flow to the driver again when packets of it come by the CPU. So nothing is
 * wrong with one that is idle; and one that is not has been refused, or the driver believes to have
 * it. One that never was in a table may be in hardware that shows none.
 */
static bool judge_forgotten(const struct judged *judged, struct verdict *verdict)
{
	bool was_present = was_ever_present(judged);

	if (!stays_marked(judged) || !has_ports(judged->info) || !tables_are_known(judged) ||
	    !is_missing(judged, 0) || !is_missing(judged, 1) ||
	    !(should_be_present(judged, 0) || should_be_present(judged, 1)) || !is_alive(judged))
		return false;
	verdict->code = NFTO_FINDING_HW_FORGOTTEN;
	verdict->is_possible = !was_present;
	verdict->is_mended = was_present;
	snprintf(verdict->evidence, sizeof(verdict->evidence),
		 "not in the table at two looks%s; %" PRIu64 " packets by conntrack in between",
		 was_present ? ", but before" : "", moved(judged, 0) + moved(judged, 1));
	return true;
}

static bool judge_one_direction(const struct judged *judged, struct verdict *verdict)
{
	int missing = is_missing(judged, 0) ? 0 : 1;

	if (!stays_marked(judged) || !has_ports(judged->info) || !tables_are_known(judged) ||
	    !is_missing(judged, missing) || !is_present(judged, !missing) ||
	    !should_be_present(judged, missing))
		return false;
	verdict->code = NFTO_FINDING_HW_ONE_DIRECTION;
	snprintf(verdict->evidence, sizeof(verdict->evidence),
		 "the %s direction is not in the table at two looks; %" PRIu64
		 " packets of it by conntrack in between",
		 nfto_direction_name((enum nfto_direction)missing), moved(judged, missing));
	return true;
}

/*
 * What the table had counted at the last look must have reached conntrack by now. Only if both
 * directions are in hardware: packets of one in software keep the kernel from asking for the
 * counters of the other (nf_flow_offload_stats() asks when a tenth of the timeout has passed since
 * the flow was refreshed).
 */
static bool is_uncounted(const struct judged *judged, int i)
{
	const struct direction *now = judged->now[i], *before = judged->before[i];

	return has(now, SEEN_COUNTED | SEEN_HW_COUNTED) &&
	       has(before, SEEN_COUNTED | SEEN_HW_COUNTED) && moved(judged, i) == 0 &&
	       now->hw_packets > before->hw_packets && now->packets < before->hw_packets;
}

static bool judge_uncounted(const struct judged *judged, struct verdict *verdict)
{
	int i = is_uncounted(judged, 0) ? 0 : 1;

	if (!stays_marked(judged) || !is_present(judged, 0) || !is_present(judged, 1) ||
	    !judged->look->has_counters || !judged->last->has_counters ||
	    reads_a_table(judged, takes_counters) || !is_uncounted(judged, i))
		return false;
	judged->now[i]->seen |= SEEN_UNCOUNTED;
	verdict->code = NFTO_FINDING_HW_NOT_COUNTED;
	/* On a machine that is short of processor time, the kernel may only be late once. */
	verdict->is_possible = !has(judged->before[i], SEEN_UNCOUNTED);
	snprintf(verdict->evidence, sizeof(verdict->evidence),
		 "%s direction: %" PRIu64 " packets by the table, of which conntrack had %" PRIu64
		 " at both looks",
		 nfto_direction_name((enum nfto_direction)i), judged->now[i]->hw_packets,
		 judged->now[i]->packets);
	return true;
}

/* ---- Without a table */

static bool judge_still(const struct judged *judged, struct verdict *verdict)
{
	int moving = moved(judged, 0) > 0 ? 0 : 1;

	if (judged->look->has_tables || judged->last->has_tables || !stays_marked(judged) ||
	    judged->info->protocol != IPPROTO_TCP || !judged->look->has_counters ||
	    !judged->last->has_counters || !has(judged->now[!moving], SEEN_COUNTED) ||
	    moved(judged, !moving) > 0 || moved(judged, moving) < MOST_UNANSWERED)
		return false;
	verdict->code = NFTO_FINDING_HW_DIRECTION_STILL;
	/* The other end may have gone, or its answers take another way. */
	verdict->is_possible = true;
	snprintf(verdict->evidence, sizeof(verdict->evidence),
		 "between two looks %" PRIu64 " packets of the %s direction, none of the other",
		 moved(judged, moving), nfto_direction_name((enum nfto_direction)moving));
	return true;
}

static bool judge_flapping(const struct judged *judged, struct verdict *verdict)
{
	const struct direction *now = judged->now[0];

	if (!is_same_entry(judged) || now->returns == 0)
		return false;
	verdict->code = NFTO_FINDING_HW_FLAPPING;
	/* Once is what a change of the route does, or a firewall that was loaded anew. */
	verdict->is_possible = now->returns == 1;
	snprintf(verdict->evidence, sizeof(verdict->evidence),
		 "under traffic it has left the hardware %u time%s, and come back %u time%s",
		 now->falls, now->falls == 1 ? "" : "s", now->returns,
		 now->returns == 1 ? "" : "s");
	return true;
}

static bool judge_replaced(const struct judged *judged, struct verdict *verdict)
{
	if (!has(judged->now[0], SEEN_REPLACED))
		return false;
	verdict->code = NFTO_FINDING_HW_REPLACED;
	verdict->is_possible = true;
	snprintf(verdict->evidence, sizeof(verdict->evidence),
		 "its packets were counted in another entry, less than %" PRIu64
		 " s before this one was there",
		 judged->timeout_ms / 1000);
	return true;
}

size_t audit_judge(const struct judged *judged, struct verdict *verdicts)
{
	static bool (*const judges[AUDIT_MOST_VERDICTS])(const struct judged *,
							 struct verdict *) = {
		judge_forgotten, judge_one_direction, judge_uncounted,
		judge_still,	 judge_flapping,      judge_replaced,
	};
	size_t count = 0;

	for (size_t i = 0; i < AUDIT_MOST_VERDICTS; i++) {
		memset(&verdicts[count], 0, sizeof(verdicts[count]));
		count += judges[i](judged, &verdicts[count]);
	}
	return count;
}

/* ---- Without a connection */

/* A counter that has begun anew is that of another entry, which only looks the same. */
bool audit_is_leftover(const struct direction *now, const struct direction *before)
{
	return has(now, SEEN_HARDWARE) && has(before, SEEN_HARDWARE) && !has(now, SEEN_OFFLOADED) &&
	       !has(before, SEEN_OFFLOADED) && !has(now, SEEN_REPORTED) &&
	       now->hw_packets >= before->hw_packets;
}

void audit_judge_leftover(const struct hw_entry *entry, const struct direction *now,
			  const struct direction *before, struct verdict *verdict)
{
	uint64_t packets = now->hw_packets - before->hw_packets;
	bool has_entry = has(now, SEEN_ENTRY);

	memset(verdict, 0, sizeof(*verdict));
	verdict->code = NFTO_FINDING_HW_LEFTOVER;
	if (!has_entry && has(now, SEEN_EVER_MARKED) && packets > 0)
		verdict->code = NFTO_FINDING_HW_ENTRY_LOST;
	/* It may be a connection of another network namespace, or one that is bridged. */
	verdict->is_possible =
		!has_entry && !has(now, SEEN_EVER_MARKED) && entry->driver->is_of_machine;
	verdict->is_mild = packets == 0 || verdict->is_possible;
	snprintf(verdict->evidence, sizeof(verdict->evidence),
		 "in the table of %s at two looks, %" PRIu64 " packets in between; %s",
		 entry->driver->name, packets,
		 has_entry ? "its conntrack entry is not offloaded" : "no conntrack entry");
}
