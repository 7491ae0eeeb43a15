/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STATUS_SCRIPT_H
#define STATUS_SCRIPT_H

#include "instance_script.h"

/* What a look at the status finds beside the instance: devices without anything special, their
 * hooks, and what conntrack has. Change what the test is about. */
struct status_script {
	const struct reply_flowtable
		*others;	  /* flowtables; the list ends with one without a name */
	const char *const *links; /* NULL: lan0 and wan0; ends with NULL */
	int hooks;		  /* an errno: the kernel does not list them */
	const char *hook;	  /* the function that is hooked on each; NULL: none */
	const char *hook_table;	  /* of the flowtable that it is of, ft; NULL: it is not told */
	uint8_t hook_family;	  /* of that table; 0: inet */
	bool feature_is_off;	  /* hw-tc-offload */
	int refusal;		  /* what drivers say in a trial */
	const struct reply_flow *flows;
	size_t flow_count;
};

/* With hooks of a flowtable, and no flows. */
struct status_script status_usual(void);

/* Answers to the requests of one look at an instance. */
void status_answer(struct fake *fake, const struct instance_script *instance,
		   const struct status_script *script);

/* The answers one by one. */
void status_answer_flowtables(struct fake *fake, const struct instance_script *instance,
			      const struct status_script *script);
void status_answer_links(struct fake *fake, const struct status_script *script);
void status_answer_device(struct fake *fake, const struct status_script *script,
			  bool is_in_hardware);
void status_answer_flows(struct fake *fake, const struct status_script *script);

#endif
