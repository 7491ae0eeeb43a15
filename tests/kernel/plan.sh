#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The plan: what the tool reads of the kernel, and that the kernel keeps flows where the plan says, over
# PPPoE and tunnels. What belongs into a flowtable depends on whether the kernel makes flows without their
# whole path. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh
. ./pppoe.sh
. ./feature.sh

show_state() {
	tool plan --record -
	tool status
}

record=$(mktemp)

# "DECISION REASON NAME" of each device, in one line.
plan() {
	tool plan --json "$@" |
		jq -r '.mode + (.devices | map("; " + .decision + " " + .reason + " " + .name) | add)'
}

test_usage() {
	check "an interface is wanted" fails 2 tool plan
	check "a plan has no room beside a record" fails 2 tool plan --record - lan0
	check "an unknown mode" fails 2 tool plan --mode fast lan0
	check "a file that is not there is named" \
		fails_with 1 "/nonexistent: No such file" tool plan --from /nonexistent lan0
	printf 'nftoffload topology 1\nlink 1 name=a\nlink 1 name=b\n' > "$record"
	check "a record that is wrong is told by the line" \
		fails_with 1 ", line 3: " tool plan --from "$record" a
	check "the record can't be written" fails 1 tool plan --record /dev/full lan0
}

test_devices() {
	local name planned
	ip -n router link add bond0 type bond
	ip -n router link add br-lan type bridge vlan_filtering 1
	ip -n router link add dummy0 type dummy
	ip -n router link set dummy0 master br-lan
	ip -n router link add link br-lan name br-lan.10 type vlan id 10
	check "a VLAN of a bridge, and a bond" \
		is "software; $above br-lan.10; left-out between br-lan; $(
			)$filtered dummy0; taken entry bond0; missing no-device gone" \
		plan br-lan.10 bond0 gone
	check "the emulated NIC is taken for hardware" \
		is "hardware; taken entry lan0; taken entry wan0" plan lan0 wan0
	tool plan --record "$record"
	for name in lo bond0 br-lan br-lan.10 dummy0 lan0; do
		check "the record has the index of $name" contains \
			"link $(ip -n router -j link show "$name" | jq -r '.[0].ifindex') name=$name " \
			cat "$record"
	done
	planned=$(plan br-lan.10 bond0)
	check "the record gives the same plan" is "$planned" \
		plan --from "$record" br-lan.10 bond0
	chmod a+r "$record"
	check "without a privilege" contains "$(printf "%-8s" "${above% *}") br-lan.10 " \
		su nobody -s /bin/sh -c "$(command -v nftoffload) plan --from - br-lan.10 < $record"
	check "a plan fits 80 columns" fits_80_columns on_terminal tool plan br-lan.10 bond0 gone
	check "one of a record, too" fits_80_columns on_terminal tool plan --from "$record" '*'
	check "as does the help" fits_80_columns tool plan --help
	for name in br-lan.10 br-lan bond0 dummy0; do
		ip -n router link delete $name
	done
}

# transfer_by DEVICES: connections to the other end, with just these in the flowtable. Sets how many were
# offloaded, and how many packets of those took the slow path nevertheless.
transfer_by() {
	tool remove > /dev/null &&
	tool apply --mode software "${@/#/--device=}" > /dev/null &&
	in_lan timeout "$patience_s" iperf3 -p 5201 -n 8M -c 10.9.0.2 > /dev/null &&
	in_lan timeout "$patience_s" iperf3 -p 5201 -n 8M -R -c 10.9.0.2 > /dev/null &&
	read -r inserted leaked < <(status '"\(.inserted) \(.leaked)"')
}

taken() {
	tool plan --mode software --json "$@" |
		jq -r '.devices[] | select(.decision == "taken") | .name'
}

# The connection begins before the neighbours are known, so some packets may be on the way. The 8 MB of a
# direction that leaks are 128 packets at least, as none has more than 64 KiB.
is_offloaded_by() { transfer_by "$@" && [ "$inserted" -ge 4 ] && [ "$leaked" -lt 64 ]; }
leaks_by() { transfer_by "$@" && [ "$leaked" -ge 128 ]; }
is_not_offloaded_by() { transfer_by "$@" && [ "$inserted" = 0 ]; }

test_traffic() {	# WHAT INTERFACE
	local devices
	mapfile -t devices < <(taken lan0 "$2")
	check "$1: by the plan (${devices[*]}) it is offloaded, and nothing leaks" \
		is_offloaded_by "${devices[@]}"
}

test_wrong_list() {	# WHAT DEVICE...
	if has needs-whole-path; then
		check "$1, nothing is offloaded" is_not_offloaded_by "${@:2}"
	else
		check "$1, it leaks" leaks_by "${@:2}"
	fi
}

connect_pppoe() {
	ip -n router link add link wan0 name wan0.7 up type vlan id 7
	ip -n wan link add link eth0 name eth0.7 up type vlan id 7
	start_pppoe wan0.7 pppoe-wan 10.9.0.1 eth0.7 10.9.0.2
	check_soon "a PPPoE session" contains 'inet 10.9.0.1 ' \
		ip -n router address show dev pppoe-wan
	ip -n wan route replace 192.168.1.0/24 dev ppp0
}

test_pppoe() {
	connect_pppoe
	check "the session's device is found" contains "pppoe lower=wan0.7" tool plan --record -
	check "and the devices below" is "software; $above pppoe-wan; left-out between wan0.7; $(
		)taken entry wan0" plan --mode software pppoe-wan
	test_traffic PPPoE pppoe-wan
	test_wrong_list "with the VLAN in its place" lan0 wan0.7
	stop_pppoe
	tool remove > /dev/null
}

test_tunnel() {
	ip -n router link add tunnel0 type gre local 203.0.113.1 remote 203.0.113.2 ttl 64
	ip -n wan link add tunnel0 type gre local 203.0.113.2 remote 203.0.113.1 ttl 64
	ip -n router address add 10.9.0.1/24 dev tunnel0
	ip -n wan address add 10.9.0.2/24 dev tunnel0
	ip -n router link set tunnel0 up
	ip -n wan link set tunnel0 up
	ip -n wan route replace 192.168.1.0/24 dev tunnel0
	test_traffic GRE tunnel0
	test_wrong_list "without the tunnel's device" lan0
}

# IPv4 over IPv6: by a plan for all of its devices, connections through it go on.
test_dslite() {
	local devices
	ip -n router link add dslite0 type ip6tnl mode ipip6 encaplimit none local fd02::1 remote fd02::2
	ip -n wan link add dslite0 type ip6tnl mode ipip6 encaplimit none local fd02::2 remote fd02::1
	ip -n router address add 10.9.0.1/24 dev dslite0
	ip -n wan address add 10.9.0.2/24 dev dslite0
	ip -n router link set dslite0 up
	ip -n wan link set dslite0 up
	ip -n wan route replace 192.168.1.0/24 dev dslite0
	mapfile -t devices < <(taken lan0 wan0 dslite0)
	check "DS-Lite: by the plan (${devices[*]}), no connection is lost" transfer_by "${devices[@]}"
}

clean_up() {
	stop_pppoe
	rm -f "$record"
	unmake_router
}

# What becomes of a device above another one, and of the port of a bridge that filters VLANs.
above="taken route" filtered="left-out vlan-filtering"
! has needs-whole-path || above="left-out between" filtered="taken entry"

trap clean_up EXIT
make_router nftosim
test_usage
test_devices
test_pppoe
test_tunnel
ip -n router link delete tunnel0
ip -n wan link delete tunnel0
test_dslite
done_testing
