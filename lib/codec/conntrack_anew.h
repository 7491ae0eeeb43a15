/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_CONNTRACK_ANEW_H
#define NFTO_CODEC_CONNTRACK_ANEW_H

#include <stdbool.h>
#include <stdint.h>

#include "netlink/messages.h"

struct nlmsghdr;

/* What the kernel does not tell of a connection that is offloaded, or is not asked to keep. */
struct conntrack_life {
	uint32_t timeout_s;	/* until it ends, if no packet comes */
	uint8_t tcp_state;	/* TCP_CONNTRACK_* */
	bool leaves_master_out; /* it is not related to another connection any more */
};

/*
 * Makes the connection anew that a message of a dump is about, as it was, but not offloaded: tuples
 * with their zones, NAT, status, mark, labels, and the connection to which it is related. The entry
 * must be gone: one that is there is not changed, but EEXIST. What the kernel has no attribute for
 * begins anew: counters, timestamp, security context, and the interface that masquerading looks at
 * when that goes down. 0, -ENOMEM or -EBADMSG.
 */
int conntrack_build_anew(struct messages *messages, const struct nlmsghdr *entry,
			 const struct conntrack_life *unknown);

#endif
