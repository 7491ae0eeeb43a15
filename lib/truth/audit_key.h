/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_AUDIT_KEY_H
#define NFTO_AUDIT_KEY_H

#include "codec/conntrack.h"

/*
 * A number that stands for one direction of a connection: what comes in, and what goes out of it.
 * Two tuples of IPv6 in its place would be 80 bytes. It is SipHash-2-4 with a secret, so that
 * nobody can open connections whose numbers are the same.
 */
struct audit_secret {
	uint64_t words[2];
};

/* 0 or a negative errno. */
int audit_secret_make(struct audit_secret *secret);

uint64_t audit_key(const struct audit_secret *secret, uint8_t family, uint8_t protocol,
		   const struct flow_side *before, const struct flow_side *after);

/* The keys of both directions of a connection, as conntrack knows it: the packets of one go out as
 * those of the other come in, with the ends exchanged. */
void audit_keys(const struct audit_secret *secret, const struct flow_info *info, uint64_t keys[2]);

#endif
