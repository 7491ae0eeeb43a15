// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>

#include "json.h"
#include "reports.h"
#include "table.h"
#include "tool.h"

#define LAST_FEATURE NFTO_FEATURE_NEEDS_WHOLE_PATH

/* ---- JSON */

static json_t *json_feature(const struct nfto_caps *caps, enum nfto_feature feature)
{
	json_t *json = json_object();

	json_set_text(json, "answer", nfto_answer_name(nfto_caps_feature(caps, feature)));
	json_set_text(json, "evidence", nfto_caps_feature_evidence(caps, feature));
	return json;
}

static json_t *json_kernel(const struct nfto_caps *caps)
{
	json_t *json = json_object();

	for (enum nfto_feature feature = NFTO_FEATURE_FLOWTABLES; feature <= LAST_FEATURE;
	     feature++)
		json_object_set_new(json, nfto_feature_name(feature), json_feature(caps, feature));
	return json;
}

static json_t *json_error(const struct nfto_error *error)
{
	json_t *json = json_object();

	json_set_text(json, "code", nfto_error_code_name(nfto_error_code(error)));
	json_object_set_new(json, "errno", json_integer(nfto_error_errno(error)));
	json_set_text(json, "kernel_text", nfto_error_kernel_text(error));
	json_set_text(json, "message", nfto_error_message(error));
	return json;
}

static json_t *json_device(const struct nfto_device_caps *device)
{
	enum nfto_hw_tc_offload hw_tc_offload = nfto_device_caps_hw_tc_offload(device);
	const struct nfto_error *error = nfto_device_caps_error(device);
	json_t *json = json_object();

	json_set_text(json, "name", nfto_device_caps_name(device));
	json_set_text(json, "kind", nfto_device_caps_kind(device));
	json_set_text(json, "lower", nfto_device_caps_lower(device));
	json_set_text(json, "upper", nfto_device_caps_upper(device));
	json_set_text(json, "switch_id", nfto_device_caps_switch_id(device));
	json_set_text(json, "hw_tc_offload", nfto_hw_tc_offload_name(hw_tc_offload));
	json_set_text(json, "hardware", nfto_answer_name(nfto_device_caps_hardware(device)));
	json_set_text(json, "evidence", nfto_device_caps_evidence(device));
	if (error)
		json_object_set_new(json, "error", json_error(error));
	return json;
}

static json_t *json_devices(const struct nfto_caps *caps)
{
	json_t *json = json_array();

	for (size_t i = 0; i < nfto_caps_device_count(caps); i++)
		json_array_append_new(json, json_device(nfto_caps_device(caps, i)));
	return json;
}

json_t *caps_to_json(const struct nfto_caps *caps)
{
	json_t *json = json_object();

	json_object_set_new(json, "kernel", json_kernel(caps));
	json_object_set_new(json, "devices", json_devices(caps));
	return json;
}

/* ---- Tables */

static enum table_colour colour_of(enum nfto_answer answer)
{
	switch (answer) {
	case NFTO_YES:
		return TABLE_GOOD;
	case NFTO_NO:
		return TABLE_PLAIN;
	default:
		return TABLE_DOUBTFUL;
	}
}

static int print_kernel(const struct nfto_caps *caps)
{
	static const struct table_column columns[] = {
		{ .title = "KERNEL" },
		{ .title = "ANSWER" },
		{ .title = "HOW IT WAS FOUND OUT", .is_text = true },
	};
	struct table *table = table_new(columns, 3);

	for (enum nfto_feature feature = NFTO_FEATURE_FLOWTABLES; feature <= LAST_FEATURE;
	     feature++) {
		enum nfto_answer answer = nfto_caps_feature(caps, feature);
		const char *const cells[] = {
			nfto_feature_name(feature),
			nfto_answer_name(answer),
			nfto_caps_feature_evidence(caps, feature),
		};

		table_add(table, colour_of(answer), cells);
	}
	return table_print(table);
}

static const char *or_dash(const char *text)
{
	return text[0] ? text : "-";
}

static void add_device(struct table *table, const struct nfto_device_caps *device)
{
	enum nfto_hw_tc_offload hw_tc_offload = nfto_device_caps_hw_tc_offload(device);
	enum nfto_answer answer = nfto_device_caps_hardware(device);
	const char *const cells[] = {
		nfto_device_caps_name(device),
		or_dash(nfto_device_caps_kind(device)),
		or_dash(nfto_device_caps_lower(device)),
		or_dash(nfto_device_caps_upper(device)),
		or_dash(nfto_device_caps_switch_id(device)),
		nfto_hw_tc_offload_name(hw_tc_offload),
		nfto_answer_name(answer),
		nfto_device_caps_evidence(device),
	};

	table_add(table, colour_of(answer), cells);
}

static int print_devices(const struct nfto_caps *caps)
{
	static const struct table_column columns[] = {
		{ .title = "DEVICE" },	 { .title = "KIND" },
		{ .title = "LOWER" },	 { .title = "UPPER" },
		{ .title = "SWITCH" },	 { .title = "HW-TC" },
		{ .title = "HARDWARE" }, { .title = "HOW IT WAS FOUND OUT", .is_text = true },
	};
	size_t count = nfto_caps_device_count(caps);
	struct table *table;

	putchar('\n');
	if (count == 0) {
		printf("no device here may have hardware of its own\n");
		return 0;
	}
	table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < count; i++)
		add_device(table, nfto_caps_device(caps, i));
	return table_print(table);
}

static int print_tables(const struct nfto_caps *caps)
{
	if (print_kernel(caps) < 0 || print_devices(caps) < 0)
		return output_errno("probe", ENOMEM);
	return EXIT_DONE;
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	const char *const *devices = (const char *const *)options->arguments;
	struct nfto_caps *caps;
	int ret = nfto_caps_read(ctx, devices, (size_t)options->argument_count, &caps);

	if (ret < 0)
		return output_error(ctx);
	ret = options->json ? json_print("probe", caps_to_json(caps), JSON_INDENT(2)) :
			      print_tables(caps);
	nfto_caps_free(caps);
	return ret;
}

static const struct option options[] = { TAKES_JSON, TAKES_HELP, TAKES_NO_MORE };

const struct command probe_command = {
	.name = "probe",
	.synopsis = "[--json] [DEVICE...]",
	.help = "Find out what the kernel can do, and whose driver takes a flowtable: by asking\n"
		"them, with transactions that are checked and never done. Without devices: of\n"
		"all that may have hardware of their own.\n"
		"\n"
		"  --json         as a JSON object\n",
	.options = options,
	.max_arguments = -1,
	.run = run,
};
