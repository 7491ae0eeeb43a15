// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Plans of routers that are not here: each tests/golden/NAME.topology is a record, and NAME.plan
 * has what must come of it. That is made of blocks, with comments between them:
 *
 *	plan MODE [INTERFACE | device=DEVICE]...
 *	mode MODE
 *	[obstacle DEVICE REASON INTERFACE]
 *	[taken | left-out | missing] DEVICE REASON INTERFACE
 *
 * Plans are written by hand, from what the kernel does: never by this program.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "unit.h"

struct golden {
	const char *name;
};

#define MOST_GOLDENS 100
static char names[MOST_GOLDENS][64];
static struct golden goldens[MOST_GOLDENS];

#define FOLDER "tests/golden"

static char *read_file(const char *name, const char *suffix)
{
	const char *source = getenv("srcdir");
	char path[4096], *text = calloc(1, 65536);
	size_t length;
	FILE *file;

	assert_non_null(text);
	snprintf(path, sizeof(path), "%s/" FOLDER "/%s%s", source ? source : ".", name, suffix);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s is not there", path);
	length = fread(text, 1, 65535, file);
	assert_in_range(length, 1, 65534);
	fclose(file);
	return text;
}

static struct nfto_topology *read_topology(const char *name)
{
	struct nfto_topology *topology;
	char *text = read_file(name, ".topology");
	size_t line = 0;

	if (nfto_topology_parse(text, strlen(text), &topology, &line) != 0)
		fail_msg("%s.topology, line %zu: no record", name, line);
	free(text);
	return topology;
}

static enum nfto_mode read_mode(const char *text)
{
	for (enum nfto_mode mode = NFTO_MODE_AUTO; mode < NFTO_MODE_NONE; mode++) {
		if (strcmp(text, nfto_mode_name(mode)) == 0)
			return mode;
	}
	fail_msg("no such mode: %s", text);
	return NFTO_MODE_NONE;
}

/* "plan MODE [INTERFACE | device=DEVICE]..." */
static struct nfto_spec *read_spec(char *line)
{
	struct nfto_spec *spec;
	char *word, *rest;

	assert_int_equal(nfto_spec_new(&spec), 0);
	assert_string_equal(strtok_r(line, " ", &rest), "plan");
	assert_int_equal(nfto_spec_set_mode(spec, read_mode(strtok_r(NULL, " ", &rest))), 0);
	while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
		if (strncmp(word, "device=", 7) == 0)
			assert_int_equal(nfto_spec_add_device(spec, word + 7), 0);
		else
			assert_int_equal(nfto_spec_add_interface(spec, word), 0);
	}
	return spec;
}

struct text {
	char data[16384];
	size_t length;
};

static void put_device(struct text *text, const char *what, const struct nfto_plan_device *device)
{
	char name[ESCAPED_NAME_SIZE], via[ESCAPED_NAME_SIZE];

	name_escape(nfto_plan_device_name(device), name, sizeof(name));
	name_escape(nfto_plan_device_via(device), via, sizeof(via));
	text->length += (size_t)snprintf(
		text->data + text->length, sizeof(text->data) - text->length, "%s %s %s %s\n", what,
		name, nfto_plan_reason_name(nfto_plan_device_reason(device)), via);
	/* Whatever the reason, people are told something. */
	assert_in_range(strlen(nfto_plan_device_sentence(device)), 10, 200);
}

static void put_plan(struct text *text, const struct nfto_plan *plan)
{
	text->length = (size_t)snprintf(text->data, sizeof(text->data), "mode %s\n",
					nfto_mode_name(nfto_plan_mode(plan)));
	if (nfto_plan_obstacle(plan))
		put_device(text, "obstacle", nfto_plan_obstacle(plan));
	for (size_t i = 0; i < nfto_plan_count(plan); i++) {
		const struct nfto_plan_device *device = nfto_plan_get(plan, i);

		put_device(text, nfto_plan_decision_name(nfto_plan_device_decision(device)),
			   device);
	}
	assert_null(nfto_plan_get(plan, nfto_plan_count(plan)));
}

static void check_plan(const char *name, char *request, const struct text *expected)
{
	struct nfto_topology *topology = read_topology(name);
	struct text *actual = calloc(1, sizeof(*actual));
	char copy[1024];
	struct nfto_spec *spec;
	struct nfto_plan *plan;

	assert_non_null(actual);
	snprintf(copy, sizeof(copy), "%s", request);
	spec = read_spec(request);
	assert_int_equal(nfto_plan_new(topology, spec, &plan), 0);
	/* The plan needs neither of them any more. */
	nfto_spec_free(spec);
	nfto_topology_free(topology);
	put_plan(actual, plan);
	if (strcmp(actual->data, expected->data) != 0)
		fail_msg("%s: %s\n--- expected\n%s--- but it is\n%s", name, copy, expected->data,
			 actual->data);
	nfto_plan_free(plan);
	free(actual);
}

static void test_golden(void **state)
{
	const struct golden *golden = *state;
	char *text = read_file(golden->name, ".plan"), *line, *rest = text;
	struct text *expected = calloc(1, sizeof(*expected));
	char request[1024] = "";
	size_t count = 0;

	assert_non_null(expected);
	for (;;) {
		line = strsep(&rest, "\n");
		if (request[0] && (!line || strncmp(line, "plan ", 5) == 0)) {
			check_plan(golden->name, request, expected);
			memset(expected, 0, sizeof(*expected));
			count++;
		}
		if (!line)
			break;
		if (strncmp(line, "plan ", 5) == 0)
			snprintf(request, sizeof(request), "%s", line);
		else if (line[0] && line[0] != '#')
			expected->length += (size_t)snprintf(
				expected->data + expected->length,
				sizeof(expected->data) - expected->length, "%s\n", line);
	}
	assert_int_not_equal(count, 0);
	free(expected);
	free(text);
}

static size_t find_goldens(void)
{
	const char *source = getenv("srcdir");
	char path[4096];
	struct dirent *entry;
	size_t count = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/" FOLDER, source ? source : ".");
	folder = opendir(path);
	while (folder && (entry = readdir(folder)) != NULL && count < MOST_GOLDENS) {
		const char *suffix = strchr(entry->d_name, '.');

		if (!suffix || strcmp(suffix, ".topology") != 0)
			continue;
		snprintf(names[count], sizeof(names[count]), "%.*s", (int)(suffix - entry->d_name),
			 entry->d_name);
		goldens[count].name = names[count];
		count++;
	}
	if (folder)
		closedir(folder);
	return count;
}

int main(void)
{
	size_t count = find_goldens();

	if (count < 20) {
		fprintf(stderr, "%zu goldens in " FOLDER "\n", count);
		return 1;
	}
	return unit_run_table("test_golden", goldens, count, sizeof(goldens[0]), test_golden) != 0;
}
