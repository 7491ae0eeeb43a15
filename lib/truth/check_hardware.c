// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a flow is in software, where hardware was asked for. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "facts/hw_tc_offload.h"

static bool is_for_hardware(const struct inquiry *inquiry)
{
	return instance_effective(&inquiry->instance) == NFTO_MODE_HARDWARE;
}

/* Without the Ethernet address of a next hop there is nothing to write into the hardware. */
static int check_neighbours(struct inquiry *inquiry)
{
	if (!inquiry->is_marked || !inquiry->has_paths)
		return 0;
	for (int direction = 0; direction < 2; direction++) {
		const struct path *path = &inquiry->paths[direction];

		/* Of one that nobody asks for, the flow has the address already. */
		if (path->end == PATH_NO_NEIGHBOUR && path->is_asked_for)
			return found(inquiry,
				     add_lost_way(inquiry, NFTO_FINDING_NO_NEIGHBOUR, path));
	}
	return 0;
}

/* A switch's port hands the flows to its conduit. */
static int find_asked_device(struct inquiry *inquiry, const struct path *path,
			     struct link_info *device)
{
	*device = path->bottom;
	if (strcmp(device->kind, "dsa") != 0)
		return 1;
	return network_link(inquiry->ctx, path->bottom.lower, device);
}

/* 1 if it is off, 0 if not or unknown, or a negative errno. */
static int is_feature_off(struct inquiry *inquiry, struct hw_tc_offload *session,
			  const struct path *path, struct link_info *device)
{
	enum nfto_hw_tc_offload state;
	int ret = find_asked_device(inquiry, path, device);

	if (ret <= 0)
		return ret;
	ret = hw_tc_offload_read(inquiry->ctx, session, device->name, &state);
	if (ret == -ENODEV)
		return 0;
	if (ret < 0)
		return ret;
	return state == NFTO_HW_TC_OFFLOAD_OFF || state == NFTO_HW_TC_OFFLOAD_FIXED_OFF;
}

/* Each device of the flowtable is asked for each flow, and one that takes it is enough; but those
 * on the way are those that can. */
static int check_features_with(struct inquiry *inquiry, struct hw_tc_offload *session)
{
	struct link_info devices[2];
	struct nfto_finding *finding;

	for (int direction = 0; direction < 2; direction++) {
		int ret = is_feature_off(inquiry, session, &inquiry->paths[direction],
					 &devices[direction]);

		if (ret <= 0)
			return ret;
	}
	finding = findings_add(&inquiry->findings, NFTO_FINDING_HW_TC_OFFLOAD_OFF,
			       "ethtool: off for %s and %s", devices[0].name, devices[1].name);
	if (finding)
		finding_advise(finding,
			       "ethtool -K %s hw-tc-offload on; ethtool -K %s hw-tc-offload on",
			       devices[0].name, devices[1].name);
	return found(inquiry, finding);
}

static int check_features(struct inquiry *inquiry)
{
	struct hw_tc_offload session;
	int ret;

	if (!inquiry->has_paths)
		return 0;
	ret = hw_tc_offload_open(inquiry->ctx, &session);
	if (ret < 0)
		return ret;
	ret = check_features_with(inquiry, &session);
	hw_tc_offload_close(&session);
	return ret;
}

/* By one look alone a flow of TCP may be closing as well. */
static struct nfto_finding *add_declined(struct inquiry *inquiry, enum nfto_finding_code code,
					 const struct software_flow *now)
{
	char moved[64] = "";
	uint64_t packets;

	if (software_flow_moved(now, inquiry->before, &packets))
		snprintf(moved, sizeof(moved), ", %" PRIu64 " packets since the first look",
			 packets);
	return findings_add(
		&inquiry->findings, code,
		"the flowtable is for hardware, conntrack: OFFLOAD without HW_OFFLOAD%s", moved);
}

static int suspect_driver(struct inquiry *inquiry)
{
	struct software_flow now = software_flow_of(&inquiry->connection.info);
	struct nfto_finding *finding;

	if (inquiry->state != NFTO_FLOW_SOFTWARE)
		return 0;
	if (software_flow_is_declined(&now, inquiry->before))
		return suspect(inquiry, add_declined(inquiry, NFTO_FINDING_DRIVER_DECLINED, &now));
	finding = add_declined(inquiry, NFTO_FINDING_MAYBE_CLOSING, &now);
	if (finding && inquiry->before)
		finding_advise(finding, "%s", "");
	return suspect(inquiry, finding);
}

int check_hardware(struct inquiry *inquiry)
{
	int ret;

	if (!is_for_hardware(inquiry) || inquiry->state == NFTO_FLOW_HARDWARE)
		return 0;
	ret = check_ipsec(inquiry);
	if (ret == 0)
		ret = check_neighbours(inquiry);
	if (ret == 0)
		ret = check_features(inquiry);
	return ret == 0 ? suspect_driver(inquiry) : ret;
}

int check_mode(struct inquiry *inquiry)
{
	const struct instance *instance = &inquiry->instance;

	if (inquiry->state == NFTO_FLOW_HARDWARE || instance->requested == NFTO_MODE_SOFTWARE ||
	    instance_effective(instance) != NFTO_MODE_SOFTWARE)
		return 0;
	return found(inquiry,
		     findings_add(&inquiry->findings, NFTO_FINDING_SOFTWARE_MODE,
				  "asked for was mode %s", nfto_mode_name(instance->requested)));
}
