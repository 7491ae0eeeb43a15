#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Does the lab keep what lab/run promises? Runs on the host, prints TAP.
# shellcheck disable=SC2016 # what is in single quotes is for the guest's shell
set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd -P)
# shellcheck source=kernel/tap.sh
. "$top/tests/kernel/tap.sh"
run=$top/lab/run
work=$(mktemp -d)
inside=$(mktemp -d "$top/lab-test.XXXXXX")
trap 'rm -rf "$work" "$inside"' EXIT
# lab ARGUMENT...: runs the lab; leaves $status, $work/out and $work/err.
lab() {
	"$run" "$@" > "$work/out" 2> "$work/err" < /dev/null
	status=$?
	echo "lab/run $*: exit status $status, stdout and stderr:"
	cat "$work/out" "$work/err"
}

out_is() { [ "$(cat "$work/out")" = "$1" ]; }
err_says() { grep -qF -- "$1" "$work/err"; }
ended_with() { [ "$status" -eq "$1" ]; }

boots() {
	lab --kernel "$1" -- sh -c 'uname -r; id -u; ls -d /sys/module/nftosim; echo oops >&2; exit 7'
	ended_with 7 || return
	[[ $(cat "$work/out") == $2$'\n0\n/sys/module/nftosim' ]] || return
	[ "$(cat "$work/err")" = oops ]
}

status_is_the_commands() {
	local expected
	for expected in 0 1 255; do
		lab -- sh -c "exit $expected"
		ended_with "$expected" || return
	done
	lab -- no-such-command
	ended_with 127
}

arguments_survive() {
	local arguments=('two words' '' "it's" '"quoted"' $'new\nline\n' '$HOME' '*' 'back\slash' 'é')
	lab -- printf '<%s>' "${arguments[@]}"
	# shellcheck disable=SC2059
	cmp "$work/out" <(printf '<%s>' "${arguments[@]}")
}

ten_megabytes_survive() {
	head -c 10000000 /dev/urandom > "$work/random"
	"$run" --kernel "$1" -- cat < "$work/random" > "$work/copy" && cmp "$work/random" "$work/copy"
}

host_is_read_only() {
	lab --kernel "$1" -- sh -c 'for folder in / /usr /etc /var/lib; do touch $folder/lab-was-here; done; touch /tmp/x /run/x'
	[ "$(grep -c 'Read-only file system' "$work/err")" -eq 4 ] && ended_with 0 && [ ! -e /usr/lab-was-here ]
}

repository_is_writable() {
	(cd "$inside" && lab --kernel "$1" -- sh -c 'pwd; echo from the guest > file') || return
	[ "$(cat "$inside/file")" = 'from the guest' ]
}

a_path_may_have_spaces() {
	local folder="$work/a path, with 'quotes'"
	mkdir "$folder"
	cp -a "$top/lab" "$folder"
	run="$folder/lab/run" lab -- sh -c 'pwd; touch file'
	out_is "$folder" && [ -e "$folder/file" ]
}

environment_is_passed() {
	NFTO_TEST=$'a b\nc' SECRET=x lab -- sh -c 'echo "$NFTO_TEST$SECRET"'
	out_is $'a b\nc'
}

leftovers_do_not_hold() {
	lab --timeout "$patience_s" -- sh -c 'sleep 1000 & echo done'
	out_is 'done' && ended_with 0
}

lost_reader_ends_it() {
	timeout "$patience_s" "$run" -- yes | head -n 1
	[ "${PIPESTATUS[*]}" = "141 0" ]
}

complaint_fails() {
	lab --kernel "$1" -- sh -c 'echo "WARNING: a test" > /dev/kmsg'
	ended_with 125 && err_says 'the first complaint' && err_says 'WARNING: a test' || return
	lab --kernel "$1" -- sh -c 'echo "WARNING: a test" > /dev/kmsg; exit 3'
	ended_with 3 && err_says 'the first complaint'
}

panic_fails() {
	lab --kernel "$1" -- sh -c 'echo so far; sleep 1; echo c > /proc/sysrq-trigger; sleep 60'
	ended_with 125 && out_is 'so far' && err_says 'the kernel panicked' && err_says 'Call Trace'
}

time_limit_holds() {
	lab --kernel "$1" --timeout 2 -- sleep 1234
	ended_with 124 && err_says 'took longer than 2 s' && err_says 'sleep 1234'
}

# The heart is the oldest child of process 1.
hang_fails() {
	NFTO_LAB_HEARTBEAT_LIMIT=15 lab -- sh -c 'kill -KILL $(pgrep -o -P 1); sleep 100'
	ended_with 125 && err_says 'the kernel hangs' && err_says 'NMI: Not continuing'
}

a_guest_that_does_not_boot_fails() {
	mkdir -p "$work/bin"
	printf '#!/bin/sh\n[ "$1" = --version ] || echo "no such machine" >&2\nexit 1\n' > "$work/bin/qemu-system-x86_64"
	chmod +x "$work/bin/qemu-system-x86_64"
	PATH=$work/bin:$PATH lab -- true
	ended_with 125 && err_says 'does not boot' && err_says 'no such machine'
}

wrong_usage_fails() {
	lab --kernel 5.4 -- true
	ended_with 125 && err_says "no kernel '5.4' here; there are: 6.1 6.12 newest uml uml-newest" || return
	lab --timeout soon -- true
	ended_with 125 && err_says "'soon' is not a number" || return
	lab --nonsense
	ended_with 125 && err_says '--nonsense'
}

# All that a lab leaves behind would be in this folder, or be a process that has to do with it.
being_killed_cleans_up() {
	mkdir -p "$work/tmp"
	TMPDIR=$work/tmp "$run" --kernel "$1" -- sleep 1000 > "$work/out" 2>&1 &
	local lab=$! guests="(qemu-system|/linux mem=).*$work/tmp"
	wait_for compgen -G "$work/tmp/*/exchange/booted"
	pgrep -f "$guests" > /dev/null || return
	kill -TERM "$lab"
	wait "$lab"
	status=$?
	soon fails 1 pgrep -a -f "$guests" && ended_with 143 &&
		prints_nothing find "$work/tmp" -mindepth 1
}

two_at_a_time() {
	"$run" -- sh -c 'sleep 3; echo first' > "$work/first" &
	lab -- sh -c 'sleep 3; echo second'
	wait $! && out_is second && [ "$(cat "$work/first")" = first ]
}

networking_works() {
	lab --kernel "$1" -- bash -euxc '
		. "$0/tests/kernel/patience.sh"
		listens() { ip netns exec b ss -Hltn | grep 5201; }
		modprobe nft_flow_offload
		ip netns add a; ip netns add b
		ip link add va netns a type veth peer name vb netns b
		ip -n a addr add 10.0.0.1/24 dev va; ip -n a link set va up
		ip -n b addr add 10.0.0.2/24 dev vb; ip -n b link set vb up
		ip netns exec a nft "add table inet t; add flowtable inet t f { hook ingress priority 0; devices = { va }; }"
		ip netns exec a nft "add chain inet t c { type filter hook output priority 0; ct state new accept; }"
		ip netns exec b iperf3 -s -1 -D
		wait_for listens
		ip netns exec a iperf3 -c 10.0.0.2 -t 1 | grep receiver
		ip netns exec a conntrack -L -p tcp --dport 5201 | grep 10.0.0.2
		ethtool -k lo | grep hw-tc-offload
		ip link show lo | grep LOOPBACK,UP
		[ "$(uname -n)" = lab ]' "$top"
	ended_with 0
}

# Types one line into a shell in a terminal of its own, as soon as the shell is there.
shell_works() {
	rm -f "$work/keys"
	mkfifo "$work/keys"
	: > "$work/screen"
	timeout "$patience_s" script -qefc "stty rows 33 cols 111; '$run' --kernel $1" /dev/null < "$work/keys" > "$work/screen" &
	exec 7> "$work/keys"
	wait_for grep -q 'root@lab' "$work/screen"
	echo 'sleep 2; echo size $(stty size); set -o | grep monitor; exit 5' >&7
	wait $!
	status=$?
	exec 7>&-
	cat "$work/screen"
	ended_with 5 && grep -q 'size 33 111' "$work/screen" && grep -q 'monitor.*on' "$work/screen"
}

for series in 6.12 6.1 newest uml uml-newest; do
	case $series in
	uml)     release='6.12.*-uml' ;;
	*newest) release=$(cat "$("$top/lab/kernel" $series)/release") ;;
	*)       release="$series.*" ;;
	esac
	started=$SECONDS
	check "$series boots, runs the command as root, ends with its status" boots $series "$release"
	echo "# in $((SECONDS - started)) s, from start to end"
	check "$series: flowtables, namespaces, iperf3, conntrack and ethtool work" networking_works $series
	check "$series: a panic is an error with the console's last lines" panic_fails $series
done
for series in 6.12 uml; do
	check "$series: ten megabytes go in and come out byte by byte" ten_megabytes_survive $series
	check "$series: the host's files are read-only" host_is_read_only $series
	check "$series: the repository is writable" repository_is_writable $series
	check "$series: a warning of the kernel fails a command that succeeded" complaint_fails $series
	check "$series: a command that takes too long is ended, and shown" time_limit_holds $series
	check "$series: a lab that is killed leaves nothing behind" being_killed_cleans_up $series
	check "$series: a shell has job control and the terminal's size" shell_works $series
done
check "the exit status is the command's" status_is_the_commands
check "arguments survive whatever they hold" arguments_survive
check "the repository's path may have spaces, commas and quotes" a_path_may_have_spaces
check "NFTO_ variables are passed, others are not" environment_is_passed
check "what a command leaves running does not hold the run" leftovers_do_not_hold
check "the run ends when nobody reads its output" lost_reader_ends_it
check "a guest without a heartbeat is ended by an NMI, and shown" hang_fails
check "a guest that does not boot is an error, with QEMU's words" a_guest_that_does_not_boot_fails
check "wrong usage is an error" wrong_usage_fails
check "two labs run at the same time" two_at_a_time
done_testing
