/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TOOL_MASK_H
#define TOOL_MASK_H

#include <stdio.h>

/* Writes a text with a name in place of each IPv4, IPv6 and Ethernet address: "ipv4-1", "mac-2". 0,
 * or -1 if it could not be written, or there was no memory. */
int mask_addresses(const char *text, FILE *out);

#endif
