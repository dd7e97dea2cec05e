# SPDX-License-Identifier: GPL-2.0-or-later
# For the tests that are shell scripts (tests/probes/*.sh and kin). A script is a list of tests:
#
#	. "$SRCDIR/tests/lib.sh"
#
#	start counts-calls                        # names the test
#	spile -c ./target -e 'probe ...'          # runs it: $out, $err, $status
#	want_status 0                             # 0 is what each test checks anyway
#	want_out 'calls: 1000'                    # the whole of stdout
#	want_match '^calls: [0-9]+$' "$out"       # a line, extended regular expression
#	want "two and two" [ 4 = 4 ]              # any command
#	finish                                    # ok, or not ok with what was wrong
#
# `skip REASON` in place of the rest skips the test. A script may make files in $TEST_TMP.

failures=
test_name=
status_checked=

start() {
	test_name=$1 failures= out= err= status= status_checked=1 skipped=
}

# 60 s is a hang.
spile() {
	timeout -k 5 "${SPILE_TIMEOUT:-60}" "$SPILE" "$@" >"$TEST_TMP/out" 2>"$TEST_TMP/err" </dev/null
	status=$?
	out=$(cat "$TEST_TMP/out") err=$(cat "$TEST_TMP/err")
	status_checked=
}

wrong() {
	failures+="$*"$'\n'
}

want_status() {
	status_checked=1
	[ "$status" = "$1" ] || wrong "status $status, not $1"
}

want_out() {
	[ "$out" = "$1" ] || wrong "stdout is"$'\n'"$out"$'\n'"not"$'\n'"$1"
}

want_match() {
	grep -Eq -- "$1" <<<"$2" || wrong "no line matches $1 in"$'\n'"$2"
}

want_no_match() {
	! grep -Eq -- "$1" <<<"$2" || wrong "a line matches $1 in"$'\n'"$2"
}

# want WHAT COMMAND...
want() {
	local what=$1
	shift
	"$@" || wrong "$what: $*"
}

skip() {
	skipped=1
	echo "skip $test_name: $*"
}

finish() {
	[ -z "$skipped" ] || return 0
	[ -n "$status_checked" ] || want_status 0
	if [ -z "$failures" ]; then
		echo "ok $test_name"
		return
	fi
	sed 's/^/# /' <<<"${failures%$'\n'}"
	[ -z "$err" ] || sed 's/^/# stderr: /' <<<"$err"
	echo "not ok $test_name"
}

# held PID: the BPF objects that a process has open, a "prog 12", "map 7" or "link 3" a line
held() {
	cat "/proc/$1"/fdinfo/* 2>/dev/null |
		sed -n 's/^\(prog\|map\|link\)_id:[[:space:]]*\([0-9]*\)$/\1 \2/p' | sort -u
}

# still_there OBJECTS: those of `held` that the kernel still has; what goes away has 5 s
still_there() {
	local kind id left=$1 was
	for _ in $(seq 50); do
		was=$left left=
		while read -r kind id; do
			[ -n "$id" ] && bpftool "$kind" show id "$id" >/dev/null 2>&1 && left+="$kind $id"$'\n'
		done <<<"$was"
		[ -n "$left" ] || return 0
		sleep 0.1
	done
	printf %s "$left"
}

# wait_for WHAT FILE: until a line of the file matches, 20 s at most
wait_for() {
	for _ in $(seq 200); do
		! grep -Eq -- "$1" "$2" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

# vm_module NAME: a file to insmod, of the kernel that tests/vm/run runs
vm_module() {
	local directory path
	directory=$(echo "$("$SRCDIR/tests/vm/kernel" --have "$SPILE_VM")"/lib/modules/*)
	path=$directory/$(grep -m 1 "/$1\.ko$" "$directory/modules.order") || return 1
	if [ -f "$path.xz" ]; then
		xz -dc "$path.xz" >"$TEST_TMP/$1.ko"
		path=$TEST_TMP/$1.ko
	fi
	[ -f "$path" ] && echo "$path"
}

# vm_load NAME...: loads modules that the kernel's package has and that are not there yet
vm_load() {
	local name file
	for name; do
		grep -q "^$name " /proc/modules && continue
		! file=$(vm_module "$name") || insmod "$file" || return 1
	done
}

# A process that sleeps, in a directory of its own and with some files open: $sleeper, until the
# script ends.
start_sleeper() {
	mkdir -p "$TEST_TMP/dir"
	(
		cd "$TEST_TMP/dir" || exit 1
		exec 3</proc/self/status 4<>gone 5</dev/null 6>&- <"$TEST_TMP/dir" >kept 2>&1
		rm gone
		exec sleep 300
	) &
	sleeper=$!
	trap 'kill $sleeper' EXIT
	# It has loaded what it needs once it is in nanosleep (35) or clock_nanosleep (230).
	until grep -Eq '^(35|230) ' /proc/$sleeper/syscall; do sleep 0.05; done
}
