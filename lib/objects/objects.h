/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_OBJECTS_H
#define NFTO_OBJECTS_H

#include "codec/flowtable.h"
#include "codec/rule.h"
#include "codec/table.h"
#include "internal.h"

/* The chain that the leak detector jumps to. */
#define LEAKS_CHAIN "leaks"

/* The comment of the rule that counts packets of flows which leak. */
#define LEAK_RULE_COMMENT "leaks: packets of offloaded flows that came the slow way"

/* flowtable.c */
struct nfto_flowtable {
	struct flowtable_info info;
};

struct nfto_flowtables {
	struct nfto_flowtable *items;
	size_t count;
};

/* The flowtables of one table, or all of them if the table is NULL; free with flowtables_clear(). */
int flowtables_read(struct nfto_ctx *ctx, uint8_t family, const char *table,
		    struct nfto_flowtables *list);
void flowtables_clear(struct nfto_flowtables *list);

/* table.c: 1 if the table is there, 0 if not, or a negative errno. */
int table_read(struct nfto_ctx *ctx, uint8_t family, const char *name, struct table_info *info);

/* rule.c: the rules of one table; free() the array. */
int rules_read(struct nfto_ctx *ctx, uint8_t family, const char *table, struct rule_info **rules,
	       size_t *count);

#endif
