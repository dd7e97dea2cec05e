# SPDX-License-Identifier: GPL-2.0-or-later
# where: host vm
# What is saved at the entry belongs to the call that returns, however calls end; and probing
# returns changes no program.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/returns
point="process(\"$program\").function"

for flags in -O0 '-O2 -fomit-frame-pointer'; do
	# shellcheck disable=SC2086
	$CC -g $flags -o "$program" "$SRCDIR/tests/probes/programs/returns.c" || exit 1
	plain=$("$program" 100)

	# The kernel follows 64 calls of a thread that are under way.
	start "deeper-than-the-kernel-follows${flags// /}"
	spile -c "$program 100" -e "global n, wrong
		probe $point(\"deep\").return {
			n++; wrong += \$return != 1001 + @entry(\$n) || \$n != @entry(int_arg(1)) }
		probe end { println(n, \" \", wrong) }"
	want_out "$plain
64 0"
	finish

	start "calls-left-by-longjmp${flags// /}"
	spile -c "$program >$TEST_TMP/plain" -e "
		probe $point(\"left\").return { println(@entry(\$n), \" \", @entry(int_arg(1)), \" \", \$return) }"
	want_out "1 1 107
1 1 107"
	finish

	start "calls-that-end-by-a-call${flags// /}"
	spile -c "$program >$TEST_TMP/plain" -e "
		probe $point(\"even\").return, $point(\"odd\").return {
			println(ppfunc(), \" \", @entry(int_arg(1))) }
		probe $point(\"[eo][vd][ed]*\").return { sum = sum * 10 + @entry(int_arg(1)) } global sum
		probe end { println(sum) }"
	want_out "even 0
odd 1
even 2
odd 3
even 4
odd 5
even 6
123456"
	finish
done

start many-functions-share-one-handler
spile -v -c "$program >$TEST_TMP/plain" -e "global n
	probe $point(\"*\").return { n[ppfunc()] <<< gettimeofday_ns() - @entry(gettimeofday_ns()) }
	probe end { println(@count(n[\"even\"]), @count(n[\"odd\"]), @count(n[\"main\"]), @min(n[\"left\"]) > 0) }"
want_out 4311
[ "$(grep -c 'sites by uretprobe' <<<"$err")" = 1 ] || wrong "not one handler for all returns"
want_no_match 'WARNING' "$err"
finish

# It is entered without a return address, which must not be replaced.
# More is saved than there is room for, of calls whose return is never seen: what is lost is not told.
start threads-that-recur-deeply
cat >"$TEST_TMP/deep.c" <<'END'
#include <pthread.h>
__attribute__((noipa)) long deep(long n)
{
	volatile char pad[16];

	pad[0] = 0;
	return (n ? deep(n - 1) : 0) + n + pad[0];
}
static void *run(void *n)
{
	for (int i = 0; i < 20; i++)
		deep((long)n);
	return 0;
}
int main(void)
{
	pthread_t threads[8];

	for (long i = 0; i < 8; i++)
		pthread_create(&threads[i], 0, run, (void *)(600 + i));
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], 0);
	return 0;
}
END
$CC -O1 -g -pthread -o "$TEST_TMP/deep" "$TEST_TMP/deep.c"
spile -c "$TEST_TMP/deep" -e "global n, wrong
	probe process(\"$TEST_TMP/deep\").function(\"deep\").return {
		n++
		if (\$n != @entry(\$n) || \$return != \$n * (\$n + 1) / 2) wrong++ }
	probe end { println(n > 0, \" \", wrong) }"
want_out "1 0"
finish

# Functions whose variables are in the same places share a handler; what differs does not.
start same-code-is-one-handler
{
	for i in {1..300}; do
		echo "__attribute__((noipa)) int f$i(int a, char *b) { return a + $i + b[0]; }"
		echo "__attribute__((noipa)) char g$i(long x, int a) { return a + x; }"
	done
	echo "int main(void) { int s = 0;"
	for i in {1..300}; do
		echo "s += f$i($i, \"a\") + g$i(0, -$i);"
	done
	echo "return s == 0; }"
} >"$TEST_TMP/alike.c"
$CC -O2 -g -o "$TEST_TMP/alike" "$TEST_TMP/alike.c"
spile -v -c "$TEST_TMP/alike" -e "
	probe process(\"$TEST_TMP/alike\").function(\"[fg][0-9]*\").return {
		a[ppfunc()] = \$a; result[ppfunc()] = \$return; depth[ppfunc()] = @entry(\$a * 2) }
	probe end {
		for (i = 1; i <= 300; i++) {
			f = sprintf(\"f%d\", i)
			g = sprintf(\"g%d\", i)
			c = (-i) & 255
			good += a[f] == i && result[f] == 2 * i + 97 && depth[f] == 2 * i
			good += a[g] == -i && depth[g] == -2 * i && result[g] == (c > 127 ? c - 256 : c)
		}
		println(good) }
	global a, result, depth"
want_out 600
want_match '300 sites by uretprobe' "$err"
want "two kinds of functions are two handlers" [ "$(grep -c 'by uretprobe' <<<"$err")" = 2 ]
spile -p2 -e "probe process(\"$TEST_TMP/alike\").function(\"f1\").return { println(\$a) }"
want_match '\$\(frame\)' "$out"
finish

start the-start-of-a-program
spile -c "$program" -e "probe $point(\"_start\").return { println(1) }"
want_status 1
want_match "^error: the return of '_start' can not be probed: it is not entered by a call" "$err"
finish

start functions-that-no-pattern-means
plain=$("$program" 1)
spile -w -c "$program 1" -e "global n 
	probe process(\"libc.so.6\").function(\"*context*\").return, process(\"libc.so.6\").function(\"*jmp*\").return,
	      process(\"libc.so.6\").function(\"*puts*\").return { n++ }
	probe end { println(n >= 4) }"
want_out "$plain
1"
finish

start a-function-that-switches-stacks
spile -c "$program" -e 'probe process("libc.so.6").function("swapcontext").return { println(1) }'
want_status 1
want_match "^error: the return of 'swapcontext' can not be probed: it returns more than once" "$err"
finish

# Nothing was saved of calls that began earlier: they are none of the handler's.
start calls-that-began-before-the-session
$CC -O1 -o "$TEST_TMP/ticker" "$SRCDIR/tests/probes/programs/ticker.c"
"$TEST_TMP/ticker" 2000 &
ticker=$!
spile -x $ticker -T 10 -D MAXACTION=100000000 -e '
	probe begin { for (start = gettimeofday_ms(); gettimeofday_ms() < start + 100;) n++ }
	probe process("libc.so.6").function("usleep").return {
		all++; early += !@entry(gettimeofday_us()); other += @entry(tid()) != tid()
		if (all == 5) exit() }
	global all, early, other
	probe end { println(all, " ", early, " ", other) }'
want_out "5 0 0"
kill $ticker
wait $ticker 2>/dev/null
finish
