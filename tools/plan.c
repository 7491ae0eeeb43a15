// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "plan.h"
#include "table.h"

/* More than a record of any router. */
#define MOST_TEXT (64u << 20)

/* ---- The topology */

static bool is_standard(const char *path)
{
	return strcmp(path, "-") == 0;
}

static int read_text(FILE *file, char **out, size_t *length)
{
	size_t room = 0, used = 0, count;
	char *text = NULL;

	do {
		if (used == room) {
			char *larger = realloc(text, room = room ? 2 * room : 65536);

			if (!larger || room > MOST_TEXT) {
				free(larger ? larger : text);
				return larger ? -EFBIG : -ENOMEM;
			}
			text = larger;
		}
		count = fread(text + used, 1, room - used, file);
		used += count;
	} while (count > 0);
	if (ferror(file)) {
		free(text);
		return -EIO;
	}
	*out = text;
	*length = used;
	return 0;
}

static int read_file(const char *path, char **text, size_t *length)
{
	FILE *file;
	int ret;

	if (is_standard(path))
		return read_text(stdin, text, length);
	file = fopen(path, "r");
	if (!file)
		return -errno;
	errno = 0;
	ret = read_text(file, text, length);
	if (ret == -EIO && errno)
		ret = -errno;
	fclose(file);
	return ret;
}

static int read_record(const char *path, struct nfto_topology **topology)
{
	size_t length, line;
	char *text;
	int ret = read_file(path, &text, &length);

	if (ret < 0)
		return output_errno(path, ret);
	ret = nfto_topology_parse(text, length, topology, &line);
	free(text);
	if (ret == -EINVAL) {
		fprintf(stderr, "nftoffload: %s, line %zu: this is no record of a topology\n", path,
			line);
		return EXIT_FAILED;
	}
	return ret < 0 ? output_errno(path, ret) : EXIT_DONE;
}

static int read_present(struct nfto_topology **topology)
{
	struct nfto_ctx *ctx;
	int ret = nfto_ctx_new(&ctx);

	if (ret < 0)
		return output_errno("netlink socket", ret);
	ret = nfto_topology_read(ctx, topology);
	ret = ret < 0 ? output_error(ctx) : EXIT_DONE;
	nfto_ctx_free(ctx);
	return ret;
}

static int write_record(const char *path, const struct nfto_topology *topology)
{
	const char *text = nfto_topology_text(topology);
	FILE *file;
	int ret;

	if (is_standard(path)) {
		fputs(text, stdout);
		return EXIT_DONE;
	}
	file = fopen(path, "w");
	if (!file)
		return output_errno(path, errno);
	ret = fputs(text, file) < 0 ? errno : 0;
	if (fclose(file) != 0 && ret == 0)
		ret = errno;
	return ret ? output_errno(path, ret) : EXIT_DONE;
}

/* ---- The plan */

static int make_plan(const struct nfto_topology *topology, const struct options *options,
		     struct nfto_plan **plan)
{
	struct nfto_spec *spec;
	int ret = nfto_spec_new(&spec);

	if (ret < 0)
		return ret;
	ret = nfto_spec_set_mode(spec, options->mode);
	for (int i = 0; i < options->argument_count && ret == 0; i++)
		ret = nfto_spec_add_interface(spec, options->arguments[i]);
	for (int i = 0; i < options->device_count && ret == 0; i++)
		ret = nfto_spec_add_device(spec, options->devices[i]);
	if (ret == 0)
		ret = nfto_plan_new(topology, spec, plan);
	nfto_spec_free(spec);
	return ret;
}

static enum table_colour colour_of(const struct nfto_plan_device *device)
{
	switch (nfto_plan_device_decision(device)) {
	case NFTO_PLAN_TAKEN:
		return TABLE_GOOD;
	case NFTO_PLAN_MISSING:
	case NFTO_PLAN_WAITING:
		return TABLE_DOUBTFUL;
	default:
		return TABLE_PLAIN;
	}
}

static void add_device(struct table *table, const struct nfto_plan_device *device)
{
	const char *const cells[] = {
		nfto_plan_decision_name(nfto_plan_device_decision(device)),
		nfto_plan_device_name(device),
		nfto_plan_device_sentence(device),
	};

	table_add(table, colour_of(device), cells);
}

int plan_print(const struct nfto_plan *plan)
{
	static const struct table_column columns[] = {
		{ .title = "DECISION" },
		{ .title = "DEVICE" },
		{ .title = "WHY", .is_text = true },
	};
	struct table *table = table_new(columns, 3);

	for (size_t i = 0; i < nfto_plan_count(plan); i++)
		add_device(table, nfto_plan_get(plan, i));
	return table_print(table);
}

static int print_text(const struct nfto_plan *plan)
{
	const struct nfto_plan_device *obstacle = nfto_plan_obstacle(plan);

	printf("mode: %s\n", nfto_mode_name(nfto_plan_mode(plan)));
	if (obstacle) {
		printf("no hardware: ");
		output_name(stdout, nfto_plan_device_name(obstacle));
		printf(": %s\n", nfto_plan_device_sentence(obstacle));
	}
	return plan_print(plan);
}

static json_t *device_to_json(const struct nfto_plan_device *device)
{
	json_t *json = json_object();

	json_set_text(json, "name", nfto_plan_device_name(device));
	json_set_text(json, "decision", nfto_plan_decision_name(nfto_plan_device_decision(device)));
	json_set_text(json, "reason", nfto_plan_reason_name(nfto_plan_device_reason(device)));
	json_set_text(json, "sentence", nfto_plan_device_sentence(device));
	json_set_text(json, "via", nfto_plan_device_via(device));
	return json;
}

static json_t *names_to_json(char *const *names, int count)
{
	json_t *json = json_array();

	for (int i = 0; i < count; i++)
		json_array_append_new(json, json_text(names[i]));
	return json;
}

json_t *plan_to_json(const struct nfto_plan *plan, const struct options *options)
{
	const struct nfto_plan_device *obstacle = nfto_plan_obstacle(plan);
	json_t *json = json_object(), *devices = json_array();

	json_object_set_new(json, "interfaces",
			    names_to_json(options->arguments, options->argument_count));
	json_set_text(json, "mode", nfto_mode_name(nfto_plan_mode(plan)));
	json_object_set_new(json, "why", obstacle ? device_to_json(obstacle) : json_null());
	for (size_t i = 0; i < nfto_plan_count(plan); i++)
		json_array_append_new(devices, device_to_json(nfto_plan_get(plan, i)));
	json_object_set_new(json, "devices", devices);
	return json;
}

static int show_plan(const struct nfto_topology *topology, const struct options *options)
{
	struct nfto_plan *plan;
	int ret;

	ret = make_plan(topology, options, &plan);
	if (ret < 0)
		return output_errno("plan", ret);
	if (options->json)
		ret = json_print("plan", plan_to_json(plan, options), JSON_INDENT(2));
	else if (print_text(plan) < 0)
		ret = output_errno("plan", ENOMEM);
	nfto_plan_free(plan);
	return ret;
}

static bool wants_plan(const struct options *options)
{
	return options->argument_count + options->device_count > 0;
}

static int check_usage(const struct options *options)
{
	if (!wants_plan(options) && !options->record) {
		fprintf(stderr, "nftoffload: plan: no interface is given\n");
		return EXIT_USAGE;
	}
	if (wants_plan(options) && options->record && is_standard(options->record)) {
		fprintf(stderr, "nftoffload: plan: --record - leaves no room for a plan\n");
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	struct nfto_topology *topology;
	int ret;

	(void)ctx;
	ret = check_usage(options);
	if (ret != EXIT_DONE)
		return ret;
	ret = options->from ? read_record(options->from, &topology) : read_present(&topology);
	if (ret != EXIT_DONE)
		return ret;
	if (options->record)
		ret = write_record(options->record, topology);
	if (ret == EXIT_DONE && wants_plan(options))
		ret = show_plan(topology, options);
	nfto_topology_free(topology);
	return ret;
}

static const struct option options[] = { TAKES_MODE, TAKES_DEVICE, TAKES_FROM,	 TAKES_RECORD,
					 TAKES_JSON, TAKES_HELP,   TAKES_NO_MORE };

const struct command plan_command = {
	.name = "plan",
	.synopsis = "[--mode MODE] [--device DEVICE]... [--from FILE]\n"
		    "                  [--record FILE] [--json] [INTERFACE...]",
	.help = "Show which devices the flows of these interfaces need in the flowtable,\n"
		"and why. Nothing is changed. A '*' at the end of a name is a wildcard.\n"
		"\n"
		"  --mode auto      for hardware, unless a device can't have any (the default)\n"
		"  --mode hardware, --mode software\n"
		"  --device DEVICE  take this one as it is; may be given again\n"
		"  --from FILE      plan for the topology of this record; no privilege is needed\n"
		"  --record FILE    write a record of the topology; '-' is standard output,\n"
		"                   as it is standard input for --from\n"
		"  --json           one JSON object\n",
	.options = options,
	.max_arguments = -1,
	.needs_no_context = true,
	.run = run,
};
