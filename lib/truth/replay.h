/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_REPLAY_H
#define NFTO_REPLAY_H

#include "inquiry.h"

/* Goes through what the kernel looks at, and adds what stands against offloading a connection to the
 * findings of the inquiry: 0, or a negative errno that is told in the context. */
int replay(struct inquiry *inquiry, enum nfto_verdict *verdict);

#endif
