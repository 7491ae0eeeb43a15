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
