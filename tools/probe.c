// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

#define LAST_FEATURE NFTO_FEATURE_PATH_DISCOVERY

/* A device's name may have almost any byte in it: those that a terminal or JSON can't have become \xNN. */
#define ESCAPED_SIZE 512

static const char *escape(const char *text, char *buffer, size_t size)
{
	size_t used = 0;

	for (; *text && used + 5 <= size; text++) {
		unsigned char c = (unsigned char)*text;

		if (isprint(c))
			buffer[used++] = *text;
		else
			used += (size_t)snprintf(buffer + used, size - used, "\\x%02x", c);
	}
	buffer[used] = '\0';
	return buffer;
}

/* ---- JSON */

static void set_string(json_t *json, const char *key, const char *value)
{
	char escaped[ESCAPED_SIZE];
	json_t *string = json_string(value);

	if (!string)
		string = json_string(escape(value, escaped, sizeof(escaped)));
	json_object_set_new(json, key, string);
}

static json_t *json_feature(const struct nfto_caps *caps, enum nfto_feature feature)
{
	json_t *json = json_object();

	set_string(json, "answer", nfto_answer_name(nfto_caps_feature(caps, feature)));
	set_string(json, "evidence", nfto_caps_feature_evidence(caps, feature));
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

	set_string(json, "code", nfto_error_code_name(nfto_error_code(error)));
	json_object_set_new(json, "errno", json_integer(nfto_error_errno(error)));
	set_string(json, "kernel_text", nfto_error_kernel_text(error));
	set_string(json, "message", nfto_error_message(error));
	return json;
}

static json_t *json_device(const struct nfto_device_caps *device)
{
	enum nfto_hw_tc_offload hw_tc_offload = nfto_device_caps_hw_tc_offload(device);
	const struct nfto_error *error = nfto_device_caps_error(device);
	json_t *json = json_object();

	set_string(json, "name", nfto_device_caps_name(device));
	set_string(json, "kind", nfto_device_caps_kind(device));
	set_string(json, "lower", nfto_device_caps_lower(device));
	set_string(json, "upper", nfto_device_caps_upper(device));
	set_string(json, "switch_id", nfto_device_caps_switch_id(device));
	set_string(json, "hw_tc_offload", nfto_hw_tc_offload_name(hw_tc_offload));
	set_string(json, "hardware", nfto_answer_name(nfto_device_caps_hardware(device)));
	set_string(json, "evidence", nfto_device_caps_evidence(device));
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

static int print_json(const struct nfto_caps *caps)
{
	json_t *json = json_object();

	if (!json)
		return output_errno("probe", ENOMEM);
	json_object_set_new(json, "kernel", json_kernel(caps));
	json_object_set_new(json, "devices", json_devices(caps));
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(json);
	return EXIT_DONE;
}

/* ---- Tables */

#define WIDTH 79

/* Prints a sentence behind what fills `indent` columns, and goes on below itself. */
static void print_wrapped(const char *text, size_t indent)
{
	size_t room = WIDTH - indent;

	while (strlen(text) > room) {
		size_t length = room;

		while (length > 0 && text[length] != ' ')
			length--;
		if (length == 0)
			length = room;
		printf("%.*s\n%*s", (int)length, text, (int)indent, "");
		text += length;
		while (*text == ' ')
			text++;
	}
	printf("%s\n", text);
}

static void print_kernel(const struct nfto_caps *caps)
{
	printf("%-25s%-9s%s\n", "KERNEL", "ANSWER", "HOW IT WAS FOUND OUT");
	for (enum nfto_feature feature = NFTO_FEATURE_FLOWTABLES; feature <= LAST_FEATURE;
	     feature++) {
		printf("%-25s%-9s", nfto_feature_name(feature),
		       nfto_answer_name(nfto_caps_feature(caps, feature)));
		print_wrapped(nfto_caps_feature_evidence(caps, feature), 34);
	}
}

static void print_cell(const char *text, int width)
{
	char escaped[ESCAPED_SIZE];

	printf("%-*s ", width, text[0] ? escape(text, escaped, sizeof(escaped)) : "-");
}

static void print_device(const struct nfto_device_caps *device)
{
	const char *switch_id = nfto_device_caps_switch_id(device);

	print_cell(nfto_device_caps_name(device), 15);
	print_cell(nfto_device_caps_kind(device), 9);
	print_cell(nfto_device_caps_lower(device), 15);
	print_cell(nfto_device_caps_upper(device), 15);
	print_cell(nfto_hw_tc_offload_name(nfto_device_caps_hw_tc_offload(device)), 9);
	printf("%s\n    ", nfto_answer_name(nfto_device_caps_hardware(device)));
	print_wrapped(nfto_device_caps_evidence(device), 4);
	if (switch_id[0])
		printf("    switch %s\n", switch_id);
}

static void print_devices(const struct nfto_caps *caps)
{
	size_t count = nfto_caps_device_count(caps);

	if (count == 0) {
		printf("\nno device here may have hardware of its own\n");
		return;
	}
	printf("\n%-15s %-9s %-15s %-15s %-9s %s\n", "DEVICE", "KIND", "LOWER", "UPPER", "HW-TC",
	       "HARDWARE");
	for (size_t i = 0; i < count; i++)
		print_device(nfto_caps_device(caps, i));
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	const char *const *devices = (const char *const *)options->arguments;
	struct nfto_caps *caps;
	int ret = nfto_caps_read(ctx, devices, (size_t)options->argument_count, &caps);

	if (ret < 0)
		return output_error(ctx);
	if (options->json) {
		ret = print_json(caps);
	} else {
		print_kernel(caps);
		print_devices(caps);
	}
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
