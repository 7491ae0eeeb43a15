/* SPDX-License-Identifier: GPL-2.0-only */
/* What `ip link add ... type nftosim` and the kernel module have to agree on. */
#ifndef NFTOSIM_LINK_H
#define NFTOSIM_LINK_H

enum {
	NFTOSIM_INFO_UNSPEC,
	NFTOSIM_INFO_PEER,	/* struct ifinfomsg and the IFLA_* attributes of the second end */
	NFTOSIM_INFO_COUNT,
};

#define NFTOSIM_INFO_MAX (NFTOSIM_INFO_COUNT - 1)

#endif
