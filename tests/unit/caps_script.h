/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CAPS_SCRIPT_H
#define CAPS_SCRIPT_H

#include "link_script.h"
#include "reply.h"

/* The questions to nf_tables, in the order in which they are asked. */
enum {
	ASK_FLOWTABLES,
	ASK_HARDWARE_FLAG,
	ASK_COUNTER_FLAG,
	ASK_DEVICE_CHANGES,
	ASK_MISSING_DEVICES,
	ASK_WILDCARDS,
	ASK_COUNT,
};

/* What a kernel answers to the probe of its features: an errno, or 0. */
struct caps_script {
	int table; /* ENOENT: there is none */
	struct {
		int errnum;
		int message; /* that it is about: behind the begin of the batch and the table, from 0 */
	} asked[ASK_COUNT];
	int conntrack;
	int wrong_filter;
	int hooks; /* EINTR: the list changed under the read */
};

/* Linux 6.12. */
struct caps_script caps_usual(void);

/* A batch that is checked. */
void caps_answer_check(struct fake *fake, int message, int errnum);

void caps_answer_features(struct fake *fake, const struct caps_script *script);

#define caps_answer_links(fake, ...)                                                               \
	caps_answer_link_table(fake, (const struct reply_link[]){ __VA_ARGS__ },                   \
			       COUNT(((const struct reply_link[]){ __VA_ARGS__ })))
void caps_answer_link_table(struct fake *fake, const struct reply_link *links, size_t count);

/* The number of ethtool's family; an errno: there is none. */
#define ETHTOOL_FAMILY 21
void caps_answer_family(struct fake *fake, int errnum);

/* The features of a device. */
void caps_answer_hw_tc_offload(struct fake *fake, bool is_on, bool is_fixed);

#endif
