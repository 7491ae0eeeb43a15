#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Why is this connection not offloaded? Each cause is made to happen, with real traffic, and must be
# named, and no other one. In the lab, as root.
#
# With arguments, only these tests: tests/kernel/explain.sh helper mtu
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh
. ./pppoe.sh
. ./feature.sh

show_state() {
	tool explain "${asked[@]}" || true
	ip -n router neigh
	cat /tmp/sender
	tool status
	in_router conntrack -L
	in_router nft list table inet nftoffload
	cat "$engine/rules"
}

# ---- traffic

traffic=../../build/tests/kernel/traffic

lan=192.168.1.2 wan=203.0.113.2 lan6=fd01::2 wan6=fd02::2
port=4000 senders=() server='' asked=()

serve() {
	ip netns exec wan "$traffic" serve &
	server=$!
	wait_for listens udp 7001
}

# A connection of its own for each test: sets $asked to what explain is asked for.
send() {	# PROTOCOL ADDRESS PORT WISHES-OF-TRAFFIC...
	port=$((port + 1))
	ip netns exec lan "$traffic" send "$1" "$port" "${@:2}" > /tmp/sender 2>&1 &
	senders+=($!)
	ask "$1" "$2" "$3"
}

ask() {	# PROTOCOL ADDRESS PORT
	case $2 in
	*:*) asked=("$1" "[$lan6]:$port" "[$2]:$3") ;;
	*)   asked=("$1" "$lan:$port" "$2:$3") ;;
	esac
}

stop_sending() {
	[ ${#senders[@]} -gt 0 ] || return 0
	kill "${senders[@]}" 2>/dev/null || true
	wait "${senders[@]}" 2>/dev/null || true
	senders=()
}

# ---- what is said of it

# "verdict: code code?", where ? stands for what is not certain.
said() {
	even_if_found tool explain --json "$@" "${asked[@]}" | jq -nr 'input | .verdict + ":" +
		([.findings[] | " " + .code + if .certain then "" else "?" end] | join(""))'
}

explained() { is "$1" said "${@:2}"; }

first_line() { tool explain "${asked[@]}" | sed -n 1p; }

# The line "# cause CODE" is for who counts them.
cause() {	# WHAT SAID ARGUMENTS-OF-EXPLAIN...
	local word before=$failed
	check_soon "$1: $2" explained "${@:2}"
	for word in ${2#*:}; do
		[ "$failed" != "$before" ] || echo "# cause ${word%\?} ($1)"
	done
}

# ---- all is well

test_well() {
	send udp $wan 7000
	cause "UDP" "software:"
	check "its exit status is 0" tool explain "${asked[@]}"
	check "the first line is the verdict" \
		is "offloaded, in software" tool explain "${asked[@]}"
	send tcp $wan 7000
	cause "TCP" "software:"
	asked=("${asked[0]}" "${asked[2]}" "203.0.113.1:$port")
	cause "TCP, named by its reply direction" "software:"
	send udp $wan6 7000
	cause "UDP over IPv6" "software:"
	send udp $wan 7001
	cause "UDP without an answer" "software:"
	port=999
	ask tcp $wan 80
	cause "none yet" "would-be-offloaded: not-tracked"
	check "its exit status is 0" tool explain "${asked[@]}"
	ask tcp $wan6 80
	cause "none yet, IPv6" "would-be-offloaded: not-tracked"
	check "no address is wrong usage" fails 2 tool explain tcp nowhere 192.0.2.1
	check "one argument too few is wrong usage" fails 2 tool explain tcp 192.0.2.1
	check "two families are an error" fails 1 tool explain tcp 192.0.2.1:1 '[fd01::1]:1'
	check "an interface that is not there is an error" \
		fails_with 1 'device "none0"' tool explain --iif none0 "${asked[@]}"
	port=5000
}

# ---- what conntrack knows

test_protocol() {
	modprobe -q sctp || true
	send sctp $wan 7000
	cause "SCTP" "not-offloaded: protocol"
	check "its exit status is 3" fails 3 tool explain "${asked[@]}"
	asked=(icmp "$lan" "$wan")
	cause "ICMP" "would-not-be-offloaded: protocol"
	asked=(gre "$lan" "$wan")
	cause "GRE" "would-not-be-offloaded: protocol"
}

test_notrack() {
	in_router nft -f - <<-END
	table inet test {
		chain prerouting {
			type filter hook prerouting priority raw
			udp dport 7001 notrack
		}
	}
	END
	send udp $wan 7001
	cause "notrack" "would-be-offloaded: not-tracked"
}

test_half_open() {
	in_router nft -f - <<-END
	table inet test {
		chain prerouting {
			type filter hook prerouting priority raw
			tcp sport 7000 drop
		}
	}
	END
	send tcp $wan 7000
	cause "half-open TCP" "not-offloaded: tcp-not-established"
}

test_half_close() {
	send tcp $wan 7000 half-close
	cause "half-closed TCP" "not-offloaded: tcp-closing"
}

test_helper() {
	in_router nft -f - <<-END
	table inet test {
		ct helper ftp { type "ftp" protocol tcp; }
		ct helper sip { type "sip" protocol udp; }
		chain prerouting {
			type filter hook prerouting priority filter
			tcp dport 7000 ct helper set "ftp"
			udp dport 7000 ct helper set "sip"
		}
	}
	END
	send tcp $wan 7000
	cause "FTP helper" "not-offloaded: helper"
	check "with its name" fails_with 3 "helper ftp" tool explain "${asked[@]}"
	send udp $wan 7000
	cause "SIP helper" "not-offloaded: helper"
}

test_seqadj() {
	in_router sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
	in_router nft -f - <<-END
	table inet test {
		chain prerouting {
			type filter hook prerouting priority raw
			tcp dport 7000 tcp flags syn notrack
		}
		chain forward {
			type filter hook forward priority filter - 1
			tcp dport 7000 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
			ct state invalid drop
		}
	}
	END
	send tcp $wan6 7000
	cause "SYN proxy" "not-offloaded: sequence-adjusted"
	in_router sysctl -qw net.netfilter.nf_conntrack_tcp_loose=1
}

test_first_packet() {
	send udp $wan 7001 count=1
	cause "one packet" "not-offloaded: first-packet"
}

test_threshold() {
	apply_software --min-packets 100000
	send udp $wan 7000
	cause "few packets" "not-offloaded: below-threshold"
	tool remove > /dev/null
	in_router sysctl -qw net.netfilter.nf_conntrack_acct=0
	send udp $wan 7000
	cause "no instance" "not-offloaded: no-instance"
	apply_software --min-packets 5
	cause "not counted" "not-offloaded: not-counted"
	in_router sysctl -qw net.netfilter.nf_conntrack_acct=1
	apply_software
}

test_idle() {
	in_router sysctl -qw net.netfilter.nf_flowtable_udp_timeout=1
	send udp $wan 7000 count=10
	cause "idle" "not-offloaded: idle"
	in_router sysctl -qw net.netfilter.nf_flowtable_udp_timeout=30
}

# ---- the instance

test_instance() {
	in_router nft 'add table inet nftoffload { flags dormant; }'
	send udp $wan 7000
	cause "dormant table" "not-offloaded: dormant"
	tool remove > /dev/null
	apply_software
	in_router nft flush chain inet nftoffload forward
	send udp $wan 7000
	cause "no rule" "not-offloaded: incomplete"
	apply_software
	in_router nft 'delete flowtable inet nftoffload ft { hook ingress priority 0; devices = { lan0, wan0 }; }'
	port=$((port + 1))
	ask udp $wan 7000
	cause "no device" "would-not-be-offloaded: not-tracked no-devices"
	apply_software
}

# ---- routes

test_local() {
	send udp 192.168.1.1 7000
	cause "to the router" "not-offloaded: local"
	asked=(udp 192.168.1.1:53 192.168.1.2:53)
	cause "from the router" "would-not-be-offloaded: not-tracked local"
}

test_forwarding() {
	in_router sysctl -qw net.ipv4.ip_forward=0
	send udp $wan 7000
	cause "ip_forward off" "would-not-be-offloaded: not-tracked forwarding-off"
	in_router sysctl -qw net.ipv4.ip_forward=1
	in_router sysctl -qw net.ipv6.conf.all.forwarding=0
	send udp $wan6 7000
	cause "forwarding of IPv6 off" "would-not-be-offloaded: not-tracked forwarding-off"
	in_router sysctl -qw net.ipv6.conf.all.forwarding=1
}

test_no_route() {
	send udp 198.51.100.1 7000
	cause "no route" "would-not-be-offloaded: not-tracked no-route"
	ip -n router -6 rule add oif lan0 to $lan6 prohibit pref 10
	send udp $wan6 7001
	cause "no route back" "not-offloaded: no-reverse-route"
	ip -n router -6 rule del pref 10
}

test_ipsec() {
	local netns keys=(enc aes 0x0123456789abcdef0123456789abcdef
		auth sha1 0x0123456789abcdef0123456789abcdef01234567)
	for netns in router wan; do
		ip -n $netns xfrm state add src fd02::1 dst fd02::2 proto esp spi 1 mode tunnel \
			reqid 1 "${keys[@]}"
		ip -n $netns xfrm state add src fd02::2 dst fd02::1 proto esp spi 2 mode tunnel \
			reqid 2 "${keys[@]}"
	done
	tunnel_policy router out "$lan6/128" fd02::2/128 fd02::1 fd02::2 1
	tunnel_policy router fwd fd02::2/128 "$lan6/128" fd02::2 fd02::1 2
	tunnel_policy wan out fd02::2/128 "$lan6/128" fd02::2 fd02::1 2
	tunnel_policy wan in "$lan6/128" fd02::2/128 fd02::1 fd02::2 1
	send udp $wan6 7000
	cause "IPsec, in software" "software:"
	stop_sending
	apply_hardware
	send udp $wan6 7000
	cause "IPsec, in hardware" "software: ipsec"
	send udp $wan 7000
	cause "beside IPsec" "hardware:"
	stop_sending
	in_router conntrack -F > /dev/null 2>&1
	tool remove > /dev/null
	apply_software
	for netns in router wan; do
		ip -n $netns xfrm policy flush
		ip -n $netns xfrm state flush
	done
}

tunnel_policy() {	# NETNS DIRECTION FROM TO TUNNEL-FROM TUNNEL-TO ID
	ip -n "$1" xfrm policy add src "$3" dst "$4" dir "$2" \
		tmpl src "$5" dst "$6" proto esp reqid "$7" mode tunnel
}

# ---- paths

# What becomes of a connection whose path does not end in the flowtable: it is not offloaded, or only
# seems to be.
without_path=pretends

test_device() {
	tool remove > /dev/null
	tool apply --mode software --device lan0 > /dev/null
	send udp $wan 7000
	cause "wan0 left out" "$without_path: unlisted-device"
	check "which is named, with exit status 3" \
		fails_with 3 "reply direction come in by wan0" tool explain "${asked[@]}"
	if [ $without_path = pretends ]; then
		check "leaks says so, too" contains "cause: unlisted-device" tool leaks
		check "and its JSON" is '["unlisted-device"]' leak_codes
	fi
	port=$((port + 1))
	ask udp $wan 7000
	cause "none yet, wan0 left out" "would-not-be-offloaded: not-tracked unlisted-device"
	stop_sending
	tool remove > /dev/null
	ip -n router link add dummy0 type dummy
	tool apply --mode software --device dummy0 > /dev/null
	send tcp $wan 7000
	cause "both left out" "$without_path: unlisted-device unlisted-device"
	tool remove > /dev/null
	ip -n router link del dummy0
	apply_software
}

leak_codes() {
	tool leaks --json | jq -c "[.[] | select(.packets > 10) | .findings[].code] | unique"
}

bridge_lan() {
	ip -n router link add br-lan address "$(cat_address lan0)" type bridge
	ip -n router link set br-lan up
	ip -n router address flush dev lan0
	ip -n router link set lan0 master br-lan
	ip -n router address add 192.168.1.1/24 dev br-lan
	in_router nft insert rule inet firewall forward iifname br-lan accept
	tool remove > /dev/null
}

# Without a link-local address the router asks for no neighbour of a packet that it forwards.
unbridge_lan() {
	tool remove > /dev/null
	ip -n router link del br-lan
	ip -n router address add 192.168.1.1/24 dev lan0
	ip -n router address add fe80::1/64 dev lan0 nodad
	ip -n router address add fd01::1/64 dev lan0 nodad
	apply_software
}

cat_address() { ip -n router -j link show dev "$1" | jq -r '.[0].address'; }

# The bridge in place of its port: flows are kept for it only where they need not go all the way.
test_listed_bridge() {
	local said=software:
	[ $without_path = pretends ] || said="not-offloaded: unlisted-device"
	tool apply --mode software --device br-lan --device wan0 > /dev/null
	send udp $wan 7000
	cause "by a bridge that is listed itself" "$said"
	stop_sending
	tool apply --mode software --device lan0 --device wan0 > /dev/null
}

test_bridge() {
	local address
	address=$(ip -n lan -j link show dev eth0 | jq -r '.[0].address')
	bridge_lan
	tool apply --mode software --device lan0 --device wan0 > /dev/null
	# Else the flow may be made before the host has answered the router.
	ip -n router neigh replace $lan lladdr "$address" dev br-lan nud reachable
	send udp $wan 7000
	cause "by a bridge" "software:"
	stop_sending
	test_listed_bridge
	ip -n router neigh replace $lan lladdr "$address" dev br-lan nud permanent
	bridge -n router link set dev lan0 learning off
	bridge -n router fdb del "$address" dev lan0 master
	send udp $wan 7000
	cause "no entry in the bridge" "$without_path: no-bridge-entry"
	stop_sending
	bridge -n router link set dev lan0 learning on
	ip -n router neigh del $lan dev br-lan
	ip -n lan neigh replace 192.168.1.1 lladdr "$(cat_address br-lan)" dev eth0 nud permanent
	send udp $wan 7001
	cause "no neighbour behind a bridge" "$without_path: no-neighbour"
	stop_sending
	ip -n lan neigh del 192.168.1.1 dev eth0
	unbridge_lan
}

# Which device is below a session, only the kernel knows; where there is one session, it is guessed.
# Here the way goes on through a bridge, to the port behind which the other end of the session is.
test_pppoe() {
	tool remove > /dev/null
	ip -n router link add br-wan address "$(cat_address wan0)" type bridge
	ip -n router link set br-wan up
	ip -n router link set wan0 master br-wan
	start_pppoe br-wan ppp0 10.9.0.1 eth0 10.9.0.2
	check_soon "a PPPoE session" contains 'inet 10.9.0.1 ' ip -n router address show dev ppp0
	in_router nft insert rule inet firewall postrouting oifname ppp0 masquerade
	tool apply --mode software --device lan0 --device wan0 > /dev/null
	send udp 10.9.0.2 7000
	cause "PPPoE" "software:"
	stop_sending
	tool remove > /dev/null
	tool apply --mode software --device lan0 > /dev/null
	send udp 10.9.0.2 7000
	cause "below PPPoE is left out" "$without_path: unlisted-device?"
	check "which is named" \
		fails_with 3 "reply direction come in by wan0" tool explain "${asked[@]}"
	stop_sending
	tool remove > /dev/null
	stop_pppoe
	ip -n router link del br-wan
	apply_software
}

test_no_path() {
	local said=software:
	[ $without_path = pretends ] || said="not-offloaded: no-path"
	tool remove > /dev/null
	start_serial_ppp ppp0 10.9.0.1 10.9.0.2
	check_soon "a PPP session without Ethernet" contains 'inet 10.9.0.1 ' \
		ip -n router address show dev ppp0
	in_router nft insert rule inet firewall postrouting oifname ppp0 masquerade
	tool apply --mode software --device lan0 --device ppp0 > /dev/null
	send udp 10.9.0.2 7000
	cause "PPP without Ethernet" "$said"
	stop_sending
	stop_pppoe
	tool remove > /dev/null
	apply_software
}

# Three tags, one in the other.
test_deep() {
	local netns device id
	for netns in router lan; do
		device=lan0
		[ $netns = router ] || device=eth0
		for id in 1 2 3; do
			ip -n $netns link add link $device name tag$id type vlan id $id
			ip -n $netns link set tag$id up
			device=tag$id
		done
	done
	ip -n router address add 192.168.3.1/24 dev tag3
	ip -n lan address add 192.168.3.2/24 dev tag3
	ip -n lan route add 203.0.113.0/24 via 192.168.3.1 src 192.168.3.2
	in_router nft insert rule inet firewall forward iifname tag3 accept
	send udp $wan 7000
	asked[1]=192.168.3.2:$port
	cause "three tags" "$without_path: too-deep"
	ip -n lan link del tag1
	ip -n router link del tag1
}

# ---- packets

test_mtu() {
	ip -n router link set wan0 mtu 1300
	send udp $wan 7000 size=1400
	cause "packets above the MTU" "pretends: mtu"
	ip -n router link set wan0 mtu 1500
}

test_fragments() {
	send udp $wan 7000 size=4000
	cause "fragments" "pretends: fragments"
}

test_options() {
	send udp $wan 7001 options
	cause "IP options, one way" "not-offloaded: ip-options?"
	send udp $wan 7000 options
	cause "IP options, answered without" "pretends: asymmetric-route? ip-options?"
	send udp $wan6 7000 options
	cause "extension headers of IPv6" "pretends: asymmetric-route? ip-options?"
}

second_wan() {
	ip -n router link add wan1 type nftosim peer name eth1 netns wan
	ip -n router link set wan1 up
	ip -n wan link set eth1 up
	ip -n router address add fd03::1/64 dev wan1 nodad
	ip -n wan address add fd03::2/64 dev eth1 nodad
	tool apply --mode software lan0 wan0 wan1 > /dev/null
}

test_asymmetric() {
	second_wan
	ip -n wan route add fd01::/64 via fd03::1 dev eth1 src fd02::2
	send udp $wan6 7000
	cause "answers by another link" "pretends: asymmetric-route? ip-options?"
	stop_sending
	ip -n router route add fd04::1 via fd03::2
	ip -n router -6 rule add iif lan0 to fd04::1 lookup 100
	ip -n router route add fd04::1 via fd02::2 table 100
	ip -n wan address add fd04::1 dev lo nodad
	ip -n wan route replace fd01::/64 via fd03::1 dev eth1 src fd04::1
	# Else no answer can make a flow where it needs its whole path.
	check_soon "the router has met the host behind it" meet fd03::2 wan1
	send udp fd04::1 7000
	cause "a rule for one direction, and the flow is made by an answer" "software:"
	stop_sending
	ip -n router -6 rule add fwmark 7 lookup 101 pref 5
	ip -n router route add fd05::1 via fd03::2 table 101
	tool apply --mode software lan0 wan0 > /dev/null
	port=$((port + 1))
	ask udp fd05::1 7000
	cause "without its mark" "would-not-be-offloaded: not-tracked no-route"
	cause "with its mark" "would-not-be-offloaded: not-tracked unlisted-device" --mark 7
	ip -n router -6 rule del pref 5
	ip -n router link del wan1
}

# ---- hardware

apply_hardware() {
	tool remove > /dev/null
	tool apply --mode hardware lan0 wan0 > /dev/null
}

test_hardware() {
	local without_neighbour=software
	[ $without_path = pretends ] || without_neighbour=$without_path
	apply_hardware
	send udp $wan 7000
	cause "in hardware" "hardware:"
	stop_sending
	send udp 203.0.113.99 7001
	cause "nobody answers ARP" "$without_neighbour: no-neighbour"
	check "its exit status is 3" fails 3 tool explain "${asked[@]}"
	stop_sending
	for device in lan0 wan0; do
		in_router ethtool -K $device hw-tc-offload off
	done
	send udp $wan 7000
	cause "hw-tc-offload off" "software: hw-tc-offload-off"
	port=$((port + 1))
	ask udp $wan 7000
	cause "none yet, hw-tc-offload off" "would-be-offloaded: not-tracked hw-tc-offload-off"
	stop_sending
	for device in lan0 wan0; do
		in_router ethtool -K $device hw-tc-offload on
	done
}

# One look can't tell a TCP connection that is declined from one that is closing.
declined() {	# WHAT KNOB VALUE PROTOCOL ADDRESS
	local before
	before=$(get "$2")
	put "$2" "$3"
	send "$4" "$5" 7000
	if [ "$4" = tcp ]; then
		cause "$1, one look" "software: maybe-closing?"
		check "$1, one look: its exit status is 0" tool explain "${asked[@]}"
		check "$1, one look: the first line says that it can't be told" \
			is "in software, or closing" first_line
	fi
	cause "$1" "software: driver-declined?" --interval 2
	stop_sending
	put "$2" "$before"
}

# A router that only gets packets from a host need not know its Ethernet address, and then that is
# the cause.
meet() {	# ADDRESS DEVICE
	in_router bash -c "echo > /dev/udp/$1/9"
	in_router ip neigh show to "$1" dev "$2" | grep -qE 'REACHABLE|STALE|DELAY|PROBE'
}

test_declined() {
	apply_hardware
	check_soon "the router has met the hosts" eval "meet $lan6 lan0 && meet $wan6 wan0"
	declined "refused TCP" refuse_tcp 1 tcp $wan
	declined "refused UDP" refuse_udp 1 udp $wan
	declined "refused IPv6" refuse_ipv6 1 udp $wan6
	declined "table full" capacity 0 udp $wan
	in_router conntrack -F > /dev/null 2>&1
	tool remove > /dev/null
	put refuse_bind 95
	tool apply lan0 wan0 > /dev/null 2>&1
	send udp $wan 7000
	cause "fell back to software" "software: software-mode"
	check "its exit status is 0" tool explain "${asked[@]}"
	put refuse_bind 0
	apply_software
}

# A drain waits until the flows have left the hardware: there it is killed.
test_drained() {
	local drain
	apply_hardware
	send udp $wan 7000
	check_soon "there is something to drain" explained "hardware:"
	ip netns exec router nftoffload remove > /dev/null 2>&1 &
	drain=$!
	check_soon "the drain has begun" contains drained: \
		in_router nft list table inet nftoffload
	kill -9 $drain
	wait $drain 2> /dev/null || true
	stop_sending
	send udp $wan 7000
	cause "a drain was killed" "not-offloaded: drained"
	tool remove > /dev/null
	apply_software
}

# ---- all of it

apply_software() { tool apply --mode software "$@" lan0 wan0 > /dev/null; }

tests=(well protocol notrack half_open half_close helper seqadj first_packet threshold idle instance
	local forwarding no_route ipsec device bridge pppoe no_path deep mtu fragments options asymmetric hardware
	declined drained)
[ $# = 0 ] || tests=("$@")

clean_up() {
	stop_sending
	stop_pppoe
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	unmake_router
}

trap clean_up EXIT
! has needs-whole-path || without_path=not-offloaded
make_router nftosim
serve
apply_software
for name in "${tests[@]}"; do
	"test_$name"
	stop_sending
	in_router nft delete table inet test 2>/dev/null || true
done
done_testing
