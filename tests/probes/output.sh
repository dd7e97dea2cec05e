# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Nothing that is printed is lost in silence.
. "$SRCDIR/tests/lib.sh"

threads=$TEST_TMP/threads
$CC -O1 -pthread -o "$threads" "$SRCDIR/tests/probes/threads.c" || exit 1
point="process(\"$threads\").function(\"counted\")"

# lines of $out, and what stderr says was lost
lost() {
	grep -Eo '[0-9]+ (records|lines|events|messages)[a-z ]* (lost|dropped)|lost[^0-9]*[0-9]+' \
		<<<"$err" | grep -Eo '[0-9]+' | tail -n 1
}

start a-line-a-call
spile -c "$threads 1 1000000" -e "probe $point { printf(\"%d\\n\", int_arg(1)) }"
status_checked=1
missing=$(lost)
want "all lines, or an exact count of the lost ones" \
	[ $(($(grep -c . "$TEST_TMP/out") + ${missing:-0})) = 1000000 ]
finish

start lines-are-in-order
spile -c "$threads 1 20000" -e "probe $point { printf(\"%d\\n\", int_arg(1)) }"
want "20000 lines" [ "$(grep -c . "$TEST_TMP/out")" = 20000 ]
want "in order" sort -c -n "$TEST_TMP/out"
finish

start lines-of-threads-stay-whole
spile -c "$threads 4 5000" -e "probe $point { print(\"<\") print(tid()) print(\">\\n\") }"
want "only whole lines" [ "$(grep -Evc '^<[0-9]+>$' "$TEST_TMP/out")" = 0 ]
want "20000 lines" [ "$(grep -c . "$TEST_TMP/out")" = 20000 ]
finish

start into-a-file
spile -o "$TEST_TMP/file" -e 'probe begin { println("in the file") exit() }'
want_out ""
want "the file has it" [ "$(cat "$TEST_TMP/file")" = "in the file" ]
finish

start the-name-of-a-file-is-a-format
spile -o "$TEST_TMP/file-%Y" -e 'probe oneshot { println("in the file") }'
want "the file has it" [ "$(cat "$TEST_TMP/file-$(date +%Y)")" = "in the file" ]
finish

start files-of-a-size
spile -S 1,2 -D MAXACTION=1000000 -o "$TEST_TMP/part" -e 'probe oneshot {
	for (i = 0; i < 60000; i++) printf("line %d of what fills four files of a megabyte each, or some\n", i)
}'
want "the last two files" [ "$(cd "$TEST_TMP" && echo part.*)" = "part.2 part.3" ]
want "full files" [ "$(stat -c %s "$TEST_TMP/part.2")" -gt 1048000 ]
want "of a megabyte" [ "$(stat -c %s "$TEST_TMP/part.2")" -le 1048576 ]
want "whole lines, all of them" [ "$(cat "$TEST_TMP"/part.[23] | sed -n '1p;$p' | cut -d' ' -f2 | paste -sd-)" \
	= "$((60000 - $(cat "$TEST_TMP"/part.[23] | wc -l)))-59999" ]
finish

start a-file-that-may-not-grow
spile --rlimit-fsize=100000 -o "$TEST_TMP/limited" -e 'probe oneshot {
	for (i = 0; i < 50000; i++) println(i)
}'
want_status 1
want_match 'File too large' "$err"
finish

start in-the-background
timeout 20 "$SPILE" -F -o "$TEST_TMP/behind" -e 'probe timer.ms(300) { println("later") exit() }
	probe begin { println("begin") } probe end { println("end") }' >"$TEST_TMP/out" </dev/null
status=$? out=$(cat "$TEST_TMP/out") err=
want "its number" [ "$(wc -w <<<"$out")" = 1 ]
while kill -0 "$out" 2>/dev/null; do sleep 0.05; done
want "what it printed" [ "$(cat "$TEST_TMP/behind")" = $'begin\nlater\nend' ]
finish

start an-error-before-the-background
spile -F -o "$TEST_TMP/behind" -e 'probe oneshot { println(nothing()) }'
want_status 1
want_match "nothing" "$err"
finish

start a-full-disk
timeout 20 "$SPILE" -e 'probe timer.ms(1) { println("x") }' >/dev/full 2>"$TEST_TMP/err" </dev/null
status=$? err=$(cat "$TEST_TMP/err") out=
want_status 1
want_match 'No space left|ENOSPC' "$err"
finish

start a-closed-pipe
timeout 20 "$SPILE" -e 'probe timer.ms(1) { println("x") }' 2>"$TEST_TMP/err" </dev/null |
	head -n 1 >"$TEST_TMP/out"
status=${PIPESTATUS[0]} out=$(cat "$TEST_TMP/out") err=$(cat "$TEST_TMP/err")
status_checked=1
want_out x
want "it ends by itself" [ "$status" != 124 ]
finish

start a-command-that-writes-to-the-same-file
seq 200 >"$TEST_TMP/numbers"
for _ in 1 2 3 4 5 6 7 8; do
	"$SPILE" -e 'global n
		probe syscall.openat { n++ println("opened") }
		probe end { printf("ended %d\n", n) }' -c "cat $TEST_TMP/numbers" >"$TEST_TMP/both" 2>&1
	want "all of Spile's lines" [ "ended $(grep -cx opened "$TEST_TMP/both")" = \
		"$(grep -x 'ended [0-9]*' "$TEST_TMP/both")" ]
	want "all of the command's" [ "$(grep -cx '[0-9]*' "$TEST_TMP/both")" = 200 ]
done
finish
