// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a plan says to people. */
#include <stdio.h>

#include "plan.h"
#include "plan_rules.h"

static const struct {
	const char *name;
	const char *
		sentence; /* of a device that is left out or missing, where it needs no other name */
} texts[] = {
	[NFTO_PLAN_EXPLICIT] = { "explicit", "" },
	[NFTO_PLAN_ENTRY] = { "entry", "" },
	[NFTO_PLAN_ROUTE] = { "route", "" },
	[NFTO_PLAN_BETWEEN] = { "between", "only passed: flows are kept for the devices below it" },
	[NFTO_PLAN_NO_HARDWARE] = { "no-hardware",
				    "has no hardware of its own; the devices below it are asked" },
	[NFTO_PLAN_NO_DRIVER] = { "no-driver", "" },
	[NFTO_PLAN_HANDED_OVER] = { "handed-over", "" },
	[NFTO_PLAN_CONDUIT] = { "conduit", "" },
	[NFTO_PLAN_TOO_DEEP] = { "too-deep",
				 "the kernel does not follow so many tags, sessions and devices" },
	[NFTO_PLAN_INNER_TAG] = { "inner-tag",
				  "the kernel does not read an 802.1ad tag inside of another tag" },
	[NFTO_PLAN_TUNNEL] = { "tunnel", "no hardware takes what comes out of a tunnel" },
	[NFTO_PLAN_IPSEC] = { "ipsec",
			      "IPsec: each packet is held against a policy, so none is offloaded" },
	[NFTO_PLAN_LOOPBACK] = { "loopback", "its packets are this host's own" },
	[NFTO_PLAN_EMPTY] = { "empty", "a bridge without ports" },
	[NFTO_PLAN_ELSEWHERE] = { "elsewhere",
				  "the device below it is in another network namespace" },
	[NFTO_PLAN_LOOP] = { "loop", "stands on itself" },
	[NFTO_PLAN_UNKNOWN_SESSION] = { "unknown-session",
					"the device below its session is not known" },
	[NFTO_PLAN_NO_PATH_DISCOVERY] = { "no-path-discovery",
					  "this kernel does not look at the devices below it" },
	[NFTO_PLAN_NO_PPPOE_MATCH] = { "no-pppoe-match", "" },
	[NFTO_PLAN_NO_DEVICE] = { "no-device", "there is no such device now" },
	[NFTO_PLAN_VLAN_FILTERING] = { "vlan-filtering", "a port of a bridge with VLAN filtering: "
							 "flows that are kept "
							 "here may leave without their tag" },
	[NFTO_PLAN_NO_PATH] = { "no-path", "this kernel can't follow a path through it, and "
					   "offloads nothing without" },
	[NFTO_PLAN_LOST_IN_TUNNEL] = { "lost-in-tunnel",
				       "IPv4 over IPv6: this kernel would lose what it offloads" },
	[NFTO_PLAN_NO_MATCH] = { "no-match", "nothing that is there now has such a name" },
};

#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

NFTO_API const char *nfto_plan_reason_name(enum nfto_plan_reason reason)
{
	return (size_t)reason < TEXT_COUNT && texts[reason].name ? texts[reason].name : "unknown";
}

NFTO_API const char *nfto_plan_decision_name(enum nfto_plan_decision decision)
{
	switch (decision) {
	case NFTO_PLAN_TAKEN:
		return "taken";
	case NFTO_PLAN_LEFT_OUT:
		return "left-out";
	case NFTO_PLAN_MISSING:
		return "missing";
	case NFTO_PLAN_WAITING:
		return "waiting";
	}
	return "unknown";
}

static const char *sentence_of_taken(const struct nfto_plan_device *device)
{
	switch (device->reason) {
	case NFTO_PLAN_EXPLICIT:
		return "given as a device, so it is taken as it is";
	case NFTO_PLAN_ROUTE:
		return "routes go over it: for flows that are not kept below it";
	case NFTO_PLAN_TUNNEL:
		return "for what is inside the tunnel; the packets around it are this host's";
	case NFTO_PLAN_ELSEWHERE:
	case NFTO_PLAN_UNKNOWN_SESSION:
		return texts[device->reason].sentence;
	default:
		return "packets come in here";
	}
}

static void write_taken(struct nfto_plan_device *device, const char *about, const char *slow)
{
	char *sentence = device->sentence;
	size_t size = sizeof(device->sentence), used;

	if (device->about)
		used = (size_t)snprintf(sentence, size,
					"packets come in here, if the session of %s is over it",
					about);
	else
		used = (size_t)snprintf(sentence, size, "%s", sentence_of_taken(device));
	/* Which the device was left out for, if nothing else needed it. */
	if (device->slow)
		snprintf(sentence + used, size - used,
			 "; flows of %s are kept here too, and not found", slow);
}

static void write_left_out(struct nfto_plan_device *device, const char *about)
{
	char *sentence = device->sentence, kind[4 * LINK_KIND_SIZE];
	size_t size = sizeof(device->sentence);

	switch (device->reason) {
	case NFTO_PLAN_HANDED_OVER:
		snprintf(sentence, size, "%s takes its packets over; flows are kept there", about);
		return;
	case NFTO_PLAN_CONDUIT:
		snprintf(sentence, size,
			 "carries a switch's frames; flows are kept for ports such as %s", about);
		return;
	case NFTO_PLAN_NO_DRIVER:
		name_escape(device->link->kind, kind, sizeof(kind));
		snprintf(sentence, size, "no driver takes flows of a %.99s into hardware", kind);
		return;
	case NFTO_PLAN_NO_PPPOE_MATCH:
		snprintf(sentence, size, "this kernel does not find the PPPoE flows of %s here",
			 about);
		return;
	case NFTO_PLAN_LOST_IN_TUNNEL:
		if (!device->about)
			break;
		snprintf(sentence, size,
			 "this kernel would lose the IPv4 connections of the tunnel %s here",
			 about);
		return;
	case NFTO_PLAN_NO_PATH:
		if (!device->about)
			break;
		snprintf(sentence, size, "this kernel finds no path from %s to here", about);
		return;
	case NFTO_PLAN_NO_PATH_DISCOVERY:
	case NFTO_PLAN_TOO_DEEP:
	case NFTO_PLAN_INNER_TAG:
		if (!device->about)
			break;
		snprintf(sentence, size, "the kernel does not find flows of %s here: %s", about,
			 device->reason == NFTO_PLAN_NO_PATH_DISCOVERY ? "it is too old" :
			 device->reason == NFTO_PLAN_TOO_DEEP	       ? "it is too deep" :
									 "a tag is too deep");
		return;
	default:
		break;
	}
	snprintf(sentence, size, "%s", texts[device->reason].sentence);
}

void plan_write_sentence(struct nfto_plan_device *device)
{
	char about[ESCAPED_NAME_SIZE] = "", slow[ESCAPED_NAME_SIZE] = "";

	if (device->about)
		name_escape(device->about->name, about, sizeof(about));
	if (device->slow)
		name_escape(device->slow->name, slow, sizeof(slow));
	if (device->decision == NFTO_PLAN_TAKEN)
		write_taken(device, about, slow);
	else
		write_left_out(device, about);
}

void plan_wait_for(struct nfto_plan_device *device)
{
	device->decision = NFTO_PLAN_WAITING;
	snprintf(device->sentence, sizeof(device->sentence),
		 "%s; the kernel binds it when it appears", texts[device->reason].sentence);
}
