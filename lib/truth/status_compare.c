// SPDX-License-Identifier: LGPL-2.1-or-later
/* What two looks tell that one can't: rates, and whether hardware forwards. */
#include <errno.h>
#include <string.h>

#include "status.h"

/*
 * The kernel counts what it receives with 32 bits. In this time it can't receive so many packets
 * that they are back where they were: 140 million a second.
 */
#define LONGEST_INTERVAL_MS 30000

/*
 * What flows have counted must be more than twice what was received, and some: a packet can be
 * counted twice on its way (in a VRF conntrack sees it twice), and some may be between the two
 * places.
 */
#define RECEIVED_FACTOR 2
#define RECEIVED_MARGIN 64

NFTO_API const char *nfto_confidence_name(enum nfto_confidence confidence)
{
	switch (confidence) {
	case NFTO_CONFIDENCE_NONE:
		return "none";
	case NFTO_CONFIDENCE_CLAIMED:
		return "claimed";
	case NFTO_CONFIDENCE_CONFIRMED:
		return "confirmed";
	}
	return "unknown";
}

static bool are_of_one_name(const struct nfto_status *now, const struct nfto_status *before)
{
	return now->is_instance == before->is_instance && now->family == before->family &&
	       strcmp(now->name, before->name) == 0;
}

/* ---- Rates */

/* A counter belongs to a rule: no other rule of its table ever has its handle, and no other table
 * that of the table. */
static int rate_between(const struct nfto_status *now, const struct nfto_status *before,
			const uint64_t handles[2], const uint64_t counts[2], double *rate)
{
	if (handles[0] == 0 || handles[0] != handles[1] ||
	    now->instance.table_handle != before->instance.table_handle || counts[1] < counts[0] ||
	    now->read_at_ms <= before->read_at_ms)
		return -ENODATA;
	*rate = (double)(counts[1] - counts[0]) * 1000 /
		(double)(now->read_at_ms - before->read_at_ms);
	return 0;
}

NFTO_API int nfto_status_inserted_per_s(const struct nfto_status *now,
					const struct nfto_status *before, double *rate)
{
	const struct instance *first = &before->instance, *second = &now->instance;

	return rate_between(now, before, (uint64_t[]){ first->offload_rule, second->offload_rule },
			    (uint64_t[]){ first->inserted.packets, second->inserted.packets },
			    rate);
}

NFTO_API int nfto_status_leaked_per_s(const struct nfto_status *now,
				      const struct nfto_status *before, double *rate)
{
	const struct instance *first = &before->instance, *second = &now->instance;

	return rate_between(now, before, (uint64_t[]){ first->leak_rule, second->leak_rule },
			    (uint64_t[]){ first->leaked.packets, second->leaked.packets }, rate);
}

/* ---- Confidence */

static const struct busy_flow *find_flow(const struct busy_flows *busy, uint32_t id)
{
	for (size_t i = 0; i < busy->count; i++) {
		if (busy->items[i].id == id)
			return &busy->items[i];
	}
	return NULL;
}

/* 0 if none is in both: then nothing was counted. */
static size_t add_growth(const struct busy_flows *now, const struct busy_flows *before,
			 uint64_t *packets)
{
	size_t found = 0;

	*packets = 0;
	for (size_t i = 0; i < now->count; i++) {
		const struct busy_flow *flow = find_flow(before, now->items[i].id);

		if (!flow || flow->packets > now->items[i].packets)
			continue;
		*packets += now->items[i].packets - flow->packets;
		found++;
	}
	return found;
}

NFTO_API int nfto_status_packets_between(const struct nfto_status *now,
					 const struct nfto_status *before, uint64_t *counted,
					 uint64_t *received)
{
	uint64_t by_flows, by_kernel;

	if (now->read_at_ms <= before->read_at_ms ||
	    now->read_at_ms - before->read_at_ms > LONGEST_INTERVAL_MS ||
	    add_growth(&now->busy, &before->busy, &by_flows) == 0 ||
	    received_between(&before->received_before, &now->received_after, &by_kernel) < 0)
		return -ENODATA;
	*counted = by_flows;
	*received = by_kernel;
	return 0;
}

/* Conntrack does not say by which flowtable a flow is offloaded. */
static bool is_only_one_in_hardware(const struct nfto_status *status)
{
	size_t count = 0;

	for (size_t i = 0; i < status->flowtables.count; i++)
		count += (status->flowtables.items[i].info.flags & NFTO_FLOWTABLE_HARDWARE) != 0;
	return count == 1;
}

static bool is_confirmed(const struct nfto_status *now, const struct nfto_status *before)
{
	uint64_t counted, received;

	return before && are_of_one_name(now, before) && before->effective == NFTO_MODE_HARDWARE &&
	       is_only_one_in_hardware(before) && is_only_one_in_hardware(now) &&
	       nfto_status_packets_between(now, before, &counted, &received) == 0 &&
	       counted > RECEIVED_FACTOR * received + RECEIVED_MARGIN;
}

NFTO_API enum nfto_confidence nfto_status_confidence(const struct nfto_status *now,
						     const struct nfto_status *before)
{
	if (now->effective != NFTO_MODE_HARDWARE || status_is_all_in_software(now, before))
		return NFTO_CONFIDENCE_NONE;
	return is_confirmed(now, before) ? NFTO_CONFIDENCE_CONFIRMED : NFTO_CONFIDENCE_CLAIMED;
}
