/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLAN_H
#define PLAN_H

#include "json.h"
#include "tool.h"

/* The devices of a plan, as a table: 0 or -ENOMEM. */
int plan_print(const struct nfto_plan *plan);

json_t *plan_to_json(const struct nfto_plan *plan, const struct options *options);

#endif
