/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_HW_TABLE_FOE_H
#define NFTO_HW_TABLE_FOE_H

#include "hw_table.h"

/* A line of the "forwarding offload engine" that MediaTek and Airoha have; as hw_driver.parse. */
int hw_foe_parse(char *line, struct hw_entry *entry);

#endif
