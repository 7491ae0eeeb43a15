// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"

#define OFFLOAD_RULE_COMMENT "offload: flows that were offloaded, requested mode "

/* The offload rule, the leak counter, and a rule for each set of leaks. */
#define RULE_COUNT (2 + LEAK_SET_COUNT)

NFTO_API const char *nfto_mode_name(enum nfto_mode mode)
{
	switch (mode) {
	case NFTO_MODE_AUTO:
		return "auto";
	case NFTO_MODE_HARDWARE:
		return "hardware";
	case NFTO_MODE_SOFTWARE:
		return "software";
	case NFTO_MODE_NONE:
		return "none";
	}
	return "unknown";
}

void instance_write_comment(char *comment, size_t size, enum nfto_mode mode)
{
	snprintf(comment, size, "%s%s", OFFLOAD_RULE_COMMENT, nfto_mode_name(mode));
}

static enum nfto_mode read_comment(const char *comment)
{
	const char *name = comment + strlen(OFFLOAD_RULE_COMMENT);

	for (enum nfto_mode mode = NFTO_MODE_AUTO; mode < NFTO_MODE_NONE; mode++) {
		if (strcmp(name, nfto_mode_name(mode)) == 0)
			return mode;
	}
	return NFTO_MODE_NONE;
}

static bool is_offload_rule(const struct rule_info *rule)
{
	return strncmp(rule->comment, OFFLOAD_RULE_COMMENT, strlen(OFFLOAD_RULE_COMMENT)) == 0;
}

static void take_rules(struct instance *instance, const struct rule_info *rules, size_t count)
{
	bool offloads = false, detects = false;

	for (size_t i = 0; i < count; i++) {
		if (is_offload_rule(&rules[i])) {
			offloads = rules[i].has_counter;
			instance->inserted = rules[i].counter;
			instance->requested = read_comment(rules[i].comment);
		} else if (strcmp(rules[i].comment, LEAK_RULE_COMMENT) == 0) {
			detects = rules[i].has_counter;
			instance->leaked = rules[i].counter;
		}
	}
	instance->is_whole = instance->flowtable && instance->requested != NFTO_MODE_NONE &&
			     offloads && detects && count == RULE_COUNT;
}

static const struct flowtable_info *find_flowtable(const struct nfto_flowtables *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].info.name, INSTANCE_FLOWTABLE) == 0)
			return &list->items[i].info;
	}
	return NULL;
}

static int read_objects(struct nfto_ctx *ctx, const char *name, struct instance *instance)
{
	struct rule_info *rules;
	size_t count;
	int ret;

	ret = flowtables_read(ctx, NFTO_FAMILY_INET, name, &instance->flowtables);
	if (ret < 0)
		return ret;
	instance->flowtable = find_flowtable(&instance->flowtables);

	ret = rules_read(ctx, NFTO_FAMILY_INET, name, &rules, &count);
	if (ret < 0) {
		instance_clear(instance);
		return ret;
	}
	take_rules(instance, rules, count);
	free(rules);
	return 0;
}

static int refuse(struct nfto_ctx *ctx, enum nfto_error_code code, int errnum, const char *name,
		  const char *sentence)
{
	char object[OBJECT_SIZE];
	struct error_details details = { .object = object, .sentence = sentence };

	snprintf(object, sizeof(object), "table inet %s", name);
	return error_set(&ctx->error, code, errnum, &details);
}

int instance_check_name(struct nfto_ctx *ctx, const char *name)
{
	const char *fault = name_fault_instance(name);

	return fault ? refuse(ctx, NFTO_ERROR_INVALID, EINVAL, name, fault) : 0;
}

int instance_find(struct nfto_ctx *ctx, const char *name)
{
	struct table_info table;
	int ret = instance_check_name(ctx, name);

	if (ret < 0)
		return ret;
	ret = table_read(ctx, NFTO_FAMILY_INET, name, &table);
	if (ret <= 0)
		return ret;
	if (strcmp(table.comment, INSTANCE_COMMENT) != 0)
		return refuse(ctx, NFTO_ERROR_FOREIGN_TABLE, EEXIST, name, NULL);
	return 1;
}

int instance_read(struct nfto_ctx *ctx, const char *name, struct instance *instance)
{
	int ret;

	memset(instance, 0, sizeof(*instance));
	instance->requested = NFTO_MODE_NONE;
	ret = instance_find(ctx, name);
	if (ret <= 0)
		return ret;
	instance->exists = true;
	return read_objects(ctx, name, instance);
}

void instance_clear(struct instance *instance)
{
	flowtables_clear(&instance->flowtables);
	instance->flowtable = NULL;
}

enum nfto_mode instance_effective(const struct instance *instance)
{
	if (!instance->is_whole || instance->flowtable->device_count == 0)
		return NFTO_MODE_NONE;
	return instance->flowtable->flags & NFTO_FLOWTABLE_HARDWARE ? NFTO_MODE_HARDWARE :
								      NFTO_MODE_SOFTWARE;
}
