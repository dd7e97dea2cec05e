# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Probes with a condition: their sites are there while it holds, and only then.
. "$SRCDIR/tests/lib.sh"

threads=$TEST_TMP/threads
$CC -O1 -pthread -o "$threads" "$SRCDIR/tests/probes/threads.c" || exit 1
point="process(\"$threads\").function(\"counted\")"

# How many links the session holds.
links() {
	held $pid | grep -c '^link '
}

start a-condition-that-never-holds
spile -c "$threads 1 10" -e "global on = 0, n
	probe $point if (on) { n++ } probe end { println(n, \" \", on) }"
want_out '0 0'
finish

start a-condition-that-holds
spile -c "$threads 1 10" -e "global on = 1, n
	probe $point if (on) { n++ } probe end { println(n, \" \", on) }"
want_out '10 1'
finish

start a-condition-that-begin-makes-hold
spile -c "$threads 1 10" -e "global on, n
	probe begin { on = 1 } probe $point if (on == 1) { n++ } probe end { println(n) }"
want_out 10
finish

start a-condition-that-a-handler-of-the-kernel-ends
spile -c "$threads 1 100" -e "global n
	probe $point if (n < 7) { n++ } probe end { println(n) }"
want_out 7
finish

start detached-and-attached
"$SPILE" -T 20 -e "global on
	probe begin { println(\"ready\") }
	probe $point if (on) { println(\"hit\") }
	probe kernel.trace(\"sched:sched_process_fork\") if (on) { forks++ }
	probe timer.s(2) { on = !on; println(\"on \", on) }" >"$TEST_TMP/log" 2>"$TEST_TMP/err" &
pid=$!
line() { # waits for the nth line
	for _ in $(seq 200); do
		[ "$(wc -l <"$TEST_TMP/log")" -lt "$1" ] || return 0
		sleep 0.05
	done
	return 1
}
line 1
off=$(links)
line 2
sleep 0.7
on=$(links)
"$threads" 1 1
line 4
sleep 0.7
again=$(links)
"$threads" 1 1
kill -INT $pid
wait $pid
status=$? out=$(cat "$TEST_TMP/log") err=$(cat "$TEST_TMP/err")
want "detached at first" [ "$off" = 0 ]
want "attached" [ "$on" = 2 ]
want "detached again" [ "$again" = 0 ]
want_out $'ready\non 1\nhit\non 0'
finish

start a-timer-that-stops
spile -c 'sleep 1.2' -e 'global n, late
	probe timer.ms(10) if (n < 5) { n++ }
	probe timer.ms(600) { late = n }
	probe end { println(n, " ", late) }'
want_out '5 5'
finish

start a-timer-that-starts
spile -c 'sleep 1.5' -e 'global on, n, early
	probe timer.ms(10) if (on) { n++ }
	probe timer.ms(500) { if (!on) early = n; on = 1 }
	probe end { println(early, " ", n > 10) }'
want_out '0 1'
finish

start conditions-of-begin-and-end
spile -e 'global a = 1, b
	probe begin if (a) { println("begin") } probe begin(1) if (b) { println("not") }
	probe begin(2) { b = 1; exit() } probe end if (b) { println("end") }
	probe end(1) if (a > 1) { println("not") }'
want_out $'begin\nend'
finish

start a-condition-with-a-function-and-a-string
spile -c "$threads 1 10" -e "global who = \"nobody\", n
	function wanted() { return who == \"all\" }
	probe begin { who = \"all\" } probe $point if (wanted()) { n++ } probe end { println(n) }"
want_out 10
finish

start a-probe-that-cannot-be-attached-later
spile -c "sleep 1" -e "global on
	probe timer.ms(100) { on = 1 }
	probe process(\"/bin/sleep\").statement(0x40) if (on) { }"
want_status 1
finish
