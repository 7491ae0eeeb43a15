#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench/leaving.sh FLOWS ROUNDS: how long does it take until so many offloaded connections have left
# the fast path, to live on or not? Runs in the lab; prints a line of JSON. Each way is timed from the
# start of the program to its end, in turn.
#
#   rehome     nftoffload evict --all
#   delete     nftoffload evict --all --delete-connections
#   conntrack  conntrack -D
set -euo pipefail
# shellcheck source=bench/traffic.sh
. "$(dirname "$0")/traffic.sh"
flows=$1 rounds=$2

rehome() { in_router many nftoffload evict --all; }
delete() { in_router many nftoffload evict --all --delete-connections; }
conntrack() { in_router many conntrack -D -p udp 2> /dev/null; }

time_of() {	# COMMAND
	local begin=$EPOCHREALTIME
	"$@" > /dev/null
	awk -v begin="$begin" -v end="$EPOCHREALTIME" 'BEGIN { printf "%.6f", end - begin }'
}

declare -A seconds=([rehome]='' [delete]='' [conntrack]='')
size_table $((4 * flows))
make_router many
in_router many nftoffload apply --mode software br-lan wan > /dev/null
for ((round = 0; round < rounds; round++)); do
	for way in rehome delete conntrack; do
		make_flows "$flows"
		seconds[$way]+="${seconds[$way]:+,}$(time_of $way)"
		[ $way != rehome ] || [ "$(in_router many conntrack -C)" -ge "$flows" ] ||
			die "connections are lost"
		end_connections many
	done
done
unmake_router many
printf '{"flows":%d,"ways":{"rehome":[%s],"delete":[%s],"conntrack":[%s]}}\n' "$flows" \
	"${seconds[rehome]}" "${seconds[delete]}" "${seconds[conntrack]}"
