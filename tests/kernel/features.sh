#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each kernel has what features.table says, no less and no more. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./feature.sh

show_state() { nftoffload probe; }

rows() { grep -vE '^(#|feature|$)' features.table; }

column_of_this_kernel() {
	local names column
	read -ra names <<< "$(sed -n 's/^feature//p' features.table)"
	for column in "${!names[@]}"; do
		[ "${names[column]}" != "${NFTO_LAB_KERNEL:-}" ] || { echo "$column"; return; }
	done
	return 1
}

test_answers() {
	local column name answers
	column=$(column_of_this_kernel) || bail_out "not a kernel of the table: ${NFTO_LAB_KERNEL:-}"
	while read -r name answers; do
		read -ra answers <<< "$answers"
		check "$name: ${answers[column]}" is "${answers[column]}" answer "$name"
	done < <(rows)
}

# One that the library finds out, and the table has not, would be asserted nowhere.
test_table_is_complete() {
	check "the table has each feature of the library" prints_nothing missing_from_table
}

missing_from_table() {
	local names
	names=$(nftoffload probe --json | jq -nr 'input | .kernel | keys[]') || return
	comm -23 <(sort <<< "$names") <(rows | cut -d' ' -f1 | sort)
}

test_answers
test_table_is_complete
done_testing
