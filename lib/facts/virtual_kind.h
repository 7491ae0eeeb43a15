/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_VIRTUAL_KIND_H
#define NFTO_FACTS_VIRTUAL_KIND_H

#include <stdbool.h>

/* Is a device of this kind (IFLA_INFO_KIND) made by software alone? "" is the kind of what no user
 * has made: the NICs. */
bool is_virtual_kind(const char *kind);

#endif
