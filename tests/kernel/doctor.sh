#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each way in which the emulated NIC can misbehave is found by the doctor, and a healthy router is
# left alone. In the lab, as root. NFTO_TEST_HEALTHY_S: for how long, at least (60 s).
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh
healthy_s=${NFTO_TEST_HEALTHY_S:-60}

show_state() {
	cat "$said"
	tool status
	tool flows
	cat "$engine/rules"
}

# In the mount namespace of the host, as that of ip-netns(8) has no debugfs.
tool() { nsenter --net=/run/netns/router nftoffload "$@"; }

doctor() {	# ARGUMENT...
	local status=0
	tool doctor "$@" > "$said" 2>&1 || status=$?
	echo "$status"
}

finds() {	# CODE
	doctor --json > "$work/status"
	jq -e --arg code "$1" 'any(.[]; .code == $code)' "$said"
}

# Other findings may be left.
no_longer_finds() {	# CODE
	doctor --json > "$work/status"
	jq -ne --arg code "$1" 'input | all(.[]; .code != $code)' "$said" && exits_with '[034]'
}

# As what it has found was worth: 3 a warning, 4 an error.
exits_with() { grep -qxE "$1" "$work/status"; }

names_the_flow() {	# CODE
	jq -e --arg code "$1" 'map(select(.code == $code)) | length > 0 and
		all(.[]; .about | test("^(tcp|udp) [^ ]+:[0-9]+ > [^ ]+:520[12]$"))' "$said"
}

every_finding_has_advice() { jq -e 'length > 0 and all(.[]; .advice != "")' "$said"; }

# Two streams at a time, one of each protocol.
start_streams() {	# ADDRESS
	start_flow -c "$1"
	ip netns exec lan iperf3 -p 5201 -t 86400 -b 2M -u -c "$1" > /dev/null 2>&1 &
	udp_pid=$!
	wait_for both_are_offloaded "$1"
}

both_are_offloaded() {	# ADDRESS
	[ "$(tool flows --dst "$1" --json | jq -r .proto | sort -u | xargs)" = "tcp udp" ]
}

stop_streams() {
	stop_flow
	kill "$udp_pid" 2> /dev/null || true
	wait "$udp_pid" 2> /dev/null || true
}

# test_knob WHAT KNOB VALUE REST ADDRESS CODE: the streams run, with the knob as it is.
test_knob() {
	local what=$1 knob=$2 value=$3 rest=$4 address=$5 code=$6
	put "$knob" "$value"
	tool apply lan0 wan0 > /dev/null
	start_streams "$address"
	check_soon "$what: the doctor finds it" finds "$code"
	check "$what: and says so by its exit status" exits_with '[34]'
	check "$what: with advice" every_finding_has_advice
	check "$what: and names the flow" names_the_flow "$code"
	stop_streams
	put "$knob" "$rest"
	tool remove > /dev/null
}

test_knobs() {
	test_knob "refused TCP" refuse_tcp 1 0 203.0.113.2 driver-declined
	test_knob "refused UDP" refuse_udp 1 0 203.0.113.2 driver-declined
	test_knob "refused IPv6" refuse_ipv6 1 0 fd02::2 driver-declined
	test_knob "refused direction" refuse_ingress lan0 "" 203.0.113.2 hw-one-direction
	test_knob "table full" capacity 2 1024 203.0.113.2 driver-declined
	test_knob "no statistics" no_stats 1 0 203.0.113.2 hw-not-counted
}

test_refused_bind() {
	put refuse_bind 95
	tool apply lan0 wan0 > /dev/null 2>&1
	check "refused bind: the doctor finds it" finds device-refused
	check "refused bind: and says so by its exit status" exits_with '[34]'
	tool remove > /dev/null
	put refuse_bind 0
}

test_feature_off() {
	tool apply lan0 wan0 > /dev/null
	in_router ethtool -K lan0 hw-tc-offload off
	in_router ethtool -K wan0 hw-tc-offload off
	check "feature off: the doctor finds it" finds hw-tc-offload-off
	check "feature off: and says so by its exit status" exits_with '[34]'
	in_router ethtool -K lan0 hw-tc-offload on
	in_router ethtool -K wan0 hw-tc-offload on
	tool remove > /dev/null
}

test_forgotten() {
	tool apply lan0 wan0 > /dev/null
	start_streams 203.0.113.2
	check_soon "forgotten entries: first, all is in hardware" \
		is 0 tool flows --state software --count
	# What is forgotten is offered anew with its next packet: it must not be taken then.
	put refuse_udp 1
	put forget 1
	check_soon "forgotten entries: the doctor finds it" finds hw-forgotten
	check "forgotten entries: and says so by its exit status" exits_with '[34]'
	doctor --bundle "$work/bundle" > /dev/null
	check "forgotten entries: they are in the bundle" bundle_has '.findings | length > 0'
	check "forgotten entries: but no address" names_no_address
	stop_streams
	put refuse_udp 0
	tool remove > /dev/null
}

test_changed_by_others() {
	tool apply lan0 wan0 > /dev/null
	in_router nft 'delete flowtable inet nftoffload ft { hook ingress priority 0; devices = { wan0 }; }'
	check "a device taken out: the doctor finds it" finds not-as-planned
	check "a device taken out: an error" exits_with 4
	check "what it advises" sh -c "nsenter --net=/run/netns/router \
		$(jq -r '.[] | select(.code == "not-as-planned") | .advice' "$said")"
	check "mends it" no_longer_finds not-as-planned
	tool remove > /dev/null
}

test_no_instance() {
	check "no instance: the doctor finds it" finds no-instance
	check "no instance: an error" exits_with 4
}

# ---- a healthy router

# Connections come and go: some that stay a while...
make_mixed_traffic() {
	while true; do
		ip netns exec lan iperf3 -p 5201 -c 203.0.113.2 -n 1M > /dev/null 2>&1 || true
		ip netns exec lan iperf3 -p 5201 -u -b 1M -c fd02::2 -t 2 > /dev/null 2>&1 || true
		ip netns exec lan busybox ping -q -i 0.1 -c 5 203.0.113.2 > /dev/null 2>&1 || true
	done
}

# ...and many short ones, which are over after a few packets, or some hundred.
make_short_connections() {
	while true; do
		ip netns exec lan iperf3 -p 5203 -c 203.0.113.2 -n 64K > /dev/null 2>&1 || true
		ip netns exec lan iperf3 -p 5203 -c fd02::2 -n 1M > /dev/null 2>&1 || true
	done
}

start_traffic() {
	make_mixed_traffic &
	traffic=($!)
	ip netns exec wan iperf3 -s -p 5203 > /dev/null 2>&1 &
	traffic+=($!)
	make_short_connections &
	traffic+=($!)
}

stop_traffic() {
	kill "${traffic[@]}"
	wait "${traffic[@]}" 2> /dev/null || true
}

is_healthy() {
	[ "$(doctor --json)" = 0 ] && jq -e '. == []' "$said"
}

test_healthy() {
	local traffic end=$((SECONDS + healthy_s)) looks=0
	tool apply lan0 wan0 > /dev/null
	start_flow -c fd02::2
	start_traffic
	while [ "$SECONDS" -lt "$end" ] && is_healthy > /dev/null; do
		looks=$((looks + 1))
	done
	check "healthy for $healthy_s s: nothing is found, and it exits with 0" \
		test "$SECONDS" -ge "$end"
	check "in words, too" contains "healthy: nothing to mend" tool doctor
	echo "# looked $looks times"
	stop_traffic
	stop_flow
}

# ---- the bundle

bundle_has() { jq -e "$1" "$work/bundle"; }

names_no_address() {
	fails 1 grep -nE '192\.168\.|203\.0\.|fd0[12]::|([0-9a-f]{2}:){5}[0-9a-f]{2}' "$work/bundle"
}

test_bundle() {
	check "a bundle is written" tool doctor --bundle "$work/bundle"
	check "with all of the evidence" bundle_has \
		'has("kernel") and has("probe") and has("status") and has("topology") and has("audit")'
	check "but no address" names_no_address
	check "one that can't be written" fails_with 1 "/nowhere/x: No such file or directory" \
		tool doctor --bundle /nowhere/x
	tool remove > /dev/null
}

work=$(mktemp -d)
said=$work/said udp_pid=
trap 'stop_streams; unmake_router; rm -rf "$work"' EXIT
make_router nftosim
test_no_instance
test_refused_bind
test_feature_off
test_knobs
test_forgotten
test_changed_by_others
test_healthy
test_bundle
done_testing
