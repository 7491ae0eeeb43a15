#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The kernel runs out of memory in the middle of apply and remove, wherever that can be: each time there is
# a reason, and nothing is left behind, neither in the rule set nor of what drivers are bound to. In the
# lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh
. ./feature.sh
. ./memory.sh

show_state() { in_router nft list ruleset; }

trap unmake_router EXIT
make_router nftosim
show="nft list ruleset; cat $engine/binds"
check_memory "apply leaves nothing" "$show" apply hardware lan0 wan0
check_memory "apply of auto takes no failure for a refusal" "$show" apply auto lan0 wan0
check_memory "remove can be done again" "$show" remove hardware lan0 wan0
done_testing
