#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A device is left out: conntrack says [OFFLOAD], and half of the packets go the slow way. In the lab,
# as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh

show_state() {
	tool status
	in_router conntrack -L
	in_router nft list table inet nftoffload
}

conntrack_says_offload() {
	in_router conntrack -L -p tcp --dport 5202 2>/dev/null | grep -q '\[OFFLOAD\]\|\[HW_OFFLOAD\]'
}

leaks() { status "[.leaks[] | select(.packets > 100) | .direction] | unique | tojson"; }

leaks_in() { [ "$(leaks)" = "$1" ]; }

names_flow() {	# SOURCE DESTINATION PORTFIELD
	status '.leaks[] | select(.packets > 100) | tojson' | jq -e --arg src "$1" --arg dst "$2" \
		".proto == \"tcp\" and .src == \$src and .dst == \$dst and .$3 == 5202 and .bytes > 0"
}

leak_is_told() { tool status | grep -qE "leak .*tcp .*, $1 direction: [0-9]{3,} packets"; }

# Of what leaks by the hundred, the first finding.
causes() {	# DIRECTION
	tool leaks --json | jq -c --arg direction "$1" "[.[] | select(.packets > 100 and
		.direction == \$direction) | .findings[0].code] | unique"
}

# Packets of the direction that comes in by the missing device are those that leak.
test_missing() {	# MODE DEVICE-THAT-IS-LISTED DIRECTION ARGUMENTS-OF-IPERF3...
	local mode=$1 listed=$2 direction=$3
	shift 3
	tool apply --mode "$mode" "$listed" > /dev/null
	start_flow "$@"
	check_soon "$mode, only $listed: conntrack says OFFLOAD all the same" conntrack_says_offload
	check_soon "$mode, only $listed: the $direction direction leaks" leaks_in "[\"$direction\"]"
	check "status --json counts it" is true status '.leaked > 100'
	check_soon "status tells it" leak_is_told "$direction"
	check_soon "leaks tells its cause" is '["unlisted-device"]' causes "$direction"
}

trap unmake_router EXIT
make_router nftosim
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

has_moved() { flow --state software | jq -e -s 'any(.packets > 2000)' > /dev/null; }

tool apply --mode software lan0 wan0 > /dev/null
start_flow -c 203.0.113.2
check_soon "with both devices 2000 packets of an offloaded flow go by" has_moved
check "and nothing leaks" leaks_in '[]'
done_testing
