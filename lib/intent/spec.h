/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_SPEC_H
#define NFTO_SPEC_H

#include "nftoffload.h"

struct name_list {
	char **names;
	size_t count;
};

struct nfto_spec {
	char *name;
	enum nfto_mode mode;
	struct name_list interfaces;
	struct name_list devices;
	bool counter;
	int32_t ingress_priority;
	int32_t forward_priority;
	uint64_t min_packets;
	uint32_t drain_flags;
	unsigned int drain_timeout_s;
};

#endif
