#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Conntrack says [OFFLOAD], and packets take the slow path: since a device is left out, or since they
# come by another device than the kernel expects. And what only looks so. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh
. ./feature.sh

show_state() {
	tool status
	in_router conntrack -L
	in_router nft list table inet nftoffload
}

conntrack_says_offload() {
	in_router conntrack -L -p tcp --dport 5202 2>/dev/null | grep -q '\[OFFLOAD\]\|\[HW_OFFLOAD\]'
}

leaks() { status "[.leaks[] | select(.certain) | .direction] | unique | tojson"; }

names_flow() {	# SOURCE DESTINATION PORTFIELD
	status '.leaks[] | tojson' | jq -e --arg src "$1" --arg dst "$2" \
		".proto == \"tcp\" and .src == \$src and .dst == \$dst and .$3 == 5202 and .bytes > 0"
}

leak_is_told() { tool status | grep -qE "leak .*tcp .*, $1 direction: [0-9]+ packets$"; }

# The first finding about each leak.
causes() {	# DIRECTION
	tool leaks --json | jq -c --arg direction "$1" \
		"[.[] | select(.direction == \$direction) | .findings[0].code] | unique"
}

is_true() { [ "$(status "$1")" = true ]; }

# ---- A device is left out

# Packets of the direction that comes in by the missing device are those that leak.
test_missing() {	# MODE DEVICE-THAT-IS-LISTED DIRECTION ARGUMENTS-OF-IPERF3...
	local mode=$1 listed=$2 direction=$3
	shift 3
	tool apply --mode "$mode" "$listed" > /dev/null
	start_flow "$@"
	check_soon "$mode, only $listed: conntrack says OFFLOAD all the same" conntrack_says_offload
	check_soon "$mode, only $listed: the $direction direction leaks" is "[\"$direction\"]" leaks
	check_soon "status --json counts it" is_true '.leaked > 100'
	check_soon "status tells it" leak_is_told "$direction"
	check_soon "so do the metrics" contains 'leaking_flows{name="nftoffload"} 1' tool metrics
	check_soon "leaks tells its cause" is '["unlisted-device"]' causes "$direction"
}

test_missing_devices() {
	test_missing software lan0 reply -c 203.0.113.2
	check "and names the flow" names_flow 203.0.113.2 192.168.1.2 sport
	stop_flow
	tool remove > /dev/null
	test_missing software wan0 original -c 203.0.113.2
	check "and names the flow" names_flow 192.168.1.2 203.0.113.2 dport
	stop_flow
	tool remove > /dev/null
	test_missing software lan0 reply -c fd02::2
	check "and names the flow" names_flow fd02::2 fd01::2 sport
	stop_flow
	tool remove > /dev/null
	test_missing hardware lan0 reply -c 203.0.113.2
	check "and names the flow" names_flow 203.0.113.2 192.168.1.2 sport
	check_soon "though it counts as hardware" contains hardware flow --state hardware
	stop_flow
	tool remove > /dev/null
	put forget 1
}

# ---- A device is left out, and the kernel makes no flow then

# It tries with each packet. Those of the connection on another processor meet the mark meanwhile, more
# than a hundred in no time; with one processor, there are none.
has_met_marks() {
	status .leaked | sed 's/^/# packets that met the mark: /'
	is_true "(.leaked > 100 or $(nproc) == 1) and .inserted == 0"
}

has_moved_packets() {
	in_router conntrack -L -p tcp --dport 5202 2>/dev/null | grep -qE 'packets=[0-9]{5,}'
}

verdict() { even_if_found tool explain --json tcp 192.168.1.2:40000 203.0.113.2:5202 | jq -r .verdict; }

leaking_flows() { tool metrics | sed -n 's/^nftoffload_leaking_flows{.*} //p'; }

test_refused() {
	local look
	tool apply --mode software --device lan0 > /dev/null
	start_flow -b 0 --cport 40000 -c 203.0.113.2
	check_soon "refused: its packets go by" has_moved_packets
	check_soon "refused: they meet the marks of attempts, and no flow is made" has_met_marks
	for look in 1 2 3 4 5; do
		check "refused, look $look: no flow leaks" is "no flow leaks" tool leaks
		check "refused, look $look: nor by status" is "[]" status '.leaks | tojson'
		check "refused, look $look: nor by metrics" is 0 leaking_flows
		check "refused, look $look: it is not offloaded" is not-offloaded verdict
	done
	stop_flow
	check "refused: nothing leaks when it has ended" is "[]" status '.leaks | tojson'
	tool remove > /dev/null
}

# ---- Answers come by another link than that which the flow was made for

second_wan() {
	ip -n router link add wan1 type nftosim peer name eth1 netns wan
	ip -n router link set wan1 up
	ip -n wan link set eth1 up
	ip -n router address add fd03::1/64 dev wan1 nodad
	ip -n wan address add fd03::2/64 dev eth1 nodad
	ip -n wan route add fd01::/64 via fd03::1 dev eth1 src fd02::2
	wait_for answers_go_by_wan1
}

# A connection that begins before keeps the other way.
answers_go_by_wan1() {
	in_wan busybox ping -qc1 -W1 fd03::1 > /dev/null && ip -n wan route get fd01::2 | grep -q 'dev eth1'
}

# With conntrack's counters it is known by them, without by the mark alone.
test_asymmetric() {
	local acct
	second_wan
	for acct in 1 0; do
		in_router sysctl -qw net.netfilter.nf_conntrack_acct=$acct
		tool apply --mode software lan0 wan0 wan1 > /dev/null
		start_flow -c fd02::2
		check_soon "asymmetric, acct $acct: the reply direction leaks" is '["reply"]' leaks
		check_soon "asymmetric, acct $acct: leaks tells its cause" \
			is '["asymmetric-route"]' causes reply
		stop_flow
		tool remove > /dev/null
	done
	in_router sysctl -qw net.netfilter.nf_conntrack_acct=1
	ip -n router link del wan1
}

# ---- All is well

has_moved() { flow --state software | jq -e -s 'any(.packets > 2000)' > /dev/null; }

test_well() {
	tool apply --mode software lan0 wan0 > /dev/null
	start_flow -c 203.0.113.2
	check_soon "with both devices 2000 packets of an offloaded flow go by" has_moved
	check "and nothing leaks" is "[]" status '.leaks | tojson'
	check "leaks says so" is "no flow leaks" tool leaks
	stop_flow
	tool remove > /dev/null
}

# ---- Errors about a flow have its mark, too, and take the slow path

error_counter() {
	in_router nft -j list set inet nftoffload leaks4_reply | jq '[.nftables[].set?.elem? // [] | .[]
		| select(.elem.val.concat[4] == "icmp") | .elem.counter.packets] | add // 0'
}

were_errors() { [ "$(error_counter)" -gt 20 ]; }

test_errors() {
	in_wan sysctl -qw net.ipv4.icmp_ratelimit=0
	tool apply --mode software lan0 wan0 > /dev/null
	start_blast
	check_soon "errors: the detector counts them" were_errors
	check "errors: they are no leak" is "no flow leaks" tool leaks
	check "errors: status is told" is "[]" status '.leaks | tojson'
	stop_blast
	tool remove > /dev/null
}

clean_up() {
	stop_blast
	unmake_router
}

trap clean_up EXIT
make_router nftosim
if has needs-whole-path; then test_refused; else test_missing_devices; fi
test_asymmetric
test_errors
test_well
done_testing
