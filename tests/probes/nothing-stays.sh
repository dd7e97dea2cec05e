# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# However a session ends, the kernel has none of its programs, maps and links afterwards, and
# what it started has none of its descriptors.
. "$SRCDIR/tests/lib.sh"

threads=$TEST_TMP/threads
$CC -O1 -pthread -o "$threads" "$SRCDIR/tests/probes/threads.c" || exit 1
script="global n, by, s
	probe process(\"$threads\").function(\"counted\") { n++ }
	probe process(\"$threads\").function(\"counted\").return { by[tid()] <<< n }
	probe kernel.trace(\"sched:sched_process_fork\") { s[execname()]++ }
	probe syscall.nanosleep { foreach (name in s) n += s[name] }
	probe timer.profile { n++ }
	probe timer.ms(20) { n++ }
	probe end { delete n; delete by; delete s }"

# session OPTIONS...: starts one, waits until its probes are armed; $pid, $objects
session() {
	rm -f "$TEST_TMP/out" "$TEST_TMP/err"
	"$SPILE" "$@" >"$TEST_TMP/out" 2>"$TEST_TMP/err" </dev/null &
	pid=$!
	wait_for ready "$TEST_TMP/out" || wrong "the probes were never armed"
	sleep 0.3
	objects=$(held $pid)
}

# ended: waits for it; $out, $err, $status
ended() {
	wait $pid 2>/dev/null
	status=$?
	out=$(cat "$TEST_TMP/out") err=$(cat "$TEST_TMP/err") status_checked=1
	for kind in prog map link; do
		grep -q "^$kind " <<<"$objects" || wrong "it held no $kind"
	done
	left=$(still_there "$objects")
	[ -z "$left" ] || wrong "the kernel still has"$'\n'"$left"
	want "the traced program still runs" "$threads" 1 10
}

if ! command -v bpftool >/dev/null; then
	echo "skip nothing-stays: there is no bpftool"
	exit 0
fi

start nothing-stays-after-exit
session -e "$script probe timer.ms(100) { println(\"ready\") } probe timer.s(2) { exit() }"
ended
want_status 0
finish

start nothing-stays-after-the-command
session -c "sleep 2" -e "$script probe timer.ms(100) { println(\"ready\") }"
ended
want_status 0
finish

start nothing-stays-after-an-error
session -e "$script probe timer.ms(100) { println(\"ready\") } probe timer.s(2) { error(\"enough\") }"
ended
want_status 1
finish

start nothing-stays-when-interrupted
session -e "$script probe timer.ms(100) { println(\"ready\") }"
kill -INT $pid
ended
want_status 0
finish

start nothing-stays-when-interrupted-twice
session -e "$script probe timer.ms(100) { println(\"ready\") } probe end { while (1) n++ }" \
	-D MAXACTION=1000000000
kill -INT $pid
sleep 0.3
kill -INT $pid 2>/dev/null
ended
finish

start nothing-stays-when-killed
session -e "$script probe timer.ms(100) { println(\"ready\") }"
kill -KILL $pid
ended
want_status 137
finish

# What this shell itself was given is not ours. ls has the directory open, too.
descriptors=$(ls /proc/self/fd)

start the-command-inherits-no-descriptor
spile -c 'ls /proc/self/fd' -e "$script"
want_out "$descriptors"
finish

start a-shell-of-a-handler-inherits-no-descriptor
spile -e "$script probe begin { system(\"ls /proc/self/fd\") } probe timer.ms(700) { exit() }"
want_out "$descriptors"
finish

# A link each, and more of them than a shell allows; programs keep what they were allowed.
start more-links-than-descriptors
allowed=$(ulimit -Sn)
ulimit -Sn 256
spile -c 'sh -c "ulimit -Sn"' -e 'global n
	probe kernel.trace("syscalls:sys_enter_*") { n++ }
	probe begin { system("ulimit -Sn >&2") }
	probe end { println(n > 0) }'
ulimit -Sn "$allowed"
want_out "256
1"
want_match '^256$' "$err"
want "no site is refused" [ -z "$(grep 'not attached' <<<"$err")" ]
finish
