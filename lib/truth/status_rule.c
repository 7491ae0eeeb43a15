// SPDX-License-Identifier: LGPL-2.1-or-later
/* Is there a rule that puts flows into the flowtable, and do packets come to it? */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <linux/netfilter.h>

#include "status.h"

static int add(struct nfto_status *status, enum nfto_finding_code code, const char *evidence)
{
	return findings_add(&status->findings, code, "%s", evidence) ? 0 : -ENOMEM;
}

static int deny(struct nfto_status *status, struct proof *answer, enum nfto_finding_code code,
		const char *evidence)
{
	proof_set(answer, NFTO_NO, evidence);
	return add(status, code, answer->evidence);
}

/* ---- The rule */

static int judge_rule(struct nfto_status *status)
{
	char text[128];

	if (!status->flowtable || status->flowtable->use == 0)
		return deny(status, &status->rule, NFTO_FINDING_NO_RULE,
			    status->flowtable ?
				    "the kernel counts no rule that uses the flowtable" :
				    "there is no flowtable");
	if (status->is_instance && !status->instance.offload_rule)
		return deny(status, &status->rule, NFTO_FINDING_NO_RULE,
			    "our offload rule is not there");
	snprintf(text, sizeof(text),
		 "the kernel counts %" PRIu32 " use%s of the flowtable by rules",
		 status->flowtable->use, status->flowtable->use == 1 ? "" : "s");
	proof_set(&status->rule, NFTO_YES, text);
	return 0;
}

/* ---- The way to it */

/* Single interfaces can forward although the setting for all says no; so it is not certain. */
static int judge_forwarding(struct nfto_status *status)
{
	struct nfto_finding *finding;

	if (!setting_is_off(&status->settings, NFTO_SETTING_IPV4_FORWARDING))
		return 0;
	if (!setting_is_off(&status->settings, NFTO_SETTING_IPV6_FORWARDING)) {
		finding = findings_add(&status->findings, NFTO_FINDING_FORWARDING_OFF,
				       "net.ipv4.ip_forward is 0");
		if (!finding)
			return -ENOMEM;
		finding->severity = NFTO_SEVERITY_WARNING;
		finding->is_certain = false;
		return 0;
	}
	proof_set(&status->reach, NFTO_NO,
		  "net.ipv4.ip_forward and net.ipv6.conf.all.forwarding are 0");
	finding = findings_add(&status->findings, NFTO_FINDING_FORWARDING_OFF, "%s",
			       status->reach.evidence);
	if (!finding)
		return -ENOMEM;
	finding->is_certain = false;
	return 0;
}

static int judge_chain(struct nfto_status *status)
{
	const struct instance *instance = &status->instance;
	char text[128];

	if (!instance->has_chain || !instance->chain.is_base ||
	    instance->chain.hook != NF_INET_FORWARD)
		return deny(status, &status->reach, NFTO_FINDING_NOT_ON_FORWARD,
			    instance->has_chain ? "the chain " INSTANCE_CHAIN
						  " is not on the forward hook" :
						  "there is no chain " INSTANCE_CHAIN);
	snprintf(text, sizeof(text),
		 "the chain " INSTANCE_CHAIN " is on the forward hook, with priority %" PRId32,
		 instance->chain.priority);
	proof_set(&status->reach, NFTO_YES, text);
	return 0;
}

static int judge_reach(struct nfto_status *status)
{
	int ret = 0;

	if (status->is_instance)
		ret = judge_chain(status);
	else
		proof_set(&status->reach, NFTO_UNKNOWN,
			  "which chains lead to a rule of others is not looked at");
	if (ret == 0 && status->is_dormant)
		ret = deny(status, &status->reach, NFTO_FINDING_DORMANT,
			   "the table has the flag dormant");
	return ret == 0 ? judge_forwarding(status) : ret;
}

int status_judge_rule(struct nfto_status *status)
{
	int ret;

	proof_set(&status->rule, NFTO_NO, "there is no such instance");
	proof_set(&status->reach, NFTO_NO, "there is no such instance");
	if (status->is_instance && !status->instance.exists)
		return add(status, NFTO_FINDING_NO_INSTANCE, "");
	ret = judge_rule(status);
	return ret == 0 ? judge_reach(status) : ret;
}
