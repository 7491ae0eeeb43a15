# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Which packages there are of a kernel: sourced by lab/kernel and lab/uml, which set series, cache,
# lab and die().
# shellcheck disable=SC2154

# apt COMMAND...: the machine's own, or that of the backports.
apt() {
	if [[ $series == *newest ]]; then
		"$lab/backports" "$cache" "$@"
	else
		"$@"
	fi
}

# When apt last heard of packages.
apt_lists() {
	if [[ $series == *newest ]]; then
		"$lab/backports" "$cache" true && echo "$cache/backports/updated"
	else
		echo /var/lib/apt/lists
	fi
}

# choose FUNCTION: what the function finds out by asking apt. That takes half a second, so the answer
# is kept until apt's lists change; what was found once is also good when apt, offline say, knows none.
choose() {
	local kept=$cache/$series lists answer
	lists=$(apt_lists) || lists=
	if [ ! -s "$kept" ] || [ "$lists" -nt "$kept" ]; then
		if answer=$("$1") && [ -n "$answer" ]; then
			echo "$answer" > "$kept"
		elif [ ! -s "$kept" ]; then
			die "apt knows no kernel '$series', which Debian has; try 'apt-get update' first"
		fi
	fi
	cat "$kept"
}
