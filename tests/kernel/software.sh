#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Software offload over veth, which no driver takes into hardware. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh

show_state() {
	tool status
	tool flows
}

test_hardware_is_refused() {
	local before
	before=$(in_router nft -s list ruleset)
	check "--mode hardware fails, and names the device that refused" \
		fails_with 1 'device "lan0"' tool apply --mode hardware lan0 wan0
	check "nothing is left behind" is "$before" in_router nft -s list ruleset
}

test_fallback() {
	check "auto falls back" tool apply lan0 wan0
	check "status says software" is software status .effective
	tool remove > /dev/null
	check "and says why" contains 'device "lan0": no driver takes flows of a veth' \
		tool apply lan0 wan0
	check "and is content with that" contains "as it was" tool apply lan0 wan0
	check "hardware is still refused, and software stays" \
		fails 1 tool apply --mode hardware lan0 wan0
	check "as it was" is software status .effective
}

test_flows() {	# ADDRESS
	start_flow -c "$1"
	check_soon "$1: a TCP flow shows as software" has_flow software
	check "$1: none shows as hardware" prints_nothing flow --state hardware
	check "$1: the counts agree" is true status '.flows.software >= 2 and .flows.hardware == 0'
	stop_flow
	check_soon "$1: closed, it is gone" prints_nothing flow --state software
}

# With nf_conntrack_acct=0 the kernel does not count.
test_no_counters() {
	in_router sysctl -qw net.netfilter.nf_conntrack_acct=0
	start_flow -c 203.0.113.2
	check_soon "a flow without counters is there" has_flow software
	check "and has no such fields" is '[false]' fields_of_counters
	stop_flow
	in_router sysctl -qw net.netfilter.nf_conntrack_acct=1
}

fields_of_counters() { flow | jq -sc 'map(has("packets")) | unique'; }

tuples_of_conntrack() {
	in_router conntrack -L -o extended 2>/dev/null | grep OFFLOAD |
		grep -oE 'src=[^ ]+ dst=[^ ]+ sport=[0-9]+ dport=[0-9]+' | paste -d ' ' - - | sort
}

tuples_of_tool() {
	tool flows --json | jq -r '"src=\(.src) dst=\(.dst) sport=\(.sport) dport=\(.dport) " +
		"src=\(.reply_src) dst=\(.reply_dst) sport=\(.reply_sport) dport=\(.reply_dport)"' | sort
}

same_flows() {
	local ours theirs
	ours=$(tuples_of_tool) theirs=$(tuples_of_conntrack)
	printf '%s\n' "ours:" "$ours" "theirs:" "$theirs"
	[ "$ours" = "$theirs" ] && [ "$(wc -l <<< "$ours")" -ge 9 ]
}

test_flow_list_agrees_with_conntrack() {
	start_flow -P 8 -c 203.0.113.2
	check_soon "our list of flows is that of conntrack(8)" same_flows
	check "--count counts it" is "$(tuples_of_conntrack | wc -l)" tool flows --count
	stop_flow
}

trap unmake_router EXIT
make_router veth
test_hardware_is_refused
test_fallback
test_flows 203.0.113.2
test_flows fd02::2
test_no_counters
test_flow_list_agrees_with_conntrack
check "remove" is "nftoffload: removed" tool remove
done_testing
