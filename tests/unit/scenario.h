/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "fake_transport.h"

/* What a run of a scenario finds there. */
struct scene {
	struct fake *fake; /* with the script of the scenario, at its begin */
	struct nfto_ctx *ctx;
	struct nfto_spec *spec; /* lan0 and dmz0 */
};

/*
 * Whole calls of the public interface, to be run again and again with a failure at another place. A
 * run takes care itself that a call which fails leaves its out-parameter alone, that one which
 * succeeds tells the truth, and that all is freed.
 */
struct scenario {
	const char *name;
	void (*script)(struct fake *fake);
	int (*run)(struct scene *scene); /* 0, or the result of the call that failed */
	bool has_no_context;		 /* to find the error in */
};

#define SCENARIO_COUNT 30
extern const struct scenario scenarios[SCENARIO_COUNT];

/* Sets the scene for one run, and takes it down. The fake stays for the next run. */
void scene_open(struct scene *scene, struct fake *fake);
void scene_close(struct scene *scene);

#endif
