# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A kernel that runs out of memory: sourced by tests. Needs tap.sh and feature.sh.

# check_memory WHAT ARGUMENTS-OF-FAIL_NTH...: in the router. Each allocation of the kernel fails in its
# turn, see fail_nth.c.
check_memory() {
	local what=$1 faults=/sys/kernel/debug/failslab
	shift
	has fail-nth || { skip "$what" fail-nth; return; }
	echo N > $faults/ignore-gfp-wait
	echo 0 > $faults/verbose
	check "$what" fail_nth "$@"
}

# In the mount namespace of the host, as that of ip-netns(8) has no debugfs.
fail_nth() { nsenter --net=/run/netns/router ../../build/tests/kernel/fail_nth "$@"; }
