/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_PLAN_LOST_H
#define NFTO_PLAN_LOST_H

#include "facts/topology.h"

/* Finds the devices that must not be in the flowtable, as flows of a tunnel over them would be lost: by
 * the place of a link among all, that tunnel; NULL: none. All are NULL before. */
void plan_find_lost(const struct nfto_topology *topology, const struct link_info **lost_of);

#endif
