/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_PPPOE_SESSION_H
#define NFTO_CODEC_PPPOE_SESSION_H

#include <net/if.h>
#include <stdbool.h>

#include "neighbour.h"

struct pppoe_session {
	uint8_t address[ETHERNET_ADDRESS_SIZE]; /* of the other end */
	char device[IFNAMSIZ];			/* as it was named when the session began */
};

/* Reads a line of /proc/net/pppoe, such as "00000001 02:00:00:00:00:01     eth1". False if it is
 * none with a session, as the heading. */
bool pppoe_session_parse(const char *line, struct pppoe_session *session);

#endif
