# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# TAP for the tests that run in the lab: sourced by them. A test never sleeps, it waits for what it
# expects, for patience_s seconds at most.
patience_s=${NFTO_TEST_PATIENCE_S:-30}
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
		show_state | sed 's/^/# /'
	fi
}

# What helps to understand a failure; tests have more to say.
show_state() { :; }

# check_soon: the same, but the command has some time to come true.
check_soon() {
	local what=$1
	shift
	check "$what" within "$patience_s" "$@"
}

within() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.1
	done
}

not() { ! "$@"; }

# contains TEXT COMMAND...: what the command prints has the text in it. It prints that, too.
contains() {
	local text=$1 output
	shift
	output=$("$@" 2>&1) || true
	echo "$output"
	[[ $output == *"$text"* ]]
}

# is VALUE COMMAND...: the command prints just that.
is() {
	local value=$1 output
	shift
	output=$("$@" 2>&1) || true
	echo "$output"
	[ "$output" = "$value" ]
}

# fails STATUS COMMAND...: the command ends with that status.
fails() {
	local wanted=$1 status=0
	shift
	"$@" || status=$?
	[ "$status" = "$wanted" ]
}

# The plan, and the test's exit status.
done_testing() {
	echo "1..$count"
	[ "$failed" = 0 ]
}
