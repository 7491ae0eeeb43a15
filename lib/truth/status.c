// SPDX-License-Identifier: LGPL-2.1-or-later
/* What was asked for, against what is there: the reading of it, and what was read. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "status.h"

static int no_memory(struct nfto_ctx *ctx)
{
	return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
}

/* ---- What it is about */

static int read_instance(struct nfto_ctx *ctx, struct nfto_status *status)
{
	int ret = instance_read(ctx, status->name, &status->instance);

	if (ret < 0)
		return ret;
	status->family = NFTO_FAMILY_INET;
	status->flowtable = status->instance.flowtable;
	status->is_dormant = status->instance.is_dormant;
	status->requested = status->instance.requested;
	return flowtables_read(ctx, AF_UNSPEC, NULL, &status->flowtables);
}

static const struct flowtable_info *find_flowtable(const struct nfto_flowtables *list,
						   enum nfto_family family, const char *table,
						   const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct flowtable_info *info = &list->items[i].info;

		if (info->family == family && strcmp(info->table, table) == 0 &&
		    strcmp(info->name, name) == 0)
			return info;
	}
	return NULL;
}

static int no_flowtable(struct nfto_ctx *ctx, const struct nfto_status *status, const char *name)
{
	char object[OBJECT_SIZE];

	snprintf(object, sizeof(object), "flowtable %s %s %s", nfto_family_name(status->family),
		 status->name, name);
	return error_set_object(&ctx->error, NFTO_ERROR_NO_FLOWTABLE, ENOENT, object);
}

static int read_foreign(struct nfto_ctx *ctx, const char *name, struct nfto_status *status)
{
	struct table_info table;
	int ret = flowtables_read(ctx, AF_UNSPEC, NULL, &status->flowtables);

	if (ret < 0)
		return ret;
	status->flowtable = find_flowtable(&status->flowtables, status->family, status->name, name);
	if (!status->flowtable)
		return no_flowtable(ctx, status, name);
	ret = table_read(ctx, (uint8_t)status->family, status->name, &table);
	if (ret < 0)
		return ret;
	if (ret == 0) /* It has gone since. */
		return no_flowtable(ctx, status, name);
	status->is_dormant = table.is_dormant;
	status->requested = status_is_hardware(status) ? NFTO_MODE_HARDWARE : NFTO_MODE_SOFTWARE;
	return 0;
}

/* ---- All of it */

/* What was received is read around the flows, so that nothing which these have counted between two
 * looks was received outside of them. */
static int read_evidence(struct nfto_ctx *ctx, struct nfto_status *status)
{
	int ret;

	settings_read(ctx, &status->settings);
	modules_read(ctx, status->modules);
	backlog_read(ctx, &status->backlog);
	early_drops_read(ctx, &status->early_drops);
	ret = status_read_devices(ctx, status);
	if (ret < 0)
		return ret;
	received_read(ctx, &status->received_before);
	ret = status_read_flows(ctx, status);
	if (ret < 0)
		return ret;
	received_read(ctx, &status->received_after);
	ret = status_explain_slow(ctx, status);
	if (ret < 0)
		return ret;
	return status_judge_rule(status) < 0 || status_judge_mode(status) < 0 ? no_memory(ctx) : 0;
}

static int read_status(struct nfto_ctx *ctx, const char *flowtable, struct nfto_status *status)
{
	int ret;

	status->read_at_ms = ctx->clock->now_ms(ctx->clock);
	ret = status->is_instance ? read_instance(ctx, status) :
				    read_foreign(ctx, flowtable, status);
	return ret < 0 ? ret : read_evidence(ctx, status);
}

static int new_status(struct nfto_ctx *ctx, const char *name, struct nfto_status **status)
{
	*status = calloc(1, sizeof(**status));
	if (!*status)
		return no_memory(ctx);
	(*status)->name = strdup(name);
	if ((*status)->name)
		return 0;
	free(*status);
	return no_memory(ctx);
}

NFTO_API int nfto_status_read(struct nfto_ctx *ctx, const char *name, struct nfto_status **out)
{
	struct nfto_status *status;
	int ret;

	error_clear(&ctx->error);
	ret = new_status(ctx, name, &status);
	if (ret < 0)
		return ret;
	status->is_instance = true;
	ret = read_status(ctx, NULL, status);
	if (ret < 0) {
		nfto_status_free(status);
		return ret;
	}
	*out = status;
	return 0;
}

NFTO_API int nfto_status_read_flowtable(struct nfto_ctx *ctx, enum nfto_family family,
					const char *table, const char *flowtable,
					struct nfto_status **out)
{
	struct nfto_status *status;
	int ret;

	error_clear(&ctx->error);
	ret = new_status(ctx, table, &status);
	if (ret < 0)
		return ret;
	status->family = family;
	ret = read_status(ctx, flowtable, status);
	if (ret < 0) {
		nfto_status_free(status);
		return ret;
	}
	*out = status;
	return 0;
}

NFTO_API void nfto_status_free(struct nfto_status *status)
{
	if (!status)
		return;
	instance_clear(&status->instance);
	flowtables_clear(&status->flowtables);
	findings_clear(&status->findings);
	software_flows_clear(&status->software);
	free(status->devices);
	free(status->name);
	free(status);
}

bool status_is_hardware(const struct nfto_status *status)
{
	return status->flowtable && status->flowtable->flags & NFTO_FLOWTABLE_HARDWARE;
}

/* ---- What was read */

NFTO_API bool nfto_status_is_instance(const struct nfto_status *status)
{
	return status->is_instance;
}

NFTO_API const char *nfto_status_name(const struct nfto_status *status)
{
	return status->name;
}

NFTO_API enum nfto_family nfto_status_family(const struct nfto_status *status)
{
	return status->family;
}

NFTO_API const char *nfto_status_flowtable(const struct nfto_status *status)
{
	return status->is_instance ? INSTANCE_FLOWTABLE : status->flowtable->name;
}

NFTO_API enum nfto_mode nfto_status_requested(const struct nfto_status *status)
{
	return status->requested;
}

NFTO_API enum nfto_mode nfto_status_effective(const struct nfto_status *status)
{
	return status->effective;
}

NFTO_API size_t nfto_status_finding_count(const struct nfto_status *status)
{
	return status->findings.count;
}

NFTO_API const struct nfto_finding *nfto_status_finding(const struct nfto_status *status,
							size_t index)
{
	return index < status->findings.count ? &status->findings.items[index] : NULL;
}

NFTO_API enum nfto_answer nfto_status_has_rule(const struct nfto_status *status)
{
	return status->rule.answer;
}

NFTO_API const char *nfto_status_rule_evidence(const struct nfto_status *status)
{
	return status->rule.evidence;
}

NFTO_API enum nfto_answer nfto_status_reachable(const struct nfto_status *status)
{
	return status->reach.answer;
}

NFTO_API const char *nfto_status_reachable_evidence(const struct nfto_status *status)
{
	return status->reach.evidence;
}

NFTO_API const struct nfto_flow_counts *nfto_status_flows(const struct nfto_status *status)
{
	return &status->counts;
}

NFTO_API uint64_t nfto_status_inserted(const struct nfto_status *status)
{
	return status->instance.inserted.packets;
}

NFTO_API uint64_t nfto_status_leaked(const struct nfto_status *status)
{
	return status->instance.leaked.packets;
}

NFTO_API int nfto_status_setting(const struct nfto_status *status, enum nfto_setting setting,
				 uint64_t *value)
{
	return setting_get(&status->settings, setting, value);
}

NFTO_API size_t nfto_status_module_count(const struct nfto_status *status)
{
	(void)status;
	return MODULE_COUNT;
}

NFTO_API const char *nfto_status_module_name(const struct nfto_status *status, size_t index)
{
	(void)status;
	return index < MODULE_COUNT ? module_names[index] : NULL;
}

NFTO_API enum nfto_module_state nfto_status_module_state(const struct nfto_status *status,
							 size_t index)
{
	return index < MODULE_COUNT ? status->modules[index] : NFTO_MODULE_UNKNOWN;
}

NFTO_API int nfto_status_backlog(const struct nfto_status *status, enum nfto_backlog backlog,
				 uint64_t *waiting)
{
	if (!status->backlog.is_known || (unsigned int)backlog >= BACKLOG_COUNT)
		return -ENODATA;
	*waiting = status->backlog.items[backlog];
	return 0;
}

NFTO_API int nfto_status_early_drops(const struct nfto_status *status, uint64_t *connections)
{
	if (!status->early_drops.is_known)
		return -ENODATA;
	*connections = status->early_drops.count;
	return 0;
}
