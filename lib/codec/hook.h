/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_HOOK_H
#define NFTO_CODEC_HOOK_H

#include "netlink/messages.h"

/* What is hooked on the ingress of a device, as nfnetlink_hook lists it (5.14 and later): 0 or
 * -ENOMEM. */
int hook_build_dump(struct messages *messages, const char *device);

#endif
