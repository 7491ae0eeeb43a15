/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TOOL_FINDINGS_H
#define TOOL_FINDINGS_H

#include <nftoffload.h>

#include "json.h"

/* A finding for people, in lines of 80 columns: what it is, how it is known, what to do. */
void finding_print(const struct nfto_finding *finding);

/* A text in lines of 80 columns: the first begins with the heading, the others stand below what is
 * behind it. */
void print_wrapped(const char *heading, const char *text);

/* As JSON; NULL if there is no memory. */
json_t *finding_json(const struct nfto_finding *finding);

#endif
