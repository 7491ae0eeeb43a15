/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CONNTRACK_TOTAL_H
#define NFTO_CONNTRACK_TOTAL_H

#include "codec/conntrack.h"
#include "netlink/request.h"

/* How many entries conntrack has, and may have: 0, or a negative errno with the kernel's error in
 * the channel. */
int conntrack_total_read(struct channel *channel, struct conntrack_total *total);

#endif
