# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A router between a LAN and a WAN: sourced by the tests and by the demo.
#
#   lan                        router                          wan
#   192.168.1.2  eth0 --- lan0 192.168.1.1
#   fd01::2                    fd01::1
#                              203.0.113.1  wan0 --- eth0  203.0.113.2
#                              fd02::1                     fd02::2
#
# IPv4 is masqueraded. The links are pairs of the emulated NIC (nftosim) or of veth; a test may have
# pairs of its own.

. "${BASH_SOURCE[0]%/*}/patience.sh"

in_router() { ip netns exec router "$@"; }
in_lan() { ip netns exec lan "$@"; }
in_wan() { ip netns exec wan "$@"; }

make_pair() {	# KIND ROUTER-END NETNS
	ip -n router link add "$2" type "$1" peer name eth0 netns "$3"
}

make_link() {	# KIND ROUTER-END NETNS NETWORK4 NETWORK6
	make_pair "$1" "$2" "$3"
	ip -n router link set "$2" up
	ip -n "$3" link set eth0 up
	ip -n router address add "$4.1/24" dev "$2"
	ip -n router address add "$5::1/64" dev "$2" nodad
	ip -n "$3" address add "$4.2/24" dev eth0
	ip -n "$3" address add "$5::2/64" dev eth0 nodad
	ip -n "$3" route add default via "$4.1"
	ip -n "$3" route add default via "$5::1"
}

make_router() {	# KIND
	local netns
	for netns in router lan wan; do
		ip netns add $netns
		ip -n $netns link set lo up
	done
	make_link "$1" lan0 lan 192.168.1 fd01
	make_link "$1" wan0 wan 203.0.113 fd02
	in_router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	make_firewall lan0 wan0
	in_router sysctl -qw net.netfilter.nf_conntrack_acct=1
	find_engine
	start_servers
}

# Connections start in the LAN only, and IPv4 is masqueraded.
make_firewall() {	# LAN WAN
	in_router nft -f - <<-END
	table inet firewall {
		chain forward {
			type filter hook forward priority filter; policy drop;
			ct state established,related accept
			iifname "$1" accept
		}
		chain postrouting {
			type nat hook postrouting priority srcnat;
			oifname "$2" meta nfproto ipv4 masquerade
		}
	}
	END
}

# The emulated NIC keeps its flow engine and its knobs there.
find_engine() {
	engine=/sys/kernel/debug/nftosim/$(stat -Lc %i /run/netns/router)
}

# Two, as each serves one client at a time.
start_servers() {
	servers=()
	add_server 5201
	add_server 5202
}

add_server() {	# PORT
	ip netns exec wan iperf3 -s -p "$1" > /dev/null 2>&1 &
	servers+=($!)
	wait_for listens tcp "$1"
}

listens() {	# tcp|udp PORT
	[ -n "$(in_wan ss -Hln "--$1" "sport = $2")" ]
}

unmake_router() {
	local netns
	stop_flow
	if [ ${#servers[@]} -gt 0 ]; then
		kill "${servers[@]}" 2>/dev/null || true
		wait "${servers[@]}" 2>/dev/null || true
	fi
	servers=()
	for netns in router lan wan; do
		ip netns delete $netns 2>/dev/null || true
	done
}

# A stream in the background, to be looked at. A server that has not yet seen the end of the last one
# would refuse it.
start_flow() {	# ARGUMENTS of iperf3
	wait_for is_free 5202
	ip netns exec lan iperf3 -p 5202 -t 86400 -b 4M "$@" > /dev/null 2>&1 &
	flow_pid=$!
}

is_free() {	# PORT
	[ -z "$(in_wan ss -Htn "sport = $1")" ]
}

stop_flow() {
	[ -n "$flow_pid" ] || return 0
	kill "$flow_pid" 2>/dev/null || true
	wait "$flow_pid" 2>/dev/null || true
	flow_pid=''
}

# 500 datagrams a second to a port where nobody listens.
start_blast() {
	ip netns exec lan python3 -SE -c '
import socket, time
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("", 4000))
while True:
    for i in range(5):
        sender.sendto(bytes(100), ("203.0.113.2", 9))
    time.sleep(0.01)
' &
	blast_pid=$!
}

stop_blast() {
	[ -n "$blast_pid" ] || return 0
	kill "$blast_pid" 2> /dev/null || true
	wait "$blast_pid" 2> /dev/null || true
	blast_pid=''
}

servers=() flow_pid='' blast_pid='' engine=''

get() { cat "$engine/$1"; }
put() { echo "$2" > "$engine/$1"; }

tool() { in_router nftoffload "$@"; }

# even_if_found COMMAND...: of the tool. That something was found, its exit status 3, is no failure.
even_if_found() { "$@" || [ $? = 3 ]; }

# What a command of the tool shows on a terminal of 80 columns, without its colours.
on_terminal() {	# tool ARGUMENT...
	shift
	ip netns exec router script -qec "stty cols 80; nftoffload ${*@Q}" /dev/null < /dev/null |
		tr -d '\r' | sed 's/\x1b\[[0-9;]*m//g'
}

# With input, no input at all is an error.
status() { tool status --json | jq -nr "input | $1"; }

# Offloaded flows to the port of start_flow, as JSON.
flow() { tool flows --json "$@" | jq -c 'select(.dport == 5202)'; }

has_flow() { [ -n "$(flow --state "$1")" ]; }
