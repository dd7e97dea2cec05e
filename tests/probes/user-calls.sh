# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Functions when they are called from certain others, through tables, and by the kernel.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/calls
clang=${CLANG:-clang-19}
gcc -O2 -g -o "$program" "$SRCDIR/tests/probes/programs/calls.c" || exit 1
gcc -O1 -pthread -o "$TEST_TMP/threads" "$SRCDIR/tests/probes/threads.c" || exit 1

start callee
spile -c "$program" -e "
	probe process(\"$program\").function(\"f\").callee(\"g\") { println(\"f \", \$x) }
	probe process(\"$program\").function(\"h\").callees { println(\"h \", ppfunc(), \" \", \$x) }"
want_out "f 10
f 11
h g 20
f 30
f 31"
finish

start callee-return
spile -c "$program" -e "
	probe process(\"$program\").function(\"f\").callee(\"g\").return { println(\$x, \" \", \$return) }"
want_out "10 20
11 22
30 60
31 62"
finish

start callee-unknown
spile -c "$program" -e "probe process(\"$program\").function(\"f\").callee(\"gg\") { }"
want_status 1
want_match "no call of 'gg' in function 'f' is known" "$err"
want_match "did you mean 'g'" "$err"
finish

# Callees of callees: only where the whole chain of callers is the one that is meant.
cat >"$TEST_TMP/chain.c" <<'END'
volatile int sink;
#define SLOW __attribute__((noinline))
SLOW int leaf(int n) { sink = n; return n + 1; }
static inline __attribute__((always_inline)) int between(int n) { return leaf(n + 1) * 2; }
SLOW int mid(int n, ...) { int a[8]; for (int i = 0; i < 8; i++) a[i] = between(n + i * 100) + sink; return a[n & 7]; }
SLOW int one(int n) { return mid(n) + 1; }
SLOW int two(int n) { int a = mid(n, 1) * 3; return a + leaf(n); }
int main(void) { return one(1) + two(2) + mid(3) + leaf(4) > 0 ? 0 : 1; }
END
for flags in "gcc -O0" "gcc -O2" "gcc -O2 -fno-omit-frame-pointer" "$clang -O0" \
	"gcc -O1 -fno-dwarf2-cfi-asm"; do
	start "callees-of-callees-$(basename "$flags" | tr -d ' ')"
	$flags -g -o "$TEST_TMP/chain" "$TEST_TMP/chain.c"
	spile -c "$TEST_TMP/chain" -e 'probe process(@1).function("one").callees(3) { c["one ", ppfunc()]++ }
		probe process(@1).function("two").callees(1) { c["two ", ppfunc()]++ }
		probe process(@1).function("main").callees(2) { c["main ", ppfunc()]++ }
		probe end { foreach ([x, y] in c) printf("%s%s %d\n", x, y, c[x, y]) } global c' \
		"$TEST_TMP/chain"
	out=$(sort <<<"$out")
	want_out "main between 8
main leaf 2
main mid 3
main one 1
main two 1
one between 8
one leaf 8
one mid 1
two leaf 1
two mid 1"
	finish
done

start linkage-table
spile -c "$TEST_TMP/threads 3 10" -e "
	probe process(\"$TEST_TMP/threads\").plt(\"pthread_*\") { c[\$\$name]++ }
	probe end { foreach (n+ in c) println(n, \" \", c[n]) } global c"
want_out "pthread_create 3
pthread_join 3"
finish

# Of each kind of table that linkers make.
cat >"$TEST_TMP/linked.c" <<'END'
#include <stdlib.h>
#include <string.h>
char to[99];
int main(int argc, char **argv)
{
	for (int i = 0; i < 3; i++)
		free(malloc((size_t)i));
	memcpy(to, argv[0], strlen(argv[0]) % 99);
	return 0;
}
END
linked() {
	gcc -O1 -fno-builtin -g "$@" -o "$TEST_TMP/linked" "$TEST_TMP/linked.c"
	spile -c "$TEST_TMP/linked" -e "
		probe process(\"$TEST_TMP/linked\").plt(\"*\") { c[\$\$name]++ }
		probe process(\"$TEST_TMP/linked\").plt(\"f*@GLIBC_2.2.5\") { c[\"by version\"]++ }
		probe process(\"$TEST_TMP/linked\").plt(\"memcpy@GLIBC_2.14\") { c[\"new memcpy\"]++ }
		probe end { foreach (n+ in c) if (n != \"__cxa_finalize\") print(n, \" \", c[n], \" \") } global c"
	want_out "by version 3 free 3 malloc 3 memcpy 1 new memcpy 1 strlen 1 "
}
for how in -Wl,-z,lazy -Wl,-z,now "-fcf-protection -Wl,-z,ibtplt" "-no-pie -Wl,-z,now" -fuse-ld=gold; do
	start "linkage-table$(tr -d ' ' <<<"$how")"
	linked $how
	finish
done

start linkage-table-that-is-not-there
spile -p2 -e "probe process(\"$TEST_TMP/linked\").plt(\"free@GLIBC_2.3.5\") { }"
want_status 1
want_match "calls no function 'free@GLIBC_2.3.5' through its linkage table" "$err"
want_match "did you mean 'free@GLIBC_2.2.5'" "$err"
gcc -O1 -fno-builtin -fno-plt -o "$TEST_TMP/linked" "$TEST_TMP/linked.c"
spile -p2 -e "probe process(\"$TEST_TMP/linked\").plt(\"free\") { }"
want_status 1
want_match "linked statically, or was compiled to call directly \(-fno-plt\)" "$err"
finish

start process-events
spile -c "$TEST_TMP/threads 3 10" -e "
	probe process(\"$TEST_TMP/threads\").begin { println(\"begin\") }
	probe process(\"$TEST_TMP/threads\").end { println(\"end\") }
	probe process.thread.begin { begun++ }
	probe process.thread.end { ended++ }
	probe process(\"$TEST_TMP/threads\").syscall { if (\$syscall == 231) println(\"exit \", \$arg1) }
	probe end { println(begun, \" \", ended) }
	global begun, ended"
want_out "begin
exit 0
end
3 3"
finish

start nearest-line
spile -e "probe process(\"$program\").statement(\"*@calls.c:1\") { }"
want_status 1
want_match "line 1 of calls.c has no code" "$err"
want_match "nearest line with code is [0-9]+" "$err"
finish

# The declaration's line is not one with code.
cat >"$TEST_TMP/lines.c" <<'END'
volatile int sink;
template <class A, class B> __attribute__((noipa)) int
add(A a, B b)
{
	sink = a;
again:
	sink += b;
	if (sink < 0)
		goto again;
	return sink;
}
static inline int twice(int n) { return add(n, 2L) + add('a', n); }
int main(int, char **)
{
	return twice(3) + twice(4) == 0;
}
END
for flags in -O0 -O2; do
	start a-listed-point-names-itself$flags
	g++ -x c++ $flags -g -o "$TEST_TMP/lines" "$TEST_TMP/lines.c"
	for place in 'function("*")' 'function("*").return' 'function("*").call' \
		'function("*").inline' 'function("main").callees(3)' 'function("*").callee("*")' \
		'function("add").label("*")' 'statement("*@lines.c:*")'; do
		points=$("$SPILE" -l "process(\"$TEST_TMP/lines\").$place" 2>/dev/null)
		[ -n "$points" ] || [ "$flags$place" = '-O0function("*").inline' ] ||
			wrong "nothing is listed of $place"
		while read -r point; do
			[ -z "$point" ] || grep -qxF "$point" <<<"$("$SPILE" -l "$point" 2>&1)" ||
				wrong "$point does not name itself"
		done <<<"$points"
	done
	finish

	start a-function-by-a-line$flags
	point="process(\"$TEST_TMP/lines\").function"
	spile -c "$TEST_TMP/lines" -e "global entered, returned, chars
		probe $point(\"add@lines.c:3\") { entered++ }
		probe $point(\"add@lines.c:3\").return { returned++ }
		probe $point(\"add<char, int>\") { chars++ }
		probe end { println(entered, \" \", returned, \" \", chars) }"
	want_out "4 4 2"
	# Of optimised code not all lines begin a statement.
	if [ $flags = -O0 ]; then
		spile -c "$TEST_TMP/lines" -e "global inner, sum
			probe $point(\"*@lines.c:7\").return { inner++; sum += \$return }
			probe end { println(inner, \" \", sum) }"
		want_out "4 $((3 + 2 + 97 + 3 + 4 + 2 + 97 + 4))"
	fi
	spile -l "$point(\"*@lines.c:1\").return"
	want_status 1
	want_match "no function '\*' of 'lines.c' is declared at line 1, or has code" "$err"
	finish
done

start a-place-that-is-not-there
for try in "*@call.c:5:no source file 'call.c'.*:did you mean 'calls.c'" \
	"mian@calls.c:1:no function 'mian' of 'calls.c':did you mean 'main'"; do
	IFS=: read -r file line message help <<<"$try"
	spile -p2 -e "probe process(\"$program\").statement(\"$file:$line\") { }"
	want_status 1
	want_match "$message" "$err"
	want_match "$help" "$err"
done
finish

start a-script-is-its-interpreter
printf '#!/bin/bash\necho hello\n' >"$TEST_TMP/hello"
chmod +x "$TEST_TMP/hello"
spile -e 'probe process(@1).function("main").call { println(execname()) }' "$TEST_TMP/hello" \
	-c "$TEST_TMP/hello"
want_match '^hello' "$out"
spile -e 'probe process(@1).function("PyXXXect_Str") { }' "$TEST_TMP/hello"
want_status 1
want_match "help: $TEST_TMP/hello is a script that /usr/bin/bash runs" "$err"
finish

start watchpoint
cat >"$TEST_TMP/watch.c" <<'END'
volatile int counter;
volatile long other;
int main(void)
{
	for (int i = 0; i < 5; i++) {
		counter = i;
		other = counter;
	}
	return 0;
}
END
gcc -O1 -g -no-pie -o "$TEST_TMP/watch" "$TEST_TMP/watch.c"
spile -c "$TEST_TMP/watch" -e "global written, used, started
	probe process(\"$TEST_TMP/watch\").function(\"main\") { started = 1 }
	probe process(\"$TEST_TMP/watch\").data(\"counter\").write { if (started) written++ }
	probe process(\"$TEST_TMP/watch\").data(\"counter\").rw { if (started) used++ }
	probe end { println(written, \" \", used) }"
if [[ $err == *ENOSPC* || $err == *"o space left"* ]]; then
	skip "no hardware breakpoint is free"
fi
want_out "5 10"
spile -c "$TEST_TMP/watch" -e "probe process(\"$TEST_TMP/watch\").data(\"other\").write {
	printf(\"%d \", @var(\"counter\")) }"
want_match '0 1 2 3 4 $' "$out"
spile -e "probe process(\"$TEST_TMP/watch\").data(\"counter\").write { println(\$counter) }"
want_status 1
want_match "no variable '.counter' at a watchpoint, which any code may hit" "$err"
want_match 'help: @var."counter". is a variable of the whole program' "$err"
finish

start watchpoint-where-the-program-is-loaded-anywhere
gcc -shared -fPIC -g -o "$TEST_TMP/libwatched.so" -x c - <<'END'
int counted = 1;
int *pointer = &counted;
__attribute__((constructor)) static void early(void) { counted++; }
void touch(void) { counted++; }
END
cat >"$TEST_TMP/watch.c" <<'END'
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
void touch(void);
volatile int counter;
volatile long other = 3;
static void *count(void *nothing)
{
	for (int i = 0; i < 10; i++)
		counter++;
	return nothing;
}
int main(void)
{
	pthread_t thread;

	for (int i = 0; i < 5; i++) {
		counter = i;
		other = counter;
	}
	pthread_create(&thread, 0, count, 0);
	pthread_join(thread, 0);
	if (!fork()) {
		counter = 7;
		touch();
		execl("/bin/true", "true", (char *)0);
	}
	wait(0);
	return 0;
}
END
gcc -O1 -g -fPIE -pie -pthread -o "$TEST_TMP/anywhere" "$TEST_TMP/watch.c" -L"$TEST_TMP" -lwatched \
	"-Wl,-rpath,$TEST_TMP"
cat >"$TEST_TMP/watch.stp" <<'END'
global written, used, counted, pointed
probe process(@1).data("counter").write { written++ }
probe process(@1).data("other").rw { used++ }
probe process(@1).library("libwatched.so").data("counted").write { counted++ }
probe process(@1).library("libwatched.so").data("pointer").length(8).write { pointed++ }
probe end { println(written, " ", used, " ", counted, " ", pointed) }
END
spile -c "$TEST_TMP/anywhere" "$TEST_TMP/watch.stp" "$TEST_TMP/anywhere"
if [[ $err == *"are taken"* || $err == *ENOSPC* ]]; then
	skip "no hardware breakpoint is free"
fi
want_out "16 5 2 1"
spile -c "sh -c '$TEST_TMP/anywhere; $TEST_TMP/anywhere'" "$TEST_TMP/watch.stp" "$TEST_TMP/anywhere"
want_out "32 10 4 2"
finish

start too-many-watchpoints
spile -c "$TEST_TMP/anywhere" -e "
	probe process(\"$TEST_TMP/anywhere\").data(\"counter\").write,
	      process(\"$TEST_TMP/anywhere\").data(\"counter\").rw,
	      process(\"$TEST_TMP/anywhere\").data(\"other\").write,
	      process(\"$TEST_TMP/anywhere\").data(\"other\").rw,
	      process(\"$TEST_TMP/anywhere\").data(\"other\").length(4).rw { }"
want_status 1
want_match 'other"\).length\(4\).*the processor can watch four places at a time' "$err"
finish

start watchpoint-that-nobody-has
spile -e "probe process(\"$TEST_TMP/anywhere\").data(\"counter\").write { }"
want_status 1
want_match 'is not attached: no process has loaded' "$err"
want_match 'start the program first, or by -c' "$err"
spile -c true -e "probe process(\"$TEST_TMP/anywhere\").data(\"counter\").write { }"
want_status 0
want_match 'WARNING.*is not attached: no process has loaded' "$err"
finish

start watchpoint-in-a-process-that-runs
cat >"$TEST_TMP/waits.c" <<'END'
#include <signal.h>
#include <unistd.h>
volatile int got;
static void on_signal(int number) { got = number; }
int main(void)
{
	signal(SIGUSR1, on_signal);
	for (;;)
		pause();
}
END
gcc -O1 -g -fPIE -pie -o "$TEST_TMP/waits" "$TEST_TMP/waits.c"
"$TEST_TMP/waits" &
waits=$!
# The shell that becomes it catches others.
until grep -q '^SigCgt:.*0000000000000200$' /proc/$waits/status; do sleep 0.05; done
(while kill -USR1 $waits 2>/dev/null; do sleep 0.2; done) &
spile -T 20 -e "probe process(\"$TEST_TMP/waits\").data(\"got\").write {
	printf(\"%d\", pid() == $waits) exit() }"
want_match '^1+$' "$out"
want "no complaint: $err" [ -z "$err" ]
spile -c "sh -c 'kill -USR1 \$\$; echo not reached'" -e "
	probe process(\"$TEST_TMP/anywhere\").data(\"counter\").write { }"
want_match 'ended by signal 10' "$err"
kill $waits
finish

# Two implementations of one name; which one is called was chosen when the program was linked.
start versions-of-a-symbol
cat >"$TEST_TMP/versions.c" <<'END'
int foo_old(int x) { return x + 1; }
int foo_new(int x) { return x + 2; }
__asm__(".symver foo_old,foo@V1");
__asm__(".symver foo_new,foo@@V2");
END
echo 'V1 { global: foo; }; V2 { global: foo; local: *; } V1;' >"$TEST_TMP/versions.map"
gcc -shared -fPIC -g -O1 -o "$TEST_TMP/libversions.so" "$TEST_TMP/versions.c" \
	"-Wl,--version-script=$TEST_TMP/versions.map"
cat >"$TEST_TMP/uses.c" <<'END'
int foo(int), foo_before(int);
__asm__(".symver foo_before,foo@V1");
int main(void)
{
	int sum = 0;

	for (int i = 0; i < 8; i++)
		sum += i < 3 ? foo(i) : foo_before(i);
	return sum == 0;
}
END
gcc -o "$TEST_TMP/uses" "$TEST_TMP/uses.c" -L"$TEST_TMP" -lversions "-Wl,-rpath,$TEST_TMP"
library="process(\"$TEST_TMP/libversions.so\")"
spile -c "$TEST_TMP/uses" -e "global old, new, default, all
	probe $library.function(\"foo@V1\") { old++ }
	probe $library.function(\"foo@V2\").return { new++ }
	probe $library.function(\"foo@@V2\") { default += \$x }
	probe $library.function(\"foo\") { all++ }
	probe end { println(old, \" \", new, \" \", default, \" \", all) }"
want_out "5 3 3 8"
for version in @@V1 @V3; do
	spile -l "$library.function(\"foo$version\")"
	want_status 1
	want_match "versions of 'foo' are @V1, @@V2" "$err"
done
finish

start chosen-at-run-time
cat >"$TEST_TMP/copies.c" <<'END'
#include <string.h>
int main(void)
{
	char a[100] = "", b[100];
	volatile size_t n = 37;
	for (int i = 0; i < 1000; i++) {
		memset(a, 7, n);
		memcpy(b, a, n);
	}
	return b[0] - 7;
}
END
gcc -O1 -fno-builtin -o "$TEST_TMP/copies" "$TEST_TMP/copies.c"
spile -c "$TEST_TMP/copies" -e "global copies, sets, returns
	probe process(\"libc.so.6\").function(\"memcpy\") { if (ulong_arg(3) == 37) copies++ }
	probe process(\"libc.so.6\").function(\"memset\") { if (ulong_arg(3) == 37) sets++ }
	probe process(\"libc.so.6\").function(\"memset\").return { returns++ }
	probe end { println(copies, \" \", sets, \" \", returns >= 1000) }"
want_out "1000 1000 1"
finish

for compiler in gcc "${CLANG:-clang-19}"; do
	start "loop-behind-the-prologue-$(basename "$compiler")"
	$compiler -O0 -g -o "$TEST_TMP/loops" "$SRCDIR/tests/probes/programs/loops.c"
	spile -c "$TEST_TMP/loops" -e "probe process(\"$TEST_TMP/loops\").function(\"loop\") {
		println(\$n, \" \", \$step, \" \", \$w->b) }"
	want_out "10 2 2
3 1 2"
	finish
done

start labels-by-their-names
gcc -O0 -g -o "$TEST_TMP/values" "$SRCDIR/tests/probes/programs/values.c"
spile -l "process(\"$TEST_TMP/values\").function(\"jumps\").label(\"*\")"
want_match 'function\("jumps@.*values.c:[0-9]+"\).label\("out"\)$' "$out"
finish

start a-listings-error-shows-the-point
spile -L 'process("/bin/sh").fnction("f")'
want_status 1
want_match '^ +1 \| process\("/bin/sh"\).fnction\("f"\)$' "$err"
want_match '<input>:1:20$' "$err"
finish

start inlined-at-the-very-entry
cat >"$TEST_TMP/entry.c" <<'END'
volatile int sink;
static inline __attribute__((always_inline)) int inner(int n) { sink = n; return n * 2; }
__attribute__((noinline, noclone)) int outer(int m, int n) { return inner(m + 0) + n; }
int main(void) { return outer(5, 9) - 19; }
END
gcc -O2 -g -o "$TEST_TMP/entry" "$TEST_TMP/entry.c"
spile -c "$TEST_TMP/entry" -e "
	probe process(\"$TEST_TMP/entry\").function(\"outer\").return {
		println(ppfunc(), \" \", \$n, \" \", @entry(\$m), \" \", \$return) }
	probe process(\"$TEST_TMP/entry\").function(\"outer\").call { println(\$m, \" \", \$n) }"
want_out "5 9
outer 9 5 19"
finish

cat >"$TEST_TMP/cold.c" <<'END'
#include <stdio.h>
int work_known(int n);
int work_unknown(int n);
__attribute__((noinline, noclone)) int work_known(int n)
{
	if (__builtin_expect(n == 77, 0)) {
		for (int i = 0; i < n; i++)
			puts("never");
		__builtin_trap();
	}
	return work_unknown(n) + 1;
}
int main(int argc, char **argv) { return argv ? work_known(argc) & 0 : 1; }
END
echo 'int work_unknown(int n); int work_unknown(int n) { return n; }' >"$TEST_TMP/unknown.c"
gcc -O2 -c -o "$TEST_TMP/unknown.o" "$TEST_TMP/unknown.c"
gcc -O2 -g -o "$TEST_TMP/cold" "$TEST_TMP/cold.c" "$TEST_TMP/unknown.o"

# "work_known.cold" is no function that is called; one without debug information has no variables.
start functions-that-a-pattern-does-not-mean
nm "$TEST_TMP/cold" | grep -q 'work_known\.cold' || wrong "the compiler has split nothing off"
spile -c "$TEST_TMP/cold" -e "
	probe process(\"$TEST_TMP/cold\").function(\"work*\").call { calls[ppfunc()]++ } global calls
	probe process(\"$TEST_TMP/cold\").function(\"work*\").call { println(ppfunc(), \" \", \$\$parms) }
	probe end { foreach (f+ in calls) println(f, \" \", calls[f]) }"
want_out "work_known n=0x1
work_known 1
work_unknown 1"
finish

# What Spile calls itself while it prints would be printed, and so on.
start own-calls-of-libraries-are-left-out
spile -e 'global own, ticks
	probe process("libc.so.6").function("malloc"), process("libc.so.6").function("write") {
		if (pid() == stp_pid()) own++
	}
	probe timer.ms(10) { printf("tick %d\n", ticks) if (ticks++ > 5) exit() }
	probe end { println("own ", own + 0) }'
want_match '^own 0$' "$out"
finish
