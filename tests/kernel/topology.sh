# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Routers as people have them, built with the real tools: sourced by the tests. Needs router.sh and
# pppoe.sh.
#
#   lan   192.168.1.2 ---.
#                        | 192.168.1.1 [router] 203.0.113.1 --- 203.0.113.2  wan
#   lan2  192.168.1.3 ---'
#
# make_topology NAME builds one. Its cables are pairs of the emulated NIC, which without hardware
# offload is a plain one; the router's ends are lan0, lan1, wan0 and wan1, the hosts' eth0 and eth1.
# A topology sets interfaces, which a person would name to offload between them, the LAN's first;
# hosts, where traffic starts; and of interfaces that are no Ethernet, l2_device below them.
hosts=() interfaces=()
declare -A l2_device=()

# On an emulated CPU a program takes a tenth of a second to start: so `ip` runs once a namespace.
declare -A batch=()

in_batch() {	# NETNS COMMAND-OF-IP...
	local netns=$1
	shift
	batch[$netns]+="$*"$'\n'
}

# The router first: the hosts' ends of the cables come from there.
build() {
	local netns
	for netns in router lan lan2 wan; do
		ip -n $netns -batch - <<< "${batch[$netns]:-}"
	done
	batch=()
}

# A cable: nothing but the link.
cable() {	# ROUTER-END NETNS HOST-END
	in_batch router link add "$1" type nftosim peer name "$3" netns "$2"
	in_batch router link set "$1" up
	in_batch "$2" link set "$3" up
}

vlan() {	# NETNS DEVICE ID
	in_batch "$1" link add link "$2" name "$2.$3" type vlan id "$3"
	in_batch "$1" link set "$2.$3" up
}

bridge_of() {	# PORTS [OPTIONS-OF-BRIDGE...]
	local port
	in_batch router link add br-lan type bridge "${@:2}"
	in_batch router link set br-lan up
	for port in $1; do
		in_batch router link set "$port" master br-lan
	done
}

bond_of() {	# NETNS MODE DEVICE...
	local device
	in_batch "$1" link add bond0 type bond mode "$2" miimon 100
	for device in "${@:3}"; do
		in_batch "$1" link set "$device" down
		in_batch "$1" link set "$device" master bond0
	done
	# The two ends must use the same wire: one at rest drops what comes in.
	[ "$2" != active-backup ] || in_batch "$1" link set bond0 type bond primary "$3"
	in_batch "$1" link set bond0 up
}

# ---- addresses

lan_of_router() {	# DEVICE
	in_batch router address add 192.168.1.1/24 dev "$1"
}

lan_of_host() {	# NETNS DEVICE NUMBER
	in_batch "$1" address add "192.168.1.$3/24" dev "$2"
	in_batch "$1" route add default via 192.168.1.1
	hosts+=("$1")
}

wan_of() {	# ROUTER'S-DEVICE HOST'S-DEVICE
	in_batch router address add 203.0.113.1/24 dev "$1"
	in_batch wan address add 203.0.113.2/24 dev "$2"
}

plain_lan() {
	cable lan0 lan eth0
	lan_of_router lan0
	lan_of_host lan eth0 2
}

bridged_lan() {
	cable lan0 lan eth0
	cable lan1 lan2 eth0
	bridge_of 'lan0 lan1'
	lan_of_router br-lan
	lan_of_host lan eth0 2
	lan_of_host lan2 eth0 3
}

plain_wan() {
	cable wan0 wan eth0
	wan_of wan0 eth0
}

# ---- the topologies

topology_bridge() {
	bridged_lan
	plain_wan
	interfaces=(br-lan wan0)
	build
}

# In VLAN 10 one port is an access port, the other a trunk.
filtering_bridge() {
	cable lan0 lan eth0
	cable lan1 lan2 eth0
	vlan lan2 eth0 10
	lan_of_host lan eth0 2
	lan_of_host lan2 eth0.10 3
	bridge_of 'lan0 lan1' vlan_filtering 1 vlan_default_pvid 0
}

filter_vlan() {	# FLAGS-OF-THE-BRIDGE-ITSELF...
	bridge -n router -batch - <<-END
		vlan add dev lan0 vid 10 pvid untagged
		vlan add dev lan1 vid 10
		vlan add dev br-lan vid 10 $* self
	END
}

# The router is in the VLAN by an interface of that VLAN on the bridge.
topology_bridge-vlan() {
	filtering_bridge
	vlan router br-lan 10
	lan_of_router br-lan.10
	plain_wan
	interfaces=(br-lan.10 wan0)
	build
	filter_vlan
}

# The router is in the VLAN by the bridge itself, whose PVID it is.
topology_bridge-pvid() {
	filtering_bridge
	lan_of_router br-lan
	plain_wan
	interfaces=(br-lan wan0)
	build
	filter_vlan pvid untagged
}

topology_vlan() {
	cable lan0 lan eth0
	vlan router lan0 10
	vlan lan eth0 10
	lan_of_router lan0.10
	lan_of_host lan eth0.10 2
	cable wan0 wan eth0
	vlan router wan0 7
	vlan wan eth0 7
	wan_of wan0.7 eth0.7
	interfaces=(lan0.10 wan0.7)
	build
}

topology_qinq() {
	plain_lan
	cable wan0 wan eth0
	vlan router wan0 100
	vlan router wan0.100 7
	vlan wan eth0 100
	vlan wan eth0.100 7
	wan_of wan0.100.7 eth0.100.7
	interfaces=(lan0 wan0.100.7)
	build
}

pppoe_over() {	# ROUTER'S-DEVICE WAN'S-DEVICE
	start_pppoe "$1" ppp0 203.0.113.1 "$2" 203.0.113.2
	l2_device[ppp0]=$1
}

topology_pppoe() {
	plain_lan
	cable wan0 wan eth0
	interfaces=(lan0 ppp0)
	build
	pppoe_over wan0 eth0
}

# What many homes have: a bridge, and PPPoE over a VLAN.
topology_home() {
	bridged_lan
	cable wan0 wan eth0
	vlan router wan0 7
	vlan wan eth0 7
	interfaces=(br-lan ppp0)
	build
	pppoe_over wan0.7 eth0.7
}

bonded_wan() {	# MODE
	modprobe -q bonding max_bonds=0 || true
	plain_lan
	cable wan0 wan eth0
	cable wan1 wan eth1
	bond_of router "$1" wan0 wan1
	bond_of wan "$1" eth0 eth1
	wan_of bond0 bond0
	interfaces=(lan0 bond0)
	build
}

topology_bond() { bonded_wan active-backup; }
topology_bond-lacp() { bonded_wan 802.3ad; }

topology_macvlan() {
	plain_lan
	cable wan0 wan eth0
	in_batch router link add link wan0 name macvlan0 type macvlan mode private
	in_batch router link set macvlan0 up
	wan_of macvlan0 eth0
	interfaces=(lan0 macvlan0)
	build
}

# A radio that is left here, and its device: the router's access point ap0, or a host's eth0.
radio() {	# NETNS NAME
	local radios=(/sys/class/ieee80211/*) devices
	devices=("${radios[0]}"/device/net/*)
	iw phy "${radios[0]##*/}" set netns name "$1"
	in_batch "$1" link set "${devices[0]##*/}" name "$2"
}

# They work by themselves: the one beacons, the other looks for it.
start_radios() {	# NETNS-OF-STATION
	printf '%s\n' interface=ap0 bridge=br-lan ssid=lab hw_mode=g channel=1 > /tmp/topology-ap
	printf '%s\n' 'network={' 'ssid="lab"' key_mgmt=NONE scan_freq=2412 '}' > /tmp/topology-station
	ip netns exec router hostapd /tmp/topology-ap > /dev/null 2>&1 &
	ip netns exec "$1" wpa_supplicant -i eth0 -c /tmp/topology-station > /dev/null 2>&1 &
}

topology_wifi() {
	modprobe mac80211_hwsim radios=2
	radio router ap0
	radio lan2 eth0
	cable lan0 lan eth0
	bridge_of lan0
	lan_of_router br-lan
	lan_of_host lan eth0 2
	in_batch lan2 link set eth0 up
	lan_of_host lan2 eth0 3
	plain_wan
	interfaces=(br-lan wan0)
	build
	start_radios lan2
}

# What the packets around a tunnel go over.
underlay() {
	plain_lan
	cable wan0 wan eth0
	in_batch router address add 198.51.100.1/24 dev wan0
	in_batch wan address add 198.51.100.2/24 dev eth0
}

topology_ipip() {
	underlay
	in_batch router link add ipip0 type ipip local 198.51.100.1 remote 198.51.100.2 ttl 64
	in_batch wan link add ipip0 type ipip local 198.51.100.2 remote 198.51.100.1 ttl 64
	in_batch router link set ipip0 up
	in_batch wan link set ipip0 up
	wan_of ipip0 ipip0
	interfaces=(lan0 ipip0)
	l2_device[ipip0]=wan0
	build
}

topology_wireguard() {
	local netns
	underlay
	for netns in router wan; do
		in_batch $netns link add wg0 type wireguard
		in_batch $netns link set wg0 up
	done
	wan_of wg0 wg0
	interfaces=(lan0 wg0)
	# shellcheck disable=SC2034 # for those that source this
	l2_device[wg0]=wan0
	build
	connect_wireguard
}

connect_wireguard() {
	local keys=/tmp/topology-wg netns
	for netns in router wan; do
		(umask 077 && wg genkey > $keys-$netns)
	done
	in_router wg set wg0 listen-port 51820 private-key $keys-router \
		peer "$(wg pubkey < $keys-wan)" allowed-ips 0.0.0.0/0 endpoint 198.51.100.2:51820
	in_wan wg set wg0 listen-port 51820 private-key $keys-wan \
		peer "$(wg pubkey < $keys-router)" allowed-ips 0.0.0.0/0 endpoint 198.51.100.1:51820
}

# ---- all of it

make_topology() {	# NAME
	local netns
	hosts=() interfaces=() batch=()
	# Namespaces inherit it. A host takes a packet only by the interface where it belongs: were a
	# VLAN's tag wrong or lost, it would show.
	echo 1 > /proc/sys/net/ipv4/conf/all/rp_filter
	printf 'netns add %s\n' router lan lan2 wan | ip -batch -
	for netns in router lan lan2 wan; do
		in_batch $netns link set lo up
	done
	in_router sysctl -qw net.ipv4.ip_forward=1
	start_servers
	"topology_$1"
	make_firewall "${interfaces[@]}"
	find_engine
}

# Are its addresses reached? Sessions and radios take some time.
works() {
	local host
	for host in "${hosts[@]}"; do
		ip netns exec "$host" busybox ping -qc1 -W1 203.0.113.2 || return
	done
}

unmake_topology() {
	local processes
	mapfile -t processes < <(jobs -p)
	[ ${#processes[@]} = 0 ] || kill "${processes[@]}" 2>/dev/null || true
	wait
	printf 'netns delete %s\n' router lan lan2 wan | ip -force -batch - 2>/dev/null || true
	! [ -e /sys/class/ieee80211 ] || modprobe -qr mac80211_hwsim || true
}
