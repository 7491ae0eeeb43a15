// SPDX-License-Identifier: LGPL-2.1-or-later
/* The devices of a flowtable, and those that belong into it and are not: how it stands with them,
 * and how that is known. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts/hooks.h"
#include "facts/hw_tc_offload.h"
#include "facts/topology.h"
#include "intent/plan.h"
#include "intent/plan_rules.h"
#include "status.h"

struct survey {
	struct nfto_ctx *ctx;
	struct nfto_status *status;
	struct nfto_topology *topology;
	struct hw_tc_offload ethtool;
	struct hooks hooks;
};

static int no_memory(struct survey *survey)
{
	return error_set_object(&survey->ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
}

static int __attribute__((format(printf, 3, 4)))
add_finding(struct survey *survey, enum nfto_finding_code code, const char *evidence, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, evidence);
	vsnprintf(text, sizeof(text), evidence, arguments);
	va_end(arguments);
	return findings_add(&survey->status->findings, code, "%s", text) ? 0 : no_memory(survey);
}

static struct status_device *find_device(struct nfto_status *status, const char *name)
{
	for (size_t i = 0; i < status->device_count; i++) {
		if (strcmp(status->devices[i].name, name) == 0)
			return &status->devices[i];
	}
	return NULL;
}

static struct status_device *add_device(struct nfto_status *status, const char *name,
					enum nfto_device_state state)
{
	size_t count = status->device_count;
	struct status_device *devices = realloc(status->devices, (count + 1) * sizeof(*devices));

	if (!devices)
		return NULL;
	status->devices = devices;
	devices[count] = (struct status_device){ .state = state };
	snprintf(devices[count].name, sizeof(devices[count].name), "%s", name);
	status->device_count++;
	return &devices[count];
}

/* Evidence is a list of what was seen; names in it may hold any bytes. */
static void __attribute__((format(printf, 2, 3)))
add_evidence(struct status_device *device, const char *format, ...)
{
	char raw[256], shown[sizeof(device->evidence)];
	size_t used = strlen(device->evidence);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(raw, sizeof(raw), format, arguments);
	va_end(arguments);
	printable(shown, sizeof(shown), raw);
	snprintf(device->evidence + used, sizeof(device->evidence) - used, "%s%s", used ? ", " : "",
		 shown);
}

/* ---- Those of the flowtable */

/* Of a port of DSA the driver of the conduit is bound, and asked for each flow. The port itself
 * always says that the feature is on. */
static const struct link_info *bound_link(const struct survey *survey, const struct link_info *link)
{
	const struct link_info *conduit = NULL;

	if (role_of(link) == ROLE_DSA && !link->lower_is_elsewhere)
		conduit = topology_find_index(survey->topology, link->lower);
	return conduit ? conduit : link;
}

static bool is_off(enum nfto_hw_tc_offload feature)
{
	return feature == NFTO_HW_TC_OFFLOAD_OFF || feature == NFTO_HW_TC_OFFLOAD_FIXED_OFF;
}

static int find_feature_off(struct survey *survey, struct status_device *device,
			    const struct link_info *bound)
{
	struct nfto_finding *finding;
	char name[ESCAPED_NAME_SIZE];

	device->state = NFTO_DEVICE_FEATURE_OFF;
	name_escape(bound->name, name, sizeof(name));
	finding = findings_add(&survey->status->findings, NFTO_FINDING_HW_TC_OFFLOAD_OFF, "%s: %s",
			       device->name, device->evidence);
	if (!finding)
		return no_memory(survey);
	finding_advise(finding, "ethtool -K %s hw-tc-offload on", name);
	return 0;
}

static int judge_feature(struct survey *survey, struct status_device *device,
			 const struct link_info *link)
{
	const struct link_info *bound = bound_link(survey, link);
	enum nfto_hw_tc_offload feature = NFTO_HW_TC_OFFLOAD_UNKNOWN;
	int ret;

	ret = hw_tc_offload_read(survey->ctx, &survey->ethtool, bound->name, &feature);
	if (ret == -ENODEV)
		return 0;
	if (ret < 0)
		return ret;
	if (bound == link)
		add_evidence(device, "hw-tc-offload is %s", nfto_hw_tc_offload_name(feature));
	else
		add_evidence(device, "hw-tc-offload of its conduit %s is %s", bound->name,
			     nfto_hw_tc_offload_name(feature));
	return is_off(feature) ? find_feature_off(survey, device, bound) : 0;
}

static int find_missing(struct survey *survey, struct status_device *device)
{
	device->state = NFTO_DEVICE_MISSING;
	return add_finding(survey, NFTO_FINDING_DEVICE_MISSING, "%s: %s", device->name,
			   device->evidence);
}

static int find_waiting(struct survey *survey, struct status_device *device)
{
	device->state = NFTO_DEVICE_WAITING;
	return add_finding(survey, NFTO_FINDING_DEVICE_WAITING, "%s: %s", device->name,
			   device->evidence);
}

/* It came from another network namespace, and its driver refuses the flowtable: the kernel does not
 * look whether a device that is moved was bound. */
static int find_unbound(struct survey *survey, struct status_device *device)
{
	struct nfto_finding *finding;
	char name[ESCAPED_NAME_SIZE];

	device->state = NFTO_DEVICE_MISSING;
	name_escape(device->name, name, sizeof(name));
	finding = findings_add(&survey->status->findings, NFTO_FINDING_DEVICE_NOT_BOUND, "%s: %s",
			       device->name, device->evidence);
	if (!finding)
		return no_memory(survey);
	finding_advise(finding, "see whether its driver takes a flowtable: nftoffload probe %s",
		       name);
	return 0;
}

static int judge_hook(struct survey *survey, struct status_device *device)
{
	const struct flowtable_info *flowtable = survey->status->flowtable;
	struct binding binding;
	int ret = hooks_find_flowtable(survey->ctx, &survey->hooks, device->name, flowtable,
				       &binding);

	if (ret < 0)
		return ret;
	if (binding.answer == NFTO_YES && binding.is_certain)
		add_evidence(device, "hooked at its ingress as %s %s %s",
			     nfto_family_name((enum nfto_family)flowtable->family),
			     flowtable->table, flowtable->name);
	else if (binding.answer == NFTO_YES)
		add_evidence(device, "hooked at its ingress");
	if (binding.answer != NFTO_NO)
		return 0;
	add_evidence(device, "but the kernel lists no hook of it on the device");
	return find_unbound(survey, device);
}

/* A device of the list, with what the list says of it. */
static struct status_device *add_listed(struct survey *survey, const struct device_spec *listed,
					const char *name)
{
	bool is_hardware = status_is_hardware(survey->status);
	struct status_device *device = add_device(
		survey->status, name, is_hardware ? NFTO_DEVICE_HARDWARE : NFTO_DEVICE_SOFTWARE);
	const char *mode = is_hardware ? "hardware" : "software";

	if (!device)
		return NULL;
	if (listed->is_wildcard)
		add_evidence(device, "in the flowtable as %s, which is for %s", listed->text, mode);
	else
		add_evidence(device, "in the flowtable, which is for %s", mode);
	return device;
}

static int judge_present(struct survey *survey, const struct device_spec *listed,
			 const struct link_info *link)
{
	struct status_device *device = add_listed(survey, listed, link->name);
	int ret;

	if (!device)
		return no_memory(survey);
	ret = judge_hook(survey, device);
	if (ret < 0 || device->state != NFTO_DEVICE_HARDWARE)
		return ret;
	return judge_feature(survey, device, link);
}

/* Before Linux 6.16 it has just gone, and so has its place in the flowtable. */
static int judge_vanished(struct survey *survey, const struct device_spec *listed)
{
	struct status_device *device = add_listed(survey, listed, listed->text);
	enum nfto_answer may_come;
	int ret;

	if (!device)
		return no_memory(survey);
	add_evidence(device, "but there is no such device");
	ret = features_ask_once(survey->ctx, NFTO_FEATURE_MISSING_DEVICES, &may_come);
	if (ret < 0)
		return ret;
	return may_come == NFTO_YES ? find_waiting(survey, device) : find_missing(survey, device);
}

static int judge_wildcard(struct survey *survey, const struct device_spec *listed)
{
	const struct nfto_topology *topology = survey->topology;
	size_t place = survey->status->device_count;
	struct status_device *device = add_listed(survey, listed, listed->text);
	int ret = 0;

	if (!device)
		return no_memory(survey);
	device->state = NFTO_DEVICE_WAITING;
	add_evidence(device, "the kernel binds each device of such a name when it appears");
	for (size_t i = 0; i < topology->link_count && ret == 0; i++) {
		if (device_spec_covers(listed, topology->by_index[i]->name))
			ret = judge_present(survey, listed, topology->by_index[i]);
	}
	if (ret < 0 || survey->status->device_count > place + 1)
		return ret;
	return find_waiting(survey, &survey->status->devices[place]);
}

static int judge_listed(struct survey *survey, const struct device_spec *listed)
{
	const struct link_info *link = topology_find_name(survey->topology, listed->text);

	if (listed->is_wildcard)
		return judge_wildcard(survey, listed);
	return link ? judge_present(survey, listed, link) : judge_vanished(survey, listed);
}

static const struct status_device *list_waiting(const struct nfto_status *status, char *names,
						size_t size)
{
	const struct status_device *first = NULL;
	size_t used = 0;

	for (size_t i = 0; i < status->device_count && used < size; i++) {
		const struct status_device *device = &status->devices[i];

		if (device->state != NFTO_DEVICE_WAITING)
			continue;
		used += (size_t)snprintf(names + used, size - used, "%s%s", first ? ", " : "",
					 device->name);
		if (!first)
			first = device;
	}
	return first;
}

/* No device whose driver refuses can get such a name: see NFTO_FINDING_NAME_BLOCKED. */
static int judge_blocked_names(struct survey *survey)
{
	const struct nfto_status *status = survey->status;
	const char *family = nfto_family_name(status->family);
	const struct flowtable_info *flowtable = status->flowtable;
	const struct status_device *first;
	struct nfto_finding *finding;
	char names[200];

	first = status_is_hardware(status) ? list_waiting(status, names, sizeof(names)) : NULL;
	if (!first)
		return 0;
	finding = findings_add(&survey->status->findings, NFTO_FINDING_NAME_BLOCKED,
			       "flowtable %s %s %s lists %s", family, status->name, flowtable->name,
			       names);
	if (!finding)
		return no_memory(survey);
	finding_advise(finding,
		       "give that device another name, or take this one out: nft 'delete flowtable "
		       "%s %s %s { hook ingress priority %d; devices = { \"%s\" }; }'",
		       family, status->name, flowtable->name, (int)flowtable->priority,
		       first->name);
	return 0;
}

static int judge_flowtable(struct survey *survey)
{
	const struct flowtable_info *flowtable = survey->status->flowtable;
	int ret = 0;

	for (size_t i = 0; flowtable && i < flowtable->device_count && ret == 0; i++)
		ret = judge_listed(survey, &flowtable->devices[i]);
	return ret < 0 ? ret : judge_blocked_names(survey);
}

/* ---- Those that belong into it: the plan for what was asked for */

/* By a wildcard. */
static bool is_waited_for(const struct nfto_status *status, const struct nfto_plan_device *planned)
{
	return status->flowtable && flowtable_info_has(status->flowtable, planned->name);
}

static int judge_absent(struct survey *survey, const struct nfto_plan_device *planned)
{
	struct status_device *device =
		add_device(survey->status, planned->name, NFTO_DEVICE_MISSING);

	if (!device)
		return no_memory(survey);
	add_evidence(device, "asked for as %s", planned->via);
	if (planned->decision == NFTO_PLAN_MISSING) {
		add_evidence(device, "there is no such device");
		return is_waited_for(survey->status, planned) ? find_waiting(survey, device) :
								find_missing(survey, device);
	}
	add_evidence(device, "it is there, but not in the flowtable");
	return add_finding(survey, NFTO_FINDING_DEVICE_NOT_BOUND, "%s: %s", device->name,
			   device->evidence);
}

static int judge_planned(struct survey *survey, const struct nfto_plan *plan)
{
	int ret = 0;

	for (size_t i = 0; i < plan->device_count && ret == 0; i++) {
		const struct nfto_plan_device *planned = &plan->devices[i];

		if (planned->decision != NFTO_PLAN_LEFT_OUT &&
		    !find_device(survey->status, planned->name))
			ret = judge_absent(survey, planned);
	}
	return ret;
}

/* ---- Why it is not in hardware */

static int judge_refusal(struct survey *survey, const struct nfto_device_caps *caps)
{
	const char *name = nfto_device_caps_name(caps);
	const char *evidence = nfto_device_caps_evidence(caps);
	struct status_device *device = find_device(survey->status, name);
	const struct nfto_error *error = nfto_device_caps_error(caps);
	enum nfto_finding_code code = NFTO_FINDING_DEVICE_REFUSED;

	if (!error)
		code = NFTO_FINDING_NO_HARDWARE;
	else if (nfto_error_code(error) == NFTO_ERROR_DEVICE_BUSY)
		code = NFTO_FINDING_DEVICE_BUSY;
	if (device && device->state == NFTO_DEVICE_SOFTWARE) {
		add_evidence(device, "%s", evidence);
		if (error)
			device->state = NFTO_DEVICE_REFUSED;
	}
	return add_finding(survey, code, "%s: %s", name, evidence);
}

static bool takes_hardware(const struct nfto_device_caps *caps)
{
	return nfto_device_caps_hardware(caps) == NFTO_YES && !nfto_device_caps_error(caps);
}

static int judge_caps(struct survey *survey, const struct nfto_caps *caps)
{
	size_t taking = 0;
	int ret = 0;

	for (size_t i = 0; i < caps->device_count && ret == 0; i++) {
		const struct nfto_device_caps *device = nfto_caps_device(caps, i);

		if (takes_hardware(device))
			taking++;
		else if (nfto_device_caps_hardware(device) != NFTO_UNKNOWN)
			ret = judge_refusal(survey, device);
	}
	if (ret < 0 || taking == 0 || taking < caps->device_count)
		return ret;
	return add_finding(survey, NFTO_FINDING_HARDWARE_UNUSED,
			   "%zu device%s took a flowtable in hardware in a trial", taking,
			   taking == 1 ? "" : "s");
}

static int try_devices(struct survey *survey, const char *const *names, size_t count)
{
	struct nfto_caps *caps;
	int ret;

	if (count == 0)
		return 0;
	caps = calloc(1, sizeof(*caps));
	if (!caps)
		return no_memory(survey);
	ret = features_read_one(survey->ctx, NFTO_FEATURE_HARDWARE_FLAG,
				&caps->features[NFTO_FEATURE_HARDWARE_FLAG]);
	if (ret == 0)
		ret = device_caps_read(survey->ctx, names, count, caps);
	if (ret == 0)
		ret = judge_caps(survey, caps);
	nfto_caps_free(caps);
	return ret;
}

static int try_plan(struct survey *survey, const struct nfto_plan *plan)
{
	const char **names = calloc(plan->device_count + 1, sizeof(*names));
	size_t count = 0;
	int ret;

	if (!names)
		return no_memory(survey);
	for (size_t i = 0; i < plan->device_count; i++) {
		if (plan->devices[i].decision == NFTO_PLAN_TAKEN)
			names[count++] = plan->devices[i].name;
	}
	ret = try_devices(survey, names, count);
	free(names);
	return ret;
}

static bool wants_hardware(const struct nfto_status *status)
{
	return status->flowtable && !status_is_hardware(status) &&
	       (status->requested == NFTO_MODE_AUTO || status->requested == NFTO_MODE_HARDWARE);
}

/* The plan may know already that some hardware can't be had; else drivers are asked. */
static int explain_software(struct survey *survey, const struct nfto_spec *spec)
{
	const struct nfto_plan_device *obstacle;
	struct nfto_plan *plan;
	int ret;

	if (!wants_hardware(survey->status))
		return 0;
	ret = plan_make(survey->topology, spec, NFTO_MODE_HARDWARE, &plan);
	if (ret < 0)
		return no_memory(survey);
	obstacle = nfto_plan_obstacle(plan);
	if (obstacle)
		ret = add_finding(survey, NFTO_FINDING_NO_HARDWARE, "%s: %s", obstacle->name,
				  nfto_plan_device_sentence(obstacle));
	else
		ret = try_plan(survey, plan);
	nfto_plan_free(plan);
	return ret;
}

/* ---- All of it */

/* The plan is for what the flowtable is: an auto that fell back has the devices for software. */
static int judge_wanted(struct survey *survey, const struct nfto_spec *spec)
{
	const struct nfto_status *status = survey->status;
	struct nfto_plan *plan;
	int ret;

	if (status->flowtable)
		ret = plan_make(survey->topology, spec,
				status_is_hardware(status) ? NFTO_MODE_HARDWARE :
							     NFTO_MODE_SOFTWARE,
				&plan);
	else
		ret = nfto_plan_new(survey->topology, spec, &plan);
	if (ret < 0)
		return no_memory(survey);
	ret = judge_planned(survey, plan);
	nfto_plan_free(plan);
	return ret;
}

static int judge_spec(struct survey *survey)
{
	struct nfto_spec *spec = NULL;
	int ret;

	if (!survey->status->instance.has_wanted)
		return 0;
	if (instance_spec(&survey->status->instance, survey->status->name, &spec) < 0)
		return no_memory(survey);
	ret = judge_wanted(survey, spec);
	if (ret == 0)
		ret = explain_software(survey, spec);
	nfto_spec_free(spec);
	return ret;
}

/* An instance that is being drained has no devices that it wants. */
static int run_survey(struct survey *survey)
{
	int ret = judge_flowtable(survey);

	return ret == 0 && !survey->status->instance.is_drained ? judge_spec(survey) : ret;
}

int status_read_devices(struct nfto_ctx *ctx, struct nfto_status *status)
{
	struct survey survey = { .ctx = ctx, .status = status };
	int ret;

	if (!status->flowtable && !status->instance.has_wanted)
		return 0;
	ret = nfto_topology_read(ctx, &survey.topology);
	if (ret < 0)
		return ret;
	ret = hw_tc_offload_open(ctx, &survey.ethtool);
	if (ret == 0) {
		ret = run_survey(&survey);
		hw_tc_offload_close(&survey.ethtool);
	}
	nfto_topology_free(survey.topology);
	return ret;
}

NFTO_API const char *nfto_device_state_name(enum nfto_device_state state)
{
	switch (state) {
	case NFTO_DEVICE_UNKNOWN:
		break;
	case NFTO_DEVICE_HARDWARE:
		return "hardware";
	case NFTO_DEVICE_SOFTWARE:
		return "software";
	case NFTO_DEVICE_MISSING:
		return "missing";
	case NFTO_DEVICE_REFUSED:
		return "refused";
	case NFTO_DEVICE_FEATURE_OFF:
		return "feature-off";
	case NFTO_DEVICE_WAITING:
		return "waiting";
	}
	return "unknown";
}

NFTO_API size_t nfto_status_device_count(const struct nfto_status *status)
{
	return status->device_count;
}

NFTO_API const char *nfto_status_device_name(const struct nfto_status *status, size_t index)
{
	return index < status->device_count ? status->devices[index].name : NULL;
}

NFTO_API enum nfto_device_state nfto_status_device_state(const struct nfto_status *status,
							 size_t index)
{
	return index < status->device_count ? status->devices[index].state : NFTO_DEVICE_UNKNOWN;
}

NFTO_API const char *nfto_status_device_evidence(const struct nfto_status *status, size_t index)
{
	return index < status->device_count ? status->devices[index].evidence : "";
}
