// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "objects/txn.h"

#define OFFLOAD_RULE_COMMENT "offload: flows that were offloaded, requested mode "

#define THRESHOLD_FORMAT ", after %" PRIu64 " packets"

#define NOTE_COMMENT "drained: offloads nothing, requested mode "

/* How often a batch is sent anew since others have changed the rule set just before it. */
#define ATTEMPTS 20

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

static void write_request(char *comment, size_t size, const char *begin, enum nfto_mode mode,
			  uint64_t min_packets)
{
	int length = snprintf(comment, size, "%s%s", begin, nfto_mode_name(mode));

	if (min_packets > 0)
		snprintf(comment + length, size - (size_t)length, THRESHOLD_FORMAT, min_packets);
}

void instance_write_comment(char *comment, size_t size, enum nfto_mode mode, uint64_t min_packets)
{
	write_request(comment, size, OFFLOAD_RULE_COMMENT, mode, min_packets);
}

void instance_write_note(char *comment, size_t size, const struct instance *instance)
{
	write_request(comment, size, NOTE_COMMENT, instance->requested, instance->min_packets);
}

static enum nfto_mode read_mode(const char *text)
{
	for (enum nfto_mode mode = NFTO_MODE_AUTO; mode < NFTO_MODE_NONE; mode++) {
		const char *name = nfto_mode_name(mode);
		size_t length = strlen(name);

		if (strncmp(text, name, length) == 0 && (!text[length] || text[length] == ','))
			return mode;
	}
	return NFTO_MODE_NONE;
}

static uint64_t read_threshold(const char *text)
{
	const char *comma = strchr(text, ',');
	uint64_t min_packets;

	if (!comma || sscanf(comma, ", after %19" SCNu64, &min_packets) != 1)
		return 0;
	return min_packets;
}

/* What was asked for stands behind the begin of a comment. */
static void read_request(struct instance *instance, const char *comment, const char *begin)
{
	const char *text = comment + strlen(begin);

	instance->requested = read_mode(text);
	instance->min_packets = read_threshold(text);
}

static bool is_note(const struct rule_info *rule)
{
	return strncmp(rule->comment, NOTE_COMMENT, strlen(NOTE_COMMENT)) == 0;
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
			instance->offload_rule = rules[i].handle;
			instance->inserted = rules[i].counter;
			read_request(instance, rules[i].comment, OFFLOAD_RULE_COMMENT);
			memcpy(instance->comment, rules[i].comment, sizeof(instance->comment));
		} else if (strcmp(rules[i].comment, LEAK_RULE_COMMENT) == 0) {
			detects = rules[i].has_counter;
			instance->leak_rule = rules[i].handle;
			instance->leaked = rules[i].counter;
		} else if (is_note(&rules[i])) {
			instance->is_drained = true;
			read_request(instance, rules[i].comment, NOTE_COMMENT);
		}
	}
	instance->has_rules =
		instance->requested != NFTO_MODE_NONE && offloads && detects && count == RULE_COUNT;
}

static const struct flowtable_info *find_flowtable(const struct nfto_flowtables *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].info.name, INSTANCE_FLOWTABLE) == 0)
			return &list->items[i].info;
	}
	return NULL;
}

static int read_rules(struct nfto_ctx *ctx, const char *name, struct instance *instance)
{
	struct rule_info *rules;
	size_t count;
	int ret = rules_read(ctx, NFTO_FAMILY_INET, name, &rules, &count);

	if (ret < 0)
		return ret;
	take_rules(instance, rules, count);
	free(rules);
	return 0;
}

static int read_objects(struct nfto_ctx *ctx, const char *name, struct instance *instance)
{
	int ret = flowtables_read(ctx, NFTO_FAMILY_INET, name, &instance->flowtables);

	if (ret < 0)
		return ret;
	instance->flowtable = find_flowtable(&instance->flowtables);

	ret = chain_read(ctx, name, INSTANCE_CHAIN, &instance->chain);
	if (ret < 0)
		return ret;
	instance->has_chain = ret > 0;

	ret = wanted_read(ctx, name, &instance->wanted);
	if (ret < 0)
		return ret;
	instance->has_wanted = ret > 0;

	ret = read_rules(ctx, name, instance);
	instance->is_whole = instance->flowtable && instance->has_chain && instance->has_wanted &&
			     instance->has_rules;
	return ret;
}

int instance_refuse(struct nfto_ctx *ctx, enum nfto_error_code code, int errnum, const char *name,
		    const char *sentence)
{
	char object[OBJECT_SIZE];
	struct error_details details = { .object = object, .sentence = sentence };

	snprintf(object, sizeof(object), "table inet %s", name);
	return error_set(&ctx->error, code, errnum, &details);
}

int instance_refuse_flowtable(struct nfto_ctx *ctx, enum nfto_error_code code, int errnum,
			      const char *name, const char *sentence)
{
	char object[OBJECT_SIZE];
	struct error_details details = { .object = object, .sentence = sentence };

	snprintf(object, sizeof(object), "flowtable inet %s %s", name, INSTANCE_FLOWTABLE);
	return error_set(&ctx->error, code, errnum, &details);
}

int instance_check_name(struct nfto_ctx *ctx, const char *name)
{
	const char *fault = name_fault_instance(name);

	return fault ? instance_refuse(ctx, NFTO_ERROR_INVALID, EINVAL, name, fault) : 0;
}

static int find_table(struct nfto_ctx *ctx, const char *name, struct table_info *table)
{
	int ret = instance_check_name(ctx, name);

	if (ret < 0)
		return ret;
	ret = table_read(ctx, NFTO_FAMILY_INET, name, table);
	if (ret <= 0)
		return ret;
	if (strcmp(table->comment, INSTANCE_COMMENT) != 0)
		return instance_refuse(ctx, NFTO_ERROR_FOREIGN_TABLE, EEXIST, name, NULL);
	return 1;
}

int instance_find(struct nfto_ctx *ctx, const char *name)
{
	struct table_info table;

	return find_table(ctx, name, &table);
}

static int read_generation(struct nfto_ctx *ctx, uint32_t *generation)
{
	int ret = ctx_nft_generation(ctx, generation);

	return ret < 0 ? error_set_request(&ctx->error, &ctx->nft.error, ret, "nf_tables") : 0;
}

int instance_read(struct nfto_ctx *ctx, const char *name, struct instance *instance)
{
	struct table_info table;
	int ret;

	memset(instance, 0, sizeof(*instance));
	instance->requested = NFTO_MODE_NONE;
	ret = instance_check_name(ctx, name);
	if (ret == 0)
		ret = read_generation(ctx, &instance->generation);
	if (ret == 0)
		ret = find_table(ctx, name, &table);
	if (ret <= 0)
		return ret;
	instance->exists = true;
	instance->table_handle = table.handle;
	instance->is_dormant = table.is_dormant;
	ret = read_objects(ctx, name, instance);
	if (ret < 0)
		instance_clear(instance);
	return ret;
}

void instance_clear(struct instance *instance)
{
	flowtables_clear(&instance->flowtables);
	wanted_clear(&instance->wanted);
	instance->flowtable = NULL;
}

static bool has_same_flowtable(const struct instance *one, const struct instance *other)
{
	const struct flowtable_info *a = one->flowtable, *b = other->flowtable;

	if (!a || !b)
		return a == b;
	return a->handle == b->handle && a->device_count == b->device_count;
}

static bool is_same(const struct instance *one, const struct instance *other)
{
	return one->exists == other->exists && one->table_handle == other->table_handle &&
	       one->offload_rule == other->offload_rule &&
	       strcmp(one->comment, other->comment) == 0 && has_same_flowtable(one, other) &&
	       wanted_is(&one->wanted, other->wanted.names, other->wanted.count);
}

int instance_refuse_overtaken(struct nfto_ctx *ctx, const char *name)
{
	return instance_refuse(ctx, NFTO_ERROR_INTERRUPTED, EAGAIN, name,
			       "somebody has applied it anew meanwhile");
}

static int commit_at(struct nfto_ctx *ctx, uint32_t generation, const char *name,
		     const struct instance *decided, instance_batch *put)
{
	struct nfto_txn *txn;
	int ret = txn_new_at(ctx, generation, &txn);

	if (ret < 0)
		return ret;
	ret = put(txn, name, decided);
	if (ret == 0)
		ret = nfto_txn_commit(txn);
	nfto_txn_free(txn);
	return ret;
}

/* Others have changed the rule set: is the instance still the one that was decided on? */
static int look_again(struct nfto_ctx *ctx, const char *name, const struct instance *decided,
		      uint32_t *generation)
{
	struct instance now;
	int ret = instance_read(ctx, name, &now);

	if (ret < 0)
		return ret;
	*generation = now.generation;
	ret = 0;
	/* A table that is not there is told by the batch. */
	if (now.exists && !is_same(decided, &now))
		ret = instance_refuse_overtaken(ctx, name);
	instance_clear(&now);
	return ret;
}

int instance_commit(struct nfto_ctx *ctx, const char *name, const struct instance *decided,
		    instance_batch *put)
{
	uint32_t generation = decided->generation;
	int ret;

	for (int i = 0;; i++) {
		ret = commit_at(ctx, generation, name, decided, put);
		if (ret != -EINTR || i == ATTEMPTS)
			return ret;
		ret = look_again(ctx, name, decided, &generation);
		if (ret < 0)
			return ret;
	}
}

enum nfto_mode instance_mode(const struct instance *instance)
{
	return instance->flowtable->flags & NFTO_FLOWTABLE_HARDWARE ? NFTO_MODE_HARDWARE :
								      NFTO_MODE_SOFTWARE;
}

enum nfto_mode instance_effective(const struct instance *instance)
{
	if (!instance->is_whole || instance->flowtable->device_count == 0)
		return NFTO_MODE_NONE;
	return instance_mode(instance);
}

bool instance_has_hardware(const struct instance *instance)
{
	for (size_t i = 0; i < instance->flowtables.count; i++) {
		if (instance->flowtables.items[i].info.flags & NFTO_FLOWTABLE_HARDWARE)
			return true;
	}
	return false;
}
