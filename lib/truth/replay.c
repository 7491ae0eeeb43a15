// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel's way from a packet in the forward chain to a flow in hardware, gone once more with
 * what it tells of a connection. The order is that of nft_flow_offload_eval() in
 * net/netfilter/nft_flow_offload.c, and the first thing that stands in the way is the cause: what
 * comes behind it was never reached.
 */
#include "check.h"
#include "replay.h"

/* Goes through checks, up to the first that finds something. */
static int first_of(struct inquiry *inquiry, check *const *checks, size_t count)
{
	int ret = 0;

	for (size_t i = 0; i < count && ret == 0; i++)
		ret = checks[i](inquiry);
	return ret;
}

#define FIRST_OF(inquiry, checks) first_of(inquiry, checks, sizeof(checks) / sizeof((checks)[0]))

static int replay_slow(struct inquiry *inquiry)
{
	static check *const checks[] = {
		check_instance, check_protocol, check_leaving,	    check_tcp_state, check_helper,
		check_status,	check_ways,	check_first_packet, check_threshold, check_paths,
		check_idle,	check_ipsec,	check_next_hops,    check_rest,
	};

	return FIRST_OF(inquiry, checks);
}

/* Of a connection that conntrack does not find, only the detector speaks. */
static void doubt(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		findings->items[i].is_certain = false;
}

/* Any flowtable may have marked it; ours is known only if the instance is there. */
static int replay_marked(struct inquiry *inquiry)
{
	static check *const checks[] = { check_ghosts, check_leaks, check_hardware, check_mode };
	int ret = inquiry_find_ways(inquiry);

	if (ret == 0)
		ret = inquiry_find_leaks(inquiry);
	if (ret == 0)
		ret = FIRST_OF(inquiry, checks);
	if (!inquiry->exists)
		doubt(&inquiry->findings);
	return ret;
}

/* It need not be the cause of anything, so it does not stand against what comes behind it. */
static int told_as_not_tracked(struct inquiry *inquiry)
{
	const char *name = inquiry->tuple.zone ? "in this zone" : "in the default zone";
	int ret;

	if (!connection_is_looked_up(inquiry->tuple.protocol))
		return 0;
	ret = found(inquiry, findings_add(&inquiry->findings, NFTO_FINDING_NOT_TRACKED,
					  "looked for %s", name));
	return ret < 0 ? ret : 0;
}

static int replay_new(struct inquiry *inquiry, bool *is_blocked)
{
	static check *const obstacles[] = { check_instance, check_protocol, check_ways,
					    check_ghosts };
	static check *const remarks[] = { check_hardware, check_mode };
	int ret;

	ret = told_as_not_tracked(inquiry);
	if (ret == 0)
		ret = FIRST_OF(inquiry, obstacles);
	*is_blocked = ret > 0;
	return ret == 0 ? FIRST_OF(inquiry, remarks) : ret;
}

static enum nfto_verdict verdict_of_marked(const struct inquiry *inquiry)
{
	if (is_leaking(inquiry, IP_CT_DIR_ORIGINAL) || is_leaking(inquiry, IP_CT_DIR_REPLY))
		return NFTO_VERDICT_PRETENDS;
	return inquiry->state == NFTO_FLOW_HARDWARE ? NFTO_VERDICT_HARDWARE : NFTO_VERDICT_SOFTWARE;
}

int replay(struct inquiry *inquiry, enum nfto_verdict *verdict)
{
	bool is_blocked;
	int ret;

	if (inquiry->is_marked) {
		ret = replay_marked(inquiry);
		*verdict = verdict_of_marked(inquiry);
	} else if (inquiry->exists) {
		ret = replay_slow(inquiry);
		*verdict = NFTO_VERDICT_NOT_OFFLOADED;
	} else {
		ret = replay_new(inquiry, &is_blocked);
		*verdict = is_blocked ? NFTO_VERDICT_WOULD_NOT_BE_OFFLOADED :
					NFTO_VERDICT_WOULD_BE_OFFLOADED;
	}
	return ret < 0 ? ret : 0;
}
