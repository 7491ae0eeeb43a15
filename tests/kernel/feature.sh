# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What this kernel has: sourced by tests, which ask for a feature and expect what follows from it,
# whatever the kernel's release. features.table has the names. Needs router.sh.

# has FEATURE: this kernel has it.
has() { [ "$(answer "$1")" = yes ]; }

# answer FEATURE: yes, no or unknown.
answer() {
	case $1 in
	kprobes)          yes_if test -e /sys/kernel/tracing/kprobe_events ;;
	netdevsim)        yes_if modprobe -qn netdevsim ;;
	fail-nth)         yes_if test -e /proc/self/fail-nth ;;
	fail-function)    yes_if test -e /sys/kernel/debug/fail_function/inject ;;
	flowtable-procfs) yes_if test -e /proc/net/stat/nf_flowtable ;;
	*)                nftoffload probe --json | jq -nr --arg name "$1" 'input | .kernel[$name].answer' ;;
	esac
}

yes_if() { if "$@"; then echo yes; else echo no; fi; }

# skip WHAT FEATURE: a test that needs what this kernel has not. scripts/check holds that against the
# table.
skip() { report ok "$1 # SKIP no $2"; }
