/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_FORWARDING_H
#define NFTO_CODEC_FORWARDING_H

#include <stdbool.h>
#include <stdint.h>

#include "netlink/messages.h"

/* Does the kernel forward packets that come in by an interface, or FORWARDING_ALL: by any? 0 or
 * -ENOMEM. */
#define FORWARDING_ALL ((uint32_t)-1)
int forwarding_build_get(struct messages *messages, uint8_t family, uint32_t interface);

/* 0 or -EBADMSG. */
int forwarding_parse(const struct nlmsghdr *message, bool *is_on);

#endif
