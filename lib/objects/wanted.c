// SPDX-License-Identifier: LGPL-2.1-or-later
/* The names that an instance was asked for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/set_elements.h"
#include "objects.h"

static void restart(void *data)
{
	wanted_clear(data);
}

void wanted_clear(struct wanted *wanted)
{
	free(wanted->names);
	memset(wanted, 0, sizeof(*wanted));
}

static bool has_name(const struct wanted_name *names, size_t count, const struct wanted_name *name)
{
	for (size_t i = 0; i < count; i++) {
		if (names[i].is_device == name->is_device &&
		    names[i].is_prefix == name->is_prefix && strcmp(names[i].name, name->name) == 0)
			return true;
	}
	return false;
}

bool wanted_is(const struct wanted *wanted, const struct wanted_name *names, size_t count)
{
	if (wanted->count != count)
		return false;
	for (size_t i = 0; i < wanted->count; i++) {
		if (!has_name(names, count, &wanted->names[i]))
			return false;
	}
	return true;
}

static int append(struct wanted *wanted, const struct wanted_name *name)
{
	struct wanted_name *names = realloc(wanted->names, (wanted->count + 1) * sizeof(*names));

	if (!names)
		return -ENOMEM;
	wanted->names = names;
	names[wanted->count++] = *name;
	return 0;
}

static int take(const struct nlmsghdr *message, void *data)
{
	struct wanted_name name;
	struct attr_walk walk;
	int ret = set_elements_walk(message, &walk);

	while (ret == 0) {
		ret = wanted_set_next(&walk, &name);
		if (ret <= 0)
			return ret;
		ret = append(data, &name);
	}
	return ret;
}

int wanted_read(struct nfto_ctx *ctx, const char *table, struct wanted *wanted)
{
	struct dump dump = { .restart = restart, .take = take, .data = wanted };
	char object[OBJECT_SIZE];
	int ret;

	memset(wanted, 0, sizeof(*wanted));
	ret = set_elements_build_dump(&dump.request, table, WANTED_SET);
	if (ret == 0)
		ret = ctx_nft_dump(ctx, &dump);
	messages_free(&dump.request);
	if (ret == 0)
		return 1;
	wanted_clear(wanted);
	if (ret == -ENOENT)
		return 0;
	snprintf(object, sizeof(object), "set inet %s %s", table, WANTED_SET);
	return error_set_request(&ctx->error, &ctx->nft.error, ret, object);
}
