/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_CONNTRACK_QUESTION_H
#define NFTO_CODEC_CONNTRACK_QUESTION_H

#include "netlink/messages.h"

/* A dump with a filter by status that can't be: a kernel that knows the filter refuses it with
 * EINVAL. One that does not gives what it has of a family which conntrack never tracks, that is
 * nothing. 0 or -ENOMEM. */
int conntrack_build_wrong_filter(struct messages *messages);

#endif
