/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_PPPOE_SESSION_H
#define NFTO_CODEC_PPPOE_SESSION_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

/* Reads a line of /proc/net/pppoe, such as "00000001 02:00:00:00:00:01     eth1", without its
 * newline. False if it is none with a session, as the heading. */
bool pppoe_session_parse(const char *line, size_t length, char device[IFNAMSIZ]);

#endif
