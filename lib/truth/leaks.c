// SPDX-License-Identifier: LGPL-2.1-or-later
/* The elements of the leak detector's sets. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/netfilter.h>

#include "codec/set_elements.h"
#include "intent/instance.h"
#include "leaks.h"

struct nfto_leaks {
	struct nfto_leak *items;
	size_t count;
};

NFTO_API const char *nfto_direction_name(enum nfto_direction direction)
{
	switch (direction) {
	case NFTO_DIRECTION_ORIGINAL:
		return "original";
	case NFTO_DIRECTION_REPLY:
		return "reply";
	}
	return "unknown";
}

/* One set is read at a time; those before it stay. */
struct reading {
	struct nfto_leaks *leaks;
	const struct leak_set *set;
	size_t count_before;
};

static void restart(void *data)
{
	struct reading *reading = data;

	reading->leaks->count = reading->count_before;
}

static int append(struct nfto_leaks *leaks, const struct leak_info *info)
{
	struct nfto_leak *items = realloc(leaks->items, (leaks->count + 1) * sizeof(*items));

	if (!items)
		return -ENOMEM;
	leaks->items = items;
	items[leaks->count++].info = *info;
	return 0;
}

static int take(const struct nlmsghdr *message, void *data)
{
	struct reading *reading = data;
	struct leak_info info;
	struct attr_walk walk;
	int ret = set_elements_walk(message, &walk);

	while (ret == 0) {
		ret = leak_set_next(&walk, reading->set, &info);
		if (ret <= 0)
			return ret;
		ret = append(reading->leaks, &info);
	}
	return ret;
}

static int read_set(struct nfto_ctx *ctx, const char *name, const struct leak_set *set,
		    struct nfto_leaks *leaks)
{
	struct reading reading = { .leaks = leaks, .set = set, .count_before = leaks->count };
	struct dump dump = { .restart = restart, .take = take, .data = &reading };
	char object[OBJECT_SIZE];
	int ret = set_elements_build_dump(&dump.request, name, set->name);

	if (ret == 0)
		ret = ctx_nft_dump(ctx, &dump);
	messages_free(&dump.request);
	/* A set or table that somebody has taken away has no leaks. */
	if (ret == 0 || ret == -ENOENT)
		return 0;
	snprintf(object, sizeof(object), "set inet %s %s", name, set->name);
	return error_set_request(&ctx->error, &ctx->nft.error, ret, object);
}

static int read_sets(struct nfto_ctx *ctx, const char *name, struct nfto_leaks *leaks)
{
	int ret = instance_find(ctx, name);

	if (ret <= 0)
		return ret;
	ret = 0;
	for (size_t i = 0; i < LEAK_SET_COUNT && ret == 0; i++)
		ret = read_set(ctx, name, &leak_sets[i], leaks);
	return ret;
}

NFTO_API int nfto_leaks_read(struct nfto_ctx *ctx, const char *name, struct nfto_leaks **out)
{
	struct nfto_leaks *leaks;
	int ret;

	error_clear(&ctx->error);
	leaks = calloc(1, sizeof(*leaks));
	if (!leaks)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	ret = read_sets(ctx, name, leaks);
	if (ret < 0) {
		nfto_leaks_free(leaks);
		return ret;
	}
	*out = leaks;
	return 0;
}

NFTO_API void nfto_leaks_free(struct nfto_leaks *leaks)
{
	if (!leaks)
		return;
	free(leaks->items);
	free(leaks);
}

NFTO_API size_t nfto_leaks_count(const struct nfto_leaks *leaks)
{
	return leaks->count;
}

NFTO_API const struct nfto_leak *nfto_leaks_get(const struct nfto_leaks *leaks, size_t index)
{
	return index < leaks->count ? &leaks->items[index] : NULL;
}

NFTO_API enum nfto_direction nfto_leak_direction(const struct nfto_leak *leak)
{
	return (enum nfto_direction)leak->info.direction;
}

NFTO_API int nfto_leak_family(const struct nfto_leak *leak)
{
	return leak->info.nfproto == NFPROTO_IPV4 ? AF_INET : AF_INET6;
}

NFTO_API uint8_t nfto_leak_protocol(const struct nfto_leak *leak)
{
	return leak->info.protocol;
}

NFTO_API const void *nfto_leak_source(const struct nfto_leak *leak)
{
	return leak->info.source;
}

NFTO_API const void *nfto_leak_destination(const struct nfto_leak *leak)
{
	return leak->info.destination;
}

NFTO_API uint16_t nfto_leak_source_port(const struct nfto_leak *leak)
{
	return leak->info.source_port;
}

NFTO_API uint16_t nfto_leak_destination_port(const struct nfto_leak *leak)
{
	return leak->info.destination_port;
}

NFTO_API uint64_t nfto_leak_packets(const struct nfto_leak *leak)
{
	return leak->info.counter.packets;
}

NFTO_API uint64_t nfto_leak_bytes(const struct nfto_leak *leak)
{
	return leak->info.counter.bytes;
}

NFTO_API int nfto_leak_idle_ms(const struct nfto_leak *leak, uint64_t *idle_ms)
{
	if (!leak->info.has_idle)
		return -ENODATA;
	*idle_ms = leak->info.idle_ms;
	return 0;
}

static int parse_one(const struct nlmsghdr *message, const struct leak_set *set,
		     struct leak_info *found)
{
	struct attr_walk walk;
	int ret = set_elements_walk(message, &walk);

	return ret < 0 ? ret : leak_set_next(&walk, set, found);
}

int leak_find(struct nfto_ctx *ctx, const char *name, const struct leak_info *key,
	      struct leak_info *found)
{
	const struct leak_set *set = leak_set_find(key->nfproto, key->direction);
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	char object[OBJECT_SIZE];
	int ret = leak_set_build_get(&request, name, set, key);

	ret = channel_get(&ctx->nft, &request, ret, &message);
	if (ret == -ENOENT)
		return 0;
	if (ret > 0)
		ret = parse_one(message, set, found);
	if (ret >= 0)
		return ret;
	snprintf(object, sizeof(object), "set inet %s %s", name, set->name);
	return error_set_request(&ctx->error, &ctx->nft.error, ret, object);
}
