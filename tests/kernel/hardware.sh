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

rules_have() { grep -qE "$1" "$engine/rules"; }

both_directions_of_ipv4() {
	rules_have '^lan0 tcp 192\.168\.1\.2:[0-9]+ > 203\.0\.113\.2:5202 => wan0 203\.0\.113\.1:' &&
	rules_have '^wan0 tcp 203\.0\.113\.2:5202 > 203\.0\.113\.1:[0-9]+ => lan0 .* > 192\.168\.1\.2:'
}

both_directions_of_ipv6() {
	rules_have '^lan0 tcp \[fd01::2\]:[0-9]+ > \[fd02::2\]:5202 => wan0 \[fd01::2\]:' &&
	rules_have '^wan0 tcp \[fd02::2\]:5202 > \[fd01::2\]:[0-9]+ => lan0 \[fd02::2\]:5202'
}

# Once both of its directions are in the engine, no packet of the stream comes by the CPU: only what
# keeps neighbours known does, and what opens and closes connections.
passes_by_the_cpu() {
	local cpu
	cpu=$(get packets_to_cpu)
	soon forwards_more_than $(($(get packets_forwarded) + 1000)) || return
	cpu=$(($(get packets_to_cpu) - cpu))
	echo "the engine forwarded 1000 packets, and the CPU saw $cpu"
	[ "$cpu" -lt 100 ]
}

forwards_more_than() { [ "$(get packets_forwarded)" -gt "$1" ]; }

# At full speed, too, while the engine takes the connection over. iperf3 ends with megabytes still in the
# sender's buffer.
transfer() {	# ADDRESS
	in_lan timeout "$patience_s" iperf3 -J -p 5201 -c "$1" -n 20M |
		jq -ne 'input | .end.sum_received.bytes > 10e6'
}

server_sees_masqueraded_address_only() {
	local peers
	peers=$(in_wan ss -Htn 'sport = 5202')
	echo "$peers"
	[[ $peers == *203.0.113.1* && $peers != *192.168.1.2* ]]
}

fields_of_flow_are() {	# FAMILY'S ADDRESSES: LAN WAN MASQUERADED
	flow | jq -ne --arg lan "$1" --arg wan "$2" --arg nat "$3" 'first(inputs) |
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
	check "with as many rules as ever" is 6 count_rules
	check "another mode that is met already changes only the rules" \
		is "nftoffload: hardware offload" tool apply --mode hardware lan0 wan0
	check "and is remembered" is hardware status .requested
	tool apply lan0 wan0 > /dev/null
}

count_rules() {
	in_router nft -a list table inet nftoffload | grep -cE 'update @|counter packets'
}

test_ipv4() {
	start_flow -c 203.0.113.2
	check_soon "a TCP flow shows as hardware" has_flow hardware
	check_soon "both its directions are in the engine" both_directions_of_ipv4
	check_soon "its fields are right" fields_of_flow_are 192.168.1.2 203.0.113.2 203.0.113.1
	check "the server sees the masqueraded address" server_sees_masqueraded_address_only
	check "it goes past the CPU" passes_by_the_cpu
	check "a transfer arrives" transfer 203.0.113.2
	stop_flow
	check_soon "closed, it is no hardware flow any more" prints_nothing flow --state hardware
}

test_ipv6() {
	start_flow -c fd02::2
	check_soon "an IPv6 flow shows as hardware" has_flow hardware
	check_soon "both its directions are in the engine" both_directions_of_ipv6
	check_soon "its fields are right" fields_of_flow_are fd01::2 fd02::2 fd01::2
	check "IPv6 goes past the CPU" passes_by_the_cpu
	check "a transfer over IPv6 arrives" transfer fd02::2
	stop_flow
}

test_udp() {
	start_flow -u -c 203.0.113.2
	check_soon "a UDP flow shows as hardware" contains '"proto":"udp"' flow --state hardware
	stop_flow
}

# Each connection may have some packets in flight while it is offloaded. One direction of a transfer
# that leaks has thousands.
few_leaks() {
	local leaked inserted
	leaked=$(status .leaked) inserted=$(status .inserted)
	echo "$leaked packets leaked of $inserted flows"
	[ "$inserted" -ge 8 ] && [ "$leaked" -lt 1000 ]
}

test_remove() {
	check "remove says what it did" contains "nftoffload: removed" tool remove
	check "the table is gone" lacks nftoffload in_router nft list tables
	check "nothing is bound" is 0 get binds
	check "nothing is left in the engine" prints_nothing get rules
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
