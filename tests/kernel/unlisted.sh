#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# An instance whose flowtable lacks the device that connections leave by: status and doctor tell, and are
# silent where that is as it should be. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh
. ./feature.sh

show_state() {
	tool doctor || true
	tool status
	in_router conntrack -L
}

codes_of_status() { status '["codes:", .findings[].code] | join(" ")'; }

# "SEVERITY code" of what doctor finds about paths, each once.
found_by_doctor() {
	local exit_status=0
	tool doctor --json > /tmp/unlisted-findings || exit_status=$?
	jq -r --arg status "$exit_status" '[.[] | select(.code | test("nothing-offloaded|unlisted-device")) |
		"\(.severity) \(.code)"] | unique | join(", ") + " (\($status))"' /tmp/unlisted-findings
}

# Traffic in both directions, for as long as the test looks at it.
is_established() { contains ASSURED in_router conntrack -L -p tcp --dport 5202 > /dev/null; }

start_traffic() {	# ADDRESS
	start_flow -c "$1"
	wait_for is_established
}

test_one_interface() {
	tool apply --mode software lan0 > /dev/null
	start_traffic 203.0.113.2
	check_soon "lan0 alone: status tells that nothing is offloaded" is 'codes: nothing-offloaded' codes_of_status
	check "which device is missing" contains "come in by wan0" tool status
	check "doctor tells it, with exit status 3" \
		is "note unlisted-device, warning nothing-offloaded (3)" found_by_doctor
	stop_flow
	tool remove > /dev/null
}

# As for a guest network: that the LAN's connections to the WAN are not offloaded is meant to be.
test_others_on_purpose() {
	ip -n router link add guest0 type nftosim peer name eth1 netns wan
	ip -n router link set guest0 up
	ip -n wan link set eth1 up
	ip -n router address add 10.8.0.1/24 dev guest0
	ip -n wan address add 10.8.0.2/24 dev eth1
	ip -n wan route add 192.168.1.0/24 via 10.8.0.1
	tool apply --mode software lan0 guest0 > /dev/null
	start_traffic 203.0.113.2
	check_soon "lan0 and guest0: as long as nothing was offloaded, status says it may be wrong" \
		is 'codes: nothing-offloaded' codes_of_status
	check "but not for certain" is false status '.findings[0].certain'
	check "a connection to the guest" in_lan iperf3 -p 5201 -n 1M -c 10.8.0.2
	check "is offloaded: then status is silent" is codes: codes_of_status
	check "and doctor has a note, and exits with 0" is "note unlisted-device (0)" found_by_doctor
	stop_flow
	tool remove > /dev/null
	ip -n router link del guest0
}

# The router's own connections can't be offloaded, and nothing is wrong.
test_own_connections() {
	tool apply --mode software lan0 > /dev/null
	ip netns exec router iperf3 -p 5202 -t 86400 -b 4M -c 203.0.113.2 > /dev/null 2>&1 &
	flow_pid=$!
	wait_for is_established
	check "the router's own traffic: status is silent" is codes: codes_of_status
	check "so is doctor" is " (0)" found_by_doctor
	stop_flow
	tool remove > /dev/null
}

test_all_is_well() {
	tool apply --mode software lan0 wan0 > /dev/null
	start_traffic 203.0.113.2
	check_soon "lan0 and wan0: it is offloaded" contains '"tcp"' tool flows --json
	check "status is silent" is codes: codes_of_status
	check "so is doctor" is " (0)" found_by_doctor
	stop_flow
	tool remove > /dev/null
}

trap unmake_router EXIT
make_router nftosim
if has needs-whole-path; then
	test_one_interface
	test_others_on_purpose
else
	skip "an unlisted device offloads nothing" needs-whole-path
fi
test_own_connections
test_all_is_well
done_testing
