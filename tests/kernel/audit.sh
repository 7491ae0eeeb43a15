#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The audit finds each way in which the emulated NIC and conntrack can disagree, names just the
# connections that it is about, and finds nothing where all is well. In the lab, as root. With
# arguments, only those tests: tests/kernel/audit.sh healthy flapping
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh

show_state() {
	cat "$report"
	tool flows
	get rules
	in_router conntrack -L 2> /dev/null || true
}

# ---- Connections, each to a server of its own. iperf3 has another one beside it, which is idle.

connect() {	# PORT ARGUMENTS of iperf3
	local port=$1
	shift
	add_server "$port"
	ip netns exec lan iperf3 -p "$port" -t 86400 -b 200K -l 1000 "$@" > /dev/null 2>&1 &
	clients+=($!)
	check_soon "port $port: in hardware, by the engine too" is_in_engine "$port"
}

# At least one that has data.
is_in_engine() {
	[ "$(in_hardware "$1")" -ge 1 ] &&
		grep -qE ":$1 .* packets [0-9]{2,}" "$engine/rules"
}

in_hardware() { tool flows --json --state hardware --dport "$1" | wc -l; }

disconnect() {
	kill -KILL "${clients[@]}" 2> /dev/null || true
	wait "${clients[@]}" 2> /dev/null || true
	clients=()
	check_soon "the engine is empty" is_empty
}

is_empty() { tool evict --all --delete-connections > /dev/null && prints_nothing get rules; }

# ---- The audit. Not by ip-netns(8), which hides debugfs.

audit() { nsenter --net=/run/netns/router nftoffload audit "$@"; }

audit_now() { even_if_found audit --json "$@" > "$report"; }

# In the background, up to its first look, and then up to each next one.
start_audit() {
	nsenter --net=/run/netns/router nftoffload audit --json "$@" > "$report" &
	auditor=$! sleeps=none
	next_look
}

next_look() {
	wait_for audit_sleeps_again
	sleeps=$(sleeps_of_audit)
}

# It sleeps between two looks, and at no other time.
sleeps_of_audit() { sed -n 's/^voluntary_ctxt_switches:[[:space:]]*//p' "/proc/$auditor/status"; }

audit_sleeps_again() {
	[ "$(sleeps_of_audit)" != "$sleeps" ] && [[ $(< "/proc/$auditor/comm") = *nftoffload* ]] &&
		audit_sleeps
}

# However long it takes until a command comes true, it is between these two looks.
audit_waits_for() {	# COMMAND...
	kill -STOP "$auditor"
	wait_for "$@"
	kill -CONT "$auditor"
	wait_for audit_sleeps
	sleeps=$(sleeps_of_audit)
}

audit_sleeps() { grep -q '^State:[[:space:]]*S' "/proc/$auditor/status"; }

end_audit() {
	local status=0
	wait "$auditor" || status=$?
	[ "$status" = 0 ] || [ "$status" = 3 ] || bail_out "the audit ended with status $status"
}

codes() { jq -r '.findings[].code' "$report" | sort -u | xargs; }

# The servers' ports of the connections that findings of a code are about.
ports() {	# CODE
	jq -r --arg code "$1" '.findings[] | select(.code == $code) |
		if .src == "203.0.113.2" or .src == "fd02::2" then .sport else .dport end' \
		"$report" | sort -u | xargs
}

found() {	# CODES CODE PORTS: these codes and no other; and such a finding is about those
	echo "found $(codes), $2: $(ports "$2")"
	[ "$(codes)" = "$1" ] && [ "$(ports "$2")" = "$3" ]
}

all_are() { jq -e ".findings | length > 0 and all(.[]; $1)" "$report"; }

nothing_is_found() { audit_now && is 0 jq '.findings | length' "$report"; }

# ---- The tests

test_usage() {
	check "an interval that proves nothing is refused" fails 2 tool audit --interval 1
	check "one look is none" fails 2 tool audit --looks 1
	check "a table that is hidden is none" contains "no driver shows its table" tool audit
	check "nothing is found: exit status 0" audit
}

# Short connections come and go meanwhile.
start_churn() {
	while :; do in_lan iperf3 -p 5201 -c 203.0.113.2 -n 50K || true; done > /dev/null 2>&1 &
	churn=$!
}

stop_churn() {
	[ -n "$churn" ] || return 0
	kill "$churn"
	wait "$churn" 2> /dev/null || true
	churn=''
}

# NFTO_TEST_ROUNDS: how often a healthy router is looked at.
test_healthy() {
	local round rounds=${NFTO_TEST_ROUNDS:-5}
	connect 5301 -c 203.0.113.2
	connect 5302 -u -c 203.0.113.2
	connect 5303 -c fd02::2
	connect 5304 -c 203.0.113.2 -R
	connect 5305 -u -c 203.0.113.2 -R
	connect 5306 -c 203.0.113.2
	connect 5307 -u -c 203.0.113.2
	# The last two fall idle.
	kill -STOP "${clients[@]:5:2}"
	start_churn
	for round in $(seq "$rounds"); do
		check "healthy, round $round of $rounds: nothing is found" nothing_is_found
	done
	stop_churn
	check "and it was looked at flows, counters and the table" \
		jq -e '.flows >= 5 and .counters and .tables == ["nftosim"]' "$report"
	disconnect
}

packets_of() { tool flows --json --dport "$1" | jq -s 'map(.packets) | max // 0'; }

has_more_than() { [ "$(packets_of "$1")" -gt "$2" ]; }


ids_of() {
	in_router conntrack -L -o id -p tcp --dport "$1" 2> /dev/null | sed -n 's/.* id=//p' | sort | xargs
}

# The card loses its entries. It is offered those again whose packets come by the CPU then, and
# refuses UDP: only that is marked as hardware for no reason.
test_forgotten() {
	local ids packets
	connect 5310 -u -c 203.0.113.2
	connect 5311 -c 203.0.113.2
	ids=$(ids_of 5311) packets=$(packets_of 5311)
	start_audit --looks 3 --fix
	put refuse_udp 1
	put forget 1
	end_audit
	check "forgotten: found, and not what came back or is idle" found hw-forgotten hw-forgotten 5310
	check "forgotten: that is certain" all_are '.certain and .fixable'
	check "fix: one was evicted" is 1 jq .evicted "$report"
	check_soon "fix: it does not pretend any more" \
		contains '"state":"software"' tool flows --json --proto udp --dport 5310
	check "fix: the other is the same" is "$ids" ids_of 5311
	check_soon "fix: and its counters go on" has_more_than 5311 "$packets"
	check "fixed: nothing is found" nothing_is_found
	put refuse_udp 0
	disconnect
}

# Packets of the other direction come by the CPU.
test_one_direction() {
	put refuse_ingress wan0
	connect 5320 -c 203.0.113.2
	audit_now
	check "one direction refused: found" found hw-one-direction hw-one-direction 5320
	check "one direction refused: which" all_are '.evidence | startswith("the reply direction")'
	check "exit status 3" fails 3 audit
	put refuse_ingress ''
	disconnect
	put refuse_ingress lan0
	connect 5321 -c fd02::2
	audit_now
	check "the other one refused: found" found hw-one-direction hw-one-direction 5321
	check "the other one refused: which" \
		all_are '.evidence | startswith("the original direction")'
	put refuse_ingress ''
	disconnect
}

test_no_statistics() {
	put no_stats 1
	connect 5330 -c 203.0.113.2
	connect 5331 -u -c 203.0.113.2
	audit_now
	check "no statistics: found" found hw-not-counted hw-not-counted "5330 5331"
	check "no statistics: two looks do not prove it" all_are '.certain | not'
	disconnect
	connect 5332 -c 203.0.113.2
	connect 5333 -u -c 203.0.113.2
	audit_now --looks 3
	check "no statistics: found by three looks" found hw-not-counted hw-not-counted "5332 5333"
	check "no statistics: they do" all_are .certain
	put no_stats 0
	disconnect
}

# The kernel does not tell the driver.
test_leftover() {
	connect 5340 -c 203.0.113.2
	in_router nft delete table inet nftoffload
	audit_now
	check "left over by 'nft delete table': found" found hw-leftover hw-leftover 5340
	check "left over: what forwards is an error" \
		jq -e 'any(.findings[]; .severity == "error" and .certain)' "$report"
	put forget 1
	disconnect
	tool apply lan0 wan0 > /dev/null
}

# With hw-tc-offload off, the driver is not told to forget either.
switch_offload() {	# on | off
	in_router ethtool -K lan0 hw-tc-offload "$1"
	in_router ethtool -K wan0 hw-tc-offload "$1"
}

test_entry_lost() {
	connect 5350 -u -c 203.0.113.2
	start_audit --looks 3
	switch_offload off
	in_router conntrack -D -p udp --dport 5350 > /dev/null 2>&1
	end_audit
	check "entry of a live flow has gone: found" contains 5350 ports hw-entry-lost
	switch_offload on
	put forget 1
	disconnect
}

test_replaced() {
	connect 5360 -u -c 203.0.113.2
	connect 5361 -u -c 203.0.113.2
	start_audit --looks 3
	next_look
	in_router conntrack -D -p udp --dport 5360 > /dev/null 2>&1
	end_audit
	check "entry of a live flow was replaced: found" found hw-replaced hw-replaced 5360
	check "replaced: that is not certain" all_are '.certain | not'
	disconnect
}

# A port that comes and goes takes its flows down, and they come back.
test_flapping() {
	connect 5370 -u -c 203.0.113.2
	start_audit --looks 7
	next_look
	for _ in 1 2; do
		ip -n router link set lan0 down
		next_look
		ip -n router link set lan0 up
		audit_waits_for is_in_engine 5370
		next_look
	done
	end_audit
	check "flapping: found" found hw-flapping hw-flapping 5370
	check "flapping: twice is certain" all_are .certain
	disconnect
}

clients=() churn='' auditor='' sleeps='' report=$(mktemp)
trap 'stop_churn; kill -KILL "${clients[@]}" 2> /dev/null || true; unmake_router; rm -f "$report"' EXIT
make_router nftosim
tool apply lan0 wan0 > /dev/null
tests=("$@")
[ $# -gt 0 ] || tests=(usage healthy forgotten one_direction no_statistics leftover entry_lost replaced flapping)
for name in "${tests[@]}"; do
	"test_$name"
done
done_testing
