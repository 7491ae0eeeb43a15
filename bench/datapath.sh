#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench/datapath.sh ROUNDS PACKETS: how many packets in a second does a router forward, of 64 UDP
# flows, on different ways? Runs in the lab; prints JSON, with a figure for each round:
#
#   none       no router: the packets are dropped where they come in
#   slow       the firewall's rules, no offload
#   software   offloaded to the flowtable in software
#   hardware   offloaded to the emulated NIC
#
# And for connections that are never offloaded, as conntrack's helper for TFTP looks at them:
#
#   helped     without anything of ours
#   rules      our rules look at each packet
#   lookups    and the kernel looks for each packet's flow, in vain
#
# All of them in turn, in each round, and each in two ways:
#
#   injected   the packets begin where a network card's driver hands them over to the router
#   wire       a host sends them to the router by an emulated wire
#
# There is one CPU, which also makes the packets and drops them in the end: "none" shows what that
# costs by itself. The flows of hardware are found at the end of a wire only.
set -euo pipefail
# shellcheck source=bench/traffic.sh
. "$(dirname "$0")/traffic.sh"
rounds=$1 packets=$2
flows=64 dns=53 tftp=69
routers=(slow software hardware)
injected=(none slow software helped rules lookups)
wire=("${injected[@]}" hardware)

flow_settings=(
	"src_min 10.1.0.1" "src_max 10.1.0.$flows" "dst_min 10.2.0.1" "dst_max 10.2.0.$flows"
	"udp_src_min 5000" "udp_src_max 5000"
)
# Masquerading leaves the ports alone.
reply_settings=(
	"src_min 10.2.0.1" "src_max 10.2.0.$flows" "dst_min 203.0.113.1" "dst_max 203.0.113.1"
	"udp_dst_min 5000" "udp_dst_max 5000"
)

make_none() {
	ip netns add lan-none
	ip netns add router-none
	make_link router-none lan1 lan-none
	drop_all router-none lan1
}

# Both directions have to be seen, or the connections would not be established; and packets have to
# come until hardware has all of them.
open_flows() {	# ROUTER PORT
	send_wire "$1" "$2" $flows > /dev/null
	generate "wan-$1" eth0 "$(mac_of "router-$1" wan)" $flows "${reply_settings[@]}" \
		"udp_src_min $2" "udp_src_max $2" > /dev/null
	send_wire "$1" "$2" $((10 * flows)) > /dev/null
}

send_wire() {	# ROUTER PORT PACKETS
	generate "lan-$1" eth0 "$(mac_of "router-$1" lan1)" "$3" "${flow_settings[@]}" \
		"udp_dst_min $2" "udp_dst_max $2"
}

# Each of them is a packet of its own, as a driver's are, and not one that is shared.
send_injected() {	# ROUTER PORT PACKETS
	generate "router-$1" lan1 "$(mac_of "router-$1" lan1)" "$3" "${flow_settings[@]}" \
		"udp_dst_min $2" "udp_dst_max $2" "xmit_mode netif_receive" "flag !SHARED"
}

# How many packets have come out on the other side, by the counter of the last device.
arrived() {	# ROUTER
	cat_in "wan-$1" /sys/class/net/eth0/statistics/rx_packets
}

flows_in() {	# ROUTER STATE
	in_router "$1" nftoffload status --json | jq ".flows.$2"
}

measure() {	# HOW ROUTER PORT
	local before microseconds lost
	[ "$2" = none ] || before=$(arrived "$2")
	microseconds=$("send_$1" "$2" "$3" "$packets")
	if [ "$2" != none ]; then
		lost=$((packets - $(arrived "$2") + before))
		[ $lost -lt $((packets / 1000 + 1)) ] || die "$2: $lost of $packets packets were lost"
	fi
	echo $((packets * 1000000 / microseconds))
}

# On the same router as without our rules, so that nothing else is different: not even where in
# memory its connections are.
measure_with_rules() {	# HOW DEVICE...
	local how=$1
	shift
	in_router slow nftoffload apply --mode software "$@" > /dev/null
	measure "$how" slow $tftp
	[ "$(flows_in slow software)" = 0 ] || die "there are flows, where none should be"
	in_router slow nftoffload remove > /dev/null
}

measure_way() {	# HOW WAY
	case $2 in
	helped)  measure "$1" slow $tftp ;;
	# Our rules look at what comes in by any device; flows are looked for on those that are listed.
	rules)   measure_with_rules "$1" lan2 ;;
	lookups) measure_with_rules "$1" br-lan wan ;;
	*)       measure "$1" "$2" $dns ;;
	esac
}

measure_in_turn() {	# HOW WAY...
	local how=$1 way rate
	shift
	for way; do
		rate=$(measure_way "$how" "$way")
		echo "$how $way $rate"
	done
}

wait_for() {	# CONDITION...
	local tries=100
	until "$@"; do
		[ $((tries--)) -gt 0 ] || die "it does not come to this: $*"
		sleep 0.1
	done
}

all_flows_are_in() { [ "$(flows_in "$1" "$2")" = $flows ]; }

make_none
for router in "${routers[@]}"; do
	make_router "$router"
done
ip -n router-slow link add lan2 type nftosim peer name unused
in_router software nftoffload apply --mode software br-lan wan > /dev/null
in_router hardware nftoffload apply --mode hardware br-lan wan > /dev/null
for router in "${routers[@]}"; do
	open_flows "$router" $dns
done
open_flows slow $tftp
wait_for all_flows_are_in software software
wait_for all_flows_are_in hardware hardware

for ((round = 0; round < rounds; round++)); do
	measure_in_turn injected "${injected[@]}"
	measure_in_turn wire "${wire[@]}"
done | jq -nRc '[inputs | split(" ")] | group_by(.[0]) |
	map({key: .[0][0], value: group_by(.[1]) |
		map({key: .[0][1], value: map(.[2] | tonumber)}) | from_entries}) | from_entries'
