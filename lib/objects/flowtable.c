// SPDX-License-Identifier: LGPL-2.1-or-later
/* Flowtables as they are in the kernel. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "objects.h"

void flowtables_clear(struct nfto_flowtables *list)
{
	for (size_t i = 0; i < list->count; i++)
		flowtable_info_free(&list->items[i].info);
	free(list->items);
	list->items = NULL;
	list->count = 0;
}

static void restart(void *data)
{
	flowtables_clear(data);
}

static int take(const struct nlmsghdr *message, void *data)
{
	struct nfto_flowtables *list = data;
	struct nfto_flowtable *items;
	int ret;

	items = realloc(list->items, (list->count + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	list->items = items;
	ret = flowtable_parse(message, &items[list->count].info);
	if (ret == 0)
		list->count++;
	return ret;
}

/*
 * Always by a dump, never by name: the answer to a request for one flowtable has a fixed size, and
 * the kernel calls a flowtable with many devices EPERM when it does not fit.
 */
int flowtables_read(struct nfto_ctx *ctx, uint8_t family, const char *table,
		    struct nfto_flowtables *list)
{
	struct dump dump = { .restart = restart, .take = take, .data = list };
	int ret;

	memset(list, 0, sizeof(*list));
	ret = flowtable_build_dump(&dump.request, family, table);
	if (ret == 0)
		ret = ctx_nft_dump(ctx, &dump);
	messages_free(&dump.request);
	if (ret == 0)
		return 0;
	flowtables_clear(list);
	return error_set_request(&ctx->error, &ctx->nft.error, ret, "the list of flowtables");
}

bool flowtables_describe_holder(const struct nfto_flowtables *list, const char *device, char *text,
				size_t size)
{
	char raw[OBJECT_SIZE + DEVICE_SPEC_SIZE];

	for (size_t i = 0; i < list->count; i++) {
		const struct flowtable_info *info = &list->items[i].info;
		const struct device_spec *spec = flowtable_info_find(info, device);

		if (!(info->flags & NFT_FLOWTABLE_HW_OFFLOAD) || !spec)
			continue;
		snprintf(raw, sizeof(raw), "%s %s %s%s%s",
			 nfto_family_name((enum nfto_family)info->family), info->table, info->name,
			 spec->is_wildcard ? ", which lists " : "",
			 spec->is_wildcard ? spec->text : "");
		printable(text, size, raw);
		return true;
	}
	return false;
}

NFTO_API int nfto_flowtables_read(struct nfto_ctx *ctx, struct nfto_flowtables **out)
{
	struct nfto_flowtables *list;
	int ret;

	error_clear(&ctx->error);
	list = calloc(1, sizeof(*list));
	if (!list)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	ret = flowtables_read(ctx, AF_UNSPEC, NULL, list);
	if (ret < 0) {
		free(list);
		return ret;
	}
	*out = list;
	return 0;
}

NFTO_API void nfto_flowtables_free(struct nfto_flowtables *list)
{
	if (!list)
		return;
	flowtables_clear(list);
	free(list);
}

NFTO_API size_t nfto_flowtables_count(const struct nfto_flowtables *list)
{
	return list->count;
}

NFTO_API const struct nfto_flowtable *nfto_flowtables_get(const struct nfto_flowtables *list,
							  size_t index)
{
	return index < list->count ? &list->items[index] : NULL;
}

static struct nfto_flowtable *find(struct nfto_flowtables *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].info.name, name) == 0)
			return &list->items[i];
	}
	return NULL;
}

static int not_found(struct nfto_ctx *ctx, enum nfto_family family, const char *table,
		     const char *name)
{
	char object[OBJECT_SIZE];

	snprintf(object, sizeof(object), "flowtable %s %s %s", nfto_family_name(family), table,
		 name);
	return error_set_object(&ctx->error, NFTO_ERROR_NO_FLOWTABLE, ENOENT, object);
}

NFTO_API int nfto_flowtable_get(struct nfto_ctx *ctx, enum nfto_family family, const char *table,
				const char *name, struct nfto_flowtable **out)
{
	struct nfto_flowtable *found, *copy;
	struct nfto_flowtables list;
	int ret;

	error_clear(&ctx->error);
	if (name_fault_object(table) || name_fault_object(name))
		return not_found(ctx, family, table, name);
	copy = calloc(1, sizeof(*copy));
	if (!copy)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	ret = flowtables_read(ctx, (uint8_t)family, table, &list);
	if (ret < 0)
		goto free_copy;

	found = find(&list, name);
	if (!found) {
		ret = not_found(ctx, family, table, name);
		goto clear_list;
	}
	/* The copy takes the devices over. */
	*copy = *found;
	found->info.devices = NULL;
	flowtables_clear(&list);
	*out = copy;
	return 0;

clear_list:
	flowtables_clear(&list);
free_copy:
	free(copy);
	return ret;
}

NFTO_API void nfto_flowtable_free(struct nfto_flowtable *flowtable)
{
	if (!flowtable)
		return;
	flowtable_info_free(&flowtable->info);
	free(flowtable);
}

NFTO_API enum nfto_family nfto_flowtable_family(const struct nfto_flowtable *flowtable)
{
	return (enum nfto_family)flowtable->info.family;
}

NFTO_API const char *nfto_flowtable_table(const struct nfto_flowtable *flowtable)
{
	return flowtable->info.table;
}

NFTO_API const char *nfto_flowtable_name(const struct nfto_flowtable *flowtable)
{
	return flowtable->info.name;
}

NFTO_API uint64_t nfto_flowtable_handle(const struct nfto_flowtable *flowtable)
{
	return flowtable->info.handle;
}

NFTO_API int32_t nfto_flowtable_priority(const struct nfto_flowtable *flowtable)
{
	return flowtable->info.priority;
}

NFTO_API uint32_t nfto_flowtable_flags(const struct nfto_flowtable *flowtable)
{
	return flowtable->info.flags;
}

NFTO_API uint32_t nfto_flowtable_use(const struct nfto_flowtable *flowtable)
{
	return flowtable->info.use;
}

NFTO_API size_t nfto_flowtable_device_count(const struct nfto_flowtable *flowtable)
{
	return flowtable->info.device_count;
}

NFTO_API const char *nfto_flowtable_device(const struct nfto_flowtable *flowtable, size_t index)
{
	return index < flowtable->info.device_count ? flowtable->info.devices[index].text : NULL;
}
