// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From Linux 6.16 on a flowtable lists names, and not devices: the kernel itself binds a device that
 * appears, and the name of one that vanishes stays on the list. From 6.17 on a wildcard may be
 * listed, too (NFTA_DEVICE_PREFIX).
 *
 * In software the kernel is given all names that it takes. In hardware it is given none that no
 * device has: as long as a flowtable for hardware lists a name, no device whose driver refuses can
 * be created with it, or renamed to it (nf_tables_flowtable_event() of Linux 7.2, EPERM). But what
 * was there once stays on its list, as it may come back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "facts/caps.h"
#include "listing.h"

struct making {
	struct nfto_ctx *ctx;
	const struct listing_source *source;
	struct listing *listing;
};

bool listing_has(const struct listing *listing, const struct device_spec *device)
{
	for (size_t i = 0; i < listing->count; i++) {
		if (device_spec_equals(&listing->devices[i], device))
			return true;
	}
	return false;
}

static bool listing_includes(const struct listing *listing, const struct device_spec *device)
{
	for (size_t i = 0; i < listing->count; i++) {
		if (device_spec_includes(&listing->devices[i], device))
			return true;
	}
	return false;
}

/* What a wildcard stands for is not listed beside it. */
static void list(struct listing *listing, const struct device_spec *device)
{
	size_t kept = 0;

	if (listing_includes(listing, device))
		return;
	for (size_t i = 0; i < listing->count; i++) {
		if (!device_spec_includes(device, &listing->devices[i]))
			listing->devices[kept++] = listing->devices[i];
	}
	listing->devices[kept++] = *device;
	listing->count = kept;
}

/* ---- What is there */

static void list_taken(struct making *making)
{
	const struct nfto_plan *plan = making->source->plan;
	struct device_spec device;

	for (size_t i = 0; i < plan->device_count; i++) {
		if (plan->devices[i].decision != NFTO_PLAN_TAKEN)
			continue;
		device_spec_set(&device, plan->devices[i].name, false);
		list(making->listing, &device);
	}
}

/* ---- What may appear */

static bool waits_already(const struct listing_source *source, const struct device_spec *device)
{
	return source->present && flowtable_info_lists(source->present, device);
}

static int add_if_kernel_takes(struct making *making, const struct device_spec *device)
{
	enum nfto_answer answer;
	int ret;

	if (!making->source->adds_names || listing_includes(making->listing, device))
		return 0;
	ret = features_ask_once(making->ctx,
				device->is_wildcard ? NFTO_FEATURE_WILDCARDS :
						      NFTO_FEATURE_MISSING_DEVICES,
				&answer);
	if (ret == 0 && answer == NFTO_YES)
		list(making->listing, device);
	return ret;
}

/* Flows would be kept for it, and never found, or sent without their tag. */
static bool does_harm(const struct nfto_plan_device *device)
{
	return device->decision == NFTO_PLAN_LEFT_OUT &&
	       (device->is_trap || device->reason == NFTO_PLAN_VLAN_FILTERING);
}

/* What a wildcard stands for, by the plan. */
struct covered {
	bool any;
	bool taken;
	bool harmful;
};

static struct covered find_covered(const struct nfto_plan *plan, const struct device_spec *wildcard)
{
	struct covered covered = { false };

	for (size_t i = 0; i < plan->device_count; i++) {
		const struct nfto_plan_device *device = &plan->devices[i];

		if (device->decision == NFTO_PLAN_MISSING ||
		    !device_spec_covers(wildcard, device->name))
			continue;
		covered.any = true;
		covered.taken |= device->decision == NFTO_PLAN_TAKEN;
		covered.harmful |= does_harm(device);
	}
	return covered;
}

/* Of bridges, the plan may take the ports alone: then to bind what appears later is no use. Where
 * nothing has such a name yet, nobody knows. */
static int list_wildcard(struct making *making, const struct device_spec *wildcard)
{
	struct covered covered = find_covered(making->source->plan, wildcard);

	if (covered.harmful)
		return 0;
	if (waits_already(making->source, wildcard)) {
		list(making->listing, wildcard);
		return 0;
	}
	return covered.taken || !covered.any ? add_if_kernel_takes(making, wildcard) : 0;
}

static const struct nfto_plan_device *find_planned(const struct nfto_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->device_count; i++) {
		if (strcmp(plan->devices[i].name, name) == 0)
			return &plan->devices[i];
	}
	return NULL;
}

/* It was waited for, and is a bridge or a VLAN, say, of which no flow needs to be kept: there it does
 * no harm, and is waited for when it has gone again. */
static bool is_only_passed(const struct nfto_plan_device *device)
{
	return device->decision == NFTO_PLAN_LEFT_OUT &&
	       (device->reason == NFTO_PLAN_BETWEEN || device->reason == NFTO_PLAN_EMPTY);
}

static int list_name(struct making *making, const struct device_spec *name,
		     const struct nfto_plan_device *device)
{
	if (device->decision == NFTO_PLAN_MISSING)
		return add_if_kernel_takes(making, name);
	if (is_only_passed(device) && waits_already(making->source, name))
		list(making->listing, name);
	return 0;
}

/* What ends with '*' is a wildcard, unless there is a device of that very name. */
static int list_given(struct making *making, const char *text)
{
	const struct nfto_plan_device *device = find_planned(making->source->plan, text);
	struct device_spec given;

	device_spec_read(&given, text);
	if (given.is_wildcard && (!device || device->decision == NFTO_PLAN_MISSING))
		return list_wildcard(making, &given);
	given.is_wildcard = false;
	return device ? list_name(making, &given, device) : 0;
}

/* ---- What was there */

static bool covers(const struct name_list *names, const char *device)
{
	struct device_spec given;

	for (size_t i = 0; i < names->count; i++) {
		device_spec_read(&given, names->names[i]);
		if (device_spec_covers(&given, device))
			return true;
	}
	return false;
}

/* By its name; or, as long as nothing else is asked for, as one below an interface, such as the port
 * of a bridge. */
static bool is_asked_for(const struct listing_source *source, const char *device)
{
	return source->is_for_same_spec || covers(&source->spec->interfaces, device) ||
	       covers(&source->spec->devices, device);
}

static void list_vanished(struct making *making)
{
	const struct listing_source *source = making->source;

	for (size_t i = 0; source->present && i < source->present->device_count; i++) {
		const struct device_spec *device = &source->present->devices[i];

		if (!device->is_wildcard && is_asked_for(source, device->text) &&
		    !topology_find_name(source->topology, device->text))
			list(making->listing, device);
	}
}

/* ---- All of it */

static int list_all(struct making *making)
{
	const struct nfto_plan *plan = making->source->plan;
	int ret = 0;

	list_taken(making);
	list_vanished(making);
	if (plan->mode != NFTO_MODE_SOFTWARE)
		return 0;
	for (size_t i = 0; i < plan->given_count && ret == 0; i++)
		ret = list_given(making, plan->given[i]);
	return ret;
}

static void tell_plan(struct nfto_plan *plan, const struct listing *listing)
{
	struct device_spec device;

	for (size_t i = 0; i < plan->device_count; i++) {
		if (plan->devices[i].decision != NFTO_PLAN_MISSING)
			continue;
		device_spec_set(&device, plan->devices[i].name,
				plan->devices[i].reason == NFTO_PLAN_NO_MATCH);
		if (listing_includes(listing, &device))
			plan_wait_for(&plan->devices[i]);
	}
}

static size_t most_devices(const struct listing_source *source)
{
	return source->plan->device_count + source->plan->given_count +
	       (source->present ? source->present->device_count : 0) + 1;
}

int listing_make(struct nfto_ctx *ctx, const struct listing_source *source, struct listing *listing)
{
	struct making making = { .ctx = ctx, .source = source, .listing = listing };
	int ret;

	listing->count = 0;
	listing->devices = calloc(most_devices(source), sizeof(*listing->devices));
	if (!listing->devices)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	ret = list_all(&making);
	if (ret < 0)
		listing_clear(listing);
	else
		tell_plan(source->plan, listing);
	return ret;
}

void listing_clear(struct listing *listing)
{
	free(listing->devices);
	listing->devices = NULL;
	listing->count = 0;
}
