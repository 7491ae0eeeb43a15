// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

static int copy_names(struct nfto_plan *plan, char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *copy = strdup(names[i]);

		if (!copy)
			return -ENOMEM;
		plan->given[plan->given_count++] = copy;
	}
	return 0;
}

/* The plan points to the names that were given, and outlives the spec. */
static int copy_spec(struct nfto_plan *plan, const struct nfto_spec *spec)
{
	size_t count = spec->interfaces.count + spec->devices.count;
	int ret;

	plan->given = calloc(count ? count : 1, sizeof(*plan->given));
	if (!plan->given)
		return -ENOMEM;
	ret = copy_names(plan, spec->interfaces.names, spec->interfaces.count);
	return ret < 0 ? ret : copy_names(plan, spec->devices.names, spec->devices.count);
}

static void take_name(struct nfto_plan_device *device)
{
	if (!device->link)
		return;
	memcpy(device->own_name, device->link->name, sizeof(device->own_name));
	device->name = device->own_name;
}

/* All that is needed of the topology is copied: it can go. */
static void finish(struct nfto_plan *plan)
{
	for (size_t i = 0; i < plan->device_count; i++) {
		struct nfto_plan_device *device = &plan->devices[i];

		take_name(device);
		plan_write_sentence(device);
		device->link = device->about = device->slow = NULL;
	}
}

static size_t count_taken(const struct nfto_plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->device_count; i++)
		count += plan->devices[i].decision == NFTO_PLAN_TAKEN;
	return count;
}

static const struct nfto_plan_device *find_obstacle(const struct nfto_plan *plan)
{
	for (size_t i = 0; i < plan->device_count; i++) {
		if (plan->devices[i].is_obstacle)
			return &plan->devices[i];
	}
	/* One device alone forwards nothing: the others are what flows need. */
	for (size_t i = 0; i < plan->device_count && count_taken(plan) < 2; i++) {
		if (plan->devices[i].reason == NFTO_PLAN_TUNNEL)
			return &plan->devices[i];
	}
	/* If nothing is taken at all, what was left out first. */
	for (size_t i = 0; i < plan->device_count && count_taken(plan) == 0; i++) {
		if (plan->devices[i].decision == NFTO_PLAN_LEFT_OUT)
			return &plan->devices[i];
	}
	return NULL;
}

/* The plan for software takes over the obstacle of the one for hardware, with the names in it. */
static void copy_obstacle(struct nfto_plan *plan, const struct nfto_plan_device *obstacle,
			  const struct nfto_plan *from)
{
	plan->obstacle = *obstacle;
	plan->obstacle.name = plan->obstacle.own_name;
	plan->obstacle.via = NULL;
	for (size_t i = 0; i < plan->given_count; i++) {
		if (from->given[i] == obstacle->via)
			plan->obstacle.via = plan->given[i];
	}
	plan->has_obstacle = true;
}

static void note_obstacle(struct nfto_plan *plan)
{
	const struct nfto_plan_device *obstacle = find_obstacle(plan);

	if (obstacle)
		copy_obstacle(plan, obstacle, plan);
}

int plan_make(const struct nfto_topology *topology, const struct nfto_spec *spec,
	      enum nfto_mode mode, struct nfto_plan **out)
{
	struct nfto_plan *plan = calloc(1, sizeof(*plan));
	int ret;

	if (!plan)
		return -ENOMEM;
	plan->mode = mode;
	ret = copy_spec(plan, spec);
	if (ret == 0)
		ret = plan_walk(plan, topology, spec);
	if (ret < 0) {
		nfto_plan_free(plan);
		return ret;
	}
	finish(plan);
	if (mode == NFTO_MODE_HARDWARE)
		note_obstacle(plan);
	*out = plan;
	return 0;
}

/* Takes the plan for hardware over, also when it fails. */
static int fall_back(const struct nfto_topology *topology, const struct nfto_spec *spec,
		     struct nfto_plan *hardware, struct nfto_plan **out)
{
	struct nfto_plan *software;
	int ret = plan_make(topology, spec, NFTO_MODE_SOFTWARE, &software);

	if (ret == 0) {
		copy_obstacle(software, &hardware->obstacle, hardware);
		*out = software;
	}
	nfto_plan_free(hardware);
	return ret;
}

NFTO_API int nfto_plan_new(const struct nfto_topology *topology, const struct nfto_spec *spec,
			   struct nfto_plan **out)
{
	struct nfto_plan *plan;
	int ret;

	if (spec->mode == NFTO_MODE_SOFTWARE)
		return plan_make(topology, spec, NFTO_MODE_SOFTWARE, out);
	ret = plan_make(topology, spec, NFTO_MODE_HARDWARE, &plan);
	if (ret < 0)
		return ret;
	if (plan->has_obstacle && spec->mode == NFTO_MODE_AUTO)
		return fall_back(topology, spec, plan, out);
	*out = plan;
	return 0;
}

NFTO_API void nfto_plan_free(struct nfto_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->given_count; i++)
		free(plan->given[i]);
	free(plan->given);
	free(plan->devices);
	free(plan);
}

NFTO_API enum nfto_mode nfto_plan_mode(const struct nfto_plan *plan)
{
	return plan->mode;
}

NFTO_API const struct nfto_plan_device *nfto_plan_obstacle(const struct nfto_plan *plan)
{
	return plan->has_obstacle ? &plan->obstacle : NULL;
}

NFTO_API size_t nfto_plan_count(const struct nfto_plan *plan)
{
	return plan->device_count;
}

NFTO_API const struct nfto_plan_device *nfto_plan_get(const struct nfto_plan *plan, size_t index)
{
	return index < plan->device_count ? &plan->devices[index] : NULL;
}

NFTO_API const char *nfto_plan_device_name(const struct nfto_plan_device *device)
{
	return device->name;
}

NFTO_API enum nfto_plan_decision nfto_plan_device_decision(const struct nfto_plan_device *device)
{
	return device->decision;
}

NFTO_API enum nfto_plan_reason nfto_plan_device_reason(const struct nfto_plan_device *device)
{
	return device->reason;
}

NFTO_API const char *nfto_plan_device_sentence(const struct nfto_plan_device *device)
{
	return device->sentence;
}

NFTO_API const char *nfto_plan_device_via(const struct nfto_plan_device *device)
{
	return device->via;
}
