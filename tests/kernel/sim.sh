#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The emulated NIC's self-test. Runs inside the lab, as root: lab/run tests/kernel/sim.sh
#
#   lan (10.0.1.2, fd01::2) host0 --- lan0  router  wan0 --- host1 (10.0.2.2, fd02::2) wan
#
# With arguments, only those tests: tests/kernel/sim.sh vlan takedown
# TAP on standard output. All happens in namespaces of this test's own, except for the unloading of
# the module at the end, which is skipped when somebody else uses it.
set -euo pipefail

router=simtest-router lan=simtest-lan wan=simtest-wan aside=simtest-aside
debugfs=/sys/kernel/debug/nftosim
module=${NFTOSIM_KO:-${IP_LIB_DIR:-/nowhere}/../nftosim.ko}

cd "$(dirname "$0")"
. ./tap.sh
. ./feature.sh

show_state() { [ ! -e "$engine/rules" ] || sed 's/^/rule: /' "$engine/rules"; }

skip() { report ok "$1 # SKIP $2"; }

# ---- the router and its two neighbours ----

in_router() { ip netns exec "$router" "$@"; }
in_lan() { ip netns exec "$lan" "$@"; }
in_wan() { ip netns exec "$wan" "$@"; }

engine_of() { echo "$debugfs/$(stat -Lc %i "/run/netns/$1")"; }
get() { cat "$engine/$1"; }
put() { echo "$2" > "$engine/$1"; }
exceeds() { [ "$(get "$1")" -gt "$2" ]; }	# COUNTER NUMBER

add_pair() {	# ROUTER-END NETNS HOST-END
	in_router ip link add "$1" type nftosim peer name "$3" netns "$2"
	in_router ip link set "$1" up
	ip -n "$2" link set "$3" up
}

address() {	# NETNS DEVICE IPV4 IPV6
	ip -n "$1" address add "$3/24" dev "$2"
	ip -n "$1" address add "$4/64" dev "$2" nodad
}

start_server() {	# PORT
	ip netns exec "$wan" iperf3 -s -p "$1" > /dev/null 2>&1 &
	wait_for listens "$1"
}

listens() { [ -n "$(in_wan ss -Hltn "sport = $1")" ]; }

make_network() {
	local netns
	for netns in "$router" "$lan" "$wan"; do
		ip netns add "$netns"
		ip -n "$netns" link set lo up
	done
	add_pair lan0 "$lan" host0
	add_pair wan0 "$wan" host1
	engine=$(engine_of "$router")
	address "$router" lan0 10.0.1.1 fd01::1
	address "$lan" host0 10.0.1.2 fd01::2
	address "$router" wan0 10.0.2.1 fd02::1
	address "$wan" host1 10.0.2.2 fd02::2
	ip -n "$lan" route add default via 10.0.1.1
	ip -n "$lan" route add default via fd01::1
	ip -n "$wan" route add default via 10.0.2.1
	ip -n "$wan" route add default via fd02::1
	in_router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ruleset "lan0, wan0"
	start_server 5201
	start_server 5202
}

unmake_network() {
	local netns
	flow_pid=''
	for netns in "$router" "$lan" "$wan" "$aside"; do
		ip netns pids "$netns" 2>/dev/null | xargs -r kill 2>/dev/null || true
	done
	wait
	for netns in "$router" "$lan" "$wan" "$aside"; do
		ip netns delete "$netns" 2>/dev/null || true
	done
}

ruleset() {	# DEVICES: what a router with masquerading has; port 8080 is forwarded to 5202
	in_router nft flush ruleset
	in_router nft -f - <<-END
	table inet router {
		flowtable ft {
			hook ingress priority filter
			devices = { $1 }
			counter
			flags offload
		}
		chain forward {
			type filter hook forward priority filter
			meta l4proto { tcp, udp } flow add @ft
		}
		chain prerouting {
			type nat hook prerouting priority dstnat
			ip daddr 10.0.1.1 tcp dport 8080 dnat ip to 10.0.2.2:5202
		}
		chain postrouting {
			type nat hook postrouting priority srcnat
			oifname { "wan0", "ppp0" } meta nfproto ipv4 masquerade
		}
	}
	END
	in_router sysctl -qw net.netfilter.nf_conntrack_acct=1
}

no_rules() { prints_nothing get rules; }
no_device() { fails_with 1 "does not exist" ip -n "$1" link show "$2"; }	# NETNS NAME
rule_like() { grep -qE "$1" "$engine/rules"; }
conntrack_like() { in_router conntrack -L "${@:2}" 2>/dev/null | grep -qE "$1"; }

# A stream in the background, to be looked at. A server that has not yet seen the end of the last one
# would refuse it.
flow_pid=''
start_flow() {	# ARGUMENTS of iperf3
	wait_for is_free 5202
	ip netns exec "$lan" iperf3 -p 5202 -t 86400 -b 4M "$@" > /dev/null 2>&1 &
	flow_pid=$!
}

is_free() { [ -z "$(in_wan ss -Htn "sport = $1")" ]; }

stop_flow() {
	[ -n "$flow_pid" ] || return 0
	kill "$flow_pid" 2>/dev/null || true
	wait "$flow_pid" 2>/dev/null || true
	flow_pid=''
}

fresh() {	# a clean table to start from
	stop_flow
	in_router conntrack -F > /dev/null 2>&1
	wait_for no_rules
}

stream_in_hardware() {	# ARGUMENTS of iperf3
	local status=0
	start_flow -b 20M "$@"
	passes_by_the_cpu || status=$?
	stop_flow
	return "$status"
}

# How many packets come by the CPU until the rules are there depends on the machine. From then on, only
# those do that keep neighbours known.
passes_by_the_cpu() {
	local cpu
	soon exceeds packets_forwarded $(($(get packets_forwarded) + 1000)) || return
	cpu=$(get packets_to_cpu)
	soon exceeds packets_forwarded $(($(get packets_forwarded) + 1000)) || return
	cpu=$(($(get packets_to_cpu) - cpu))
	echo "the engine forwarded 1000 packets, and the CPU saw $cpu"
	[ "$cpu" -lt 100 ]
}

# ---- the tests ----

carrier_is() { in_router grep -q "$1" /sys/class/net/spare0/carrier; }

test_links() {
	ip netns add "$aside"
	add_pair spare0 "$aside" spare1
	check_soon "a port has a carrier" carrier_is 1
	ip -n "$aside" link set spare1 down
	check_soon "and has none when the other end is down" carrier_is 0
	check "hw-tc-offload is on" contains 'hw-tc-offload: on' in_router ethtool -k spare0
	check "an address for the peer is taken" in_router ip link add spare2 type nftosim \
		peer name spare3 address 02:00:00:00:00:03 netns "$aside"
	check "and seen there" contains 02:00:00:00:00:03 ip -n "$aside" link show spare3
	check "a name that is taken is refused" fails_with 2 "File exists" \
		in_router ip link add spare2 type nftosim peer name other
	check "and leaves nothing behind" no_device "$router" other
	check "a peer's name that is taken is refused" fails_with 2 "File exists" \
		in_router ip link add other type nftosim peer name spare3 netns "$aside"
	check "and leaves nothing behind, too" no_device "$router" other
	in_router ip link delete spare2
	check "deleting one end deletes the other" no_device "$aside" spare3
	ip netns delete "$aside"
	check_soon "deleting a namespace deletes the ends elsewhere" no_device "$router" spare0
}

test_addresses() {
	check_soon "the lan host reaches the wan host over IPv4" in_lan busybox ping -qc1 -W1 10.0.2.2
	check_soon "the lan host reaches the wan host over IPv6" in_lan busybox ping -qc1 -W1 fd02::2
}

test_knob_files() {
	local knob value
	check "the capacity is 1024" test "$(get capacity)" = 1024
	for knob in capacity refuse_bind refuse_tcp refuse_udp refuse_ipv6 no_stats forget \
		refuse_ingress; do
		for value in rubbish -1 99999999999 1x 'lan0 lan0' averyveryverylongword; do
			check "$knob does not take '$value'" \
				fails_with 1 "write error" put $knob "$value"
		done
	done
	check "refuse_ingress takes a port's name" put refuse_ingress lan0
	check "and shows it" test "$(get refuse_ingress)" = lan0
	check "and takes it back" put refuse_ingress ''
	check "counters can't be written" fails_with 1 "write error" put binds 1
}

bind() {	# in_router|in_lan DEVICE
	"$1" nft "add table inet t
		add flowtable inet t f { hook ingress priority 0; devices = { $2 }; flags offload; }"
}

test_bind() {
	ruleset "lan0, wan0"
	check "both ports are bound" test "$(get binds)" = 2
	check "the host's end is no such port" \
		fails_with 1 "Operation not supported" bind in_lan host0
	check "the same port does not bind twice" \
		fails_with 1 "Device or resource busy" bind in_router lan0
	in_router nft flush ruleset
	check "none is bound any more" test "$(get binds)" = 0
	put refuse_bind 16
	check "refuse_bind 16 is EBUSY" fails_with 1 "Device or resource busy" bind in_router lan0
	put refuse_bind 0
	check "nothing stayed bound" test "$(get binds)" = 0
	ruleset "lan0, wan0"
}

rules_of_tcp() {
	rule_like '^lan0 tcp 10\.0\.1\.2:[0-9]+ > 10\.0\.2\.2:5202 => wan0 10\.0\.2\.1:[0-9]+ > 10\.0\.2\.2:5202 packets [1-9]' &&
	rule_like '^wan0 tcp 10\.0\.2\.2:5202 > 10\.0\.2\.1:[0-9]+ => lan0 10\.0\.2\.2:5202 > 10\.0\.1\.2:[0-9]+ packets [1-9]'
}

server_sees_router_only() {
	local peers
	peers=$(in_wan ss -Htn 'sport = 5202')
	echo "$peers"
	[[ $peers == *10.0.2.1* && $peers != *10.0.1.2* ]]
}

test_ipv4() {
	fresh
	check "TCP goes past the CPU" stream_in_hardware -c 10.0.2.2
	check "TCP the other way round, too" stream_in_hardware -c 10.0.2.2 -R
	check "UDP goes past the CPU" stream_in_hardware -c 10.0.2.2 -u -l 1200
	check_soon "closed connections leave no TCP rule" lacks tcp get rules
	start_flow -c 10.0.2.2
	check_soon "a live connection has both its rules" rules_of_tcp
	check_soon "conntrack says HW_OFFLOAD" conntrack_like 'dport=5202.*HW_OFFLOAD' -p tcp
	check "the server sees the router's address, and no other" server_sees_router_only
	check_soon "conntrack gets the hardware's counters" \
		conntrack_like 'dport=5202 packets=[0-9]{3,}.*HW_OFFLOAD' -p tcp
	stop_flow
	check_soon "closed, it has none" lacks 5202 get rules
}

# With tx off, hosts send complete checksums, and the other side verifies what we made of them.
test_checksums() {
	local mode
	for mode in off on; do
		in_lan ethtool -K host0 tx $mode > /dev/null
		in_wan ethtool -K host1 tx $mode > /dev/null
		check "TCP with DNAT, tx $mode" stream_in_hardware -c 10.0.1.1 -p 8080
		check "UDP with masquerading, tx $mode" \
			stream_in_hardware -c 10.0.2.2 -u -l 1000
		check "TCP over IPv6, tx $mode" stream_in_hardware -c fd02::2
	done
	check "no host saw a bad checksum" prints_nothing bad_checksums
}

bad_checksums() { { in_lan nstat -az && in_wan nstat -az; } | sed -nE '/InCsumErrors +[1-9]/p'; }

packets_of() {	# COUNTER
	in_wan nft -j list counter inet watch "$1" | jq '.nftables[].counter.packets // empty'
}

test_ttl() {
	in_wan nft -f - <<-END
	table inet watch {
		chain input {
			type filter hook input priority 0
			ip saddr 10.0.2.1 ip ttl 63 counter name hit
			ip saddr 10.0.2.1 ip ttl != 63 tcp dport 5202 counter name off
			ip6 saddr fd01::2 ip6 hoplimit 63 counter name hit
			ip6 saddr fd01::2 ip6 hoplimit != 63 tcp dport 5202 counter name off
		}
		counter hit { }
		counter off { }
	}
	END
	check "TCP over IPv4 while watched" stream_in_hardware -c 10.0.2.2
	check "TCP over IPv6 while watched" stream_in_hardware -c fd02::2
	check "packets came" test "$(packets_of hit)" -ge 100
	check "each with a TTL one less" is 0 packets_of off
	in_wan nft delete table inet watch
}

test_ipv6() {
	fresh
	check "TCP goes past the CPU over IPv6" stream_in_hardware -c fd02::2
	check "UDP goes past the CPU over IPv6" stream_in_hardware -c fd02::2 -u -l 1200
	start_flow -c fd02::2
	check_soon "the rules are there" rule_like \
		'^lan0 tcp \[fd01::2\]:[0-9]+ > \[fd02::2\]:5202 => wan0 \[fd01::2\]:[0-9]+ > \[fd02::2\]:5202'
	check_soon "also that of the other direction" rule_like \
		'^wan0 tcp \[fd02::2\]:5202 > \[fd01::2\]'
	stop_flow
}

add_vlan() {	# DEVICE VLAN NETWORK: on both ends of the lan's wire
	local lower=$1 id=$2 network=$3
	in_router ip link add link "lan0$lower" name "lan0$lower.$id" up type vlan id "$id"
	in_lan ip link add link "host0$lower" name "host0$lower.$id" up type vlan id "$id"
	address "$router" "lan0$lower.$id" "10.0.$network.1" "fd$network::1"
	address "$lan" "host0$lower.$id" "10.0.$network.2" "fd$network::2"
	ip -n "$lan" rule add from "10.0.$network.2" lookup "$network"
	ip -n "$lan" route add default via "10.0.$network.1" table "$network"
}

# One tag, and two.
test_vlan() {
	fresh
	add_vlan "" 30 30
	add_vlan .30 40 40
	check "TCP over a VLAN" stream_in_hardware -c 10.0.2.2 -B 10.0.30.2
	check "TCP over a VLAN in a VLAN" stream_in_hardware -c 10.0.2.2 -B 10.0.40.2
	start_flow -c 10.0.2.2 -B 10.0.40.2
	check_soon "the rule has both tags, the outer one first" \
		rule_like '^lan0 vlan 30 vlan 40 tcp 10\.0\.40\.2'
	check_soon "as has the one back" rule_like '=> lan0 vlan 30 vlan 40 10\.0\.2\.2'
	fresh
	in_lan ip link delete host0.30
	in_router ip link delete lan0.30
}

# The kernel's rule says which session to push, and nothing of the one to take off.
test_pppoe() {
	if ! command -v pppd pppoe-server > /dev/null; then
		skip "PPPoE" "no pppd or no pppoe-server"
		return
	fi
	fresh
	modprobe -qa ppp_generic ppp_async pppoe || true
	echo noauth > /tmp/simtest-ppp
	ip netns exec "$wan" pppoe-server -F -I host1 -L 10.0.9.1 -R 10.0.9.2 -N 1 \
		-O /tmp/simtest-ppp > /dev/null 2>&1 &
	ip netns exec "$router" pppd plugin pppoe.so nic-wan0 noauth nodetach nodefaultroute \
		ifname ppp0 > /dev/null 2>&1 &
	check_soon "the router has a PPPoE session" in_lan busybox ping -qc1 -W1 10.0.9.1
	check "TCP over PPPoE" stream_in_hardware -c 10.0.9.1
	check "TCP over PPPoE, the other way" stream_in_hardware -c 10.0.9.1 -R
	start_flow -c 10.0.9.1
	check_soon "the rule pushes the session" rule_like '=> wan0 pppoe [1-9]+ 10\.0\.9\.2'
	check_soon "and there is one back" rule_like '^wan0 tcp 10\.0\.9\.1'
	fresh
	unmake_network
}

# A machine that is busy may lose some, but not each time.
fragments_arrive() {
	local forwarded
	forwarded=$(get packets_forwarded)
	contains '(0%)' in_lan timeout "$patience_s" \
		iperf3 -p 5201 -c 10.0.2.2 -u -b 10M -n 1M -l 4000 || return
	forwarded=$(($(get packets_forwarded) - forwarded))
	echo "the engine forwarded $forwarded"
	[ "$forwarded" -lt 100 ]
}

# Too big for the wan's MTU, or in fragments: the CPU's work, and it arrives.
test_what_the_cpu_must_do() {
	fresh
	check_soon "all fragments arrive, by the CPU" fragments_arrive
	in_router ip link set wan0 mtu 1300
	check "TCP gets through a smaller MTU" \
		in_lan timeout "$patience_s" iperf3 -p 5201 -c 10.0.2.2 -n 5M
	in_router ip link set wan0 mtu 1500
	ip -n "$lan" route flush cache
	ip -n "$lan" -6 route flush cache
}

test_refusals() {
	local refused
	fresh
	put refuse_tcp 1
	refused=$(get rules_refused)
	start_flow -c 10.0.2.2
	check_soon "refuse_tcp refuses rules" exceeds rules_refused "$refused"
	check_soon "conntrack says OFFLOAD" conntrack_like 'dport=5202.*\[OFFLOAD\]' -p tcp
	check "and there is no rule" no_rules
	put refuse_tcp 0
	check_soon "taken back, the same flow gets into hardware" rules_of_tcp

	fresh
	put refuse_udp 1
	start_flow -c 10.0.2.2 -u
	check_soon "refuse_udp lets TCP pass" rule_like tcp
	check_soon "and not UDP" conntrack_like 'dport=5202.*\[OFFLOAD\]' -p udp
	check "of which there is no rule" lacks udp get rules
	put refuse_udp 0

	fresh
	put refuse_ipv6 1
	start_flow -c fd02::2
	check_soon "refuse_ipv6 keeps IPv6 in software" \
		conntrack_like 'dport=5202.*\[OFFLOAD\]' -f ipv6
	check "without a rule" no_rules
	put refuse_ipv6 0

	fresh
	put refuse_ingress wan0
	start_flow -c 10.0.2.2
	check_soon "refuse_ingress wan0 leaves one direction" rule_like '^lan0 tcp'
	check_soon "which is enough for HW_OFFLOAD" conntrack_like '5202.*\[HW_OFFLOAD\]' -p tcp
	check "and the other is not there" lacks 'wan0 tcp' get rules
	put refuse_ingress ''
}

test_capacity() {
	local full
	fresh
	full=$(get rules_full)
	put capacity 1
	start_flow -c 10.0.2.2
	check_soon "a full table takes no more" exceeds rules_full "$full"
	check "and holds what it can" test "$(wc -l < "$engine/rules")" = 1
	put capacity 1024
}

test_forget() {
	local deleted
	fresh
	start_flow -c 10.0.2.2
	check_soon "there are rules to forget" rules_of_tcp
	deleted=$(get rules_deleted)
	put refuse_tcp 1
	put forget 1
	check "forget empties the table" no_rules
	check "silently" test "$(get rules_deleted)" = "$deleted"
	put refuse_tcp 0
	check_soon "the kernel notices, and adds them again" rules_of_tcp
}

packets_of_flow() {
	in_router conntrack -L -p tcp 2>/dev/null | sed -n 's/.*dport=5202 packets=\([0-9]*\) .*/\1/p' |
		sort -n | tail -n1
}

test_no_stats() {
	local counted
	fresh
	# Statistics are fetched when a tenth of the timeout is over.
	in_router sysctl -qw net.netfilter.nf_flowtable_tcp_timeout=10
	start_flow -c 10.0.2.2
	check_soon "there are rules to have statistics" rules_of_tcp
	put no_stats 1
	check_soon "no_stats: conntrack's counter stands still" counter_stands_still
	counted=$(packets_of_flow)
	put no_stats 0
	check_soon "it goes on" counter_exceeds $((counted + 100))
	in_router sysctl -qw net.netfilter.nf_flowtable_tcp_timeout=30
}

# While the engine forwards as much as takes two seconds.
counter_stands_still() {
	local counted
	counted=$(packets_of_flow)
	soon exceeds packets_forwarded $(($(get packets_forwarded) + 1000)) && is "$counted" packets_of_flow
}

counter_exceeds() { [ "$(packets_of_flow)" -gt "$1" ]; }

# A flow holds its connection until the driver was told to delete the rules.
no_connection() {
	in_router conntrack -F && is 0 in_router sysctl -n net.netfilter.nf_conntrack_count
}

test_feature_off() {
	fresh
	in_router ethtool -K lan0 hw-tc-offload off
	in_router ethtool -K wan0 hw-tc-offload off
	ruleset "lan0, wan0"
	check "hw-tc-offload off: the bind is taken" test "$(get binds)" = 2
	start_flow -c 10.0.2.2
	check_soon "the flow stays in software" conntrack_like '5202.*\[OFFLOAD\]' -p tcp
	check "without a rule" no_rules
	in_router ethtool -K lan0 hw-tc-offload on
	in_router ethtool -K wan0 hw-tc-offload on
	check_soon "back on, it gets into hardware" rules_of_tcp
	in_router ethtool -K lan0 hw-tc-offload off
	in_router ethtool -K wan0 hw-tc-offload off
	stop_flow
	check_soon "off with live rules: the kernel lets go of its flows" no_connection
	check "and deletions are not taken either" rule_like 5202
	in_router ethtool -K lan0 hw-tc-offload on
	in_router ethtool -K wan0 hw-tc-offload on
	put forget 1
}

test_missing_device() {
	fresh
	ruleset lan0
	start_flow -c 10.0.2.2
	if has needs-whole-path; then
		check_soon "one port bound: the flow goes on" counter_exceeds 300
		check "and no direction of it is in hardware" no_rules
	else
		check_soon "one port bound: its direction is in hardware" rule_like '^lan0 tcp'
		check "and only that" lacks 'wan0 tcp' get rules
	fi
	fresh
	ruleset "lan0, wan0"
}

test_orphans() {
	local before
	fresh
	start_flow -c 10.0.2.2
	check_soon "there are rules to be left behind" rules_of_tcp
	in_router nft delete table inet router
	check "a deleted table leaves its rules" rules_of_tcp
	before=$(get packets_forwarded)
	check_soon "and they go on forwarding" exceeds packets_forwarded $((before + 50))
	stop_flow
	put forget 1
	ruleset "lan0, wan0"
}

chain_rule() {	# MATCH...: nft merges neighbouring matches into ones that the kernel can't offload
	in_router tc filter add dev lan0 ingress protocol ip flower skip_sw "$@" action drop
}

datagram_is_dropped() {
	in_lan python3 -c '
import socket
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("", 4000))
sender.sendto(b"x", ("10.0.2.2", 5201))' && rule_like '=> drop packets [1-9]'
}

test_ingress_block() {
	local tuple="ip_proto udp src_ip 10.0.1.2 dst_ip 10.0.2.2 src_port 4000 dst_port 5201"
	fresh
	in_router tc qdisc add dev lan0 clsact
	check "an ingress block binds the port once more" test "$(get binds)" = 3
	check "a rule without ports is refused" fails 2 chain_rule ip_proto udp src_ip 10.0.1.2
	# shellcheck disable=SC2086
	check "a rule with all of a tuple is taken" chain_rule $tuple
	check "and stands in the table" rule_like '^lan0 udp 10.0.1.2:4000 > 10.0.2.2:5201 => drop'
	check_soon "frames end there" datagram_is_dropped
	in_router tc qdisc delete dev lan0 clsact
	check "taken away, it is gone" lacks drop get rules
	check "as is the bind" test "$(get binds)" = 2
	in_router nft -f - <<-END
	table netdev chains {
		chain ingress {
			type filter hook ingress device lan0 priority 1; policy accept; flags offload;
		}
	}
	END
	check "an offloaded ingress chain binds the port, too" test "$(get binds)" = 3
	in_router nft delete table netdev chains
}

test_takedown() {
	fresh
	start_flow -c 10.0.2.2
	check_soon "live rules before a link is deleted" rules_of_tcp
	in_router ip link delete wan0
	check_soon "none after" no_rules
	stop_flow
	unmake_network

	make_network
	start_flow -c fd02::2
	check_soon "live rules before the router's namespace is deleted" rule_like '^wan0'
	ip netns delete "$router"
	check_soon "its engine is gone" test ! -e "$engine"
	check_soon "and the hosts' ends" no_device "$lan" host0
	unmake_network

	make_network
	start_flow -c 10.0.2.2
	check_soon "live rules before a host's namespace is deleted" rules_of_tcp
	ip netns pids "$wan" | xargs kill
	ip netns delete "$wan"
	check_soon "the router's end is gone with its rules" no_rules
	unmake_network
}

# The engine is that of the namespace where a port was made.
test_moved_port() {
	local none
	ip netns add "$aside"
	in_router ip link set wan0 netns "$aside"
	none=$(engine_of "$aside")
	check "a port that moved makes no engine there" test ! -e "$none"
	in_router ip link delete lan0
	check "and keeps its own alive" test -e "$engine"
	unmake_network
	check_soon "which ends with it" test ! -e "$engine"
}

module_is_free() { prints_nothing ls "$debugfs"; }

test_unload() {
	unmake_network
	if ! [ -e "$module" ] || ! soon module_is_free; then
		skip "unloading with live rules" "somebody else uses the module, or no IP_LIB_DIR"
		return
	fi
	make_network
	start_flow -c 10.0.2.2
	check_soon "live rules before the module is unloaded" rules_of_tcp
	check "it unloads" rmmod nftosim
	check "the ports are gone" no_device "$router" lan0
	check "and loads again" insmod "$module"
	unmake_network
}

complaints_of_kernel() {
	dmesg | tail -n "+$((dmesg_before + 1))" |
		sed -nE '/WARNING|BUG|Call Trace|Oops|INFO: |leak|waiting for .* to become free/p'
}

dmesg_before=$(dmesg | wc -l)
engine=/nowhere
trap unmake_network EXIT

tests=(links addresses knob_files bind ipv4 checksums ttl ipv6 vlan pppoe what_the_cpu_must_do refusals
	capacity forget no_stats feature_off missing_device orphans ingress_block takedown
	moved_port unload)
[ $# = 0 ] || tests=("$@")

unmake_network
for name in "${tests[@]}"; do
	[ -e "$engine" ] || make_network
	"test_$name"
done
unmake_network
check "the kernel did not complain" prints_nothing complaints_of_kernel
done_testing
