/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_ROUTE_H
#define NFTO_CODEC_ROUTE_H

#include <stdint.h>

#include "netlink/messages.h"

/* Questions to rtnetlink: where a packet goes, and what number an interface has. */

/* A packet. Addresses have 4 or 16 bytes, by the family; what is NULL or 0 is not said. */
struct route_question {
	uint8_t family;
	const void *destination;
	const void *source;
	uint32_t input;	 /* the interface that it comes in by; 0: this host sends it */
	uint32_t output; /* the interface that it must leave by */
	uint32_t mark;
	uint8_t protocol;
	uint16_t source_port;
	uint16_t destination_port;
};

struct route_info {
	uint8_t type;	     /* RTN_UNICAST, RTN_LOCAL... */
	uint32_t interface;  /* that it leaves by, 0: none */
	uint8_t next_family; /* of the next hop, 0: the destination itself is it */
	uint8_t next_hop[16];
};

/* The route of a packet: 0 or -ENOMEM. */
int route_build_get(struct messages *messages, const struct route_question *question);

/* 0 or -EBADMSG. */
int route_parse(const struct nlmsghdr *message, struct route_info *info);

/* The interface of a name, which must fit into IFNAMSIZ. 0 or -ENOMEM. */
int route_build_interface_get(struct messages *messages, const char *name);

/* Its number. 0 or -EBADMSG. */
int route_parse_interface(const struct nlmsghdr *message, uint32_t *interface);

#endif
