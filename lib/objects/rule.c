// SPDX-License-Identifier: LGPL-2.1-or-later
/* The rules of a table, as far as we need them: chain, comment, counter. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objects.h"

struct rules {
	struct rule_info *items;
	size_t count;
};

static void restart(void *data)
{
	struct rules *rules = data;

	free(rules->items);
	memset(rules, 0, sizeof(*rules));
}

static int take(const struct nlmsghdr *message, void *data)
{
	struct rules *rules = data;
	struct rule_info *items = realloc(rules->items, (rules->count + 1) * sizeof(*items));

	if (!items)
		return -ENOMEM;
	rules->items = items;
	return rule_parse(message, &items[rules->count++]);
}

int rules_read(struct nfto_ctx *ctx, uint8_t family, const char *table, struct rule_info **items,
	       size_t *count)
{
	struct rules rules = { 0 };
	struct dump dump = { .restart = restart, .take = take, .data = &rules };
	char object[OBJECT_SIZE];
	int ret;

	ret = rule_build_dump(&dump.request, family, table);
	if (ret == 0)
		ret = ctx_nft_dump(ctx, &dump);
	messages_free(&dump.request);
	if (ret < 0) {
		free(rules.items);
		snprintf(object, sizeof(object), "rules of table %s %s", nfto_family_name(family),
			 table);
		return error_set_request(&ctx->error, &ctx->nft.error, ret, object);
	}
	*items = rules.items;
	*count = rules.count;
	return 0;
}
