#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Apply, while traffic runs, while devices come and go, and while others write. In the lab, as root.
set -euo pipefail
cd "$(dirname "$0")"
. ./tap.sh
. ./router.sh

stream_s=${NFTO_TEST_STREAM_S:-60}

show_state() {
	tool status
	in_router nft list table inet nftoffload
}

devices() { tool status --json | jq -c '[.devices[] | select(.state != "missing" and .state != "waiting") | .name] | sort'; }
ruleset() { in_router nft -a list ruleset; }
wanted() { in_router nft -j list set inet nftoffload wanted | jq -c '[.nftables[1].set.elem[].elem | [.val, .comment]] | sort'; }

# ---- streams

# Numbered datagrams to port 5300, a thousand at least, until there is a file; what was sent is how many
# of them.
send_datagrams() {	# FILE
	in_lan python3 - "$1" <<-'END'
	import os, socket, sys, time
	sender, count = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0
	while count < 1000 or not os.path.exists(sys.argv[1]):
	    sender.sendto(count.to_bytes(8, 'big') + bytes(1000), ('203.0.113.2', 5300))
	    count += 1
	    time.sleep(0.005)
	print(count)
	END
}

# Which of them come: how many different ones, and how many came again. Ends when as many have come as a
# file says that were sent, or nothing comes any more. There is room for what comes while this has to wait
# for a processor.
receive_datagrams() {	# FILE
	in_wan python3 - "$1" "$patience_s" <<-'END'
	import socket, sys
	receiver, seen, again, silent_s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), set(), 0, 0
	SO_RCVBUFFORCE = 33
	receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
	receiver.bind(('203.0.113.2', 5300))
	receiver.settimeout(1)
	while silent_s < int(sys.argv[2]) and open(sys.argv[1]).read().strip() != str(len(seen)):
	    try:
	        number = receiver.recv(2000)[:8]
	    except TimeoutError:
	        silent_s += 1
	        continue
	    silent_s = 0
	    again += number in seen
	    seen.add(number)
	print(len(seen), again)
	END
}

start_streams() {
	start_flow -c 203.0.113.2
	: > "$work/sent"
	receive_datagrams "$work/sent" > "$work/received" &
	receiver_pid=$!
	wait_for listens udp 5300
	send_datagrams "$work/stop" > "$work/sent" &
	sender_pid=$!
}

both_in_hardware() {
	tool flows --json | jq -sec 'map(select(.packets > 100 and .state == "hardware")) |
		any(.proto == "tcp" and .dport == 5202) and any(.proto == "udp" and .dport == 5300)'
}

# What a look sees is judged later: jq would take longer than all the rest.
look_and_apply() {
	local list changes=0
	SECONDS=0
	while [ "$changes" -lt 100 ] || [ "$SECONDS" -lt "$stream_s" ]; do
		if [ "$changes" -lt 100 ]; then
			list=(lan0 wan0)
			[ $((changes % 2)) = 1 ] || list+=(dmz0)
			tool apply --mode hardware "${list[@]}" >> "$work/applied" || return
			changes=$((changes + 1))
		fi
		tool flows --json >> "$work/looks" || return
		echo '{"look":true}' >> "$work/looks"
	done
}

# Each look saw both, the same two as before, in hardware, with no packet less than the look before. (The
# TCP connection of iperf3 that carries data is the one with many packets.)
counters_never_go_back() {
	jq -r 'if .look then "look"
		elif (.dport == 5202 and .proto == "tcp" or .dport == 5300) and .packets > 100
		then "\(.proto) \(.sport) \(.state) \(.packets)" else empty end' "$work/looks" | awk '
		$1 == "look" { looks++; next }
		$3 != "hardware" { print "look", looks, $0; bad = 1 }
		$1 in sport && sport[$1] != $2 { print "another connection:", $0; bad = 1 }
		$4 < packets[$1] { print "fewer than", packets[$1] ":", $0; bad = 1 }
		{ sport[$1] = $2; packets[$1] = $4; seen[$1]++ }
		END { print seen["tcp"], seen["udp"], "of", looks, "TCP and UDP packets:", packets["tcp"],
				packets["udp"]
			exit bad || looks < 100 || seen["tcp"] != looks || seen["udp"] != looks }'
}

# What TCP sends again is told, not judged: the emulated machine pauses for longer than TCP waits, and moves
# iperf3 from one processor to the other, so that packets overtake each other. Datagrams are counted.
tell_tcp() {
	in_lan ss -Htni 'dport = 5202' |
		sed -nE 's/.*( bytes_acked:[0-9]+).*( retrans:[0-9/]+).*/# TCP:\1\2/p'
}

no_datagram_is_lost() {
	echo "sent $(cat "$work/sent"), received and repeated $(cat "$work/received")"
	[ "$(cat "$work/sent")" -ge 1000 ] && [ "$(cat "$work/received")" = "$(cat "$work/sent") 0" ]
}

test_streams() {
	tool apply --mode hardware lan0 wan0 > "$work/applied"
	start_streams
	check_soon "a TCP and a UDP stream are in hardware" both_in_hardware
	check "100 times another device comes or goes" look_and_apply
	check "each of them was a change" is 101 grep -vc 'as it was' "$work/applied"
	check "the streams stay in hardware, and their counters never go back" counters_never_go_back
	tell_tcp
	: > "$work/stop"
	wait "$sender_pid" "$receiver_pid"
	check "no datagram is lost" no_datagram_is_lost
	stop_flow
	tool remove > /dev/null
}

# ---- the same again

test_same() {
	local before i
	tool apply lan0 wan0 > /dev/null
	in_router nft monitor > "$work/monitor" &
	monitor=$!
	before=$(ruleset)
	for i in {1..20}; do
		tool apply lan0 wan0
	done > "$work/same"
	check "the same again is as it was" is 20 grep -c 'as it was' "$work/same"
	check "and the rule set, with its handles, too" is "$before" ruleset
	tool apply lan0 wan0 dmz0 > /dev/null
	check_soon "a change is an event" grep -q dmz0 "$work/monitor"
	check_soon "the same again is none" is 1 grep -c '^# new generation' "$work/monitor"
	kill "$monitor"
	tool remove > /dev/null
}

# ---- devices that are not there

test_missing() {
	check "a missing device fails nothing" tool apply lan0 wan0 late0
	check "the others are in" is '["lan0","wan0"]' devices
	check "it is remembered" contains '"late0"' wanted
	check "the same again changes nothing" contains "as it was" tool apply lan0 wan0 late0
	ip -n router link add late0 type nftosim peer name late1
	check "when it is there, it is added" tool apply lan0 wan0 late0
	check "to the others" is '["lan0","late0","wan0"]' devices
	ip -n router link delete late0
	check "it may go again" is '["lan0","wan0"]' devices
	check "which is as it was asked for" contains "as it was" tool apply lan0 wan0 late0
	check "only missing devices are no failure, either" tool apply nosuch0 nosuch1
	check "nothing is offloaded then" is none status .effective
	tool remove > /dev/null
}

# ---- others write

commit_for_ever() {
	while :; do
		in_router nft 'add table ip busy; add chain ip busy c; delete table ip busy'
	done
}

# Each apply has done what it was asked for, or says that it could not.
apply_against_others() {
	local i list expected output interrupted=0
	for i in {1..30}; do
		list=(lan0 wan0) expected='["lan0","wan0"]'
		[ $((i % 2)) = 1 ] || list=(dmz0 lan0 wan0) expected='["dmz0","lan0","wan0"]'
		if output=$(tool apply "${list[@]}" 2>&1); then
			is "$expected" devices || return
		else
			[[ $output == *"keep changing the rule set"* ]] || { echo "$output"; return 1; }
			interrupted=$((interrupted + 1))
		fi
	done
	echo "# $interrupted of 30 were interrupted" > "$work/interrupted"
}

test_others() {
	commit_for_ever &
	writer=$!
	check "against a loop of commits, it is done, or said that it is not" apply_against_others
	cat "$work/interrupted"
	kill "$writer"
	wait "$writer" 2>/dev/null || true
	check "without them, it is done" tool apply lan0 wan0
	check "as asked for" is '["lan0","wan0"]' devices
	tool remove > /dev/null
}

# ---- what somebody has changed is mended

test_mended() {
	tool apply --mode software lan0 wan0 > /dev/null
	in_router nft 'flush chain inet nftoffload forward; delete chain inet nftoffload forward;
		add chain inet nftoffload forward { type filter hook input priority 5; }'
	check "a chain on another hook is replaced" tool apply --mode software lan0 wan0
	check "by ours" contains "hook forward priority filter + 10" \
		in_router nft list chain inet nftoffload forward
	in_router nft 'delete element inet nftoffload wanted { "wan0" }'
	check "a name that is forgotten is written again" tool apply --mode software lan0 wan0
	check "beside the other" is '[["lan0","interface"],["wan0","interface"]]' wanted
	in_router nft list ruleset > "$work/saved"
	in_router nft flush ruleset
	check "what nft saves, it restores" in_router nft -f "$work/saved"
	check "and it is as it was" contains "as it was" tool apply --mode software lan0 wan0
	in_router nft 'flush chain inet nftoffload leaks
		delete flowtable inet nftoffload ft { hook ingress priority 0; devices = { wan0 }; }'
	check "what was asked for is known, and asked for once more" tool apply --again
	check "so all of it is there" is '["lan0","wan0"]' devices
	check "as it was asked for" contains "as it was" tool apply --mode software lan0 wan0
	tool remove > /dev/null
}

work=$(mktemp -d)
trap unmake_router EXIT
make_router nftosim
ip -n router link add dmz0 type nftosim peer name dmz1
ip -n router link set dmz0 up
test_same
test_missing
test_mended
test_others
test_streams
done_testing
