# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Waiting for what must come true: sourced by the tests, by tap.sh and router.sh. All waits have one
# bound, patience_s. It costs time only where a test fails, so it is generous: an emulated machine
# beside busy ones takes a minute for what takes a second elsewhere.
patience_s=${NFTO_TEST_PATIENCE_S:-120}

# soon COMMAND...: the command has some time to succeed; else what it said in the end is shown.
soon() {
	local deadline=$((SECONDS + patience_s)) output
	until output=$("$@" 2>&1); do
		[ "$SECONDS" -lt "$deadline" ] || { echo "$output"; return 1; }
		sleep 0.1
	done
}

# wait_for COMMAND...: the same for what a test cannot go on without. Else the test ends here.
wait_for() {
	soon "$@" || bail_out "waited $patience_s s in vain for: $*"
}

bail_out() {
	echo "Bail out! $*"
	exit 1
}
