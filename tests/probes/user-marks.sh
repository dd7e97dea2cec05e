# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Static marks: their arguments, and the semaphore that is up while somebody listens.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/marks
threads=$TEST_TMP/threads
$CC -O1 -pthread -o "$threads" "$SRCDIR/tests/probes/threads.c" || exit 1
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

start no-such-mark
spile -c "$program" -e "probe process(\"$program\").mark(\"lop\") { println(1) }
	probe process(\"$program\").mark(\"zzzz\") { println(1) }
	probe process(\"$threads\").mark(\"*\") { println(1) }"
want_status 1
want_match "^help: did you mean 'loop'" "$err"
want_match '^help: there are: loop, memory, counted$' "$err"
want_match '^help: it was built without marks' "$err"
finish

# One mark at three places, with arguments that scripts have no values for.
cat >"$TEST_TMP/many.c" <<'END'
#include <stdio.h>
__attribute__((section(".probes"), used)) volatile unsigned short many_semaphore;
__asm__(".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"
	".weak _.stapsdt.base\n.hidden _.stapsdt.base\n"
	"_.stapsdt.base: .space 1\n.size _.stapsdt.base, 1\n.popsection\n");
static inline __attribute__((always_inline)) void many(long n, double x, int small)
{
	__asm__ volatile("990: nop\n.pushsection .note.stapsdt,\"\",\"note\"\n.balign 4\n"
			 ".4byte 992f-991f, 994f-993f, 3\n991: .asciz \"stapsdt\"\n"
			 "992: .balign 4\n993: .8byte 990b\n.8byte _.stapsdt.base\n"
			 ".8byte many_semaphore\n.asciz \"m\"\n.asciz \"many\"\n"
			 ".asciz \"-8@%0 8f@%1 -1@%2\"\n994: .balign 4\n.popsection\n"
			 : : "r"(n), "x"(x), "m"(small));
}
int main(int argc, char **argv)
{
	many(argc, 1.5, -1);
	many(argc + 1, 2.5, 0x7f);
	many(-argc, 3.5, 0x180);
	getchar();
	return many_semaphore;
}
END
$CC -O1 -g -o "$TEST_TMP/many" "$TEST_TMP/many.c" || exit 1
point="process(\"$TEST_TMP/many\").mark(\"many\")"

start a-mark-at-many-places
spile -c "$TEST_TMP/many </dev/null" -e "probe $point { println(\$arg1, \" \", \$arg3, \" \", \$\$vars) }"
want_out "1 -1 arg1=0x1 arg2=? arg3=0xffffffffffffffff
2 127 arg1=0x2 arg2=? arg3=0x7f
-1 -128 arg1=0xffffffffffffffff arg2=? arg3=0xffffffffffffff80"
want_match 'exited with status 3$' "$err"
finish

start a-marks-floating-point-argument
spile -c "$TEST_TMP/many </dev/null" -e "probe $point { println(\$arg2) }"
want_status 1
[ "$(grep -c "^error: '\$arg2'" <<<"$err")" = 1 ] || wrong "the error is not said once"
finish

# Each listener's three places count; a listener that is killed counts no longer.
start semaphores-of-several-listeners
for listener in 1 2; do
	"$SPILE" -e "probe $point { n++ } global n probe begin { println(\"ready\") }" \
		>"$TEST_TMP/listener$listener" 2>&1 &
	listeners[listener]=$!
	wait_for ready "$TEST_TMP/listener$listener"
done
ended() {
	"$TEST_TMP/many" </dev/null
	seen=$?
}
sleep 0.5
ended
[ $seen = 3 ] || wrong "the semaphore is $seen with two listeners"
kill -KILL "${listeners[1]}"
wait "${listeners[1]}" 2>/dev/null
ended
[ $seen = 3 ] || wrong "the semaphore is $seen with one listener"
kill -INT "${listeners[2]}"
wait "${listeners[2]}"
ended
[ $seen = 0 ] || wrong "the semaphore is $seen in the end"
want_match '^n=0x6$' "$(cat "$TEST_TMP/listener2")"
status_checked=1
finish
