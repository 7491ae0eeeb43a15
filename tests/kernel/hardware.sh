#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Real traffic through the emulated NIC's flow engine, by the tool. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh

show_state() {
	tool status
	tool flows
	cat "$engine/rules"
}

# The stream of data: conntrack has its control connection to the same port, too.
has_flow() { [ -n "$(flow --state "$1" | head -n1)" ]; }

rules_have() { grep -qE "$1" "$engine/rules"; }

both_directions_of_ipv4() {
	rules_have '^lan0 tcp 192\.168\.1\.2:[0-9]+ > 203\.0\.113\.2:5202 => wan0 203\.0\.113\.1:' &&
	rules_have '^wan0 tcp 203\.0\.113\.2:5202 > 203\.0\.113\.1:[0-9]+ => lan0 .* > 192\.168\.1\.2:'
}

both_directions_of_ipv6() {
	rules_have '^lan0 tcp \[fd01::2\]:[0-9]+ > \[fd02::2\]:5202 => wan0 \[fd01::2\]:' &&
	rules_have '^wan0 tcp \[fd02::2\]:5202 > \[fd01::2\]:[0-9]+ => lan0 \[fd02::2\]:5202'
}

# The engine forwards the traffic, and the CPU sees only what opens and closes connections.
# What counts is what the server received: iperf3 ends with megabytes still in the sender's buffer.
transfer_past_the_cpu() {	# ADDRESS
	local received forwarded cpu
	forwarded=$(get packets_forwarded) cpu=$(get packets_to_cpu)
	received=$(in_lan iperf3 -J -p 5201 -c "$1" -n 20M |
		jq '.end.sum_received.bytes / 1500 | floor')
	forwarded=$(($(get packets_forwarded) - forwarded)) cpu=$(($(get packets_to_cpu) - cpu))
	echo "received at least $received packets, engine forwarded $forwarded, CPU saw $cpu"
	[ "$received" -gt 5000 ] && [ "$forwarded" -gt "$received" ] && [ "$cpu" -lt 150 ]
}

server_sees_masqueraded_address_only() {
	local peers
	peers=$(in_wan ss -Htn 'sport = 5202')
	echo "$peers"
	grep -qF 203.0.113.1 <<< "$peers" && ! grep -qF 192.168.1.2 <<< "$peers"
}

fields_of_flow_are() {	# FAMILY'S ADDRESSES: LAN WAN MASQUERADED
	flow | head -n1 | jq -e --arg lan "$1" --arg wan "$2" --arg nat "$3" '
		.proto == "tcp" and .src == $lan and .dst == $wan and .dport == 5202 and
		.reply_src == $wan and .reply_sport == 5202 and .reply_dst == $nat and
		.sport > 0 and .reply_dport > 0 and .packets > 0 and .bytes > 0 and
		.state == "hardware"'
}

test_apply() {
	check "apply takes the hardware" is "nftoffload: hardware offload" tool apply lan0 wan0
	check "status says so" is hardware status .effective
	check "and that auto was asked for" is auto status .requested
	check "and of each device" is '[["lan0","hardware"],["wan0","hardware"]]' \
		status '[.devices[] | [.name, .state]] | sort | tojson'
	check "both ports are bound" is 2 get binds
	check "the same again changes nothing" \
		is "nftoffload: hardware offload, as it was" tool apply wan0 lan0
}

# A flowtable that has the hardware can't be replaced by another in one batch: it is mended in place.
test_mend() {
	in_router nft flush chain inet nftoffload forward
	check "without its rules nothing is offloaded" is none status .effective
	check "apply mends that" is "nftoffload: hardware offload" tool apply lan0 wan0
	check "in hardware" is hardware status .effective
	in_router nft flush chain inet nftoffload leaks
	check "without the detector's rules it is not whole" is none status .effective
	check "apply mends that, too" is "nftoffload: hardware offload" tool apply lan0 wan0
	check "with as many rules as ever" is 6 sh -c \
		"ip netns exec router nft -a list table inet nftoffload | grep -cE 'update @|counter packets'"
	check "another mode that is met already changes only the rules" \
		is "nftoffload: hardware offload" tool apply --mode hardware lan0 wan0
	check "and is remembered" is hardware status .requested
	tool apply lan0 wan0 > /dev/null
}

test_ipv4() {
	start_flow -c 203.0.113.2
	check_soon "a TCP flow shows as hardware" has_flow hardware
	check_soon "both its directions are in the engine" both_directions_of_ipv4
	check_soon "its fields are right" fields_of_flow_are 192.168.1.2 203.0.113.2 203.0.113.1
	check "the server sees the masqueraded address" server_sees_masqueraded_address_only
	check "other traffic goes past the CPU" transfer_past_the_cpu 203.0.113.2
	stop_flow
	check_soon "closed, it is no hardware flow any more" not has_flow hardware
}

test_ipv6() {
	start_flow -c fd02::2
	check_soon "an IPv6 flow shows as hardware" has_flow hardware
	check_soon "both its directions are in the engine" both_directions_of_ipv6
	check_soon "its fields are right" fields_of_flow_are fd01::2 fd02::2 fd01::2
	check "IPv6 goes past the CPU" transfer_past_the_cpu fd02::2
	stop_flow
}

test_udp() {
	start_flow -u -c 203.0.113.2
	check_soon "a UDP flow shows as hardware" contains '"proto":"udp"' flow --state hardware
	stop_flow
}

# Each connection has a few packets in flight while it is offloaded.
few_leaks() {
	local leaked inserted
	leaked=$(status .leaked) inserted=$(status .inserted)
	echo "$leaked packets leaked of $inserted flows"
	[ "$inserted" -ge 8 ] && [ "$leaked" -lt $((10 * inserted)) ]
}

test_remove() {
	check "remove says what it did" contains "nftoffload: removed" tool remove
	check "the table is gone" not contains nftoffload in_router nft list tables
	check "nothing is bound" is 0 get binds
	check "nothing is left in the engine" is "" get rules
	check "removing nothing is fine" is "nftoffload: there is none" tool remove
	check "status says none" is none status .effective
}

trap unmake_router EXIT
make_router nftosim
test_apply
test_mend
test_ipv4
test_ipv6
test_udp
check "hardly a packet leaked" few_leaks
test_remove
done_testing
