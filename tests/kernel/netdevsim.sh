#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The tool on hardware that nobody made for it: netdevsim, with real traffic. What its driver does with a
# flowtable is asked for, not known: that of 6.12 refuses it, that of 7.2 takes it, and no flow. And on a
# kernel that runs out of memory. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh
. ./feature.sh
. ./memory.sh

show_state() {
	tool status
	tool flows
	tool probe lan0 wan0
	in_router nft list ruleset
}

# ---- the router

bus=/sys/bus/netdevsim
ports=0

# A port is made in the network namespace of who asks for it, where the kernel names it.
make_port() {	# NETNS NAME
	local name
	ports=$((ports + 1))
	ip netns exec "$1" sh -c "echo '$ports 1' > $bus/new_device"
	name=$(ip netns exec "$1" ls "$bus/devices/netdevsim$ports/net")
	ip -n "$1" link set "$name" name "$2"
}

make_pair() {	# KIND ROUTER-END NETNS
	local near far
	make_port router "$2"
	make_port "$3" eth0
	exec {near}< /run/netns/router {far}< "/run/netns/$3"
	echo "$near:$(index router "$2") $far:$(index "$3" eth0)" > "$bus/link_device"
	exec {near}<&- {far}<&-
}

index() { ip -n "$1" -json link show dev "$2" | jq '.[].ifindex'; }

# A port of a network namespace that is deleted would come back to ours.
unmake_ports() {
	for ((; ports > 0; ports--)); do
		echo "$ports" > "$bus/del_device"
	done
}

start_udp() {
	ip netns exec lan iperf3 -p 5201 -t 86400 -b 2M -u -c 203.0.113.2 > /dev/null 2>&1 &
	udp_pid=$!
}

stop_udp() {
	[ -n "$udp_pid" ] || return 0
	kill "$udp_pid" 2> /dev/null || true
	wait "$udp_pid" 2> /dev/null || true
	udp_pid=''
}

start_streams() {
	start_flow -c 203.0.113.2
	start_udp
}

stop_streams() {
	stop_flow
	stop_udp
}

# ---- what is said

takes_flowtables() { tool probe --json lan0 | jq -e '.devices[0].hardware == "yes"' > /dev/null; }

first_line() { tool status | sed -n 1p; }

codes() { status '[.findings[].code] | unique | join(" ")'; }

metric() { tool metrics | sed -n "s/^nftoffload_$1 //p"; }

# What the doctor finds, once each, and how it ends.
diagnosis() {
	local status=0
	tool doctor --json > "$work/doctor" || status=$?
	echo "$status $(jq -r '[.[].code] | unique | join(" ")' "$work/doctor")"
}

# The stream of a protocol, as explain wants it.
stream_of() { tool flows --json --proto "$1" | jq -r "select($2) | \"$1 \(.src):\(.sport) \(.dst):\(.dport)\""; }

explained() {	# STREAM OPTION...
	local stream
	read -ra stream <<< "$1"
	even_if_found tool explain --json "${@:2}" "${stream[@]}" |
		jq -r '.verdict + ": " + ([.findings[].code] | join(" "))'
}

# ---- a driver that takes flowtables

switch_feature() {	# on|off
	in_router ethtool -K lan0 hw-tc-offload "$1"
	in_router ethtool -K wan0 hw-tc-offload "$1"
}

test_plan() {
	check "the plan takes both ports" is "lan0 taken, wan0 taken" plan
}

plan() {
	tool plan --json lan0 wan0 |
		jq -r '[.devices[] | "\(.name) \(.decision)"] | sort | join(", ")'
}

test_feature_off() {
	switch_feature off
	check "hw-tc-offload off: apply sets hardware up" \
		is "nftoffload: hardware offload" tool apply --mode hardware lan0 wan0
	check "but it is software" is software status .effective
	check "for that reason" is hw-tc-offload-off codes
	check "the doctor finds it" is "3 hw-tc-offload-off" diagnosis
	switch_feature on
}

test_before_traffic() {
	check "switched on, nothing is wrong as long as nothing goes on" prints_nothing codes
	check "it claims hardware" is "hardware claimed" status '"\(.effective) \(.confidence)"'
	check "the doctor is content" is "0 " diagnosis
}

test_nothing_taken() {	# REQUESTED VERDICT
	start_streams
	check_soon "$1: flows come, all of them in software" is "0 true" \
		status '"\(.flows.hardware) \(.flows.software >= 3)"'
	check_soon "$1: the first line does not say that hardware offloads" \
		is "nftoffload: $2" first_line
	check "$1: nor does JSON" is "$2" status .verdict
	check "$1: what is set up is told from what is so" \
		is "$1 hardware none" status '"\(.requested) \(.effective) \(.confidence)"'
	check "$1: that is found" is all-in-software codes
	check "$1: and is a metric" is 1 metric 'hardware_confidence{name="nftoffload",confidence="none"}'
	check "$1: the doctor names both" is "3 all-in-software driver-declined" diagnosis
	stop_streams
	in_router conntrack -F > /dev/null 2>&1
}

# Of TCP one look can't tell; two can.
test_nothing_of_tcp_taken() {
	local stream
	start_flow -c 203.0.113.2
	check_soon "TCP alone: it is in software" contains '"software"' flow
	check "TCP alone: the first line claims nothing" \
		is "nftoffload: set up for hardware, as asked; no flow is in hardware now" first_line
	check "TCP alone: one look finds nothing" prints_nothing codes
	check "TCP alone: two looks see it" is "$as_asked" \
		eval "tool status --json --interval 4 | jq -r .verdict"
	check "TCP alone: the doctor names it" is "3 all-in-software driver-declined" diagnosis
	stream=$(stream_of tcp '.dport == 5202 and .bytes > 100000')
	check "TCP alone: explain looks once" is "software: maybe-closing" explained "$stream"
	check "TCP alone: and twice" is "software: driver-declined" explained "$stream" --interval 2
	stop_flow
}

test_explain() {
	start_udp
	check_soon "UDP: explain says who" is "software: driver-declined" udp_explained
	stop_udp
}

udp_explained() { explained "$(stream_of udp true)"; }

test_audit() {
	check "audit has no table to look at, and nothing to say" \
		contains "nothing found" tool audit
}

test_remove() {
	check "remove" contains "removed" tool remove
	check "nothing is left" is "$ruleset" in_router nft list ruleset
	check "no hook, either" lacks nf_flow_offload in_router nft list hooks device lan0
}

as_asked='set up for hardware, as asked, but every flow is in software'
auto='set up for hardware (requested: auto), but every flow is in software'

test_taking() {
	test_feature_off
	test_before_traffic
	test_nothing_taken hardware "$as_asked"
	test_nothing_of_tcp_taken
	test_explain
	tool apply --mode auto lan0 wan0 > /dev/null
	test_nothing_taken auto "$auto"
	test_audit
	test_remove
}

# ---- one that refuses them

test_refusing() {
	switch_feature on
	check "refused: hardware can't be had" \
		fails_with 1 'device "lan0"' tool apply --mode hardware lan0 wan0
	check "refused: nothing is left of it" is "$ruleset" in_router nft list ruleset
	check "refused: auto falls back" contains "software offload" tool apply lan0 wan0
	start_streams
	check_soon "refused: flows are in software" contains '"software"' flow
	check "refused: the first line says so" \
		is "nftoffload: asked for hardware if it can be had; offloading in software" first_line
	check "refused: and why" is device-refused codes
	check "refused: the doctor finds it" is "3 device-refused" diagnosis
	stop_streams
	test_audit
	test_remove
}

# ---- faults

# As the driver answers the kernel.
test_driver_fault() {
	local faults=/sys/kernel/debug/fail_function
	has fail-function || { skip "an error of the driver" fail-function; return; }
	echo nsim_setup_tc > $faults/inject
	echo -5 > $faults/nsim_setup_tc/retval
	echo 100 > $faults/probability
	echo -1 > $faults/times
	check "an error of the driver is told" \
		fails_with 1 'device "lan0"' tool apply --mode hardware lan0 wan0
	check "and nothing is left" is "$ruleset" in_router nft list ruleset
	echo '!nsim_setup_tc' > $faults/inject
}

test_memory() {	# MODE
	check_memory "apply without memory leaves nothing" "nft list ruleset" apply "$1" lan0 wan0
}

# ---- all of it

clean_up() {
	stop_streams
	unmake_ports
	unmake_router
	rm -rf "$work"
}

if ! has netdevsim; then
	skip "the tool on netdevsim" netdevsim
	done_testing
	exit
fi

work=$(mktemp -d)
udp_pid=
trap clean_up EXIT
modprobe netdevsim
make_router netdevsim
ruleset=$(in_router nft list ruleset)
test_plan
if takes_flowtables; then
	test_taking
	test_driver_fault
	test_memory hardware
else
	test_refusing
	test_memory auto
fi
check "no hook is left" lacks nf_flow_offload in_router nft list hooks device lan0
done_testing
