/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TOOL_REPORTS_H
#define TOOL_REPORTS_H

#include <nftoffload.h>

#include "json.h"

/* What the commands print with --json: for the doctor, who looks at all of it. */
json_t *caps_to_json(const struct nfto_caps *caps);
json_t *audit_to_json(const struct nfto_audit *audit);

/* Before: an earlier look, or NULL. */
json_t *status_to_json(struct nfto_status *before, struct nfto_status *status,
		       struct nfto_leaks *leaks);

#endif
