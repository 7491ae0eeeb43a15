#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What can't be done: each case has a clear message, an exit status, and leaves the kernel as it was.
# In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh

show_state() { in_router nft list ruleset; }

ruleset() { in_router nft -s list ruleset; }

# refused WHAT STATUS MESSAGE ARGUMENTS...: of the tool.
refused() {
	local what=$1 status=$2 message=$3 before
	shift 3
	before=$(ruleset)
	check "$what: fails, and says '$message'" fails_with "$status" "$message" errors_of tool "$@"
	check "$what: the kernel is as it was" is "$before" ruleset
}

errors_of() { { "$@" > /dev/null; } 2>&1; }

# The same, where there is nothing, and where an instance is running.
refused_always() {
	local what=$1
	shift
	tool remove > /dev/null
	refused "$what" "$@"
	tool apply --mode software lan0 > /dev/null
	refused "$what, beside what is there" "$@"
	tool remove > /dev/null
}

test_no_flowtables() {
	local modules="nft_flow_offload nf_flow_table_inet nf_flow_table" module
	for module in $modules; do
		rmmod "$module" 2> /dev/null || true
	done
	mkdir -p /run/modprobe.d
	echo "install nf_flow_table_inet /bin/false" > /run/modprobe.d/no-flowtables.conf
	refused "a kernel without flowtables" 1 "this kernel does not support it" apply lan0
	check "status works there" is none status .effective
	rm /run/modprobe.d/no-flowtables.conf
}

test_names() {
	local long letters
	long=$(printf 'x%.0s' {1..300})
	letters="the name of an instance is made of letters"
	refused_always "a name of 16 bytes" 1 "at most 15 bytes" apply lan0 sixteencharacter
	refused_always "a name of 300 bytes" 1 "at most 15 bytes" apply lan0 "$long"
	refused_always "an empty name" 1 "the device name is empty" apply lan0 ""
	refused_always ".." 1 'a device can'\''t be named "." or ".."' apply lan0 ..
	refused_always "a name with a slash" 1 "can't hold '/'" apply lan0 a/b
	refused_always "a name with a newline" 1 'device "a\x0ab"' apply lan0 $'a\nb'
	check "an escape sequence is shown without its power" \
		contains '\x1b[2J is left out' tool apply --dry-run lan0 $'\e[2J'
	check "and in JSON" contains '\u001B[2J' tool apply --dry-run --json lan0 $'\e[2J'
	refused_always "an asterisk alone" 1 "must begin with something" apply lan0 '*'
	refused_always "an interface that is a device, too" 1 "the name is given twice" \
		apply --device wan0 lan0 wan0
	refused_always "the same device twice" 1 "the name is given twice" apply lan0 wan0 lan0
	refused_always "an instance without a name" 1 "the name is empty" apply --name "" lan0
	refused_always "an instance .." 1 "begins with a letter" apply --name .. lan0
	refused_always "an instance with a slash" 1 "$letters" apply --name a/b lan0
	refused_always "an instance with 300 letters" 1 "longer than 255" apply --name "$long" lan0
	refused "removing an instance with a slash" 1 "$letters" remove --name a/b
	refused "the status of an instance with a slash" 1 "$letters" status --name a/b
}

test_usage() {
	refused "no interface" 2 "which interfaces?" apply
	refused "a threshold that is no number" 2 "no such number of packets: x" \
		apply --min-packets x lan0
	refused "a priority that is no number" 2 "no such priority: 1x" apply --ingress-priority 1x lan0
	refused "a priority beyond all" 2 "no such priority" apply --forward-priority 2147483648 lan0
	refused "an eviction of everything by mistake" 2 "give a filter, or --all" evict
	refused "no such mode" 2 "no such mode: fast" apply --mode fast lan0
	refused "no such option" 2 "no such option" apply --fast lan0
	refused "no such command" 2 "no such command: aply" aply lan0
	refused "no such state" 2 "no such state: fast" flows --state fast
	refused "an argument too many" 2 "one argument too many: lan0" remove lan0
	refused "an option without its value" 2 "a value is missing" remove --name
	check "no command at all: exit status 2" fails 2 tool
}

test_privileges() {
	local unprivileged="setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all"
	local command before
	tool apply --mode software lan0 > /dev/null
	before=$(ruleset)
	for command in "apply lan0" remove status flows; do
		# shellcheck disable=SC2086
		check "$command without privileges fails, and says what is missing" \
			fails_with 1 "CAP_NET_ADMIN is missing" \
			in_router $unprivileged "$(command -v nftoffload)" $command
	done
	check "the kernel is as it was" is "$before" ruleset
	tool remove > /dev/null
}

test_foreign_table() {
	in_router nft add table inet nftoffload
	in_router nft add chain inet nftoffload mine
	refused "apply on a table that is not ours" 1 "was not made by nftoffload" apply lan0
	refused "remove on it" 1 "was not made by nftoffload" remove
	refused "status of it" 1 "was not made by nftoffload" status
	check "another name works" tool apply --name other lan0
	tool remove --name other > /dev/null
	in_router nft delete table inet nftoffload
}

test_foreign_hardware() {
	in_router nft -f - <<-'END'
	table inet foreign {
		flowtable f {
			hook ingress priority 0; devices = { wan0 }; flags offload;
		}
	}
	END
	refused "hardware that another flowtable has" 1 \
		'device "wan0" in flowtable inet nftoffload ft: another flowtable has its hardware' \
		apply --mode hardware lan0 wan0
	check "auto falls back, and names it" contains 'no hardware offload: device "wan0"' \
		tool apply lan0 wan0
	check "to software" is software status .effective
	tool remove > /dev/null
	in_router nft delete table inet foreign
	check "nothing stayed bound" is 0 get binds
}

bound_devices() { status '[.devices[] | select(.state == "software")] | length'; }

devices_of_nft() { in_router nft list flowtables inet | grep -o 'a-long-name-[0-9]*' | wc -l; }

# The kernel takes 255 devices a message; one message a device has no such limit.
test_many_devices() {
	local devices=() i
	for i in {1..300}; do
		devices+=("a-long-name-$i")
	done
	printf 'link add %s type dummy\n' "${devices[@]}" | ip -n router -batch -
	check "300 devices are applied" tool apply --mode software "${devices[@]}"
	check "and seen in the status" is 300 bound_devices
	check "nft sees them, too" is 300 devices_of_nft
	check "the same again changes nothing" \
		contains "as it was" tool apply --mode software "${devices[@]}"
	check "the last of 301 does not exist: that is told" contains "nosuch0" \
		tool apply --mode software "${devices[@]}" nosuch0
	check "and 300 stay" is 300 bound_devices
	check "150 of them are taken out in place" \
		tool apply --mode software "${devices[@]:0:150}"
	check "and 150 are left" is 150 bound_devices
	tool remove > /dev/null
	refused "300 interfaces without hardware" 1 'device "a-long-name-1": no driver takes' \
		apply --mode hardware "${devices[@]}"
	refused "300 devices that refuse hardware" 1 \
		'device "a-long-name-1" in flowtable inet nftoffload ft: the driver does not' \
		apply --mode hardware "${devices[@]/#/--device=}"
	printf 'link delete %s\n' "${devices[@]}" | ip -n router -batch -
}

trap unmake_router EXIT
make_router nftosim
test_no_flowtables
test_names
test_usage
test_privileges
test_foreign_table
test_foreign_hardware
test_many_devices
done_testing
