#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Connections leave the fast path, and live on: with their addresses, marks, zones and labels, without a
# reset, a lost datagram or a doubled one. The judges are conntrack(8), the hosts, and the rule table of
# the emulated NIC. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh

show_state() {
	cat "$said" "$engine/rules"
	diff "$work/before" "$work/after" || true
	connections
	in_router nft list ruleset
}

# Each kind of connection by the port of its server.
#	5301 masqueraded, 5302 from the server, 5303 marked and labelled, 5304 in a zone of one direction,
#	5305 in a zone, 5306 IPv6, 5307 IPv6 with NAT, 5308 to a forwarded port, 5309 the same from the LAN
#	itself (hairpin), 5310 datagrams, 5311 datagrams over IPv6
streams="5301 5302 5303 5304 5305 5306 5307 5308 5309"

make_classes() {
	in_router nft -f - <<-'END'
	table inet classes {
		chain marks {
			type filter hook forward priority filter - 1;
			tcp dport 5303 ct state new ct mark set 0x21 ct label set 7
		}
		# A packet of a server that belongs to no connection is the router's own.
		chain input {
			type filter hook input priority filter;
			meta l4proto { tcp, udp } counter
		}
		chain zones {
			type filter hook prerouting priority raw;
			iifname lan0 tcp dport 5304 ct original zone set 4
			tcp dport 5305 ct zone set 5
			tcp sport 5305 ct zone set 5
		}
		chain forwarded {
			type nat hook prerouting priority dstnat;
			ip daddr 203.0.113.1 tcp dport 8308 dnat ip to 192.168.1.2:5308
			ip daddr 203.0.113.1 tcp dport 8309 dnat ip to 192.168.1.2:5309
		}
		chain masked {
			type nat hook postrouting priority srcnat;
			ct status dnat ip daddr 192.168.1.2 tcp dport 5309 masquerade
			ip6 daddr fd02::2 tcp dport 5307 snat ip6 to fd02::7
		}
		chain resets {
			type filter hook forward priority filter - 2;
			tcp flags rst counter
		}
		chain labelled {
			type filter hook forward priority filter - 2;
			tcp dport 5303 ct label 7 counter
		}
	}
	END
	in_router nft insert rule inet firewall forward ct status dnat accept
	in_router ip address add fd02::7/64 dev wan0 nodad
}

add_server_in() {	# NETNS PORT
	ip netns exec "$1" iperf3 -s -p "$2" > /dev/null 2>&1 &
	servers+=($!)
}

add_client() {	# NETNS PORT ARGUMENTS of iperf3
	local netns=$1 port=$2
	shift 2
	ip netns exec "$netns" iperf3 -p "$port" -t 86400 -b 1M -l 1400 --pacing-timer 20000 "$@" \
		> "$work/client.$port" 2>&1 &
	clients+=($!)
}

serves() { [ -n "$(ip netns exec "$1" ss -Hln "sport = $2")" ]; }	# NETNS PORT

start_numbered() {	# PORT ADDRESS
	ip netns exec wan python3 -SE ./numbered.py serve "$1" &
	servers+=($!)
	wait_for serves wan "$1"
	ip netns exec lan python3 -SE ./numbered.py send "$2" "$1" "$work/numbered.$1" &
	senders+=($!)
}

start_all() {
	local port
	for port in 5301 5302 5303 5304 5305 5306 5307; do add_server_in wan $port; done
	for port in 5308 5309; do add_server_in lan $port; done
	for port in 5301 5302 5303 5304 5305 5306 5307; do wait_for serves wan $port; done
	for port in 5308 5309; do wait_for serves lan $port; done
	add_client lan 5301 -c 203.0.113.2
	add_client lan 5302 -c 203.0.113.2 -R
	add_client lan 5303 -c 203.0.113.2
	add_client lan 5304 -c 203.0.113.2
	add_client lan 5305 -c 203.0.113.2
	add_client lan 5306 -c fd02::2
	add_client lan 5307 -c fd02::2
	add_client wan 8308 -c 203.0.113.1
	add_client lan 8309 -c 203.0.113.1
	start_numbered 5310 203.0.113.2
	start_numbered 5311 fd02::2
}

stop_all() {
	[ ${#clients[@]} = 0 ] || kill "${clients[@]}" 2> /dev/null || true
	[ ${#senders[@]} = 0 ] || kill "${senders[@]}" 2> /dev/null || true
	clients=() senders=()
}

connections() {
	in_router conntrack -L -o extended,id,labels 2> /dev/null
	in_router conntrack -L -f ipv6 -o extended,id,labels 2> /dev/null
}

# What must stay of a connection: without its state, timeout and number.
lasting() {
	connections | grep -E 'port=(530[1-9]|531[01]) ' |
		sed -E 's/^(\S+) +\S+ +(\S+) +\S+ +([0-9]+ )?(ESTABLISHED )?/\1 \2 /
			s/\[(OFFLOAD|HW_OFFLOAD|ASSURED)\] //g; s/ (use|id)=[0-9]+//g
			s/packets=[0-9]+ bytes=[0-9]+ //g; s/ +$//' | sort
}

# How many of the kinds are marked as offloaded.
offloaded_kinds() {
	connections | sed -nE '/OFFLOAD/s/.*port=(530[1-9]|531[01]) .*/\1/p' | sort -u | wc -l
}

all_are_offloaded() { is 11 offloaded_kinds; }

engine_is_empty() { prints_nothing get rules; }

# How much has arrived at each server, by its sockets.
arrived() {	# PORT
	local netns=wan
	case $1 in 5308 | 5309) netns=lan ;; esac
	case $1 in
	5302) ip netns exec lan ss -Htin "dport = $1" ;;
	*)    ip netns exec $netns ss -Htin "sport = $1" ;;
	esac | sed -n 's/.*bytes_received:\([0-9]*\).*/\1/p' | sort -n | tail -n1
}

has_brought_more_than() { [ "$(arrived "$1")" -gt "$2" ]; }	# PORT BYTES

check_that_all_live() {
	local port
	local -A before
	for port in $streams; do before[$port]=$(arrived "$port"); done
	for port in $streams; do
		check_soon "$1: $port goes on" has_brought_more_than "$port" $((before[$port] + 200000))
	done
	check "$1: no reset" is 0 resets
	check "$1: no packet was the router's own" is 0 strays
}

counted() {	# CHAIN
	in_router nft -j list chain inet classes "$1" | jq '[.. | .counter?.packets // empty] | add'
}
resets() { counted resets; }
counts_more_than() { [ "$(counted "$1")" -gt "$2" ]; }	# CHAIN PACKETS
strays() { counted input; }

check_numbered() {
	local port
	for port in 5310 5311; do
		check_soon "$1: the datagrams of $port are counted" test -s "$work/numbered.$port"
		check "$1: none is lost, none doubled" contains "lost 0, doubled 0" \
			cat "$work/numbered.$port"
	done
}

# Everything is as it was before, and goes on.
check_that_all_are_the_same() {
	lasting > "$work/after"
	check "$1: each connection is as it was" diff "$work/before" "$work/after"
	check_that_all_live "$1"
}

remove() { tool remove --json > "$said"; }

test_remove() {
	tool apply --mode "$1" lan0 wan0 > /dev/null
	check_soon "$1: all kinds are offloaded" all_are_offloaded
	lasting > "$work/before"
	check "$1: remove" remove
	check "$1: nothing is left in the engine" engine_is_empty
	check_soon "$1: nor is marked" is 0 offloaded_kinds
	check_that_all_are_the_same "$1: removed"
	check_soon "$1: the label is there" counts_more_than labelled $(($(counted labelled) + 20))
}

# With the rule in place, they come back.
test_evict() {
	tool apply --mode "$1" lan0 wan0 > /dev/null
	check_soon "$1: all kinds are offloaded" all_are_offloaded
	lasting > "$work/before"
	check "$1: evict" contains evicted tool evict --all
	check_that_all_are_the_same "$1: evicted"
	check_soon "$1: they come back" all_are_offloaded
}

# The limit is the same for all namespaces, and set in the first one.
limit_table() { sysctl -qw net.netfilter.nf_conntrack_max="$1"; }
count_table() { in_router sysctl -n net.netfilter.nf_conntrack_count; }

# Each takes a place of its own until its flow is gone.
test_little_room() {
	limit_table $(($(count_table) + 3))
	check "little room: evict" contains evicted tool evict --all
	check_that_all_are_the_same "little room"
	check_soon "little room: they come back" all_are_offloaded
}

test_no_room() {
	limit_table 5
	check "no room: says so" fails_with 1 "could not be made anew, and stay offloaded" \
		tool evict --all
	check "no room: they stay offloaded" all_are_offloaded
	check_that_all_are_the_same "no room"
	limit_table 262144
}

work=$(mktemp -d)
said=$work/said
clients=() senders=()
: > "$work/before"
: > "$work/after"
trap 'stop_all; unmake_router; rm -rf "$work"' EXIT
make_router nftosim
make_classes
start_all
check_soon "all kinds are answered" lacks UNREPLIED lasting
test_remove hardware
test_remove software
test_evict software
tool remove > /dev/null
test_evict hardware
test_little_room
test_no_room
stop_all
check_numbered "in the end"
done_testing
