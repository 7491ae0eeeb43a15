// SPDX-License-Identifier: LGPL-2.1-or-later
/* Flows in software where hardware was asked for: which of them has the hardware declined? */
#include <netinet/in.h>
#include <sys/socket.h>

#include "codec/conntrack.h"
#include "facts/flow_state.h"
#include "facts/flows.h"
#include "status.h"

/* Conntrack does not say by which flowtable a flow is offloaded. */
static bool may_be_of_a_software_flowtable(const struct nfto_status *status)
{
	for (size_t i = 0; i < status->flowtables.count; i++) {
		const struct flowtable_info *info = &status->flowtables.items[i].info;

		if (info->device_count > 0 && !(info->flags & NFTO_FLOWTABLE_HARDWARE))
			return true;
	}
	return false;
}

static bool belong_into_hardware(const struct nfto_status *status)
{
	return status->effective == NFTO_MODE_HARDWARE && !may_be_of_a_software_flowtable(status);
}

/* All but those of TCP, as of a software_flow without an earlier look. */
static uint64_t count_other_protocols(const struct nfto_status *status)
{
	const struct nfto_flow_counts *counts = &status->counts;

	return nfto_flow_counts_get(counts, NFTO_FLOW_SOFTWARE) -
	       nfto_flow_counts_of(counts, NFTO_FLOW_SOFTWARE, AF_UNSPEC, IPPROTO_TCP);
}

NFTO_API uint64_t nfto_status_declined(const struct nfto_status *now,
				       const struct nfto_status *before)
{
	uint64_t declined = 0;

	if (!belong_into_hardware(now))
		return 0;
	if (!before)
		return count_other_protocols(now);
	for (size_t i = 0; i < now->software.count; i++) {
		const struct software_flow *flow = &now->software.items[i], *earlier;

		earlier = software_flows_find(&before->software, flow->progress.id);
		declined += earlier && software_flow_is_declined(flow, earlier);
	}
	return declined;
}

NFTO_API bool nfto_flow_is_declined(const struct nfto_flow *flow, const struct nfto_status *before)
{
	const struct software_flow now = software_flow_of(flow_info_of(flow)), *earlier;

	if (nfto_flow_state(flow) != NFTO_FLOW_SOFTWARE || !belong_into_hardware(before))
		return false;
	earlier = software_flows_find(&before->software, now.progress.id);
	return earlier && software_flow_is_declined(&now, earlier);
}

static bool has_hardware_flow(const struct nfto_status *status)
{
	return nfto_flow_counts_get(&status->counts, NFTO_FLOW_HARDWARE) +
		       nfto_flow_counts_get(&status->counts, NFTO_FLOW_CLOSING) >
	       0;
}

bool status_is_all_in_software(const struct nfto_status *now, const struct nfto_status *before)
{
	return !has_hardware_flow(now) && !(before && has_hardware_flow(before)) &&
	       nfto_status_declined(now, before) > 0;
}
