// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel does in the end, and what else stands in the way. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "status.h"

/* More connections than this part of the maximum are too many. */
#define FULL_PERCENT 90

/* ---- The effective mode */

static bool has_device(const struct nfto_status *status, enum nfto_device_state state)
{
	for (size_t i = 0; i < status->device_count; i++) {
		if (status->devices[i].state == state)
			return true;
	}
	return false;
}

/* Of what is missing, or waited for, nothing is bound. */
static bool has_bound_device(const struct nfto_status *status)
{
	for (size_t i = 0; i < status->device_count; i++) {
		if (status->devices[i].state != NFTO_DEVICE_MISSING &&
		    status->devices[i].state != NFTO_DEVICE_WAITING)
			return true;
	}
	return false;
}

static enum nfto_mode bound_mode(const struct nfto_status *status)
{
	if (!status_is_hardware(status))
		return NFTO_MODE_SOFTWARE;
	/* One device that takes the flows is enough: the kernel offers each flow to all. */
	if (has_device(status, NFTO_DEVICE_FEATURE_OFF) &&
	    !has_device(status, NFTO_DEVICE_HARDWARE))
		return NFTO_MODE_SOFTWARE;
	return NFTO_MODE_HARDWARE;
}

static enum nfto_mode effective_mode(const struct nfto_status *status)
{
	if (!status->flowtable || !has_bound_device(status))
		return NFTO_MODE_NONE;
	if (status->is_instance && !status->instance.is_whole)
		return NFTO_MODE_NONE;
	if (status->rule.answer == NFTO_NO || status->reach.answer == NFTO_NO)
		return NFTO_MODE_NONE;
	return bound_mode(status);
}

/* ---- What else is wrong */

static const char *missing_part(const struct instance *instance)
{
	if (!instance->flowtable)
		return "the flowtable " INSTANCE_FLOWTABLE " is missing";
	if (!instance->has_chain)
		return "the chain " INSTANCE_CHAIN " is missing";
	if (!instance->has_wanted)
		return "the set " WANTED_SET " is missing";
	return "the rules are not those that were made";
}

static int judge_instance(struct nfto_status *status)
{
	const struct instance *instance = &status->instance;

	if (!instance->exists)
		return 0;
	if (instance->is_drained)
		return findings_add(&status->findings, NFTO_FINDING_DRAINED,
				    "the table holds the note of a drain") ?
			       0 :
			       -ENOMEM;
	if (instance->is_whole)
		return 0;
	return findings_add(&status->findings, NFTO_FINDING_INCOMPLETE, "%s",
			    missing_part(instance)) ?
		       0 :
		       -ENOMEM;
}

static int judge_device_count(struct nfto_status *status)
{
	if (!status->flowtable || status->flowtable->device_count > 0)
		return 0;
	return findings_add(&status->findings, NFTO_FINDING_NO_DEVICES, "the kernel lists none") ?
		       0 :
		       -ENOMEM;
}

/* It may be so for the moment that the hardware takes. */
static int judge_flows(struct nfto_status *status)
{
	uint64_t software = nfto_flow_counts_get(&status->counts, NFTO_FLOW_SOFTWARE);
	struct nfto_finding *finding;

	if (!status_is_all_in_software(status, NULL))
		return 0;
	finding = findings_add(&status->findings, NFTO_FINDING_ALL_IN_SOFTWARE,
			       "%" PRIu64 " flow%s in software, none in hardware", software,
			       software == 1 ? "" : "s");
	if (!finding)
		return -ENOMEM;
	finding->is_certain = false;
	return 0;
}

static int judge_counting(struct nfto_status *status)
{
	if (status->effective != NFTO_MODE_HARDWARE)
		return 0;
	if (!(status->flowtable->flags & NFTO_FLOWTABLE_COUNTER))
		return findings_add(&status->findings, NFTO_FINDING_ACCOUNTING_OFF,
				    "the flowtable does not have the flag counter") ?
			       0 :
			       -ENOMEM;
	if (!setting_is_off(&status->settings, NFTO_SETTING_CONNTRACK_ACCT))
		return 0;
	return findings_add(&status->findings, NFTO_FINDING_ACCOUNTING_OFF,
			    "net.netfilter.nf_conntrack_acct is 0") ?
		       0 :
		       -ENOMEM;
}

static int judge_conntrack(struct nfto_status *status)
{
	uint64_t count, max;

	if (setting_get(&status->settings, NFTO_SETTING_CONNTRACK_COUNT, &count) < 0 ||
	    setting_get(&status->settings, NFTO_SETTING_CONNTRACK_MAX, &max) < 0 || max == 0 ||
	    count < max / 100 * FULL_PERCENT)
		return 0;
	return findings_add(&status->findings, NFTO_FINDING_CONNTRACK_FULL,
			    "%" PRIu64 " connections of %" PRIu64, count, max) ?
		       0 :
		       -ENOMEM;
}

/* ---- All of it */

/* By severity, and then in the order in which they were found. */
static void sort_findings(struct findings *findings)
{
	for (size_t i = 1; i < findings->count; i++) {
		struct nfto_finding finding = findings->items[i];
		size_t place = i;

		for (; place > 0 && findings->items[place - 1].severity < finding.severity; place--)
			findings->items[place] = findings->items[place - 1];
		findings->items[place] = finding;
	}
}

int status_judge_mode(struct nfto_status *status)
{
	int ret;

	status->effective = effective_mode(status);
	ret = judge_instance(status);
	if (ret == 0)
		ret = judge_device_count(status);
	if (ret == 0)
		ret = judge_flows(status);
	if (ret == 0)
		ret = judge_counting(status);
	if (ret == 0)
		ret = judge_conntrack(status);
	sort_findings(&status->findings);
	return ret;
}
