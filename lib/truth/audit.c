// SPDX-License-Identifier: LGPL-2.1-or-later
/* Conntrack against the hardware, by looks that are some seconds apart. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netlink.h>

#include "audit_judge.h"
#include "audit_key.h"
#include "codec/conntrack_id.h"
#include "intent/rehome.h"
#include "facts/sysctl.h"
#include "findings.h"
#include "objects/objects.h"

/* A router that has more findings has one cause for all of them. */
#define MOST_FINDINGS 4096

/* The kernel's own, unless somebody has changed it. */
#define DEFAULT_TIMEOUT_S 30

/* The kernel looks after a flow once a second, and its work may have to wait. */
#define SLACK_MS 2000

/* How long a flow that is over may stay in the hardware. */
#define LEAVING_MS 3000

struct nfto_audit_item {
	const struct nfto_finding *finding;
	uint8_t family;
	uint8_t protocol;
	bool has_zone;
	uint16_t zone;
	struct flow_side side;
	uint64_t key;
	bool is_fixable;
};

struct nfto_audit {
	struct nfto_ctx *ctx;
	struct audit_secret secret;
	struct audit_look last;
	struct audit_look look; /* the one that is being taken */
	bool has_looked;
	uint32_t tcp_timeout_s;
	uint32_t udp_timeout_s;
	struct findings findings;
	struct nfto_audit_item *items; /* as many as there are findings */
	struct messages fixable;       /* of the conntrack entries where that mends it */
};

static int fail_memory(const struct nfto_audit *audit)
{
	return error_set_object(&audit->ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
}

static uint64_t now_ms(const struct nfto_audit *audit)
{
	return audit->ctx->clock->now_ms(audit->ctx->clock);
}

/* ---- How old counters may be */

static void read_timeouts(struct nfto_audit *audit)
{
	audit->tcp_timeout_s =
		sysctl_read_or(audit->ctx, "nf_flowtable_tcp_timeout", DEFAULT_TIMEOUT_S);
	audit->udp_timeout_s =
		sysctl_read_or(audit->ctx, "nf_flowtable_udp_timeout", DEFAULT_TIMEOUT_S);
}

static uint64_t timeout_ms(const struct nfto_audit *audit, uint8_t protocol)
{
	if (protocol == IPPROTO_TCP)
		return 1000 * (uint64_t)audit->tcp_timeout_s;
	if (protocol == IPPROTO_UDP)
		return 1000 * (uint64_t)audit->udp_timeout_s;
	return 1000 * DEFAULT_TIMEOUT_S;
}

NFTO_API uint64_t nfto_audit_interval_ms(const struct nfto_audit *audit)
{
	uint64_t tcp = timeout_ms(audit, IPPROTO_TCP), udp = timeout_ms(audit, IPPROTO_UDP);
	uint64_t lag_ms = (tcp > udp ? tcp : udp) / 10;

	return (lag_ms > LEAVING_MS ? lag_ms : LEAVING_MS) + SLACK_MS;
}

/* ---- The items */

static void clear_items(struct nfto_audit *audit)
{
	free(audit->items);
	audit->items = NULL;
	messages_free(&audit->fixable);
	findings_clear(&audit->findings);
}

static struct nfto_audit_item *append(struct nfto_audit *audit, const struct verdict *verdict)
{
	size_t count = audit->findings.count;
	struct nfto_audit_item *items;
	struct nfto_finding *finding;

	items = realloc(audit->items, (count + 1) * sizeof(*items));
	if (!items)
		return NULL;
	audit->items = items;
	finding = findings_add(&audit->findings, verdict->code, "%s", verdict->evidence);
	if (!finding)
		return NULL;
	finding->is_certain = !verdict->is_possible;
	if (verdict->is_mild)
		finding->severity = NFTO_SEVERITY_WARNING;
	items[count] = (struct nfto_audit_item){ .zone = 0 };
	return &items[count];
}

static bool is_full(const struct nfto_audit *audit)
{
	return audit->findings.count == MOST_FINDINGS;
}

/* ---- A look at the hardware */

static int fail_table(const struct nfto_audit *audit, const struct hw_table *table, int result)
{
	struct reply_error nothing = { .errnum = 0 };
	char object[64];

	snprintf(object, sizeof(object), "the hardware's table of %s",
		 hw_drivers[table->driver]->name);
	return error_set_request(&audit->ctx->error, &nothing, result, object);
}

/* Reads all tables, one entry at a time. */
static int read_tables(struct nfto_audit *audit, struct hw_table *table,
		       int (*take)(struct nfto_audit *audit, const struct hw_entry *entry))
{
	struct hw_entry entry;
	int ret;

	hw_table_open(audit->ctx, table);
	while ((ret = hw_table_next(table, &entry)) > 0) {
		ret = take(audit, &entry);
		if (ret < 0)
			break;
	}
	if (ret < 0 && ret != -ENOMEM)
		ret = fail_table(audit, table, ret);
	else if (ret < 0)
		ret = fail_memory(audit);
	hw_table_close(table);
	return ret;
}

static uint64_t key_of(const struct nfto_audit *audit, const struct hw_entry *entry)
{
	return audit_key(&audit->secret, entry->family, entry->protocol, &entry->before,
			 &entry->after);
}

/* A driver may have several entries for the same: by port, or by VLAN. */
static int see_entry(struct nfto_audit *audit, const struct hw_entry *entry)
{
	const struct direction *before;
	struct direction *direction;
	int ret = audit_map_add(&audit->look.map, key_of(audit, entry), &direction);

	if (ret < 0 || !direction)
		return ret;
	direction->seen |= SEEN_HARDWARE | SEEN_EVER_HARDWARE;
	if (entry->before.has_counter)
		direction->seen |= SEEN_HW_COUNTED;
	direction->hw_packets += entry->before.counter.packets;
	before = audit_map_get(&audit->last.map, direction->key);
	if (before)
		direction->seen |= before->seen & SEEN_EVER_MARKED;
	return 0;
}

static int look_at_hardware(struct nfto_audit *audit)
{
	struct audit_look *look = &audit->look;
	struct hw_table table;
	int ret = read_tables(audit, &table, see_entry);

	if (ret < 0)
		return ret;
	memcpy(look->has_driver, table.has_driver, sizeof(look->has_driver));
	look->is_complete = !table.is_incomplete;
	for (size_t i = 0; i < HW_DRIVER_COUNT; i++)
		look->has_tables = look->has_tables || look->has_driver[i];
	return 0;
}

/* ---- A look at conntrack */

static bool is_worth_a_place(const struct nfto_audit *audit, const struct flow_info *info,
			     const uint64_t keys[2])
{
	return (info->status & IPS_HW_OFFLOAD && info->status & IPS_OFFLOAD) ||
	       audit_map_get(&audit->last.map, keys[0]) ||
	       audit_map_get(&audit->look.map, keys[0]) || audit_map_get(&audit->look.map, keys[1]);
}

static unsigned int bits_of(const struct flow_info *info, const struct flow_side *side)
{
	unsigned int bits = SEEN_ENTRY;

	if (info->status & (IPS_OFFLOAD | IPS_HW_OFFLOAD))
		bits |= SEEN_OFFLOADED;
	if (info->status & IPS_OFFLOAD && info->status & IPS_HW_OFFLOAD)
		bits |= SEEN_MARKED | SEEN_EVER_MARKED;
	if (side->has_counter)
		bits |= SEEN_COUNTED;
	return bits;
}

static void see_side(struct direction *direction, const struct flow_info *info,
		     const struct flow_side *side, uint32_t id)
{
	if (direction->seen & SEEN_ENTRY)
		direction->seen |= SEEN_TWICE;
	direction->seen |= bits_of(info, side);
	direction->id = id;
	direction->packets = side->counter.packets;
}

/* Both are found, or made; only then are their places known for good. */
static int find_directions(struct nfto_audit *audit, const uint64_t keys[2],
			   struct direction *found[2])
{
	for (int i = 0; i < 2; i++) {
		if (audit_map_add(&audit->look.map, keys[i], &found[i]) < 0)
			return -ENOMEM;
	}
	for (int i = 0; i < 2; i++)
		found[i] = audit_map_get(&audit->look.map, keys[i]);
	return 0;
}

static int add_flow_item(struct nfto_audit *audit, const struct nlmsghdr *message,
			 const struct judged *judged, const struct verdict *verdict)
{
	struct nfto_audit_item *item;

	if (is_full(audit))
		return 0;
	item = append(audit, verdict);
	if (!item)
		return -ENOMEM;
	item->family = judged->info->family;
	item->protocol = judged->info->protocol;
	item->has_zone = true;
	item->zone = judged->info->zone;
	item->side = judged->info->sides[0];
	item->key = judged->now[0]->key;
	item->is_fixable = verdict->is_mended;
	return item->is_fixable ? messages_append(&audit->fixable, message) : 0;
}

static int judge(struct nfto_audit *audit, const struct nlmsghdr *message,
		 const struct judged *judged)
{
	struct verdict verdicts[AUDIT_MOST_VERDICTS];
	size_t count;
	int ret = 0;

	audit_remember(judged);
	if (!audit->has_looked)
		return 0;
	count = audit_judge(judged, verdicts);
	for (size_t i = 0; i < count && ret == 0; i++)
		ret = add_flow_item(audit, message, judged, &verdicts[i]);
	return ret;
}

static int see_flow(struct nfto_audit *audit, const struct nlmsghdr *message)
{
	struct flow_info info;
	struct judged judged = {
		.last = &audit->last,
		.look = &audit->look,
		.info = &info,
		.lag_ms = nfto_audit_interval_ms(audit),
	};
	uint64_t keys[2];
	uint32_t id;
	int ret = conntrack_parse(message, &info);

	if (ret < 0)
		return ret;
	audit_keys(&audit->secret, &info, keys);
	if (!is_worth_a_place(audit, &info, keys))
		return 0;
	ret = conntrack_parse_id(message, &id);
	if (ret == 0)
		ret = find_directions(audit, keys, judged.now);
	if (ret < 0 || !judged.now[0] || !judged.now[1])
		return ret;
	for (int i = 0; i < 2; i++) {
		see_side(judged.now[i], &info, &info.sides[i], id);
		judged.before[i] = audit_map_get(&audit->last.map, keys[i]);
	}
	audit->look.flow_count += (judged.now[0]->seen & SEEN_MARKED) != 0;
	judged.at_ms = now_ms(audit);
	judged.timeout_ms = timeout_ms(audit, info.protocol);
	return judge(audit, message, &judged);
}

static int read_conntrack(struct nfto_audit *audit, struct channel *channel)
{
	struct conntrack_filter all = { .family = 0 };
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = conntrack_build_dump(&request, &all);

	if (ret == 0)
		ret = channel_send(channel, &request);
	messages_free(&request);
	while (ret == 0) {
		ret = channel_next(channel, &message);
		if (ret <= 0)
			break;
		ret = see_flow(audit, message);
	}
	return ret;
}

static int look_at_conntrack(struct nfto_audit *audit)
{
	struct channel channel = { .transport = NULL };
	int ret = ctx_open_channel(audit->ctx, NETLINK_NETFILTER, &channel);

	if (ret == 0)
		ret = read_conntrack(audit, &channel);
	if (ret < 0)
		ret = error_set_conntrack(&audit->ctx->error, &channel.error, ret);
	channel_close(&channel);
	return ret;
}

/* ---- What is in the hardware alone */

static bool has_leftovers(const struct nfto_audit *audit)
{
	const struct audit_map *map = &audit->look.map;

	for (size_t i = 0; i < map->capacity; i++) {
		const struct direction *now = &map->slots[i];

		if (now->key && audit_is_leftover(now, audit_map_get(&audit->last.map, now->key)))
			return true;
	}
	return false;
}

static int see_leftover(struct nfto_audit *audit, const struct hw_entry *entry)
{
	uint64_t key = key_of(audit, entry);
	const struct direction *before = audit_map_get(&audit->last.map, key);
	struct direction *now = audit_map_get(&audit->look.map, key);
	struct nfto_audit_item *item;
	struct verdict verdict;

	if (is_full(audit) || !audit_is_leftover(now, before))
		return 0;
	audit_judge_leftover(entry, now, before, &verdict);
	now->seen |= SEEN_REPORTED;
	item = append(audit, &verdict);
	if (!item)
		return -ENOMEM;
	item->family = entry->family;
	item->protocol = entry->protocol;
	item->side = entry->before;
	return 0;
}

/* The tables are read once more: only numbers are kept of them. */
static int look_for_leftovers(struct nfto_audit *audit)
{
	struct hw_table table;

	return has_leftovers(audit) ? read_tables(audit, &table, see_leftover) : 0;
}

/* ---- The looks */

/* Which flow is of which flowtable, nobody can tell: so all of them must count. What tc offloads is
 * in none of them, and always counted (tcf_ct_flow_table_get()). */
static int look_at_flowtables(struct nfto_audit *audit)
{
	struct nfto_flowtables list;
	int ret = flowtables_read(audit->ctx, AF_UNSPEC, NULL, &list);

	if (ret < 0)
		return ret;
	audit->look.has_counters = true;
	for (size_t i = 0; i < list.count; i++) {
		uint32_t flags = list.items[i].info.flags;

		if (flags & NFTO_FLOWTABLE_HARDWARE && !(flags & NFTO_FLOWTABLE_COUNTER))
			audit->look.has_counters = false;
	}
	flowtables_clear(&list);
	return 0;
}

/* The hardware before conntrack: what is offloaded in between is missing in neither. */
static int take_look(struct nfto_audit *audit)
{
	int ret;

	audit->look = (struct audit_look){ .begin_ms = now_ms(audit) };
	read_timeouts(audit);
	ret = look_at_flowtables(audit);
	if (ret == 0)
		ret = look_at_hardware(audit);
	if (ret == 0)
		ret = look_at_conntrack(audit);
	audit->look.end_ms = now_ms(audit);
	if (ret == 0 && audit->has_looked)
		ret = look_for_leftovers(audit);
	return ret;
}

static void finish_look(struct nfto_audit *audit)
{
	audit_map_clear(&audit->last.map);
	audit->last = audit->look;
	audit->look = (struct audit_look){ .begin_ms = 0 };
	audit->has_looked = true;
	for (size_t i = 0; i < audit->findings.count; i++)
		audit->items[i].finding = &audit->findings.items[i];
}

static int look_again(struct nfto_audit *audit)
{
	int ret;

	clear_items(audit);
	ret = take_look(audit);
	if (ret < 0) {
		clear_items(audit);
		audit_map_clear(&audit->look.map);
		return ret;
	}
	finish_look(audit);
	return 0;
}

NFTO_API int nfto_audit_open(struct nfto_ctx *ctx, struct nfto_audit **out)
{
	struct nfto_audit *audit;
	int ret;

	error_clear(&ctx->error);
	audit = calloc(1, sizeof(*audit));
	if (!audit)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	audit->ctx = ctx;
	ret = audit_secret_make(&audit->secret);
	ret = ret < 0 ? error_set_object(&ctx->error, NFTO_ERROR_SYSTEM, -ret, "getrandom") :
			look_again(audit);
	if (ret < 0) {
		nfto_audit_free(audit);
		return ret;
	}
	*out = audit;
	return 0;
}

NFTO_API void nfto_audit_free(struct nfto_audit *audit)
{
	if (!audit)
		return;
	clear_items(audit);
	audit_map_clear(&audit->last.map);
	free(audit);
}

NFTO_API int nfto_audit_look(struct nfto_audit *audit)
{
	struct error_details details = {
		.sentence = "the last look was taken so shortly before that counters may not "
			    "have moved since",
	};

	error_clear(&audit->ctx->error);
	if (now_ms(audit) - audit->last.end_ms < nfto_audit_interval_ms(audit))
		return error_set(&audit->ctx->error, NFTO_ERROR_INVALID, EAGAIN, &details);
	return look_again(audit);
}

NFTO_API uint64_t nfto_audit_flow_count(const struct nfto_audit *audit)
{
	return audit->last.flow_count;
}

NFTO_API bool nfto_audit_has_counters(const struct nfto_audit *audit)
{
	return audit->last.has_counters;
}

NFTO_API const char *nfto_audit_table(const struct nfto_audit *audit, size_t index)
{
	for (size_t i = 0; i < HW_DRIVER_COUNT; i++) {
		if (audit->last.has_driver[i] && index-- == 0)
			return hw_drivers[i]->name;
	}
	return NULL;
}

NFTO_API size_t nfto_audit_count(const struct nfto_audit *audit)
{
	return audit->findings.count;
}

NFTO_API const struct nfto_audit_item *nfto_audit_get(const struct nfto_audit *audit, size_t index)
{
	return index < audit->findings.count ? &audit->items[index] : NULL;
}

/* ---- Mending */

static int rehome_all(struct nfto_audit *audit, struct rehoming *rehoming)
{
	const char *position = audit->fixable.data;
	int ret = 0;

	for (size_t left = audit->fixable.count; left > 0 && ret == 0; left--) {
		const struct nlmsghdr *entry = (const struct nlmsghdr *)position;

		position += NLMSG_ALIGN(entry->nlmsg_len);
		ret = rehoming_add(rehoming, entry);
		if (ret == 0 && (rehoming_is_full(rehoming) || left == 1))
			ret = rehoming_finish(rehoming);
	}
	return ret;
}

/* That they are gone is no wonder at the next look. */
static void forget_fixed(struct nfto_audit *audit)
{
	for (size_t i = 0; i < audit->findings.count; i++) {
		struct direction *direction;

		if (!audit->items[i].is_fixable)
			continue;
		direction = audit_map_get(&audit->last.map, audit->items[i].key);
		if (direction)
			direction->seen &= ~(unsigned int)(SEEN_MARKED | SEEN_ALIVE);
	}
}

NFTO_API int nfto_audit_fix(struct nfto_audit *audit, uint64_t *evicted)
{
	struct rehoming rehoming;
	int ret;

	error_clear(&audit->ctx->error);
	ret = rehoming_open(&rehoming, audit->ctx, false);
	if (ret == 0)
		ret = rehome_all(audit, &rehoming);
	messages_free(&audit->fixable);
	forget_fixed(audit);
	if (ret == 0 && evicted)
		*evicted = rehoming.moved;
	rehoming_close(&rehoming);
	return ret;
}

/* ---- One item */

NFTO_API const struct nfto_finding *nfto_audit_item_finding(const struct nfto_audit_item *item)
{
	return item->finding;
}

NFTO_API bool nfto_audit_item_is_fixable(const struct nfto_audit_item *item)
{
	return item->is_fixable;
}

NFTO_API int nfto_audit_item_family(const struct nfto_audit_item *item)
{
	return item->family;
}

NFTO_API uint8_t nfto_audit_item_protocol(const struct nfto_audit_item *item)
{
	return item->protocol;
}

NFTO_API const void *nfto_audit_item_source(const struct nfto_audit_item *item)
{
	return item->side.source;
}

NFTO_API const void *nfto_audit_item_destination(const struct nfto_audit_item *item)
{
	return item->side.destination;
}

NFTO_API uint16_t nfto_audit_item_source_port(const struct nfto_audit_item *item)
{
	return item->side.source_port;
}

NFTO_API uint16_t nfto_audit_item_destination_port(const struct nfto_audit_item *item)
{
	return item->side.destination_port;
}

NFTO_API int nfto_audit_item_zone(const struct nfto_audit_item *item, uint16_t *zone)
{
	if (!item->has_zone)
		return -ENODATA;
	*zone = item->zone;
	return 0;
}
