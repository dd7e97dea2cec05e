# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# How a session begins and ends.
. "$SRCDIR/tests/lib.sh"

threads=$TEST_TMP/threads
$CC -O1 -pthread -o "$threads" "$SRCDIR/tests/probes/threads.c" || exit 1
point="process(\"$threads\").function(\"counted\")"

start the-command-ends-the-session
spile -c true -e 'probe begin { println("begin") } probe end { println("end") }'
want_out $'begin\nend'
finish

start several-scripts
spile -E 'probe end { println("second ", twice(2)) }' -e 'function twice(n) { return 2 * n }
	probe oneshot { println("first") }'
want_out $'first\nsecond 4'
finish

start a-mistake-in-the-second-script
spile -E 'probe end { println(1 }' -e 'probe oneshot { }'
want_status 1
want_match '<input 2>:1:23' "$err"
finish

start errors-of-handlers-are-only-counted
spile --suppress-handler-errors -e 'global n probe timer.ms(5) {
	if (n++ == 5) exit()
	println(n)
	error("no")
} probe end { println("end") }'
want_out $'1\n2\n3\n4\n5\n6\nend'
want_match 'number of errors: 6' "$err"
want "nothing else is said" [ "$(grep -c . <<<"$err")" = 1 ]
finish

start an-example
spile -p1 --example bash-commands
want_match 'process\("bash"\)' "$out"
finish

start a-script-of-its-time
spile --compatible=3.0 -e 'probe oneshot { println(%( systemtap_v < "4" %? "old" %: "new" %)) }'
want_out old
finish

start no-globals-at-the-end
spile --no-global-var-display -e 'global n probe oneshot { n = 3 }'
want_out ""
finish

start variables-that-are-not-there
spile --skip-badvars -c "$threads 1 2" -e "probe $point { println(\$nothing + 1, \$nothing\$, \$\$nothing) }"
want_out $'1\n1'
finish

start memory-that-is-not-there
spile --skip-badvars -e 'probe oneshot { println(@uderef(8, 16) + 1) }'
want_out 1
finish

start the-command-waits-for-the-probes
spile -c "$threads 1 10" -e "global n probe $point { n++ } probe end { println(n) }"
want_out 10
finish

start the-command-has-its-output
spile -c 'echo from the command' -e 'probe end { println("from the end") }'
want_out $'from the command\nfrom the end'
finish

start the-command-has-its-arguments
spile -c "sh -c 'echo \"\$0 \$1\" one' two" -e 'probe end { }'
want_match 'one' "$out"
finish

start target
spile -c "$threads 1 10" -e "global n
	probe $point { if (pid() == target()) n++ } probe end { println(n) }"
want_out 10
finish

start the-target-is-the-program-when-only-its-words-look-like-shell
spile -c "sh -c 'echo \$\$; (true)' \"(a; b)\"" -e 'probe end { println(target()) }'
want "one number, twice" [ "$(sort -u <<<"$out" | wc -l) $(wc -l <<<"$out")" = "1 2" ]
finish

start a-command-for-the-shell
spile -c "sh -c 'exit 0' && echo \"it's \$((1 + 1))\"; echo 'three'" -e 'probe begin { }'
want_out $'it\'s 2\nthree'
finish

start the-command-has-the-name-it-was-called-by
ln -sf "$(command -v sleep)" "$TEST_TMP/called-so"
spile -c "$TEST_TMP/called-so 0" -e 'probe process.begin { println(execname(), " ", pid() == target()) }'
want_out 'called-so 1'
finish

start a-command-that-does-not-exist
spile -c /no/such/program -e 'probe begin { println("begin") }'
want_status 1
want_match '/no/such/program' "$err"
finish

start a-running-process
sleep 1 &
pid=$!
spile -x $pid -e 'probe begin { println(target()) }'
want_out $pid
wait $pid
finish

start a-command-that-is-no-program
spile -c /etc/passwd -e "probe begin { }"
want_status 1
want_match "^error: cannot run ./etc/passwd.: Permission denied" "$err"
finish

start a-process-that-is-not
spile -x 999999999 -e 'probe begin { println(target()) }'
want_status 1
want_match '999999999' "$err"
finish

start a-time-limit
spile -T 1 -e 'probe begin { println("begin") } probe end { println("end") }'
want_out $'begin\nend'
finish

start interrupted-once
timeout -s INT 1 "$SPILE" -e 'probe begin { println("begin") } probe end { println("end") }' \
	>"$TEST_TMP/out" 2>"$TEST_TMP/err" </dev/null
out=$(cat "$TEST_TMP/out") err=$(cat "$TEST_TMP/err") status_checked=1
want_out $'begin\nend'
finish

start interrupted-by-one-who-signals-the-process-group-too
"$SPILE" -e 'probe begin { println("begin") } probe end { for (i = 0; i < 1000000; i++) n++; println("end") }' \
	-D MAXACTION=10000000 >"$TEST_TMP/out" 2>"$TEST_TMP/err" </dev/null &
pid=$!
wait_for begin "$TEST_TMP/out"
kill -INT $pid
kill -TERM $pid
wait $pid
status=$? out=$(cat "$TEST_TMP/out") err=$(cat "$TEST_TMP/err")
want_status 0
want_out $'begin\nend'
finish

start interrupted-twice
# The reader of the output reads nothing: the first signal has to wait, the second does not.
mkfifo "$TEST_TMP/fifo"
sleep 20 <"$TEST_TMP/fifo" &
reader=$!
"$SPILE" -e 'probe timer.ms(1) {
	for (i = 0; i < 50; i++) println("0123456789012345678901234567890123456789")
}' >"$TEST_TMP/fifo" 2>"$TEST_TMP/err" </dev/null &
pid=$!
sleep 1
kill -INT $pid
sleep 0.3
want "the first signal waits" kill -0 $pid
kill -INT $pid
wait $pid
status=$? err=$(cat "$TEST_TMP/err")
want_status 1
kill $reader
wait $reader 2>/dev/null
finish

start what-handlers-cost
spile -t -c "$threads 2 50" -e "global n
	probe $point { n++ } probe never { n++ } probe end { println(n) }"
want_out 100
want_match 'hits +min ns +avg ns +max ns +total us +probe' "$err"
want_match "^ +100( +[0-9]+){4}  process.*counted.* \(<input>:2:2\)\$" "$err"
want_match '^ +1( +[0-9]+){4}  end \(.*\) in the tracer$' "$err"
finish

start without-a-script
spile
want "says so" [ "$status" != 0 ]
status_checked=1
want_match '.' "$err"
finish

start no-handler-runs-after-one-error-too-many
spile -c 'ls -lR /usr/share/doc' -o "$TEST_TMP/output" -D MAXERRORS=2 -e 'global s[10], hits
	probe process("libc.so.6").function("malloc") { hits++ s[hits] = 1 }
	probe error { println("hits ", hits) }'
want_status 1
[ "$(grep -c 'array overflow' <<<"$err")" = 3 ] || wrong "not 3 errors: $err"
grep -qx 'hits 13' "$TEST_TMP/output" || wrong "$(cat "$TEST_TMP/output")"
finish
