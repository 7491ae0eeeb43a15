/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef WAY_SCRIPT_H
#define WAY_SCRIPT_H

#include "link_script.h"

/* What rtnetlink and xfrm say of the way of one connection, by the code of net/ipv4/route.c,
 * net/core/neighbour.c, net/ipv4/devinet.c and net/xfrm/xfrm_user.c of Linux 6.12. Each is the answer
 * to one question. */

void way_answer_route(struct fake *fake, int family, uint8_t type, uint32_t interface);
void way_answer_route_error(struct fake *fake, int errnum);
void way_answer_forwarding(struct fake *fake, int family, bool is_on);
void way_answer_link(struct fake *fake, const struct reply_link *link);

/* State 0: there is none. In a bridge the interface is the port. */
void way_answer_neighbour(struct fake *fake, int family, uint32_t interface, uint16_t state);

/* How many policies there are for packets that leave. */
void way_answer_policy_count(struct fake *fake, uint32_t count);

/* All of them: one, between two networks of IPv4, in host byte order. */
void way_answer_policy(struct fake *fake, uint32_t source, uint32_t destination, uint8_t length,
		       bool has_template);

/* The ways between lan0 and wan0, in which nothing is wrong: of both directions. */
void way_answer_all(struct fake *fake, int family);

#define WAY_LAN 2
#define WAY_WAN 3
extern const struct reply_link way_lan, way_wan;

#endif
