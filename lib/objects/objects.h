/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_OBJECTS_H
#define NFTO_OBJECTS_H

#include "codec/chain.h"
#include "codec/flowtable.h"
#include "codec/rule.h"
#include "codec/table.h"
#include "codec/wanted_set.h"
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

/* The flowtables of one table, or all of them if the table is NULL; free with
 * flowtables_clear(). */
int flowtables_read(struct nfto_ctx *ctx, uint8_t family, const char *table,
		    struct nfto_flowtables *list);
void flowtables_clear(struct nfto_flowtables *list);

/* Describes the flowtable that has a device's hardware, "inet firewall f", safe on a terminal; false:
 * none of the list has it. */
bool flowtables_describe_holder(const struct nfto_flowtables *list, const char *device, char *text,
				size_t size);

/* table.c: 1 if the table is there, 0 if not, or a negative errno. */
int table_read(struct nfto_ctx *ctx, uint8_t family, const char *name, struct table_info *info);

/* chain.c: 1 if the chain, of a table of family inet, is there; 0 if not; or a negative errno. */
int chain_read(struct nfto_ctx *ctx, const char *table, const char *name, struct chain_info *info);

/* wanted.c: the names that an instance was asked for; free with wanted_clear(). 1, 0 if the set is
 * not there, or a negative errno. */
struct wanted {
	struct wanted_name *names;
	size_t count;
};

int wanted_read(struct nfto_ctx *ctx, const char *table, struct wanted *wanted);
void wanted_clear(struct wanted *wanted);

/* Is it just these names, in whatever order? */
bool wanted_is(const struct wanted *wanted, const struct wanted_name *names, size_t count);

/* rule.c: the rules of one table; free() the array. */
int rules_read(struct nfto_ctx *ctx, uint8_t family, const char *table, struct rule_info **rules,
	       size_t *count);

#endif
