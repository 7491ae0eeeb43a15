// SPDX-License-Identifier: LGPL-2.1-or-later
/* The elements of the leak detector's sets, and which of them are leaks. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>

#include "codec/set_elements.h"
#include "facts/flow_state.h"
#include "intent/instance.h"
#include "leaks.h"

/* Some packets are on their way when their flow is made, and each time that it is made anew. */
#define FEW_PACKETS 10

/* A flow that no packet finds times out after so long, and then its mark goes (by default). */
#define LATELY_MS 30000

/* Conntrack keeps a connection that was closed for longer than this (10 s at least, by default): what
 * it does not find by then is known to it by other addresses. */
#define STILL_OPEN_MS 5000

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
	items[leaks->count++] = (struct nfto_leak){ .info = *info };
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

/* ---- Which of them are leaks */

static bool is_marked(const struct connection *connection)
{
	return connection->info.status & IPS_OFFLOAD;
}

/* While the kernel tries in vain to offload a connection, few of its packets meet the mark of an
 * attempt on another processor: one of twenty were seen. Where conntrack has counted less than the
 * detector, its counters have begun anew, and tell nothing. */
static bool are_most(const struct leak_info *counted, const struct connection *connection)
{
	const struct flow_side *side = &connection->info.sides[counted->direction];
	uint64_t all = side->counter.packets, marked = counted->counter.packets;

	return side->has_counter && marked > all / 2 && marked <= all;
}

static bool came_within(const struct leak_info *counted, uint64_t duration_ms)
{
	return !counted->has_idle || counted->idle_ms < duration_ms;
}

/* ICMP errors about a connection have its mark, and always take the slow path. */
static bool may_be_one(const struct leak_info *counted)
{
	return counted->counter.packets > FEW_PACKETS && counted->protocol != IPPROTO_ICMP &&
	       counted->protocol != IPPROTO_ICMPV6;
}

bool leak_is_one(const struct leak_info *counted, const struct connection *connection)
{
	if (!may_be_one(counted))
		return false;
	if (!connection)
		return came_within(counted, STILL_OPEN_MS);
	return are_most(counted, connection) ||
	       (is_marked(connection) && came_within(counted, LATELY_MS));
}

static struct conntrack_tuple tuple_of(const struct leak_info *counted, bool is_reversed)
{
	struct conntrack_tuple tuple = {
		.family = counted->nfproto == NFPROTO_IPV4 ? AF_INET : AF_INET6,
		.protocol = counted->protocol,
		.source = is_reversed ? counted->destination : counted->source,
		.destination = is_reversed ? counted->source : counted->destination,
		.source_port = is_reversed ? counted->destination_port : counted->source_port,
		.destination_port = is_reversed ? counted->source_port : counted->destination_port,
	};

	return tuple;
}

/*
 * Conntrack knows a connection by the tuples before any NAT, of either direction. Without DNAT the
 * original one is that which the forward chain sees; with DNAT, but no SNAT, the reply one is, the
 * other way round.
 */
int leak_find_connection(struct nfto_ctx *ctx, const struct leak_info *counted,
			 struct connection *connection)
{
	bool is_reply = counted->direction == IP_CT_DIR_REPLY;
	struct conntrack_tuple tuple = tuple_of(counted, is_reply);
	int ret;

	if (!connection_is_looked_up(counted->protocol))
		return 0;
	ret = connection_find(ctx, &tuple, connection);
	if (ret != 0)
		return ret;
	tuple = tuple_of(counted, !is_reply);
	return connection_find(ctx, &tuple, connection);
}

static int look(struct nfto_ctx *ctx, struct nfto_leak *leak)
{
	struct connection connection;
	int ret = 0;

	leak->is_one = false;
	if (!may_be_one(&leak->info))
		return 0;
	ret = leak_find_connection(ctx, &leak->info, &connection);
	if (ret < 0)
		return ret;
	leak->is_certain = ret > 0;
	leak->is_one = leak_is_one(&leak->info, ret > 0 ? &connection : NULL);
	return 0;
}

static void keep_leaks(struct nfto_leaks *leaks)
{
	size_t kept = 0;

	for (size_t i = 0; i < leaks->count; i++) {
		if (leaks->items[i].is_one)
			leaks->items[kept++] = leaks->items[i];
	}
	leaks->count = kept;
}

NFTO_API int nfto_leaks_look(struct nfto_ctx *ctx, struct nfto_leaks *leaks)
{
	int ret = 0;

	error_clear(&ctx->error);
	for (size_t i = 0; i < leaks->count && ret == 0; i++)
		ret = look(ctx, &leaks->items[i]);
	if (ret == 0)
		keep_leaks(leaks);
	return ret;
}

/* ---- All of them */

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
	if (ret == 0)
		ret = nfto_leaks_look(ctx, leaks);
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

NFTO_API bool nfto_leak_is_certain(const struct nfto_leak *leak)
{
	return leak->is_certain;
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
