/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_ROUTE_H
#define NFTO_CODEC_ROUTE_H

#include <stdint.h>

#include "netlink/messages.h"

/* Questions to rtnetlink: where an address is, and what number an interface has. */

/* The route to an address of 4 or 16 bytes, by its family. 0 or -ENOMEM. */
int route_build_get(struct messages *messages, uint8_t family, const void *address);

/* The number of the interface that it leads out of, 0 if it leads nowhere. 0 or -EBADMSG. */
int route_parse(const struct nlmsghdr *message, uint32_t *interface);

/* The interface of a name, which must fit into IFNAMSIZ. 0 or -ENOMEM. */
int route_build_interface_get(struct messages *messages, const char *name);

/* Its number. 0 or -EBADMSG. */
int route_parse_interface(const struct nlmsghdr *message, uint32_t *interface);

#endif
