#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the kernel and its devices can do, as the tool finds it out. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh
. ./feature.sh

show_state() {
	tool probe
	in_router nft list ruleset
}

probe() { tool probe --json "${@:2}" | jq -nr "input | $1"; }

feature() { probe ".kernel[\"$1\"].answer"; }
hardware() { probe '.devices[0].hardware' "$1"; }
evidence() { probe '.devices[0].evidence' "$1"; }
error() { probe '.devices[0].error | "\(.code) \(.errno)"' "$1"; }

# What the answers are on which kernel, features.sh asserts.
test_features() {
	check "each answer has its evidence" is true probe '.kernel | all(.[]; .evidence != "")'
	check "needs-whole-path is told by the release" contains "Linux $(uname -r): " \
		probe '.kernel["needs-whole-path"].evidence'
}

test_driver() {
	check "the emulated NIC takes a flowtable" is yes hardware lan0
	check "it is found without being named" \
		is '["lan0","wan0"]' probe '[.devices[] | .name] | sort | tojson'
	check "its feature is on" is on probe '.devices[0].hw_tc_offload' lan0
	in_router ethtool -K lan0 hw-tc-offload off
	check "with hw-tc-offload off it takes one, too" is yes hardware lan0
	check "which does not mean much" contains "as long as hw-tc-offload is off" evidence lan0
	check "that is told" is off probe '.devices[0].hw_tc_offload' lan0
	in_router ethtool -K lan0 hw-tc-offload on
	check "the other end of the wire has no hardware" is 'fixed-off no' far_end
}

far_end() {
	in_lan nftoffload probe --json eth0 |
		jq -nr 'input | .devices[0] | "\(.hw_tc_offload) \(.hardware)"'
}

# refused ERRNO CODE: by the driver.
refused() {
	put refuse_bind "$1"
	check "errno $1: no" is no hardware lan0
	check "errno $1 is kept" is "$2 $1" error lan0
	put refuse_bind 0
}

test_refusals() {
	refused 95 device-refused
	refused 28 system
	refused 5 system
	check "then it takes one again" is yes hardware lan0
}

test_bound_already() {
	local bound="bound already, to the flowtable inet nftoffload ft"
	tool apply --mode hardware lan0 wan0 > /dev/null
	start_flow -c 203.0.113.2
	check_soon "a flow is in hardware" has_flow hardware
	check "hardware that is bound is hardware" is yes hardware lan0
	check "the flowtable is named" contains "$bound" evidence lan0
	check "the error is kept" is "device-busy 16" error lan0
	check "the flow is still in hardware" has_flow hardware
	check "both ports are still bound" is 2 get binds
	check "no rule was deleted" is 0 get rules_deleted
	stop_flow
	tool remove > /dev/null
}

# Each call of the kernel's function that asks drivers about other drivers' devices.
count_foreign_asks() {
	echo 'p:nfto flow_indr_dev_setup_offload' > /sys/kernel/tracing/kprobe_events
	echo 1 > /sys/kernel/tracing/events/kprobes/nfto/enable
}

foreign_asks() { awk '$1 == "nfto" { print $2 }' /sys/kernel/tracing/kprobe_profile; }

make_virtual_devices() {
	in_router ip link add dev0 type dummy
	in_router ip link add veth0 type veth peer name veth1
	in_router ip link add br0 type bridge
	in_router ip link set veth0 master br0
	in_router ip link add link lan0 name lan0.7 type vlan id 7
	in_router ip link add link lan0 name mac0 type macvlan
	in_router ip link add bond0 type bond
	in_router ip tuntap add tun0 mode tun
	in_router ip link add sit1 type sit local 203.0.113.1 remote 203.0.113.2
	in_router ip link add vx0 type vxlan id 7 local 203.0.113.1 remote 203.0.113.2 dstport 4789
}

virtual_devices="lo dev0 veth0 br0 lan0.7 mac0 bond0 tun0 sit1 vx0"

# shellcheck disable=SC2086 # several devices
test_virtual_devices() {
	make_virtual_devices
	check "virtual devices have no hardware" \
		is no probe '[.devices[].hardware] | unique[]' $virtual_devices
	check "that is no error" \
		is 0 probe '[.devices[] | select(.error)] | length' $virtual_devices
	check "the emulated NIC was not asked about them" is 0 get binds
	check "they are not among what may have hardware" \
		is '["lan0","wan0"]' probe '[.devices[].name] | sort | tojson'
	check "a VLAN's parent is told" is lan0 probe '.devices[0].lower' lan0.7
	check "a port's bridge is told" is br0 probe '.devices[0].upper' veth0
	check "the kind is told" is bond probe '.devices[0].kind' bond0
}

# shellcheck disable=SC2086 # several devices
test_foreign_drivers() {
	local before
	has kprobes || { skip "no driver is asked about virtual devices" kprobes; return; }
	count_foreign_asks
	before=$(foreign_asks)
	probe . $virtual_devices > /dev/null
	check "no driver is asked about virtual devices" is "$before" foreign_asks

	# One that no driver can take, to see whether the kernel tells of a refusal at all.
	check "a driver that takes one is doubted" is yes hardware lan0
	check "by one question" is $((before + 1)) foreign_asks
	put refuse_bind 95
	before=$(foreign_asks)
	check "one that refuses is not" is no hardware lan0
	check "so nothing is asked" is "$before" foreign_asks
	put refuse_bind 0
}

test_names() {
	check "a missing device is an answer" is unknown hardware nosuch0
	check "with an error" is "no-device 19" error nosuch0
	check "it does not spoil the others" is '["unknown","yes"]' \
		probe '[.devices[].hardware] | tojson' nosuch0 lan0
	check "a name that can't be is refused" fails_with 1 "can't hold '/'" tool probe a/b
	check "beside another one, too" fails_with 1 "can't hold '/'" tool probe lan0 a/b
	in_router ip link add $'d\e[2J\xff' type dummy
	check "odd names are shown without harm" contains 'd\x1b[2J\xff' tool probe $'d\e[2J\xff'
	check "also in JSON" is 'd\x1b[2J\xff' probe '.devices[0].name' $'d\e[2J\xff'
	in_router ip link delete $'d\e[2J\xff'
}

# ---- Nothing is left behind

ruleset() { in_router nft list ruleset; }

generations() { grep -o 'new generation [0-9]*' "$monitored" | tail -n1 | grep -o '[0-9]*$'; }

hears_changes() {
	in_router nft add table inet early
	in_router nft delete table inet early
	grep -q 'new generation' "$monitored"
}

# The generation that a change of our own makes.
next_generation() {	# TABLE-TO-ADD
	in_router nft add table inet "$1" && soon has_heard_of "$1" && generations
}

has_heard_of() {	# TABLE
	grep -q "add table inet $1\$" "$monitored" && [[ $(tail -n1 "$monitored") == *'new generation'* ]]
}

test_nothing_is_left() {
	local before generation monitor
	monitored=$(mktemp)
	before=$(ruleset)
	ip netns exec router stdbuf -oL nft monitor > "$monitored" &
	monitor=$!
	check_soon "changes of the rules are heard of" hears_changes
	generation=$(next_generation tick)
	tool probe > /dev/null
	tool probe lan0 wan0 lo br0 nosuch0 > /dev/null
	check "the generation is the next one after the last" is $((generation + 1)) next_generation tock
	in_router nft delete table inet tick
	in_router nft delete table inet tock
	kill "$monitor"
	wait "$monitor" 2> /dev/null || true
	rm "$monitored"
	check "the rules are as they were" is "$before" ruleset
	check "nothing is bound" is 0 get binds
}

test_table_exists() {
	in_router nft add table inet nftoffload-probe
	check "a table of the probe's name is an error" \
		fails_with 1 "table inet nftoffload-probe: an object of that name exists" tool probe
	in_router nft delete table inet nftoffload-probe
}

test_privileges() {
	check "without privileges it fails, and says so" fails_with 1 "CAP_NET_ADMIN is missing" \
		in_router setpriv --bounding-set=-net_admin --inh-caps=-net_admin nftoffload probe
}

test_no_flowtables() {
	local modules="nft_flow_offload nf_flow_table_inet nf_flow_table" module
	for module in $modules; do
		rmmod "$module" 2> /dev/null || true
	done
	mkdir -p /run/modprobe.d
	echo "install nf_flow_table_inet /bin/false" > /run/modprobe.d/no-flowtables.conf
	check "a kernel without flowtables says so" is no feature flowtables
	check "and has nothing of what belongs to them" is '["no"]' probe \
		'[.kernel["hardware-flag", "counter-flag", "device-changes"].answer] | unique | tojson'
	check "nor hardware" is no hardware lan0
	rm /run/modprobe.d/no-flowtables.conf
}

trap unmake_router EXIT
make_router nftosim
test_features
test_driver
test_refusals
test_bound_already
test_virtual_devices
test_foreign_drivers
test_names
test_nothing_is_left
test_table_exists
check "the tables fit 80 columns" fits_80_columns on_terminal tool probe lan0 br0 nosuch0
test_privileges
test_no_flowtables
done_testing
