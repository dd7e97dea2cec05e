# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Static marks: their arguments, and the semaphore that is up while somebody listens.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/marks
cat >"$TEST_TMP/marks.stp" <<'END'
probe process(@1).provider("marks").mark("loop") {
	printf("%s:%s %d %d %d %d\n", $$provider, $$name, $arg1, $arg3, $arg4,
	       @cast($arg2, "struct box")->values[1])
}
probe process(@1).mark("mem*") { printf("%d %d %d\n", $arg1, $arg2, $arg3) }
probe process(@1).mark("counted") { printf("counted %s\n", $$vars) }
probe process(@1).provider("oth*").mark("*") { println($$provider) }
END
want="marks:loop 0 65535 -7 -20
77 -20 -3
counted arg1=0x0
marks:loop 1 65535 -7 -20
77 -20 -3
counted arg1=0x1
marks:loop 2 65535 -7 -20
77 -20 -3
counted arg1=0x2
other"
for flags in "-O0" "-O2" "-O2 -no-pie"; do
	start "marks$(echo "$flags" | tr ' ' '-')"
	gcc $flags -g -o "$program" "$SRCDIR/tests/probes/programs/marks.c"
	spile -c "$program >$TEST_TMP/marks.out" "$TEST_TMP/marks.stp" "$program"
	want_out "$want"
	[ "$(cat "$TEST_TMP/marks.out")" = "semaphore 1" ] || wrong "the semaphore was not raised"
	[ "$("$program")" = "semaphore 0" ] || wrong "the semaphore was not lowered"
	finish
done
