#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each criterion hits just the right connections of several. The witness is conntrack(8): it tells which
# connections match before, and which were destroyed. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh

show_state() {
	cat "$said" "$events" "$engine/rules"
	in_router conntrack -L || true
	in_router conntrack -L -f ipv6 || true
}

# Marks, and a zone, by the ports of the servers.
make_classes() {
	in_router nft -f - <<-'END'
	table inet classes {
		chain marks {
			type filter hook forward priority filter - 1;
			tcp dport 5302 ct mark set 0x21
			tcp dport 5303 ct mark set 0x42
		}
		# A packet of the server that belongs to no connection any more would be the router's
		# own: it would answer with a reset, and end a connection that is to go on.
		chain input {
			type filter hook input priority filter;
			iifname != { "lan0", "lo" } meta l4proto tcp drop
		}
		chain zones {
			type filter hook prerouting priority raw;
			tcp dport 5304 ct zone set 5
			tcp sport 5304 ct zone set 5
		}
	}
	END
	# That no flow ends between a look and the next, and that each end is told.
	in_router sysctl -qw net.netfilter.nf_flowtable_tcp_timeout=600 \
		net.netfilter.nf_flowtable_udp_timeout=600 net.netfilter.nf_conntrack_events=1
}

# By itself, iperf3 wakes up a thousand times in a second, for 18 packets.
add_client() {	# PORT ARGUMENTS of iperf3
	local port=$1
	shift
	add_server "$port"
	ip netns exec lan iperf3 -p "$port" -t 86400 -b 200K -l 1400 --pacing-timer 20000 "$@" \
		> /dev/null 2>&1 &
	clients+=($!)
}

start_clients() {
	add_client 5301 -c 203.0.113.2
	add_client 5302 -c 203.0.113.2
	add_client 5303 -c 203.0.113.2
	add_client 5304 -c 203.0.113.2
	add_client 5305 -u -c 203.0.113.2
	add_client 5306 -c fd02::2
	add_client 5307 -c 203.0.113.2 --cport 40007
}

stop_clients() { [ ${#clients[@]} = 0 ] || kill "${clients[@]}" 2> /dev/null || true; }

# tuples FILE-OF-CONNTRACK: protocol, and the original direction, of each of its lines.
tuples() {
	sed -nE 's/^(.*\] *)?(tcp|udp) .* (src=[^ ]+ dst=[^ ]+ sport=[0-9]+ dport=[0-9]+) .*src=.*/\2 \3/p' | sort
}

# Offloaded connections, as conntrack(8) lists them: with its own options for what matches.
offloaded() { in_router conntrack -L "$@" 2> /dev/null | sed -n '/OFFLOAD/p' | tuples; }

each_client_is_offloaded() {
	local port listed
	listed=$(offloaded)
	for port in 5301 5302 5303 5304 5305 5306 5307; do
		[[ $listed == *"dport=$port"* ]] || return 1
	done
}

start_listening() {
	: > "$events"
	ip netns exec router conntrack -E -e DESTROY > "$events" 2> /dev/null &
	listener=$!
	wait_for listener_listens
}

listener_listens() { grep -q conntrack "/proc/$listener/comm" && [ -e "/proc/$listener/fd/3" ]; }

stop_listening() {
	[ -n "$listener" ] || return 0
	kill "$listener"
	wait "$listener" 2> /dev/null || true
	listener=''
}

destroyed() { tuples < "$events"; }

destroyed_is() { [ "$(destroyed)" = "$1" ]; }

# evicts WHAT OPTIONS-OF-CONNTRACK OPTIONS...: of the tool.
evicts() {
	local what=$1 options=$2 matching
	shift 2
	check_soon "$what: all are offloaded" each_client_is_offloaded
	start_listening
	# shellcheck disable=SC2086 # several words
	matching=$(offloaded $options)
	check "$what: some match, some don't" some_but_not_all "$matching"
	check "$what: evict" tool_evict "$@"
	check "$what: says how many" is "$(wc -l <<< "$matching")" jq .evicted "$said"
	check_soon "$what: just these were destroyed" destroyed_is "$matching"
	stop_listening
}

some_but_not_all() {
	echo "$1"
	[ -n "$1" ] && [ "$(wc -l <<< "$1")" -lt "$(offloaded | wc -l)" ]
}

tool_evict() { tool evict --json "$@" > "$said"; }

test_criteria() {
	evicts "TCP to a port" "-p tcp --dport 5301" --proto tcp --dport 5301
	evicts "UDP" "-p udp" --proto udp
	evicts "IPv6 source" "-f ipv6 -s fd01::2" --src fd01::2
	evicts "IPv6 prefix" "-f ipv6" --dst fd02::/16
	evicts "IPv4 prefix" "-f ipv4" --src 192.168.0.0/18
	evicts "either end, after NAT" "-f ipv4" --address 203.0.113.1
	evicts "source port" "-p tcp --sport 40007" --sport 40007
	evicts "either port" "-p tcp --dport 5307" --port 5307
	evicts "mark" "-m 0x21" --mark 0x21
	evicts "mark under a mask" "-m 0x40/0xf0" --mark 0x40/0xf0
	evicts "zone" "--zone 5" --zone 5
	evicts "several at once" "-p tcp --dport 5303 -m 0x42" \
		--proto tcp --src 192.168.1.2/32 --dport 5303 --mark 0x42 --zone 0 \
		--interface wan0
}

# Another network behind the WAN's host, that is reached by an interface of its own.
test_interface() {
	ip -n router link add dmz0 type nftosim peer name eth1 netns wan
	ip -n router link set dmz0 up
	ip -n wan link set eth1 up
	ip -n router address add 198.51.100.1/24 dev dmz0
	ip -n wan address add 198.51.100.2/24 dev eth1
	ip -n wan route add 192.168.1.0/24 via 198.51.100.1
	tool apply lan0 wan0 dmz0 > /dev/null
	add_client 5308 -c 198.51.100.2
	check_soon "a connection by another interface" contains dport=5308 offloaded
	evicts "interface" "-d 198.51.100.2" --interface dmz0
	evicts "interface of the masqueraded" "-f ipv4 -d 203.0.113.2" --interface wan0 --address 0.0.0.0/0
	check "no such interface: says so" \
		fails_with 1 'device "nosuch0": there is no such network device' \
		tool evict --interface nosuch0
	check "so does flows" fails 1 tool flows --interface nosuch0
}

same_as_conntrack() {	# OPTIONS-OF-CONNTRACK OPTIONS...
	local theirs ours
	# shellcheck disable=SC2086 # several words
	theirs=$(offloaded $1)
	shift
	ours=$(tool flows --json "$@" |
		jq -r '"\(.proto) src=\(.src) dst=\(.dst) sport=\(.sport) dport=\(.dport)"' | sort)
	printf '%s\n' "theirs:" "$theirs" "ours:" "$ours"
	[ -n "$ours" ] && [ "$ours" = "$theirs" ]
}

test_reading() {
	check_soon "flows --mark lists the same" same_as_conntrack "-m 0x21" --mark 0x21
	check_soon "flows --zone lists the same" same_as_conntrack "--zone 5" --zone 5
	check_soon "flows --proto lists the same" same_as_conntrack "-p udp" --proto udp
	check_soon "the mark is shown" contains '"mark":66' tool flows --json --dport 5303
	check_soon "the zone is shown" contains '"zone":5' tool flows --json --dport 5304
}

# Taken out of conntrack, it leaves the hardware when the kernel looks after its flows.
test_hardware() {
	check_soon "it is in the engine" grep -q ' tcp .*:5301 => ' "$engine/rules"
	in_router nft insert rule inet firewall forward tcp dport 5301 drop
	check "a new policy, and evict" contains evicted tool evict --dport 5301
	check_soon "it has left the engine" lacks ':5301 => ' get rules
	check "and is not offloaded again" prints_nothing tool flows --dport 5301
}

test_all() {
	check_soon "several are offloaded" contains dport=5306 offloaded
	check "which is to be said" fails 2 tool evict
	check "and not twice" fails 2 tool evict --all --proto tcp
	check "evict --all" tool_evict --all
	check "evicts all" jq -e '.evicted >= 6' "$said"
	check "nothing matches: none is evicted" is "evicted 0 connections" tool evict --dport 9
	check "what is not offloaded can't be evicted" fails 2 tool evict --state none
}

clients=() listener='' said=$(mktemp) events=$(mktemp)
trap 'stop_clients; stop_listening; unmake_router; rm -f "$said" "$events"' EXIT
make_router nftosim
make_classes
tool apply lan0 wan0 > /dev/null
start_clients
test_criteria
test_interface
test_reading
test_hardware
test_all
done_testing
