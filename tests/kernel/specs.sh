#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Devices that come, go and come back, where the kernel binds them by their names, and wildcards; and
# what is left to do where it does not. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh
. ./feature.sh
wildcard=$(pwd)/../../build/tests/kernel/wildcard

show_state() {
	tool status
	tool status --json | jq -c '.devices, .findings, .other_flowtables'
	tool flows
	ip -n router -br link
}

states() { status '[.devices[] | "\(.name) \(.state)"] | sort | join(", ")'; }
codes() { status '[.findings[].code] | unique | join(" ")'; }
evidence() { status ".devices[] | select(.name == \"$1\") | .evidence"; }

# What the doctor finds, but for notes. It takes some seconds: where it is only asked whether all is as
# planned, same_again will do.
doctor_finds() {
	tool doctor --json > "$work/doctor" || true
	jq -r '[.[] | select(.severity != "note") | .code] | unique | join(" ") |
		if . == "" then "nothing" else . end' "$work/doctor"
}

# Its first line, and 3 for warnings.
doctor_verdict() {
	tool doctor > "$work/doctor" || [ $? = 3 ]
	head -n1 "$work/doctor"
}

same_again() { contains "as it was" tool apply "$@"; }

# A third network behind the router, at its port lan9.
add_port() {
	ip netns add far
	ip -n far link set lo up
	make_link nftosim lan9 far 192.168.9 fd09
	in_router nft insert rule inet firewall forward iifname lan9 accept
}

remove_port() {
	ip -n router link delete lan9
	ip netns delete far
}

# In software, or in hardware, from a namespace to the WAN.
stream_from() {	# NETNS
	ip netns exec "$1" iperf3 -p 5202 -t 86400 -b 4M -c 203.0.113.2 > /dev/null 2>&1 &
	flow_pid=$!
}

offloaded_from() {	# ADDRESS STATE
	tool flows --json | jq -sec --arg src "$1" --arg state "$2" \
		'any(.src == $src and .dport == 5202 and .state == $state)'
}

# ---- software: the kernel gets the names

test_wildcard() {
	local waiting='' bound='lan9 missing' finds='device-not-bound not-as-planned'
	if has wildcards; then waiting='lan* waiting, ' bound='lan9 software' finds=nothing; fi

	tool apply --mode software 'lan*' wan0 > /dev/null
	check "wildcard: what is there is bound" is "${waiting}lan0 software, wan0 software" states
	check "wildcard: nothing is wrong with it" prints_nothing codes
	check "wildcard: the same again is as it was" same_again --mode software 'lan*' wan0
	add_port
	check "wildcard: a port appears" is "${waiting}lan0 software, $bound, wan0 software" states
	check "wildcard: the doctor" is "$finds" doctor_finds
	if ! has wildcards; then
		check "wildcard: that is mended by applying it again" tool apply --again
		check "wildcard: it is bound then" \
			is "lan0 software, lan9 software, wan0 software" states
	fi
	check "wildcard: all is as it was asked for" same_again --again
	stream_from far
	check_soon "wildcard: its flows are offloaded" offloaded_from 192.168.9.2 software
	check "wildcard: explain knows that it is listed" contains would-be-offloaded \
		tool explain --json udp 192.168.9.2:4000 203.0.113.2:4001
	stop_flow
	remove_port
	check "wildcard: the port goes" is "${waiting}lan0 software, wan0 software" states
	check "wildcard: and nothing is to be done" same_again --again
	tool remove > /dev/null
}

# One that stands for nothing yet; and names that it stands for, beside it.
test_overlaps() {
	local waiting=''
	if has wildcards; then waiting='lan* waiting, '; fi
	tool apply --mode software 'lan*' lan0 'la*' wan0 > /dev/null
	check "overlaps: each device is bound once" \
		is "${waiting/lan/la}lan0 software, wan0 software" states
	check "overlaps: the same again is as it was" same_again --mode software 'lan*' lan0 'la*' wan0
	check "overlaps: a change from the wildcard to names" tool apply --mode software lan0 wan0
	check "overlaps: is made in place" is "lan0 software, wan0 software" states
	check "overlaps: and back" tool apply --mode software 'lan*' wan0
	check "overlaps: that, too" is "${waiting}lan0 software, wan0 software" states
	tool remove > /dev/null
}

test_missing_name() {
	local late='late0 missing' code=device-missing bound='late0 missing'
	if has missing-devices; then
		late='late0 waiting' code=device-waiting bound='late0 software'
	fi
	tool apply --mode software lan0 wan0 late0 > "$work/said" 2>&1
	check "missing: it is told" contains "late0" cat "$work/said"
	check "missing: its state" is "lan0 software, $late, wan0 software" states
	check "missing: is found" is $code codes
	check "missing: the same again is as it was" same_again --mode software lan0 wan0 late0
	ip -n router link add late0 type dummy
	check "missing: it comes" is "lan0 software, $bound, wan0 software" states
	tool apply --again > /dev/null
	check "missing: and is bound" is "lan0 software, late0 software, wan0 software" states
	ip -n router link delete late0
	tool remove > /dev/null
}

# Of a bridge, its ports are bound: one that comes later must be looked at.
test_bridges() {
	ip -n router link add br0 type bridge
	ip -n router link add port0 type nftosim peer name end0
	ip -n router link set port0 master br0
	tool apply --mode software 'br*' wan0 > /dev/null
	check "bridges: the port is bound" is software status '.devices[] | select(.name == "port0") | .state'
	check "bridges: nothing is wrong" prints_nothing codes
	ip -n router link add br9 type bridge
	ip -n router link add port9 type nftosim peer name end9
	ip -n router link set port9 master br9
	check "bridges: another bridge comes, and its port is not bound" \
		is "device-not-bound not-as-planned" doctor_finds
	check "bridges: that is mended by applying it again" tool apply --again
	check "bridges: its port is bound then" is software status '.devices[] | select(.name == "port9") | .state'
	check "bridges: nothing is wrong" prints_nothing codes
	tool remove > /dev/null
	for device in br0 br9 port0 port9; do ip -n router link delete $device; done
}

# A VLAN of which the kernel need not keep flows comes and goes, and is waited for again.
test_passed() {
	has missing-devices || return 0
	tool apply --mode software lan0 lan0.7 wan0 > /dev/null 2>&1
	ip -n router link add link lan0 name lan0.7 type vlan id 7
	check "passed: it comes, and nothing is to be done" same_again --again
	check "passed: nothing is wrong" prints_nothing codes
	ip -n router link delete lan0.7
	check "passed: it goes, and nothing is to be done" same_again --again
	check "passed: it is waited for" is device-waiting codes
	tool remove > /dev/null
}

# ---- from one mode to the other

test_modes() {
	local waiting=''
	if has wildcards; then waiting='lan* waiting, '; fi
	tool apply --mode software 'lan*' wan0 > /dev/null
	check "modes: software gets the wildcard" is "${waiting}lan0 software, wan0 software" states
	tool apply --mode hardware 'lan*' wan0 > /dev/null
	check "modes: hardware gets names" is "lan0 hardware, wan0 hardware" states
	check "modes: which block none" prints_nothing codes
	check "modes: both are bound" is 2 get binds
	tool apply --mode software 'lan*' wan0 > /dev/null
	check "modes: software again" is "${waiting}lan0 software, wan0 software" states
	check "modes: nothing is bound in hardware" is 0 get binds
	tool apply 'lan*' wan0 > /dev/null
	check "modes: auto became hardware" is "lan0 hardware, wan0 hardware" states
	tool remove > /dev/null
	put refuse_bind 95
	tool apply 'lan*' wan0 > /dev/null 2>&1
	check "modes: auto became software" is "${waiting}lan0 refused, wan0 refused" states
	check "modes: the same again is as it was" same_again 'lan*' wan0
	put refuse_bind 0
	tool remove > /dev/null
}

# ---- hardware: what is listed may go, and come back

test_vanished() {
	local gone=missing verdict='not healthy: 0 errors, 1 warning'
	if has missing-devices; then gone=waiting verdict='healthy: nothing to mend'; fi
	add_port
	tool apply --mode hardware lan0 lan9 wan0 > /dev/null
	stream_from far
	check_soon "vanished: its flows are in hardware" offloaded_from 192.168.9.2 hardware
	stop_flow
	remove_port
	check "vanished: its state" is "lan0 hardware, lan9 $gone, wan0 hardware" states
	check "vanished: the doctor" is "$verdict" doctor_verdict
	check "vanished: the same again is as it was" same_again --again
	check "vanished: this way, too" same_again --mode hardware lan0 lan9 wan0
	add_port
	has missing-devices || tool apply --again > /dev/null
	check "vanished: it comes back, and is bound" \
		is "lan0 hardware, lan9 hardware, wan0 hardware" states
	check "vanished: all three are" is 3 get binds
	stream_from far
	check_soon "vanished: its flows are in hardware again" offloaded_from 192.168.9.2 hardware
	stop_flow
	remove_port
	check "vanished: who does not ask for it any more" tool apply --mode hardware lan0 wan0
	check "vanished: is rid of it" is "lan0 hardware, wan0 hardware" states
	tool remove > /dev/null
}

test_port_of_bridge() {
	local bound='end0 missing'
	if has missing-devices; then bound='end0 hardware'; fi
	ip -n router link add br0 type bridge
	for port in end0 end1; do
		ip -n router link add $port type nftosim peer name far-$port
		ip -n router link set $port master br0
	done
	tool apply --mode hardware br0 wan0 > /dev/null
	ip -n router link delete end0
	check "port: it goes, and nothing is to be done" same_again --again
	ip -n router link add end0 type nftosim peer name far-end0
	ip -n router link set end0 master br0
	check "port: it comes back" is "$bound, end1 hardware, wan0 hardware" states
	tool remove > /dev/null
	for device in end0 end1 br0; do ip -n router link delete $device; done
}

# ---- hardware blocks names

denied() { fails_with 2 "RTNETLINK answers: Operation not permitted" "$@"; }

test_blocked() {
	local try=env
	if has missing-devices; then try=denied; fi
	add_port
	tool apply --mode hardware lan0 lan9 wan0 > /dev/null
	check "blocked: while the device is there, none is" prints_nothing codes
	remove_port
	ip -n router link add other0 type dummy
	check "blocked: a device without hardware is created" \
		$try ip -n router link add lan9 type dummy
	if has missing-devices; then
		check "blocked: or is renamed" $try ip -n router link set other0 name lan9
		check "blocked: the status says it" is "device-waiting name-blocked" codes
		check "blocked: it is a note" is note \
			status '.findings[] | select(.code == "name-blocked") | .severity'
		check "blocked: it names the flowtable" is "flowtable inet nftoffload ft lists lan9" \
			status '.findings[] | select(.code == "name-blocked") | .evidence'
		test_moved
		test_freed
	fi
	tool remove > /dev/null
	for device in lan9 other0; do ip -n router link delete $device 2> /dev/null || true; done
}

# From another namespace it comes in any case.
test_moved() {
	ip netns add far
	ip -n far link add lan9 type dummy
	ip -n far link set lan9 netns router
	ip netns delete far
	check "moved: it is there, and not bound" is "lan0 hardware, lan9 missing, wan0 hardware" states
	check "moved: that is found" is device-not-bound codes
	check "moved: by the kernel's hooks" contains "no hook of it" evidence lan9
	ip -n router link delete lan9
	check "moved: it goes" is "device-waiting name-blocked" codes
}

test_freed() {
	check "freed: as it is advised" in_router sh -c "$(status '.findings[] |
		select(.code == "name-blocked") | .advice' | sed 's/.*: nft/nft/')"
	check "freed: the name is free" ip -n router link add lan9 type dummy
}

# ---- wildcards of others

other() { status ".other_flowtables[0] | $1"; }
holder='ip fw f, which lists la*'

test_foreign() {
	if ! has wildcards; then
		check "foreign: this kernel has no wildcards" \
			fails_with 1 "does not support it" in_router "$wildcard" fw la
		return
	fi
	check "foreign: somebody makes a flowtable with a wildcard" in_router "$wildcard" fw la
	check "foreign: it is listed" is "la* waiting, lan0 hardware" \
		other '[.devices[] | "\(.name) \(.state)"] | sort | join(", ")'
	check "foreign: people see it, too" contains "la*" tool status
	check "foreign: its hook is known" contains "hooked at its ingress as ip fw f" \
		other '.devices[] | select(.name == "lan0") | .evidence'
	check "foreign: it blocks names" is "name-blocked no-rule" \
		other '[.findings[].code] | sort | join(" ")'
	check "foreign: indeed" denied ip -n router link add la-veth type dummy
	check "foreign: probe names it" contains "bound already, to the flowtable $holder" \
		tool probe --json lan0
	check "foreign: hardware is refused, and it is named" \
		fails_with 1 "another flowtable has its hardware: $holder" \
		tool apply --mode hardware lan0 wan0
	check "foreign: auto falls back" contains "falling back to software" tool apply lan0 wan0
	check "foreign: which the status explains" \
		contains "to the flowtable $holder" status '.findings[] | select(.code == "device-busy") | .evidence'
	tool remove > /dev/null
	in_router nft delete table ip fw
	check "foreign: without it, lan0 is free" contains "took a flowtable" tool probe --json lan0
}

work=$(mktemp -d)
trap 'unmake_router; ip netns delete far 2> /dev/null || true; rm -rf "$work"' EXIT
make_router nftosim
test_wildcard
test_overlaps
test_missing_name
test_bridges
test_passed
test_modes
test_vanished
test_port_of_bridge
test_blocked
test_foreign
check "nothing is bound in the end" is 0 get binds
done_testing
