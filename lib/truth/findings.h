/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FINDINGS_H
#define NFTO_FINDINGS_H

#include "internal.h"

struct nfto_finding {
	enum nfto_finding_code code;
	enum nfto_severity severity;
	bool is_certain;
	char evidence[256];
	char advice[256];
};

/* A list of them; all zero is an empty one. */
struct findings {
	struct nfto_finding *items;
	size_t count;
};

/*
 * Adds one that is certain, with the severity and the advice that stand for its code. The evidence
 * is a format, as those of printf(3); bytes that can't be printed are shown as \xNN, and what is too
 * long is cut. Gives the finding, to be made another one, or NULL if there is no memory.
 */
struct nfto_finding *findings_add(struct findings *findings, enum nfto_finding_code code,
				  const char *evidence, ...) __attribute__((format(printf, 3, 4)));

/* Advice of its own, in place of the one that stands for the code. */
void finding_advise(struct nfto_finding *finding, const char *advice, ...)
	__attribute__((format(printf, 2, 3)));

void findings_clear(struct findings *findings);

#endif
