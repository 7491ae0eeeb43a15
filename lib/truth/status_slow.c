// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Is nothing offloaded, since the connections that are forwarded have a path that does not end in
 * the flowtable? Where flows need their whole path (facts/whole_path.h) nothing leaks then, and no
 * counter moves.
 *
 * That a connection is not offloaded may be as it should: it is this host's own, or it just began.
 * So the busiest ones are explained, and only what stands in the way for good is told.
 */
#include <errno.h>
#include <netinet/in.h>

#include <linux/netfilter/nf_conntrack_common.h>

#include "codec/conntrack.h"
#include "facts/whole_path.h"
#include "inquiry.h"
#include "replay.h"
#include "status.h"

/* ---- In the pass over all connections */

void status_begin_slow(struct nfto_ctx *ctx, struct nfto_status *status)
{
	const struct instance *instance = &status->instance;

	status->may_be_in_vain = status->is_instance && instance->exists && instance->is_whole &&
				 !instance->is_drained && !instance->is_dormant &&
				 instance->inserted.packets == 0 &&
				 whole_path_ask_once(ctx) == NFTO_YES;
}

static bool could_be_offloaded(const struct flow_info *info)
{
	return info->status & IPS_ASSURED &&
	       (info->protocol == IPPROTO_TCP || info->protocol == IPPROTO_UDP);
}

static uint64_t packets_of(const struct flow_info *info)
{
	return info->sides[0].counter.packets + info->sides[1].counter.packets;
}

/* Where a busier one goes; NULL if all that are kept are busier. */
static struct slow_flow *find_place(struct slow_flows *slow, uint64_t packets)
{
	struct slow_flow *least = &slow->items[0];

	if (slow->count < SLOW_FLOW_COUNT)
		return &slow->items[slow->count++];
	for (size_t i = 1; i < slow->count; i++) {
		if (slow->items[i].packets < least->packets)
			least = &slow->items[i];
	}
	return least->packets < packets ? least : NULL;
}

static void keep(struct slow_flows *slow, const struct flow_info *info)
{
	struct slow_flow *place = find_place(slow, packets_of(info));
	const struct flow_side *opener = &info->sides[0];

	if (!place)
		return;
	*place = (struct slow_flow){
		.tuple = { .protocol = info->protocol, .zone = info->zone },
		.packets = packets_of(info),
	};
	end_set(&place->tuple.source, info->family, opener->source, opener->source_port);
	end_set(&place->tuple.destination, info->family, opener->destination,
		opener->destination_port);
}

int status_take_slow(struct nfto_status *status, const struct nlmsghdr *message)
{
	struct flow_info info;
	int ret;

	if (!status->may_be_in_vain)
		return 0;
	ret = conntrack_parse(message, &info);
	if (ret == 0 && could_be_offloaded(&info))
		keep(&status->slow, &info);
	return ret;
}

/* ---- After it */

static bool has_flow(const struct nfto_status *status)
{
	return nfto_flow_counts_get(&status->counts, NFTO_FLOW_SOFTWARE) +
		       nfto_flow_counts_get(&status->counts, NFTO_FLOW_HARDWARE) +
		       nfto_flow_counts_get(&status->counts, NFTO_FLOW_CLOSING) >
	       0;
}

static bool stays_in_the_way(const struct nfto_finding *finding)
{
	return finding->code == NFTO_FINDING_UNLISTED_DEVICE ||
	       finding->code == NFTO_FINDING_TOO_DEEP || finding->code == NFTO_FINDING_NO_PATH;
}

/* Nobody forwards between one interface and itself, or hardly anybody. */
static bool is_for_one_interface(const struct nfto_status *status)
{
	const struct wanted *wanted = &status->instance.wanted;

	return wanted->count == 1 && !wanted->names[0].is_prefix;
}

/* Between several interfaces, it may be that those which are meant have no traffic now. */
static int add_finding(struct nfto_ctx *ctx, struct nfto_status *status,
		       const struct nfto_finding *cause)
{
	bool is_for_one = is_for_one_interface(status);
	struct nfto_finding *finding = findings_add(
		&status->findings, NFTO_FINDING_NOTHING_OFFLOADED,
		"no flow since it was made%s%s; %s", is_for_one ? " for one interface, " : "",
		is_for_one ? status->instance.wanted.names[0].name : "", cause->evidence);

	if (!finding)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	finding->is_certain = is_for_one && cause->is_certain;
	return 1;
}

/* 1 if it was told, 0, or a negative errno. */
static int explain(struct nfto_ctx *ctx, struct nfto_status *status, const struct slow_flow *flow)
{
	struct inquiry inquiry;
	enum nfto_verdict verdict;
	int ret = inquiry_open(ctx, status->name, &flow->tuple, &inquiry);

	if (ret == 0)
		ret = replay(&inquiry, &verdict);
	if (ret == 0 && verdict == NFTO_VERDICT_NOT_OFFLOADED && inquiry.findings.count > 0 &&
	    stays_in_the_way(&inquiry.findings.items[0]))
		ret = add_finding(ctx, status, &inquiry.findings.items[0]);
	inquiry_close(&inquiry);
	return ret;
}

int status_explain_slow(struct nfto_ctx *ctx, struct nfto_status *status)
{
	int ret = 0;

	if (status->slow.count == 0 || has_flow(status))
		return 0;
	for (size_t i = 0; i < status->slow.count && ret == 0; i++)
		ret = explain(ctx, status, &status->slow.items[i]);
	return ret < 0 ? ret : 0;
}
