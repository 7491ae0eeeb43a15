# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A PPPoE session between router and wan: sourced by the tests. The provider's end is in user space,
# as pppoe-server has it; the router's is in the kernel, over its card wan0.
#
# The provider takes packets from the wire by a raw socket, with the checksums that they have there. From
# Linux 7.2 on the fast path leaves them to the card, and an emulated one would not write them.

start_pppoe() {	# ROUTER'S-DEVICE INTERFACE ROUTER'S-ADDRESS WAN'S-DEVICE WAN'S-ADDRESS
	modprobe -qa ppp_generic ppp_async pppoe || true
	ip netns exec router ethtool -K wan0 tx off > /dev/null
	echo noauth > /tmp/pppoe-options
	ip netns exec wan pppoe-server -F -I "$4" -L "$5" -R "$3" -N 1 -O /tmp/pppoe-options \
		> /dev/null 2>&1 &
	pppoe_processes=($!)
	ip netns exec router pppd plugin pppoe.so "nic-$1" ifname "$2" noauth nodetach \
		nodefaultroute noipdefault persist maxfail 0 holdoff 1 > /dev/null 2>&1 &
	pppoe_processes+=($!)
}

# PPP as a modem has it, over a serial line.
start_serial_ppp() {	# INTERFACE ROUTER'S-ADDRESS WAN'S-ADDRESS
	modprobe -qa ppp_generic ppp_async || true
	ip netns exec router pppd ifname "$1" "$2:$3" noauth nodetach local nodefaultroute \
		pty "ip netns exec wan pppd notty noauth nodetach nodefaultroute" > /dev/null 2>&1 &
	pppoe_processes=($!)
}

stop_pppoe() {
	[ ${#pppoe_processes[@]} = 0 ] || kill "${pppoe_processes[@]}" 2> /dev/null || true
	pppoe_processes=()
}

pppoe_processes=()
