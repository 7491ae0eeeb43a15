#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench/listing.sh FLOWS...: how long does it take to read so many offloaded flows, by the library
# and otherwise? Runs in the lab; prints a line of JSON for each number of flows. A number must be a
# power of ten, from 1000 to 1000000.
set -euo pipefail
# shellcheck source=bench/traffic.sh
. "$(dirname "$0")/traffic.sh"
reader=${NFTO_BENCH_READER:?}
packets_per_flow=2	# the second one offloads it

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

make_flows() {	# FLOWS
	local connections offloaded
	spread "$1"
	generate lan-many eth0 "$(mac_of router-many br-lan)" $((packets_per_flow * $1)) \
		"src_min 10.1.0.1" "src_max 10.1.0.$clients" \
		"dst_min 10.2.0.1" "dst_max 10.2.0.$clients" \
		"udp_src_min 1024" "udp_src_max $((1024 + ports))" \
		"udp_dst_min 53" "udp_dst_max 53" > /dev/null
	connections=$(in_router many conntrack -C)
	offloaded=$(in_router many nftoffload status --json | jq .flows.software)
	[ "$connections" = "$1" ] || die "not $1 connections, but $connections"
	[ "$offloaded" = "$1" ] || die "not $1 offloaded flows, but $offloaded"
}

# As many as give a good median, as long as the time lasts.
rounds_for() {	# FLOWS
	local rounds=$((1000000 / $1 + 6))
	[ -z "${NFTO_BENCH_SHORT:-}" ] || rounds=3
	echo $((rounds < 100 ? rounds : 100))
}

for flows in "$@"; do
	[[ $flows =~ ^1000+$ && $flows -le 1000000 ]] ||
		die "'$flows' is no power of ten from 1000 to 1000000"
done
for flows in "$@"; do
	size_table "$flows"
	make_router many
	in_router many nftoffload apply --mode software br-lan wan > /dev/null
	make_flows "$flows"
	in_router many "$reader" "$(rounds_for "$flows")"
	unmake_router many
done
