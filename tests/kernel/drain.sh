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
	in_router conntrack -L || true
	in_router nft list ruleset
}

engine_is_empty() { prints_nothing get rules; }

engine_has() { grep -q "$1" "$engine/rules"; }

# So long that nothing ends by itself.
set_timeouts() {
	in_router sysctl -qw net.netfilter.nf_flowtable_tcp_timeout=3600 \
		net.netfilter.nf_flowtable_udp_timeout=3600
}

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

# How long it takes is measured on a clock of their own, by the unit tests.
remove() { tool remove --json --timeout "$patience_s" "$@" > "$said"; }

apply() { tool apply --timeout "$patience_s" "$@"; }

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
	check "has counted the connections" told '.connections >= 2'
	check "the table is gone" lacks nftoffload in_router nft list tables
	check_that_the_stream_lives
	stop_traffic
}

test_nothing_offloaded() {
	tool apply lan0 wan0 > /dev/null
	check "remove, with nothing offloaded" remove
	check "has seen that there was nothing" told '.removed and .seen and .connections == 0'
	check "removing nothing" remove
	check "says so" told '.removed == false and .connections == 0'
}

start_stream() {
	start_flow -c 203.0.113.2
	check_soon "the stream is in the engine" engine_has ' tcp .*:5202 => '
}

# How many bytes have arrived by the stream.
arrived() {
	in_wan ss -Htin 'sport = 5202' | sed -n 's/.*bytes_received:\([0-9]*\).*/\1/p' | sort -n | tail -n1
}

has_brought_more_than() { [ "$(arrived)" -gt "$1" ]; }

# iperf3 ends when its connection does.
check_that_the_stream_lives() {
	check_soon "the stream goes on" has_brought_more_than $(($(arrived) + 500000))
	check "by the same connection" kill -0 "$flow_pid"
}

# The far end's packets are the router's own then, which answers with a reset.
test_delete_connections() {
	tool apply lan0 wan0 > /dev/null
	start_traffic
	check "remove --delete-connections" remove --delete-connections
	check "leaves nothing in the engine" engine_is_empty
	check "has counted the connections" told '.removed and .connections >= 2'
	check "the table is gone" lacks nftoffload in_router nft list tables
	stop_traffic
}

# Until the kernel has looked after its flows twice, which it does once in a second.
test_time_limit() {
	tool apply --min-packets 3 lan0 wan0 > /dev/null
	start_traffic
	check "the time limit is told" fails_with 1 "flows may still be in the hardware after 1 s" \
		tool remove --timeout 1
	check "the table is there" contains nftoffload in_router nft list tables
	check "but nothing is offloaded any more" is none status .effective
	check "as it was drained" contains drained status '[.findings[].code] | join(" ")'
	check "apply --again puts it back" is "nftoffload: hardware offload" tool apply --again
	check "as it was" contains "requested mode auto, after 3 packets" \
		in_router nft list table inet nftoffload
	check_soon "into hardware" traffic_is_in_engine
	check "remove" remove
	check "leaves nothing in the engine" engine_is_empty
	stop_traffic
}

# The rule has gone, and the flows are on their way.
kill_remove() {
	local pid
	ip netns exec router nftoffload remove > /dev/null 2>&1 &
	pid=$!
	check_soon "the rule is gone" contains "drained: offloads nothing" \
		in_router nft list table inet nftoffload
	kill -9 $pid
	wait $pid 2> /dev/null || true
}

test_killed() {
	tool apply lan0 wan0 > /dev/null
	start_traffic
	kill_remove
	check "killed: apply puts it back" is "nftoffload: hardware offload" tool apply lan0 wan0
	check_soon "it offloads" traffic_is_in_engine
	kill_remove
	check "remove, once more" remove
	check "leaves nothing in the engine" engine_is_empty
	check_that_the_stream_lives
	stop_traffic
}

# From hardware to software: another flowtable takes the place of ours.
test_switch() {
	tool apply lan0 wan0 > /dev/null
	start_stream
	check "a dry run of a switch to software tells of the drain" \
		contains "drain flowtable inet nftoffload ft: its flows leave the hardware" \
		tool apply --dry-run --mode software lan0 wan0
	check "and does nothing" is hardware status .effective
	check "the switch to software" is "nftoffload: software offload" \
		apply --mode software lan0 wan0
	check "leaves nothing in the engine" engine_is_empty
	check "it is software" is software status .effective
	check_that_the_stream_lives
	stop_flow
	check "back to hardware" is "nftoffload: hardware offload" tool apply lan0 wan0
	start_traffic
	ip -n router link add late0 type veth peer name late1
	check "auto with a device that has none goes to software" \
		contains "no driver takes flows of a veth" \
		apply --delete-connections lan0 wan0 late0
	check "and leaves nothing in the engine" engine_is_empty
	check "it is software" is software status .effective
	stop_traffic
	ip -n router link delete late0
	tool remove > /dev/null
}

test_other_flowtable() {
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
	check "remove beside another flowtable" remove
	check "leaves nothing in the engine" engine_is_empty
	check_that_the_stream_lives
	check_soon "the other flowtable has the flows" contains software tool flows --state software
	tool apply lan0 wan0 > /dev/null
	check "remove --delete-connections beside it" remove --delete-connections
	check "leaves nothing in the engine" engine_is_empty
	in_router nft delete table inet other
	stop_traffic
}

test_software() {
	tool apply --mode software lan0 wan0 > /dev/null
	start_flow -c 203.0.113.2
	check_soon "a flow in software" contains software flow --state software
	check "remove" remove
	check "moves no connection" told '.connections == 0'
	check_soon "the flow is not offloaded any more" prints_nothing flow
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
		fails_with 1 "the conntrack table: this kernel does not support it" tool remove
	check "exit status 1" fails 1 tool remove --delete-connections
	check "and nothing was changed" is "$before" in_router nft -s list ruleset
	check "evict says so, too" \
		fails_with 1 "this kernel does not support it" tool evict --all
	rm /run/modprobe.d/no-netlink.conf
	check "with it: remove" remove
}

said=$(mktemp)
trap 'unmake_router; rm -f "$said"' EXIT
make_router nftosim
set_timeouts
test_deleting_the_table_leaves_entries
test_remove
test_nothing_offloaded
test_delete_connections
test_time_limit
test_killed
test_switch
test_other_flowtable
test_software
test_no_conntrack_netlink
done_testing
