// SPDX-License-Identifier: LGPL-2.1-or-later
/* What devices can do: whose driver takes a flowtable. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <net/if_arp.h>

#include "device_trial.h"
#include "hw_tc_offload.h"
#include "objects/objects.h"
#include "topology.h"
#include "virtual_kind.h"

struct nfto_device_caps {
	char name[IFNAMSIZ];
	char kind[LINK_KIND_SIZE];
	char lower[IFNAMSIZ];
	char upper[IFNAMSIZ];
	char switch_id[2 * LINK_SWITCH_ID_SIZE + 1];
	enum nfto_hw_tc_offload hw_tc_offload;
	struct proof hardware;
	struct nfto_error *error; /* of the trial, or NULL */
};

void device_caps_free(struct nfto_device_caps *devices, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(devices[i].error);
	free(devices);
}

/* ---- What links tell */

static void copy_name(char *name, const struct link_info *link)
{
	snprintf(name, IFNAMSIZ, "%s", link ? link->name : "");
}

static void write_switch_id(char *text, const struct link_info *link)
{
	for (size_t i = 0; i < link->switch_id_length; i++)
		text += sprintf(text, "%02x", link->switch_id[i]);
}

static void describe_link(struct nfto_device_caps *device, const struct link_info *link,
			  const struct nfto_topology *topology)
{
	snprintf(device->kind, sizeof(device->kind), "%s", link->kind);
	if (!link->lower_is_elsewhere)
		copy_name(device->lower, topology_find_index(topology, link->lower));
	copy_name(device->upper, topology_find_index(topology, link->master));
	write_switch_id(device->switch_id, link);
}

/* ---- Whose driver is asked */

static bool is_software(const struct link_info *link)
{
	return link->type == ARPHRD_LOOPBACK || is_virtual_kind(link->kind);
}

/* Each driver that takes a flowtable says that it has hw-tc-offload, and each that says so can be
 * asked. Where ethtool is silent, what no user has made is a driver's own, and so are the ports of
 * DSA. */
static bool may_be_asked(const struct nfto_device_caps *device)
{
	switch (device->hw_tc_offload) {
	case NFTO_HW_TC_OFFLOAD_FIXED_OFF:
		return false;
	case NFTO_HW_TC_OFFLOAD_UNKNOWN:
		return device->kind[0] == '\0' || strcmp(device->kind, "dsa") == 0;
	default:
		return true;
	}
}

static void set_not_asked(struct nfto_device_caps *device)
{
	if (device->hw_tc_offload == NFTO_HW_TC_OFFLOAD_FIXED_OFF)
		proof_set(&device->hardware, NFTO_NO,
			  "not tried: its driver does not have hw-tc-offload");
	else
		proof_set(&device->hardware, NFTO_UNKNOWN,
			  "not tried: neither its kind nor ethtool tells of hardware");
}

static void set_software(struct nfto_device_caps *device)
{
	char evidence[128];

	if (device->kind[0])
		snprintf(evidence, sizeof(evidence),
			 "not tried: a device of the kind %s has no hardware of its own",
			 device->kind);
	else
		snprintf(evidence, sizeof(evidence),
			 "not tried: the loopback device has no hardware");
	proof_set(&device->hardware, NFTO_NO, evidence);
}

/* ---- What drivers said */

static int keep_error(struct nfto_ctx *ctx, struct nfto_device_caps *device,
		      enum nfto_error_code code, int errnum, const char *kernel_text)
{
	struct error_details details = { .device = device->name, .kernel_text = kernel_text };

	device->error = malloc(sizeof(*device->error));
	if (!device->error)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	error_set(device->error, code, errnum, &details);
	return 0;
}

static int set_missing(struct nfto_ctx *ctx, struct nfto_device_caps *device)
{
	proof_set(&device->hardware, NFTO_UNKNOWN, "there is no such network device");
	return keep_error(ctx, device, NFTO_ERROR_NO_DEVICE, ENODEV, NULL);
}

static void name_holder(struct proof *proof, const struct nfto_flowtables *list, const char *device)
{
	char holder[OBJECT_SIZE];

	if (flowtables_describe_holder(list, device, holder, sizeof(holder)))
		snprintf(proof->evidence, sizeof(proof->evidence),
			 "its hardware is bound already, to the flowtable %s", holder);
}

/* Only a driver that takes flowtables can say that it has one. */
static int set_busy(struct nfto_ctx *ctx, struct nfto_device_caps *device,
		    const struct verdict *verdict)
{
	struct nfto_flowtables list;
	int ret = flowtables_read(ctx, AF_UNSPEC, NULL, &list);

	if (ret < 0)
		return ret;
	proof_set(&device->hardware, NFTO_YES,
		  "its hardware is bound already, but to no flowtable of this network namespace");
	name_holder(&device->hardware, &list, device->name);
	flowtables_clear(&list);
	return keep_error(ctx, device, NFTO_ERROR_DEVICE_BUSY, EBUSY, verdict->kernel_text);
}

static void set_taken(struct nfto_device_caps *device)
{
	proof_set(&device->hardware, NFTO_YES,
		  device->hw_tc_offload == NFTO_HW_TC_OFFLOAD_OFF ?
			  "its driver took a flowtable in a trial, but may decline each flow as "
			  "long as hw-tc-offload is off" :
			  "its driver took a flowtable in a trial");
}

static int set_refused(struct nfto_ctx *ctx, struct nfto_device_caps *device,
		       const struct verdict *verdict)
{
	proof_set_errno(&device->hardware, NFTO_NO, "its driver refused a flowtable in a trial",
			verdict->errnum);
	return keep_error(ctx, device,
			  verdict->errnum == EOPNOTSUPP ? NFTO_ERROR_DEVICE_REFUSED :
							  NFTO_ERROR_SYSTEM,
			  verdict->errnum, verdict->kernel_text);
}

static int set_verdict(struct nfto_ctx *ctx, struct nfto_device_caps *device,
		       const struct verdict *verdict)
{
	switch (verdict->errnum) {
	case 0:
		set_taken(device);
		return 0;
	case EBUSY:
		return set_busy(ctx, device, verdict);
	case ENOENT: /* It has gone since. */
		return set_missing(ctx, device);
	default:
		return set_refused(ctx, device, verdict);
	}
}

/* ---- All of it, device by device */

struct survey {
	struct nfto_ctx *ctx;
	struct nfto_topology *topology;
	struct hw_tc_offload ethtool;
	const struct proof *hardware_flag;
	bool *has_refusal;
};

static int try_device(struct survey *survey, struct nfto_device_caps *device)
{
	struct verdict verdict;
	int ret;

	if (survey->hardware_flag->answer != NFTO_YES) {
		proof_set(&device->hardware, survey->hardware_flag->answer,
			  survey->hardware_flag->answer == NFTO_NO ?
				  "not tried: the kernel has no flowtables in hardware" :
				  "not tried: it is not known whether the kernel has flowtables in "
				  "hardware");
		return 0;
	}
	if (!may_be_asked(device)) {
		set_not_asked(device);
		return 0;
	}
	ret = device_trial(survey->ctx, device->name, &verdict);
	if (ret < 0)
		return ret;
	if (verdict.errnum == EOPNOTSUPP)
		*survey->has_refusal = true;
	return set_verdict(survey->ctx, device, &verdict);
}

static int survey_device(struct survey *survey, const char *name, struct nfto_device_caps *device)
{
	const struct link_info *link = topology_find_name(survey->topology, name);
	int ret;

	snprintf(device->name, sizeof(device->name), "%s", name);
	if (!link)
		return set_missing(survey->ctx, device);
	describe_link(device, link, survey->topology);
	ret = hw_tc_offload_read(survey->ctx, &survey->ethtool, name, &device->hw_tc_offload);
	if (ret == -ENODEV)
		return set_missing(survey->ctx, device);
	if (ret < 0)
		return ret;
	if (is_software(link)) {
		set_software(device);
		return 0;
	}
	return try_device(survey, device);
}

static int survey_named(struct survey *survey, const char *const *names, struct nfto_caps *caps)
{
	int ret = 0;

	for (size_t i = 0; i < caps->device_count && ret == 0; i++)
		ret = survey_device(survey, names[i], &caps->devices[i]);
	return ret;
}

static int survey_all(struct survey *survey, struct nfto_caps *caps)
{
	const struct nfto_topology *topology = survey->topology;
	int ret = 0;

	for (size_t i = 0; i < topology->link_count && ret == 0; i++) {
		if (!is_software(&topology->links[i]))
			ret = survey_device(survey, topology->links[i].name,
					    &caps->devices[caps->device_count++]);
	}
	return ret;
}

static bool has_yes(const struct nfto_caps *caps)
{
	for (size_t i = 0; i < caps->device_count; i++) {
		if (caps->devices[i].hardware.answer == NFTO_YES)
			return true;
	}
	return false;
}

static void withdraw_yes(struct nfto_caps *caps)
{
	for (size_t i = 0; i < caps->device_count; i++) {
		if (caps->devices[i].hardware.answer == NFTO_YES)
			proof_set(&caps->devices[i].hardware, NFTO_UNKNOWN,
				  "this kernel hides a driver's refusal: it takes even lo");
	}
}

int device_caps_doubt(struct nfto_ctx *ctx, struct nfto_caps *caps)
{
	bool is_meaningless;
	int ret;

	if (caps->has_refusal || !has_yes(caps))
		return 0;
	ret = device_trial_is_meaningless(ctx, &is_meaningless);
	if (ret == 0 && is_meaningless)
		withdraw_yes(caps);
	return ret;
}

static int run_survey(struct survey *survey, const char *const *names, size_t count,
		      struct nfto_caps *caps)
{
	size_t room = count ? count : survey->topology->link_count;

	caps->devices = calloc(room + 1, sizeof(*caps->devices));
	if (!caps->devices)
		return error_set_object(&survey->ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	caps->device_count = count;
	return count ? survey_named(survey, names, caps) : survey_all(survey, caps);
}

int device_caps_read(struct nfto_ctx *ctx, const char *const *names, size_t count,
		     struct nfto_caps *caps)
{
	struct survey survey = {
		.ctx = ctx,
		.hardware_flag = &caps->features[NFTO_FEATURE_HARDWARE_FLAG],
		.has_refusal = &caps->has_refusal,
	};
	int ret = nfto_topology_read(ctx, &survey.topology);

	if (ret < 0)
		return ret;
	ret = hw_tc_offload_open(ctx, &survey.ethtool);
	if (ret == 0) {
		ret = run_survey(&survey, names, count, caps);
		hw_tc_offload_close(&survey.ethtool);
	}
	nfto_topology_free(survey.topology);
	return ret;
}

/* ---- The answers */

NFTO_API size_t nfto_caps_device_count(const struct nfto_caps *caps)
{
	return caps->device_count;
}

NFTO_API const struct nfto_device_caps *nfto_caps_device(const struct nfto_caps *caps, size_t index)
{
	return index < caps->device_count ? &caps->devices[index] : NULL;
}

NFTO_API const char *nfto_device_caps_name(const struct nfto_device_caps *device)
{
	return device->name;
}

NFTO_API const char *nfto_device_caps_kind(const struct nfto_device_caps *device)
{
	return device->kind;
}

NFTO_API const char *nfto_device_caps_lower(const struct nfto_device_caps *device)
{
	return device->lower;
}

NFTO_API const char *nfto_device_caps_upper(const struct nfto_device_caps *device)
{
	return device->upper;
}

NFTO_API const char *nfto_device_caps_switch_id(const struct nfto_device_caps *device)
{
	return device->switch_id;
}

NFTO_API enum nfto_hw_tc_offload nfto_device_caps_hw_tc_offload(
	const struct nfto_device_caps *device)
{
	return device->hw_tc_offload;
}

NFTO_API enum nfto_answer nfto_device_caps_hardware(const struct nfto_device_caps *device)
{
	return device->hardware.answer;
}

NFTO_API const char *nfto_device_caps_evidence(const struct nfto_device_caps *device)
{
	return device->hardware.evidence;
}

NFTO_API const struct nfto_error *nfto_device_caps_error(const struct nfto_device_caps *device)
{
	return device->error;
}
