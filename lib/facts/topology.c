// SPDX-License-Identifier: LGPL-2.1-or-later
/* The network devices of a namespace, and how they stand on each other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "topology.h"

static int compare_names(const void *left, const void *right)
{
	const struct link_info *const *a = left, *const *b = right;

	return strcmp((*a)->name, (*b)->name);
}

static int compare_indexes(const void *left, const void *right)
{
	const struct link_info *const *a = left, *const *b = right;

	return (*a)->index < (*b)->index ? -1 : (*a)->index > (*b)->index;
}

static int compare_masters(const void *left, const void *right)
{
	const struct link_info *const *a = left, *const *b = right;

	if ((*a)->master != (*b)->master)
		return (*a)->master < (*b)->master ? -1 : 1;
	return compare_indexes(left, right);
}

static const struct link_info *find(const struct link_info *const *links, size_t count,
				    const struct link_info *key,
				    int (*compare)(const void *left, const void *right))
{
	const struct link_info *const *found =
		count ? bsearch(&key, links, count, sizeof(*links), compare) : NULL;

	return found ? *found : NULL;
}

const struct link_info *topology_find_name(const struct nfto_topology *topology, const char *name)
{
	struct link_info key;
	size_t length = strlen(name);

	if (length >= sizeof(key.name))
		return NULL;
	memcpy(key.name, name, length + 1);
	return find(topology->by_name, topology->link_count, &key, compare_names);
}

const struct link_info *topology_find_index(const struct nfto_topology *topology, uint32_t index)
{
	struct link_info key = { .index = index };

	return find(topology->by_index, topology->link_count, &key, compare_indexes);
}

const struct link_info *const *topology_ports(const struct nfto_topology *topology,
					      const struct link_info *master, size_t *count)
{
	const struct link_info *const *links = topology->by_master;
	size_t low = 0, high = topology->link_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (links[middle]->master < master->index)
			low = middle + 1;
		else
			high = middle;
	}
	*count = 0;
	while (low + *count < topology->link_count && links[low + *count]->master == master->index)
		(*count)++;
	return links + low;
}

int topology_add_link(struct nfto_topology *topology, const struct link_info *link)
{
	size_t count = topology->link_count;
	struct link_info *links;

	/* Room for 16, 32, 64... */
	if (count == 0 || (count >= 16 && (count & (count - 1)) == 0)) {
		size_t room = count ? 2 * count : 16;

		links = realloc(topology->links, room * sizeof(*links));
		if (!links)
			return -ENOMEM;
		topology->links = links;
	}
	topology->links[topology->link_count++] = *link;
	return 0;
}

static int sort(const struct nfto_topology *topology, const struct link_info ***sorted,
		int (*compare)(const void *left, const void *right))
{
	size_t count = topology->link_count;

	*sorted = calloc(count ? count : 1, sizeof(**sorted));
	if (!*sorted)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		(*sorted)[i] = &topology->links[i];
	qsort(*sorted, count, sizeof(**sorted), compare);
	return 0;
}

int topology_sort(struct nfto_topology *topology)
{
	int ret = sort(topology, &topology->by_index, compare_indexes);

	return ret < 0 ? ret : sort(topology, &topology->by_name, compare_names);
}

int topology_sort_ports(struct nfto_topology *topology)
{
	return sort(topology, &topology->by_master, compare_masters);
}

int topology_add_pppoe(struct nfto_topology *topology, const struct link_info *lower)
{
	uint32_t *lowers;

	for (size_t i = 0; i < topology->pppoe_lower_count; i++) {
		if (topology->pppoe_lowers[i] == lower->index)
			return 0;
	}
	lowers = realloc(topology->pppoe_lowers,
			 (topology->pppoe_lower_count + 1) * sizeof(*lowers));
	if (!lowers)
		return -ENOMEM;
	topology->pppoe_lowers = lowers;
	lowers[topology->pppoe_lower_count++] = lower->index;
	return 0;
}

/* ---- Reading */

static void restart(void *data)
{
	((struct nfto_topology *)data)->link_count = 0;
}

static int take(const struct nlmsghdr *message, void *data)
{
	struct link_info link;
	int ret;

	if (message->nlmsg_type != RTM_NEWLINK)
		return 0;
	ret = link_parse(message, &link);
	return ret < 0 ? ret : topology_add_link(data, &link);
}

static int read_links(struct nfto_ctx *ctx, struct nfto_topology *topology)
{
	struct dump dump = { .restart = restart, .take = take, .data = topology };
	static const char object[] = "the list of network devices";
	struct channel *channel;
	int ret = ctx_route(ctx, &channel);

	if (ret == 0)
		ret = link_build_dump(&dump.request);
	if (ret == 0)
		ret = channel_dump(channel, &dump);
	messages_free(&dump.request);
	if (ret < 0)
		error_set_request(&ctx->error, &channel->error, ret, object);
	return ret;
}

static int told(struct nfto_ctx *ctx, int result)
{
	static const struct reply_error nothing_said;

	return result < 0 ? error_set_request(&ctx->error, &nothing_said, result, NULL) : 0;
}

static int sort_and_look_below(struct nfto_ctx *ctx, struct nfto_topology *topology)
{
	int ret = topology_sort(topology);

	if (ret == 0)
		ret = topology_read_proc(ctx, topology);
	return told(ctx, ret);
}

static int finish(struct nfto_ctx *ctx, struct nfto_topology *topology)
{
	int ret = topology_sort_ports(topology);

	if (ret == 0)
		ret = topology_write(topology);
	return told(ctx, ret);
}

static int read_topology(struct nfto_ctx *ctx, struct nfto_topology *topology)
{
	int ret = read_links(ctx, topology);

	if (ret == 0)
		ret = sort_and_look_below(ctx, topology);
	if (ret == 0)
		ret = topology_read_tunnels(ctx, topology);
	return ret == 0 ? finish(ctx, topology) : ret;
}

NFTO_API int nfto_topology_read(struct nfto_ctx *ctx, struct nfto_topology **out)
{
	struct nfto_topology *topology;
	int ret;

	error_clear(&ctx->error);
	topology = calloc(1, sizeof(*topology));
	if (!topology)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	ret = read_topology(ctx, topology);
	if (ret < 0) {
		nfto_topology_free(topology);
		return ret;
	}
	*out = topology;
	return 0;
}

NFTO_API void nfto_topology_free(struct nfto_topology *topology)
{
	if (!topology)
		return;
	free(topology->links);
	free(topology->by_index);
	free(topology->by_name);
	free(topology->by_master);
	free(topology->pppoe_lowers);
	free(topology->text);
	free(topology);
}

NFTO_API const char *nfto_topology_text(const struct nfto_topology *topology)
{
	return topology->text;
}
