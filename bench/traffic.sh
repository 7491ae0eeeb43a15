# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Routers and their traffic, for the bench: sourced by what measures.
#
#   lan-NAME                router-NAME                         wan-NAME
#   192.168.1.2  eth0 --- lan1 in br-lan 192.168.1.1
#                              203.0.113.1  wan --- eth0  203.0.113.2
#
# The clients 10.1.0.* stand behind the one host, the servers 10.2.0.* behind the other one. Each
# router has the bridge and the rules of an fw4 router, and all links are pairs of the emulated NIC.
# No address is asked for, and what reaches a host is dropped at once: hosts only make packets, and
# count them.

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

die() { echo "${0##*/}: $*" >&2; exit 1; }

mac_of() { cat_in "$1" "/sys/class/net/$2/address"; }
cat_in() { ip netns exec "$1" cat "$2"; }

make_link() {	# NETNS DEVICE HOST-NETNS
	ip -n "$1" link add "$2" type nftosim peer name eth0 netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set eth0 up
	drop_all "$3" eth0
}

drop_all() {	# NETNS DEVICE
	ip netns exec "$1" nft -f - <<-END
	table netdev sink {
		chain ingress {
			type filter hook ingress device "$2" priority filter; policy drop;
		}
	}
	END
}

make_network() {	# NETNS DEVICE ADDRESS HOST-NETNS HOST-ADDRESS NETWORK-BEHIND
	ip -n "$1" address add "$3/24" dev "$2"
	ip -n "$1" neigh add "$5" lladdr "$(mac_of "$4" eth0)" nud permanent dev "$2"
	ip -n "$1" route add "$6" via "$5"
}

make_router() {	# NAME
	local netns
	for netns in "router-$1" "lan-$1" "wan-$1"; do
		ip netns add "$netns"
	done
	ip -n "router-$1" link add br-lan type bridge
	ip -n "router-$1" link set br-lan up
	make_link "router-$1" lan1 "lan-$1"
	make_link "router-$1" wan "wan-$1"
	ip -n "router-$1" link set lan1 master br-lan
	make_network "router-$1" br-lan 192.168.1.1 "lan-$1" 192.168.1.2 10.1.0.0/16
	make_network "router-$1" wan 203.0.113.1 "wan-$1" 203.0.113.2 10.2.0.0/16
	in_router "$1" nft -f "$bench/fw4.nft"
	in_router "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
		net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_udp_timeout=86400 \
		net.netfilter.nf_conntrack_udp_timeout_stream=86400 \
		net.netfilter.nf_flowtable_udp_timeout=86400
}

in_router() {	# NAME COMMAND...
	local name=$1
	shift
	ip netns exec "router-$name" "$@"
}

# Makes packets with the kernel's generator, and prints how many microseconds that took. They are
# sent by the device, or (with xmit_mode netif_receive) taken for packets that it has received. The
# device stays with the generator: it would be removed later than the kernel says. The packets do not
# tell the time: reading the clock for each costs as much as making it.
generate() {	# NETNS DEVICE ROUTER-MAC COUNT SETTING...
	local netns=$1 device=$2 mac=$3 count=$4
	shift 4
	# shellcheck disable=SC2016
	ip netns exec "$netns" bash -euc '
		file=/proc/net/pktgen/$0
		[ -e $file ] || echo "add_device $0" > /proc/net/pktgen/kpktgend_0
		for setting; do
			echo "$setting" > $file || { echo "pktgen refuses: $setting" >&2; exit 1; }
		done
		echo start > /proc/net/pktgen/pgctrl
		sed -n "s/.*OK: \([0-9]*\)(.*/\1/p" $file' "$device" \
		"dst_mac $mac" "count $count" "delay 0" "pkt_size 60" "flag NO_TIMESTAMP" "$@"
}

# The generator counts addresses and ports up at the same time, so all pairs come when the two
# numbers have no divisor in common: powers of two and of five.
spread() {	# FLOWS
	local flows=$1
	clients=1
	while [ $((flows % 2)) = 0 ]; do
		flows=$((flows / 2)) clients=$((clients * 2))
	done
	ports=$flows
}

# As the kernel has it by itself on a machine for so many connections.
size_table() {	# FLOWS
	local buckets=16384
	while [ $buckets -lt "$1" ]; do
		buckets=$((buckets * 2))
	done
	sysctl -qw net.netfilter.nf_conntrack_max=$((2 * buckets)) \
		net.netfilter.nf_conntrack_buckets=$buckets
}

# Masqueraded ones of UDP. The second packet of each offloads it.
make_flows() {	# FLOWS
	local connections offloaded
	spread "$1"
	generate lan-many eth0 "$(mac_of router-many br-lan)" $((2 * $1)) \
		"src_min 10.1.0.1" "src_max 10.1.0.$clients" \
		"dst_min 10.2.0.1" "dst_max 10.2.0.$clients" \
		"udp_src_min 1024" "udp_src_max $((1024 + ports))" \
		"udp_dst_min 53" "udp_dst_max 53" > /dev/null
	connections=$(in_router many conntrack -C)
	offloaded=$(in_router many nftoffload status --json | jq .flows.software)
	[ "$connections" = "$1" ] || die "not $1 connections, but $connections"
	[ "$offloaded" = "$1" ] || die "not $1 offloaded flows, but $offloaded"
}

# Flows have hold of the entries until the garbage of their flowtable is collected.
end_connections() {	# NAME
	in_router "$1" conntrack -F 2> /dev/null
	until [ "$(cat_in "router-$1" /proc/sys/net/netfilter/nf_conntrack_count)" = 0 ]; do
		sleep 0.1
	done
}

# Connections of other namespaces would be walked over, too, so they have to be gone.
unmake_router() {	# NAME
	local netns
	end_connections "$1"
	for netns in "router-$1" "lan-$1" "wan-$1"; do
		ip netns delete "$netns"
	done
}
