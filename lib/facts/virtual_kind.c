// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "virtual_kind.h"

/* The rtnl_link_ops.kind of Linux 6.12 and of well-known modules beside it, sorted. Kinds of real
 * hardware are left out: dsa, rmnet, wwan... */
static const char *const kinds[] = {
	"amt",	       "bareudp",   "batadv",	"bond",	     "bridge",	  "dummy",  "erspan",
	"geneve",      "gre",	    "gretap",	"gtp",	     "hsr",	  "ifb",    "ip6erspan",
	"ip6gre",      "ip6gretap", "ip6tnl",	"ipip",	     "ipvlan",	  "ipvtap", "l2tp",
	"l2tpeth",     "lowpan",    "macsec",	"macvlan",   "macvtap",	  "netkit", "nlmon",
	"openvswitch", "ovpn",	    "ovpn-dco", "pfcp",	     "ppp",	  "sit",    "team",
	"tun",	       "vcan",	    "veth",	"virt_wifi", "vlan",	  "vrf",    "vsockmon",
	"vti",	       "vti6",	    "vxcan",	"vxlan",     "wireguard", "xfrm",
};

static int compare(const void *key, const void *kind)
{
	return strcmp(key, *(const char *const *)kind);
}

bool is_virtual_kind(const char *kind)
{
	return bsearch(kind, kinds, sizeof(kinds) / sizeof(kinds[0]), sizeof(kinds[0]), compare);
}
