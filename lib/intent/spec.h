/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_SPEC_H
#define NFTO_SPEC_H

#include "nftoffload.h"

struct nfto_spec {
	char *name;
	enum nfto_mode mode;
	char **devices;
	size_t device_count;
};

#endif
