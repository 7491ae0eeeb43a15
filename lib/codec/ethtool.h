/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_ETHTOOL_H
#define NFTO_CODEC_ETHTOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "netlink/messages.h"

/* ethtool over generic netlink (5.6 and later), where each family has a number that must be asked
 * for. */

/* Each: 0 or -ENOMEM. */
int ethtool_build_family_get(struct messages *messages);
int ethtool_build_features_get(struct messages *messages, uint16_t family, const char *device);

/* Each: 0 or -EBADMSG. */
int ethtool_parse_family(const struct nlmsghdr *message, uint16_t *family);

/* A feature of a device, by the name that ethtool(8) shows. One that the kernel does not know is
 * off, and can't be changed. */
struct ethtool_feature {
	bool is_on;
	bool is_fixed;
};
int ethtool_parse_feature(const struct nlmsghdr *message, const char *name,
			  struct ethtool_feature *feature);

#endif
