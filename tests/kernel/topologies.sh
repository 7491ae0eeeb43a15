#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Real topologies, real traffic: with the interfaces alone given, nothing leaks. Beside it, what the
# rule of thumb of OpenWrt's fw4 would list. In the lab, as root.
#
# With arguments, only these topologies: tests/kernel/topologies.sh bridge home
# Each measurement is a line "# result {...}", of which scripts/topologies makes a table.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh
. ./pppoe.sh
. ./topology.sh
. ./feature.sh

# Topology and modes. Software needs no other NIC than the emulated one, which is a plain one then.
# In hardware where all devices at the bottom are the NIC's, and the kernel finds the way to them.
topologies='
	bridge       software hardware
	bridge-vlan  software hardware
	bridge-pvid  software hardware
	vlan         software hardware
	qinq         software hardware
	pppoe        software hardware
	home         software hardware
	bond         software
	bond-lacp    software
	macvlan      software
	wifi         software
	wireguard    software
	ipip         software
'

show_state() {
	tool status
	ip -n router -brief address
	in_router nft list flowtables
	cat "$engine/rules"
}

# ---- the rule of thumb

# What fw4 lists: of PPPoE the device below it; in hardware the lower devices of bridges and VLANs.
fw4_rule() {	# MODE
	local interface below=()
	for interface in "${interfaces[@]}"; do
		below+=("${l2_device[$interface]:-$interface}")
	done
	case $1 in
	software) printf '%s\n' "${below[@]}" ;;
	hardware) in_router bash -c "$(declare -f fw4_lowers); fw4_lowers ${below[*]}" ;;
	esac
}

# Where sysfs is the router's.
fw4_lowers() {	# DEVICE...
	local device lowers
	for device in "$@"; do
		lowers=("/sys/class/net/$device"/lower_*)
		case $(< "/sys/class/net/$device/uevent") in
		*DEVTYPE=bridge* | *DEVTYPE=vlan*) fw4_lowers "${lowers[@]##*/lower_}" ;;
		*)                                 echo "$device" ;;
		esac
	done
}

# ---- the measurement

# Of one iperf3: one for control, and so many for data in each direction.
streams=2
count_connections() { connections=$((${#hosts[@]} * (1 + 2 * streams))); }

# All hosts at once, each with a server of its own.
transfer() {
	local host port=5201 clients=() client
	for host in "${hosts[@]}"; do
		ip netns exec "$host" timeout "$patience_s" iperf3 -c 203.0.113.2 -p $port \
			--bidir -P $streams -n 2M > "/tmp/transfer-$host" 2>&1 &
		clients+=($!)
		port=$((port + 1))
	done
	for client in "${clients[@]}"; do
		wait "$client" || { tail -n 3 /tmp/transfer-*; return 1; }
	done
}

no_rules() { [ -z "$(< "$engine/rules")" ]; }

# What becomes of real traffic, and which devices are in the flowtable. The caller reads the answer
# from a file, as check runs this in a process of its own.
measure() {	# ARGUMENTS of apply
	local forwarded
	: > /tmp/measured
	forwarded=$(< "$engine/packets_forwarded")
	tool apply "$@" && transfer || return
	forwarded=$(($(< "$engine/packets_forwarded") - forwarded))
	echo "$forwarded $(status '"\(.inserted) \(.leaked) \(.effective)",
		(.devices[] | select(.state != "missing").name)' |
		paste -sd ' ')" > /tmp/measured
	# Flows of closed connections would stay in the engine when their flowtable is deleted.
	in_router conntrack -F > /dev/null 2>&1
	soon no_rules || return
	tool remove
}

read_measured() {
	forwarded='' inserted='' leaked='' effective='' taken=''
	read -r forwarded inserted leaked effective taken < /tmp/measured || true
}

as_json() {	# DEVICES
	printf '{"devices":"%s","connections":%s,"inserted":%s,"leaked":%s}' "$1" \
		"$connections" "${inserted:-null}" "${leaked:-null}"
}

# ---- the tests

# In flight while their flow is inserted are a few packets. A direction of a host that leaks has hundreds;
# on any machine 64 at least, as none has more than 64 KiB: more than ten for each connection.
is_few() { [ "$1" -lt $((10 * connections)) ]; }
is_many() { [ "$1" -ge $((10 * connections)) ]; }

test_plan() {	# WHAT MODE
	check "$1: TCP both ways between ${interfaces[*]}" measure --mode "$2" "${interfaces[@]}"
	read_measured
	check "$1: it is so, by $taken" [ "$effective" = "$2" ]
	check "$1: each connection is offloaded" [ "$inserted" -ge "$connections" ]
	check "$1: nothing leaks" is_few "$leaked"
	[ "$2" = software ] ||
		check "$1: the card forwards it" [ "$forwarded" -gt $((200 * connections)) ]
}

# What is refused offloads nothing.
try_rule() {	# MODE DEVICE...
	local rule=("${@:2}")
	measure --mode "$1" "${rule[@]/#/--device=}" > /dev/null 2>&1 || true
	read_measured
}

in_order() { printf '%s\n' "$@" | sort; }

# The rule of thumb is known to fail here: had we no eye for leaks, this would show. Where no flow is made
# without its whole path, there is nothing that could leak.
known_to_fail='home, software|wireguard, software'

test_failure() {	# WHAT DEVICES
	if [ "$needs_whole_path" = yes ]; then
		check "$1: with $2 nothing is offloaded" [ "$inserted" = 0 ]
	else
		check "$1: with $2 it leaks" is_many "$leaked"
	fi
}

test_mode() {	# TOPOLOGY MODE
	local here="$1, $2" rule plan
	test_plan "$here" "$2"
	plan=$(as_json "$taken")
	mapfile -t rule < <(fw4_rule "$2")
	# shellcheck disable=SC2086
	[ "$(in_order $taken)" = "$(in_order "${rule[@]}")" ] || try_rule "$2" "${rule[@]}"
	printf '# result {"topology":"%s","kernel":"%s","mode":"%s","interfaces":"%s","plan":%s,"fw4":%s}\n' \
		"$1" "$(uname -r)" "$2" "${interfaces[*]}" "$plan" "$(as_json "${rule[*]}")"
	[[ ! $here =~ ^($known_to_fail)$ ]] || test_failure "$here" "${rule[*]}"
}

test_topology() {	# NAME MODE...
	local mode
	make_topology "$1"
	count_connections
	check_soon "$1: it comes up" works
	for mode in "${@:2}"; do
		test_mode "$1" "$mode"
	done
	unmake_topology
}

trap unmake_topology EXIT
needs_whole_path=$(answer needs-whole-path)
while read -r name modes; do
	[ -n "$name" ] || continue
	[[ $# = 0 || " $* " == *" $name "* ]] || continue
	# shellcheck disable=SC2086
	test_topology "$name" $modes < /dev/null
done <<< "$topologies"
done_testing
