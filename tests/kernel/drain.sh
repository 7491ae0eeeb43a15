#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is offloaded leaves the hardware before its flowtable does. The judge is the rule table of the emulated
# NIC. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh

show_state() {
	cat "$engine/rules" "$said"
	timeouts
	in_router conntrack -L || true
	in_router nft list ruleset
}

engine_is_empty() { is "" get rules; }

engine_has() { grep -q "$1" "$engine/rules"; }

set_timeouts() {	# SECONDS
	in_router sysctl -qw net.netfilter.nf_flowtable_tcp_timeout="$1" \
		net.netfilter.nf_flowtable_udp_timeout="$1"
}

timeouts() {
	in_router sysctl -n net.netfilter.nf_flowtable_tcp_timeout \
		net.netfilter.nf_flowtable_udp_timeout | paste -sd ' '
}

timeouts_are() { is "$1" timeouts; }

# Two TCP connections of iperf3, and one over UDP that is left to itself.
start_traffic() {
	start_flow -c 203.0.113.2
	ip netns exec lan iperf3 -p 5201 -t 86400 -b 1M -u -c 203.0.113.2 > /dev/null 2>&1 &
	udp_pid=$!
	check_soon "TCP and UDP are in the engine" traffic_is_in_engine
}

traffic_is_in_engine() { engine_has ' tcp .*:5202 => ' && engine_has ' udp .*:5201 => '; }

stop_traffic() {
	kill $udp_pid
	wait $udp_pid 2> /dev/null || true
	stop_flow
}

forwards_more_than() { [ "$(get packets_forwarded)" -gt "$1" ]; }

# Of the tool's JSON.
told() { jq -e "$1" "$said"; }

remove() { tool remove --json "$@" > "$said"; }

has_table() { contains nftoffload in_router nft list tables; }

# Why all this is needed.
test_deleting_the_table_leaves_entries() {
	tool apply lan0 wan0 > /dev/null
	start_traffic
	in_router nft delete table inet nftoffload
	check "nft delete table leaves entries in the engine" traffic_is_in_engine
	check_soon "which go on forwarding" forwards_more_than $(($(get packets_forwarded) + 1500))
	check "and they are still there" traffic_is_in_engine
	stop_traffic
	put forget 1
}

test_remove() {
	tool apply lan0 wan0 > /dev/null
	start_traffic
	check "remove" remove
	check "leaves nothing in the engine" engine_is_empty
	check "has seen that" told '.removed and .seen'
	check "has deleted the connections" told '.connections >= 2'
	check "took no longer than it must" told '.elapsed_ms < 10000'
	check "the table is gone" not has_table
	stop_traffic
}

test_nothing_offloaded() {
	tool apply lan0 wan0 > /dev/null
	check "remove, with nothing offloaded" remove
	check "is fast" told '.removed and .seen and .connections == 0 and .elapsed_ms < 3000'
	check "removing nothing" remove
	check "says so" told '.removed == false and .connections == 0'
}

# A connection that has to carry all of its bytes, during the drain and after it.
start_transfer() {
	ip netns exec lan iperf3 -J -p 5202 -c 203.0.113.2 -n 15M -b 8M > "$transfer" 2>&1 &
	transfer_pid=$!
	check_soon "the transfer is in the engine" engine_has ' tcp .*:5202 => '
}

transfer_is_whole() { jq -e '.end.sum_received.bytes >= 15000000' "$transfer"; }

test_keep_connections() {
	set_timeouts 4
	tool apply lan0 wan0 > /dev/null
	start_transfer
	check "remove --keep-connections" remove --keep-connections
	check "leaves nothing in the engine" engine_is_empty
	check "the timeouts are back" timeouts_are "4 4"
	check "has counted the connections" told '.removed and .connections >= 1'
	check "the table is gone" not has_table
	check "the transfer still runs" kill -0 $transfer_pid
	wait $transfer_pid || true
	check "and ends well" transfer_is_whole
}

test_keep_connections_with_udp() {
	tool apply lan0 wan0 > /dev/null
	start_traffic
	check "remove --keep-connections, with UDP" remove --keep-connections
	check "leaves nothing in the engine" engine_is_empty
	check "the timeouts are back" timeouts_are "4 4"
	stop_traffic
	tool apply lan0 wan0 > /dev/null
	check "remove --keep-connections, with nothing offloaded" remove --keep-connections
	check "is fast" told '.removed and .elapsed_ms < 4000'
}

test_time_limit() {
	set_timeouts 30
	tool apply lan0 wan0 > /dev/null
	start_traffic
	check "the time limit is told" contains "flows may still be in the hardware after 1 s" \
		tool remove --keep-connections --timeout 1
	check "the timeouts are back" timeouts_are "30 30"
	check "the table is there" has_table
	check "but nothing is offloaded any more" is none status .effective
	check "it is an exit status" fails 1 tool remove --keep-connections --timeout 1
	check "apply puts it back" is "nftoffload: hardware offload" tool apply lan0 wan0
	check "into hardware" is hardware status .effective
	check "the flows never left" traffic_is_in_engine
	check "remove" remove
	check "leaves nothing in the engine" engine_is_empty
	stop_traffic
}

# Killed when the timeouts are short.
kill_remove() {
	local pid
	ip netns exec router nftoffload remove --keep-connections > /dev/null 2>&1 &
	pid=$!
	check_soon "the timeouts are short meanwhile" timeouts_are "0 0"
	kill -9 $pid
	wait $pid 2> /dev/null || true
	check "killed: they stay so" timeouts_are "0 0"
	check "but the table knows" contains \
		"draining: restore nf_flowtable_tcp_timeout 25 nf_flowtable_udp_timeout 25" \
		in_router nft list table inet nftoffload
}

test_killed() {
	set_timeouts 25
	tool apply lan0 wan0 > /dev/null
	start_traffic
	kill_remove
	check "apply puts the timeouts back" is "nftoffload: hardware offload" tool apply lan0 wan0
	check "as they were" timeouts_are "25 25"
	check "and the instance" is hardware status .effective
	check_soon "which offloads" traffic_is_in_engine
	kill_remove
	check "remove, once more" remove
	check "leaves nothing in the engine" engine_is_empty
	check "and the timeouts as they were" timeouts_are "25 25"
	stop_traffic
}

# From hardware to software: another flowtable takes the place of ours.
test_switch() {
	set_timeouts 4
	tool apply lan0 wan0 > /dev/null
	start_transfer
	check "a dry run of a switch to software tells of the drain" \
		contains "drain flowtable inet nftoffload ft: its flows leave the hardware" \
		tool apply --dry-run --mode software lan0 wan0
	check "and does nothing" is hardware status .effective
	check "the switch to software" is "nftoffload: software offload" \
		tool apply --mode software lan0 wan0
	check "leaves nothing in the engine" engine_is_empty
	check "it is software" is software status .effective
	check "the timeouts are back" timeouts_are "4 4"
	check "the transfer still runs" kill -0 $transfer_pid
	wait $transfer_pid || true
	check "and ends well" transfer_is_whole
	set_timeouts 30
	check "back to hardware" is "nftoffload: hardware offload" tool apply lan0 wan0
	start_traffic
	ip -n router link add late0 type veth peer name late1
	check "auto with a device that has none goes to software" \
		contains "no driver takes flows of a veth" \
		tool apply --delete-connections lan0 wan0 late0
	check "and leaves nothing in the engine" engine_is_empty
	check "it is software" is software status .effective
	stop_traffic
	ip -n router link delete late0
	tool remove > /dev/null
}

test_other_flowtable() {
	set_timeouts 4
	tool apply lan0 wan0 > /dev/null
	start_traffic
	in_router nft -f - <<-'END'
	table inet other {
		flowtable f { hook ingress priority 5; devices = { lan0, wan0 }; }
		chain forward {
			type filter hook forward priority 20; policy accept;
			meta l4proto { tcp, udp } flow add @f
		}
	}
	END
	check "remove --keep-connections beside another flowtable" remove --keep-connections
	check "leaves nothing in the engine" engine_is_empty
	check "and the timeouts as they were" timeouts_are "4 4"
	check_soon "the other flowtable has the flows" contains software tool flows --state software
	tool apply lan0 wan0 > /dev/null
	check "remove beside another flowtable" remove
	check "leaves nothing in the engine" engine_is_empty
	in_router nft delete table inet other
	stop_traffic
	set_timeouts 30
}

test_software() {
	tool apply --mode software lan0 wan0 > /dev/null
	start_flow -c 203.0.113.2
	check_soon "a flow in software" contains software flow --state software
	check "remove" remove
	check "is fast, and deletes no connection" told '.connections == 0 and .elapsed_ms < 3000'
	check_soon "the flow is not offloaded any more" is "" flow
	check "its connection lives" contains ESTABLISHED in_router conntrack -L -p tcp --dport 5202
	stop_flow
}

test_no_conntrack_netlink() {
	local before
	tool apply lan0 wan0 > /dev/null
	before=$(in_router nft -s list ruleset)
	rmmod nf_conntrack_netlink
	mkdir -p /run/modprobe.d
	echo "install nf_conntrack_netlink /bin/false" > /run/modprobe.d/no-netlink.conf
	check "without nf_conntrack_netlink: says so" \
		contains "the conntrack table: this kernel does not support it" tool remove
	check "exit status 1" fails 1 tool remove --keep-connections
	check "and nothing was changed" is "$before" in_router nft -s list ruleset
	check "evict says so, too" contains "this kernel does not support it" tool evict --all
	rm /run/modprobe.d/no-netlink.conf
	check "with it: remove" remove
}

said=$(mktemp) transfer=$(mktemp)
trap 'unmake_router; rm -f "$said" "$transfer"' EXIT
make_router nftosim
test_deleting_the_table_leaves_entries
test_remove
test_nothing_offloaded
test_keep_connections
test_keep_connections_with_udp
test_time_limit
test_killed
test_switch
test_other_flowtable
test_software
test_no_conntrack_netlink
done_testing
