/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INSTANCE_SCRIPT_H
#define INSTANCE_SCRIPT_H

#include "reply.h"

/* An instance named "nftoffload" as the kernel tells of it. Its texts stand here once more, as they
 * are in the kernels of routers where an older version of the library made it. */
struct instance_script {
	const char *comment;   /* of the table; NULL: none */
	const char *flowtable; /* its name; NULL: none */
	uint32_t flags;
	int32_t priority;
	const char *devices[8]; /* a name that ends with '*' is a wildcard, here and below */
	bool has_chain;
	int32_t chain_priority;
	bool has_wanted;	   /* the set */
	const char *interfaces[8]; /* that were asked for */
	const char *wanted_devices[8];
	const char *offload_comment; /* of the rule; NULL: no such rule */
	const char *leak_comment;    /* the same */
	bool offload_has_counter;
	bool leak_has_counter;
	uint64_t rule_handle; /* 0: the usual one */
	bool is_dormant;
	size_t namers; /* rules that put leaks into sets */
	uint64_t inserted;
	uint64_t leaked;
};

/* All of it, with the devices lan0 and wan0. Change what the test is about. */
struct instance_script instance_whole(const char *mode, uint32_t flags);

/* Answers to the requests of one look at it. */
void instance_answer(struct fake *fake, const struct instance_script *instance);

/* The answers one by one. */
void instance_answer_table(struct fake *fake, const char *comment);
void instance_answer_flowtable(struct fake *fake, const struct instance_script *instance);
void instance_answer_chain(struct fake *fake, const struct instance_script *instance);
void instance_answer_wanted(struct fake *fake, const struct instance_script *instance);
void instance_answer_rules(struct fake *fake, const struct instance_script *instance);

/* There is none. */
void instance_answer_missing(struct fake *fake);

/* A look at an instance begins with the generation, and so does the first dump of a context. */
void instance_answer_generation(struct fake *fake);

/* The network devices, physical ones, that are there: the names end with NULL. */
void instance_answer_links(struct fake *fake, const char *const *names);

#endif
