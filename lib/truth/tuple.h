/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_TUPLE_H
#define NFTO_TUPLE_H

#include "internal.h"

/* Who has opened a connection, or who answers it. */
struct end {
	int family; /* 0: not said */
	uint8_t address[16];
	uint16_t port;
};

struct nfto_tuple {
	uint8_t protocol;
	uint16_t zone;
	struct end source;
	struct end destination;
	char interface[IFNAMSIZ]; /* "": by the route */
	bool has_mark;
	uint32_t mark;
};

/* 0 or -EINVAL. */
int end_set(struct end *end, int family, const void *address, uint16_t port);

#endif
