# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# TAP for the tests that run in the lab: sourced by them. A test never sleeps, it waits for what it
# expects.
#
# A command that crashes or is missing must never look like the answer that a test wants. So each of
# these wants the command's exit status too, and there is no plain negation: say what the command
# does instead.
#
#	contains TEXT COMMAND...	succeeds, and prints the text
#	lacks TEXT COMMAND...		succeeds, and does not
#	is VALUE COMMAND...		succeeds, and prints just that
#	prints_nothing COMMAND...	succeeds, and does just that
#	fits_80_columns COMMAND...	succeeds, and prints lines that are no longer
#	fails STATUS COMMAND...		ends with that status, which is not 0
#	fails_with STATUS TEXT COMMAND...	the same, and prints the text
. "${BASH_SOURCE[0]%/*}/patience.sh"
count=0 failed=0

report() {
	count=$((count + 1))
	echo "$1 $count - $2"
}

# check WHAT COMMAND...: the command must succeed; else what it said is shown.
check() {
	local what=$1 output
	shift
	if output=$("$@" 2>&1); then
		report ok "$what"
	else
		report "not ok" "$what"
		failed=$((failed + 1))
		printf '# %s\n' "$*" "${output//$'\n'/$'\n# '}"
		show_state 2>&1 | sed 's/^/# /' || true
	fi
}

# What helps to understand a failure; tests have more to say.
show_state() { :; }

# check_soon: the same, but the command has some time to come true.
check_soon() {
	local what=$1
	shift
	check "$what" soon "$@"
}

# Runs a command: what it printed is in $output, and is shown; its exit status is in $status.
capture() {
	status=0
	output=$("$@" 2>&1) || status=$?
	echo "$output"
	[ "$status" = 0 ] || echo "(exit status $status)"
}

contains() {
	local text=$1 output status
	shift
	capture "$@"
	[[ $status = 0 && -n $text && $output == *"$text"* ]]
}

lacks() {
	local text=$1 output status
	shift
	capture "$@"
	[[ $status = 0 && -n $text && $output != *"$text"* ]]
}

# No value is one that the test failed to find out: whoever expects nothing says so.
is() {
	local value=$1 output status
	shift
	capture "$@"
	[[ $status = 0 && -n $value && $output = "$value" ]]
}

prints_nothing() {
	local output status
	capture "$@"
	[[ $status = 0 && -z $output ]]
}

fits_80_columns() {
	local output status too_long=$'[^\n]{81}'
	capture "$@"
	[[ $status = 0 && -n $output && ! $output =~ $too_long ]]
}

fails() {
	local wanted=$1
	shift
	fails_with "$wanted" "" "$@"
}

fails_with() {
	local wanted=$1 text=$2 output status
	shift 2
	capture "$@"
	[[ $status = "$wanted" && $status != 0 && $output == *"$text"* ]]
}

# The plan, and the test's exit status.
done_testing() {
	echo "1..$count"
	[ "$failed" = 0 ]
}
