/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_AUDIT_JUDGE_H
#define NFTO_AUDIT_JUDGE_H

#include "audit_map.h"
#include "facts/hw_table.h"

/* One look at conntrack and at the hardware's tables. */
struct audit_look {
	uint64_t begin_ms;
	uint64_t end_ms;
	struct audit_map map;
	uint64_t flow_count; /* marked as hardware */
	bool has_driver[HW_DRIVER_COUNT];
	bool has_tables;
	bool is_complete;  /* no line of them was lost */
	bool has_counters; /* all flowtables in hardware count into conntrack */
};

/* A connection in two looks that are far enough apart. */
struct judged {
	const struct audit_look *last;
	const struct audit_look *look;
	const struct flow_info *info;
	struct direction *now[2]; /* by direction */
	const struct direction *before[2];
	uint64_t at_ms;
	uint64_t lag_ms;     /* counters may be as old as that */
	uint64_t timeout_ms; /* after which an idle flow leaves the hardware */
};

struct verdict {
	enum nfto_finding_code code;
	bool is_possible; /* not certain */
	bool is_mild;	  /* a warning, where others are an error */
	bool is_mended;	  /* by an eviction */
	char evidence[256];
};

/* What this look has to keep in mind for the next ones, from the last one on. */
void audit_remember(const struct judged *judged);

/* The verdicts about a connection that is in conntrack: how many, at most AUDIT_MOST_VERDICTS. */
#define AUDIT_MOST_VERDICTS 6
size_t audit_judge(const struct judged *judged, struct verdict *verdicts);

/* Does the hardware forward something in two looks that neither of them has seen offloaded? And the
 * verdict about such an entry. */
bool audit_is_leftover(const struct direction *now, const struct direction *before);
void audit_judge_leftover(const struct hw_entry *entry, const struct direction *now,
			  const struct direction *before, struct verdict *verdict);

#endif
