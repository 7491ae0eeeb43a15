#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What `status` and `metrics` say, against what is so. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh
. ./feature.sh

show_state() {
	tool status
	tool status --json | jq -c '.devices, .findings, .other_flowtables'
	tool flows
	in_router nft list flowtables
}

states() { status '[.devices[] | "\(.name) \(.state)"] | sort | join(", ")'; }

codes() { status '[.findings[].code] | unique | join(" ")'; }

finds() { [[ " $(codes) " == *" $1 "* ]]; }

first_line() { tool status | sed -n 1p; }

all_in_software='set up for hardware (requested: auto), but every flow is in software'

# Of what is built in there is no trace.
module_state() { if grep -q '^nft_flow_offload ' /proc/modules; then echo loaded; else echo unknown; fi; }

# ---- Nothing there

test_nothing() {
	check "without an instance, the first line says so" \
		is "nftoffload: nothing is offloaded" first_line
	check "and why" is no-instance codes
	check "it has no confidence" is none status .confidence
	check "its metrics are valid" metrics_are_valid
	check "and say none" contains 'effective_mode{name="nftoffload",mode="none"} 1' tool metrics
	check "bad options are refused" fails 2 tool status --interval 0
	check "a name that can't be is refused" fails 1 tool status --name 'a b'
	check "so it is by metrics" fails 1 tool metrics --name 'a"b'
}

# ---- As asked

test_software() {
	tool apply --mode software lan0 wan0 > /dev/null
	check "software as asked" is "nftoffload: offloading in software, as asked" first_line
	check "with two devices" is "lan0 software, wan0 software" states
	check "nothing is wrong with it" prints_nothing codes
	tool remove > /dev/null
}

test_hardware() {
	tool apply lan0 wan0 > /dev/null
	check "hardware as asked, and claimed" \
		is "nftoffload: offloading in hardware, as asked (claimed: the kernel says so)" first_line
	check "both devices are" is "lan0 hardware, wan0 hardware" states
	check "nothing is wrong with it" prints_nothing codes
	check "its rule is there" is yes status .rule.answer
	check "and is reached" is yes status .reachable.answer
	check "hw-tc-offload is evidence" contains "hw-tc-offload is on" status '.devices[0].evidence'
	if has hook-listing; then
		check "the hook is evidence" \
			contains "hooked at its ingress" status '.devices[0].evidence'
	else
		check "this kernel lists no hooks" lacks "hooked" status '.devices[0].evidence'
	fi
	check "the settings are read" is "30 1 1" status '.settings |
		"\(."net.netfilter.nf_flowtable_tcp_timeout") \(."net.netfilter.nf_conntrack_acct") \(
		."net.ipv4.ip_forward")"'
	check "and the modules" is "$(module_state)" status .modules.nft_flow_offload
	# While nothing goes on, nothing waits.
	if has flowtable-procfs; then
		check "the backlog is told" is 0 status .backlog.add
	else
		check "the kernel tells of no backlog" is null status .backlog.add
	fi
}

# ---- Not as asked

test_feature_off() {
	in_router ethtool -K wan0 hw-tc-offload off
	check "a device with hw-tc-offload off" is "lan0 hardware, wan0 feature-off" states
	check "is found" finds hw-tc-offload-off
	check "with the command that mends it" \
		is "ethtool -K wan0 hw-tc-offload on" status '.findings[0].advice'
	check "the other one still takes flows" is hardware status .effective
	in_router ethtool -K lan0 hw-tc-offload off
	check "with both off it is software" is software status .effective
	check "and the first line says so" \
		is "nftoffload: asked for hardware if it can be had; offloading in software" first_line
	check "in 80 columns" fits_80_columns tool status
	in_router ethtool -K wan0 hw-tc-offload on
	in_router ethtool -K lan0 hw-tc-offload on
	check "with both on it is hardware again" is hardware status .effective
}

test_dormant() {
	in_router nft 'add table inet nftoffload { flags dormant; }'
	check "a dormant table offloads nothing" is none status .effective
	check "for that reason" is dormant codes
	in_router nft 'add table inet nftoffload { ; }'
	check "awake, it does" is hardware status .effective
}

test_forwarding() {
	in_router sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
	check "a machine that does not forward offloads nothing" is none status .effective
	check "for that reason" is forwarding-off codes
	in_router sysctl -qw net.ipv6.conf.all.forwarding=1
	check "with IPv6 alone it does" is hardware status .effective
	check "but that is odd" is "warning forwarding-off" \
		status '.findings[] | "\(.severity) \(.code)"'
	in_router sysctl -qw net.ipv4.ip_forward=1
}

test_rules() {
	in_router nft flush chain inet nftoffload forward
	check "without rules nothing is offloaded" is none status .effective
	check "for these reasons" is "incomplete no-rule" codes
	tool apply lan0 wan0 > /dev/null
	in_router nft flush chain inet nftoffload leaks
	check "without the detector it is incomplete" is incomplete codes
	tool apply lan0 wan0 > /dev/null
	check "applied again, all is well" prints_nothing codes
	in_router nft delete table inet nftoffload
	check "without the table there is no instance" is no-instance codes
	put forget 1
}

test_missing_device() {
	local gone=device-missing
	if has missing-devices; then gone="device-waiting name-blocked"; fi
	tool apply lan0 wan0 later0 > /dev/null
	check "a device that is not there is missing" \
		is "lan0 hardware, later0 missing, wan0 hardware" states
	check "and found" is device-missing codes
	check "the rest is hardware" is hardware status .effective
	ip -n router link add later0 type nftosim peer name far0
	check "when it has come, it is still not in the flowtable" is device-not-bound codes
	tool apply lan0 wan0 later0 > /dev/null
	check "until it is applied" prints_nothing codes
	ip -n router link delete later0
	check "when it goes, it is missing again, or the kernel waits for it" is "$gone" codes
	tool remove > /dev/null
}

test_refused() {
	local before
	put refuse_bind 95
	tool apply lan0 wan0 > /dev/null 2>&1
	before=$(in_router nft -s list ruleset)
	check "devices whose driver refuses" is "lan0 refused, wan0 refused" states
	check "are found" is device-refused codes
	check "in 80 columns" fits_80_columns tool status
	check "to ask has changed nothing" is "$before" in_router nft -s list ruleset
	put refuse_bind 0
	check "if it would take them now, that is found" is hardware-unused codes
	check "to ask has left nothing bound" is 0 get binds
	tool apply --mode hardware lan0 wan0 > /dev/null
	check "to ask for hardware again mends it" prints_nothing codes
	tool apply --mode software lan0 wan0 > /dev/null
	check "who wants software does not hear of it" prints_nothing codes
	tool remove > /dev/null
	ip -n router link add veth0 type veth peer name veth1
	tool apply lan0 veth0 > /dev/null 2>&1
	check "a device without hardware is found without asking" is no-hardware codes
	tool remove > /dev/null
	ip -n router link delete veth0
}

# ---- Those of others

other() { status ".other_flowtables[0] | $1"; }

test_foreign() {
	in_router nft -f - <<-'END'
	table ip fw {
		flowtable f {
			hook ingress priority filter
			devices = { lan0, wan0 }
			flags offload
			counter
		}
		chain forward {
			type filter hook forward priority filter
		}
	}
	END
	check "a flowtable of others is listed" is "ip fw f" other '"\(.family) \(.table) \(.flowtable)"'
	check "without a rule it does nothing" is "none no-rule" \
		other '"\(.effective) \(.findings[0].code)"'
	in_router nft add rule ip fw forward meta l4proto udp flow add @f
	check "with one it is in hardware, as asked" is "hardware hardware yes unknown" \
		other '"\(.requested) \(.effective) \(.rule.answer) \(.reachable.answer)"'
	check "with its devices" is "lan0 hardware, wan0 hardware" \
		other '[.devices[] | "\(.name) \(.state)"] | sort | join(", ")'
	check "people see it, too" contains "flowtable ip fw f, of others:" tool status
	tool apply lan0 wan0 > /dev/null 2>&1
	check "it has the hardware, so ours is in software" is "lan0 refused, wan0 refused" states
	check "for that reason" is device-busy codes
	check "which names it" contains "to the flowtable ip fw f" status '.findings[0].evidence'
	tool remove > /dev/null
	in_router nft delete table ip fw
}

# ---- Traffic

hardware_flows() { [ "$(status .flows.hardware)" -ge 1 ]; }

# Two looks, and what they say.
compared() { tool status --interval 4 --json | jq -nr "input | $1"; }

is_confirmed() { [ "$(compared .confidence)" = confirmed ]; }

# Conntrack says hardware at both looks, and has counted as many packets as would confirm it: but not by
# hardware.
is_only_claimed() {
	local seen
	seen=$(compared '"\(.confidence) \(.flows.hardware > 0) \(.hardware_packets > 64) \(
		.hardware_packets) \(.received_packets)"')
	echo "$seen"
	[[ $seen == "claimed true true "* ]]
}

# The hosts are on this machine, too, and what they receive is counted with the rest: so the far one
# is switched off. Its packets are on the wire all the same.
test_confirmed() {
	tool apply lan0 wan0 > /dev/null
	start_blast
	check_soon "a flow is in hardware" hardware_flows
	ip -n wan link set eth0 down
	check "one look claims it" is claimed status .confidence
	check_soon "two looks confirm it" is_confirmed
	check "in words, too" contains "(confirmed by its counters)" tool status --interval 4
	in_router nft add table ip fw
	in_router nft 'add flowtable ip fw f { hook ingress priority 0; flags offload; }'
	check "with another flowtable in hardware, it is not known whose flows they are" \
		is claimed compared .confidence
	in_router nft delete table ip fw
	check_soon "without it, it is again" is_confirmed
}

# The engine forgets the flow, and takes it no more: the kernel forwards, and conntrack goes on to
# say hardware.
test_not_confirmed() {
	put refuse_udp 1
	put forget 1
	check_soon "a flow that the hardware forgot is claimed only" is_only_claimed
	put refuse_udp 0
	check_soon "learned again, it is confirmed" is_confirmed
	in_router sysctl -qw net.netfilter.nf_conntrack_acct=0
	check "without accounting, that is found" finds accounting-off
	in_router sysctl -qw net.netfilter.nf_conntrack_acct=1
	stop_blast
	ip -n wan link set eth0 up
	tool remove > /dev/null
}

test_no_statistics() {
	put no_stats 1
	tool apply lan0 wan0 > /dev/null
	start_blast
	check_soon "a flow whose hardware does not count is in hardware" hardware_flows
	check "and claimed only" is claimed compared .confidence
	put no_stats 0
	stop_blast
	tool remove > /dev/null
}

# The engine refuses UDP.
test_all_in_software() {
	put refuse_udp 1
	tool apply lan0 wan0 > /dev/null
	start_blast
	check_soon "bound, but all in software: that is found" finds all-in-software
	check "the first line does not say hardware" is "nftoffload: $all_in_software" first_line
	check "and nothing speaks for it" is none status .confidence
	check "nor by two looks" is none compared .confidence
	check "in 80 columns" fits_80_columns tool status
	check "that is a metric" is 1 \
		metric 'hardware_confidence{name="nftoffload",confidence="none"}'
	check "what was set up is told, too" is hardware status .effective
	check "rates need two looks" is null status .inserted_per_s
	stop_blast
	put refuse_udp 0
	tool remove > /dev/null
}

# Where a flow of TCP stays in software when it is closed, one look can't tell it from a declined one.
test_closing() {
	tool apply lan0 wan0 > /dev/null
	for _ in 1 2 3; do
		in_lan iperf3 -p 5201 -c 203.0.113.2 -n 1M > /dev/null
	done
	check_soon "finished connections leave the hardware" is 0 status .flows.hardware
	check "nothing is found" prints_nothing codes
	check "nor by two looks" prints_nothing compared '.findings[].code'
	check "none of them counts as in software" \
		is 0 status '.flows.software - .flows.software_or_closing'
	check "nor by two looks" is 0 compared '.flows.software - .flows.software_or_closing'
	if [ "$(status .flows.software)" != 0 ]; then
		check "the first line claims nothing" is \
			"nftoffload: set up for hardware, as asked; no flow is in hardware now" first_line
		check "in 80 columns" fits_80_columns tool status
	fi
	tool remove > /dev/null
}

# One that goes on is told from these by two looks.
test_declined_tcp() {
	put refuse_tcp 1
	tool apply lan0 wan0 > /dev/null
	start_flow -c 203.0.113.2
	check_soon "a flow of TCP stays in software" in_software
	check "one look can't tell why" is 0 status '.flows.software - .flows.software_or_closing'
	check "two looks see that it was declined" \
		is 1 compared '.flows.software - .flows.software_or_closing'
	check "and the first line says so" is "$all_in_software" compared .verdict
	stop_flow
	put refuse_tcp 0
	tool remove > /dev/null
}

# The stream, and what iperf3 talks beside it.
in_software() { [ "$(status .flows.software)" = 2 ]; }

test_software_is_never_hardware() {
	tool apply --mode software lan0 wan0 > /dev/null
	start_blast
	check "software has no confidence" is none compared .confidence
	stop_blast
	tool remove > /dev/null
}

# ---- Metrics

metrics_are_valid() { tool metrics | promtool check metrics; }

metric() { tool metrics | sed -n "s/^nftoffload_$1 //p"; }

test_metrics() {
	tool apply lan0 wan0 > /dev/null
	start_flow -c 203.0.113.2
	check_soon "flows come" hardware_flows
	check "the metrics are valid" metrics_are_valid
	check "flows by state, family and protocol" \
		is "$(status .flows.hardware)" metric 'flows{state="hardware",family="ipv4",protocol="tcp"}'
	check "none of IPv6" is 0 metric 'flows{state="hardware",family="ipv6",protocol="tcp"}'
	check "insertions" is "$(status .inserted)" metric 'inserted_flows_total{name="nftoffload"}'
	check "leaks" is "$(status .leaked)" metric 'leaked_packets_total{name="nftoffload"}'
	check "devices" is 2 metric 'devices{name="nftoffload",state="hardware"}'
	check "the mode" is 1 metric 'effective_mode{name="nftoffload",mode="hardware"}'
	check "timeouts" is 30 metric tcp_timeout_seconds
	check "the size of conntrack" \
		is "$(in_router sysctl -n net.netfilter.nf_conntrack_max)" metric conntrack_entries_max
	if has flowtable-procfs; then
		check "the backlog" is 0 metric 'backlog_flows{work="add"}'
	else
		check "no backlog" prints_nothing metric 'backlog_flows{work="add"}'
	fi
	stop_flow
	tool remove > /dev/null
}

# More connections than conntrack has room for, in so few buckets that each new one finds another to
# take the place of. Both settings are of all network namespaces.
test_evictions() {
	local max size
	max=$(sysctl -n net.netfilter.nf_conntrack_max)
	size=$(cat "$hash_size")
	tool apply lan0 wan0 > /dev/null
	check "as many evictions as conntrack counts" is "$(early_drops)" \
		metric evicted_connections_total
	echo 512 > "$hash_size"
	sysctl -qw net.netfilter.nf_conntrack_max=1000
	# None is over before the last one comes.
	in_router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3600
	send_datagrams 1200
	sysctl -qw net.netfilter.nf_conntrack_max="$max"
	in_router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=30
	echo "$size" > "$hash_size"
	check "conntrack was full, and evicted some" test "$(early_drops)" -ge 100
	check "as many as it counts again" is "$(early_drops)" metric evicted_connections_total
	check "in JSON, too" is "$(early_drops)" status .early_drops
	tool remove > /dev/null
}

hash_size=/sys/module/nf_conntrack/parameters/hashsize

send_datagrams() {	# NUMBER, each of them from a port of its own
	# shellcheck disable=SC2016
	ip netns exec lan bash -c '
		for ((i = 0; i < $0; i++)); do
			echo > /dev/udp/203.0.113.2/$((10000 + i))
		done 2> /dev/null' "$1"
}

# Of all processors, in the words of conntrack(8).
early_drops() {
	in_router conntrack -S | grep -o "early_drop=[0-9]*" | awk -F= '{ sum += $2 } END { print sum }'
}

test_rates() {
	looks=$(mktemp)
	tool apply lan0 wan0 > /dev/null
	start_blast
	check_soon "insertions have a rate" has_inserted_between_looks
	check "leaks, too" is number jq -r '.leaked_per_s | type' "$looks"
	rm "$looks"
	stop_blast
	tool remove > /dev/null
	check "without an instance there is none" is null compared .inserted_per_s
}

# Between the two looks, the flow is thrown out again and again.
has_inserted_between_looks() {
	local pid
	tool status --interval 5 --json > "$looks" &
	pid=$!
	while kill -0 "$pid" 2> /dev/null; do tool evict --all > /dev/null || return; done
	wait "$pid" && is true jq '.inserted_per_s > 0' "$looks"
}

clean_up() {
	stop_blast
	unmake_router
}

trap clean_up EXIT
make_router nftosim
test_nothing
test_software
test_hardware
test_feature_off
test_dormant
test_forwarding
test_rules
test_missing_device
test_refused
test_foreign
test_metrics
test_evictions
test_rates
test_confirmed
test_not_confirmed
test_no_statistics
test_all_in_software
test_closing
test_declined_tcp
test_software_is_never_hardware
done_testing
