#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench/datapath.sh ROUNDS PACKETS: how many packets in a second does a router forward, of 64 UDP
# flows, on different ways? Runs in the lab; prints JSON, with a figure for each round:
#
#   generator  no router: the packets go from the one host to the other
#   slow       the firewall's rules, no offload
#   rules      as slow, and our rules look at each packet, but offload none
#   lookups    as rules, and the kernel looks for each packet's flow, in vain
#   software   offloaded to the flowtable in software
#   hardware   offloaded to the emulated NIC
#
# All of them in turn, in each round. There is one CPU, which also makes the packets and drops them
# in the end: "generator" shows what that costs by itself.
set -euo pipefail
# shellcheck source=bench/traffic.sh
. "$(dirname "$0")/traffic.sh"
rounds=$1 packets=$2
flows=64
ways=(generator slow rules lookups software hardware)

flow_settings=(
	"src_min 10.1.0.1" "src_max 10.1.0.$flows" "dst_min 10.2.0.1" "dst_max 10.2.0.$flows"
	"udp_src_min 5000" "udp_src_max 5000" "udp_dst_min 53" "udp_dst_max 53"
)
# Masquerading leaves the ports alone.
reply_settings=(
	"src_min 10.2.0.1" "src_max 10.2.0.$flows" "dst_min 203.0.113.1" "dst_max 203.0.113.1"
	"udp_src_min 53" "udp_src_max 53" "udp_dst_min 5000" "udp_dst_max 5000"
)

make_generator() {
	ip netns add lan-generator
	ip netns add router-generator
	make_link router-generator lan1 lan-generator
	drop_all router-generator lan1
}

# Both directions have to be seen, or the connection would not be established; and packets have to
# come until hardware has all of them.
open_flows() {	# WAY
	send "$1" $flows > /dev/null
	generate "wan-$1" "$(mac_of "router-$1" wan)" $flows "${reply_settings[@]}" > /dev/null
	send "$1" $((10 * flows)) > /dev/null
}

send() {	# WAY PACKETS
	local inside=br-lan
	[ "$1" != generator ] || inside=lan1
	generate "lan-$1" "$(mac_of "router-$1" "$inside")" "$2" "${flow_settings[@]}"
}

# How many packets have come out on the other side, by the counter of the last device.
arrived() {	# WAY
	if [ "$1" = generator ]; then
		cat_in router-generator /sys/class/net/lan1/statistics/rx_packets
	else
		cat_in "wan-$1" /sys/class/net/eth0/statistics/rx_packets
	fi
}

flows_in() {	# WAY STATE
	in_router "$1" nftoffload status --json | jq ".flows.$2"
}

measure() {	# WAY
	local before microseconds lost
	before=$(arrived "$1")
	microseconds=$(send "$1" "$packets")
	lost=$((packets - $(arrived "$1") + before))
	[ $lost -lt $((packets / 1000 + 1)) ] || die "$1: $lost of $packets packets were lost"
	echo $((packets * 1000000 / microseconds))
}

wait_for() {	# CONDITION...
	local tries=100
	until "$@"; do
		[ $((tries--)) -gt 0 ] || die "it does not come to this: $*"
		sleep 0.1
	done
}

all_flows_are_in() { [ "$(flows_in "$1" "$2")" = $flows ]; }

make_generator
for way in "${ways[@]:1}"; do
	make_router "$way"
done
never=(nftoffload apply --mode software --min-packets 4000000000)
# Our rules look at what comes in by any device; flows are looked for on those of the flowtable.
ip -n router-rules link add lan2 type nftosim peer name unused
in_router rules "${never[@]}" lan2 > /dev/null
in_router lookups "${never[@]}" br-lan wan > /dev/null
in_router software nftoffload apply --mode software br-lan wan > /dev/null
in_router hardware nftoffload apply --mode hardware br-lan wan > /dev/null
for way in "${ways[@]:1}"; do
	open_flows "$way"
done
wait_for all_flows_are_in software software
wait_for all_flows_are_in hardware hardware

for ((round = 0; round < rounds; round++)); do
	for way in "${ways[@]}"; do
		rate=$(measure "$way")
		echo "$way $rate"
	done
done | jq -nRc '[inputs | split(" ")] | group_by(.[0]) |
	map({key: .[0][0], value: map(.[1] | tonumber)}) | from_entries'
