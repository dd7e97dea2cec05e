# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Which processes are probed: those of a container, those that start later, children, and
# libraries that are loaded later.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/ticker
plugin=$TEST_TMP/plugin.so
gcc -O1 -g -o "$program" "$SRCDIR/tests/probes/programs/ticker.c" || exit 1
gcc -O1 -g -shared -fPIC -o "$plugin" "$SRCDIR/tests/probes/programs/plugin.c" || exit 1

# later SECONDS COMMAND...: runs it in a while, in the background
later() {
	(sleep "$1" && shift && exec "$@") >/dev/null 2>&1 &
}

start started-later
later 1 "$program" 3
spile -T 10 -e "probe process(\"$program\").function(\"tick\") {
	println(execname(), \" \", \$n, \" \", \$total); if (++n == 3) exit() } global n"
wait
want_out "ticker 2 40
ticker 2 42
ticker 2 44"
finish

# A process' own addresses, in what it has mapped.
start an-address-of-a-running-process
"$program" 2000 &
ticker=$!
until grep -q 'libc' /proc/$ticker/maps; do sleep 0.05; done
base() {
	echo $((0x$(grep -m1 "$1" /proc/$ticker/maps | cut -d- -f1)))
}
library=$(awk '/libc\.so/ { print $6; exit }' /proc/$ticker/maps)
tick=$(($(base "$program") + 0x$(nm "$program" | awk '/ T tick$/ { print $1 }')))
usleep=$(($(base "$library") + 0x$(nm -D "$library" | awk '/ usleep@/ { print $1 }')))
for place in "process($ticker).statement($tick)" "process.statement($usleep)"; do
	spile -x $ticker -T 10 -e "probe $place.absolute { if (++n == 3) exit() } global n
		probe end { println(n) }"
	want_out 3
done
spile -p2 -e "probe process($ticker).statement(4096).absolute { }"
want_status 1
want_match "process $ticker has no file mapped at 0x1000" "$err"
spile -p2 -e "probe process(\"$program\").statement($tick).absolute { }"
want_status 1
want_match 'where this file will be loaded is not known' "$err"
kill $ticker
wait $ticker 2>/dev/null
finish

start the-commands-children
spile -c "sh -c '$program 2 fork; $program 1'" -e "
	probe process(\"$program\").function(\"tick\") { println(pid() == target(), \" \", \$n) }"
want_out "0 2
0 2
0 2"
finish

start a-running-processs-children
sh -c "sleep 1; $program 2 fork; $program 1; true" &
parent=$!
"$program" 600 &
other=$!
spile -x $parent -e "
	probe process(\"$program\").function(\"tick\") { println(pid() == target(), \" \", \$n) }"
kill $other 2>/dev/null
wait
want_out "0 2
0 2
0 2"
finish

start a-running-processs-running-children
sh -c "$program 600 & $program 600 & wait" &
parent=$!
"$program" 600 &
other=$!
sleep 0.5
spile -x $parent -T 20 -e "global seen
	probe process(\"$program\").function(\"tick\") {
		seen[pid()] = ppid() == target()
		if (pid() == $other) println(\"not meant\")
		foreach (p in seen) n += seen[p]
		if (n == 2) exit()
	}
	probe end { foreach (p in seen) println(seen[p], \" \", target_set_pid(p)) }"
want_out "1 1
1 1"
finish
pkill -P $parent
wait $parent

# process.begin in the name of what is there already, behind begin, ahead of everything else.
start a-thread-of-the-kernel
spile -T 1 -e "probe process(2).function(\"main\") { println(1) }"
want_status 1
want_match "^error: process 2 runs no program" "$err"
finish

start running-already
spile -T 20 -e "
	probe process(\"$program\").begin {
		printf(\"%d %s %d %d %s\\n\", pid() == $other, execname(), ppid() == $$, uid(), cmdline_str()) }
	probe process(\"$program\").function(\"tick\") { println(\"a tick\"); exit() }
	probe begin { println(\"begin\") }"
want_out "begin
1 ticker 1 0 $program 600
a tick"
finish

start running-already-and-new
spile -T 20 -e "
	probe process($other).begin { printf(\"%d \", pid() == $other) }
	probe process(\"$program\").begin { names = names . execname() . \" \"; if (++n == 2) exit() } global names, n
	probe timer.ms(10) { if (!once++) system(\"$program 1\") } global once
	probe process.begin { all++; if (pid() == $$) first++ } global all, first
	probe end { println(names, all > 2, \" \", first) }"
want_out "1 ticker ticker 1 1"
finish

# Only handlers of the kernel see its memory: they are for what begins.
start running-already-but-not-for-the-kernels-eyes
spile -T 1 -e "probe process(\"$program\").begin { println(task_execname(task_current())) }"
want_out ""
finish

start the-target-runs-already
spile -x $other -T 1 -e 'probe process.begin { println(pid() == target()) }'
want_out "1"
finish
kill $other
wait $other 2>/dev/null

start the-command-begins-once
spile -c 'sleep 0.1' -e 'probe process.begin { println(pid() == target(), " ", execname()) }'
want_out "1 sleep"
finish

# 1000 processes of a moment: none is lost.
cat >"$TEST_TMP/forks.c" <<'END'
#include <sys/wait.h>
#include <unistd.h>
int child(int x);
__attribute__((noinline)) int child(int x) { __asm__ volatile("" : "+r"(x)); return x; }
int main(void)
{
	for (int i = 0; i < 1000; i++) {
		if (!fork())
			_exit(child(i) & 0);
		while (i % 50 == 49 && wait(0) > 0)
			;
	}
	return 0;
}
END
$CC -O1 -g -o "$TEST_TMP/forks" "$TEST_TMP/forks.c"

start many-short-lived-processes
spile -c "$TEST_TMP/forks" -e "global begun, ended, calls, sum
	probe process.begin { begun++ }
	probe process.end { ended++ }
	probe process(\"$TEST_TMP/forks\").function(\"child\") { calls[pid()] = \$x; }
	probe end { foreach (p in calls) { n++; sum += calls[p] } println(begun, \" \", ended, \" \", n, \" \", sum) }"
want_out "1001 1001 1000 499500"
finish

start loaded-later
spile -c "$program 3 $plugin" -e "
	probe process(\"$plugin\").function(\"plugin_tick\") { println(\$n, \" \", \$calls) }
	probe process(\"$plugin\").function(\"plugin_tick\").return { println(\$return) }"
want_out "0 100
100
1 101
102
2 102
104"
finish

start loaded-later-in-this-program-only
"$program" 100 "$plugin" & other=$!
spile -c "$program 2 $plugin" -e "
	probe process(\"$program\").library(\"$plugin\").function(\"plugin_tick\") {
		println(pid() == target(), \" \", \$n) }"
kill $other
wait $other 2>/dev/null
want_out "1 0
1 1"
finish

# A container: the program is in a file system of its own, and its process has another number there.
cat >"$TEST_TMP/container.sh" <<'END2'
mount -t tmpfs none /mnt && cp "$1" "$2" /mnt && exec /mnt/ticker 3000 /mnt/plugin.so
END2
unshare -mpf --mount-proc sh "$TEST_TMP/container.sh" "$program" "$plugin" &
container=$!
inside=
for ((try = 0; try < 50 && ${#inside} == 0; try++)); do
	sleep 0.1
	for child in $(cat /proc/$container/task/$container/children 2>/dev/null); do
		grep -q plugin.so "/proc/$child/maps" && inside=$child
	done
done
if [ -z "$inside" ]; then
	start container
	skip "unshare does not work here"
else
	start a-containers-program
	spile -T 10 -e "probe process($inside).function(\"tick\").return {
		println(pid() == $inside, \" \", execname(), \" \", \$n, \" \", @entry(\$total) + \$n == \$return)
		exit() }"
	want_out "1 ticker 2 1"
	finish

	start a-containers-library
	spile -T 10 -e "probe process($inside).library(\"plugin.so\").function(\"plugin_tick\").return {
		if (++n < 5) next
		println(\$return == @entry(\$calls) + \$n); exit() } global n
		probe process($inside).library(\"libc.so.6\").function(\"usleep\") { slept++ }
		probe end { println(slept > 0) } global slept"
	want_out "1
1"
	finish

	start a-container-as-target
	spile -x $inside -T 10 -e "probe process.function(\"tick\") {
		println(pid() == target(), \" \", \$n); exit() }"
	want_out "1 2"
	finish

	start names-of-a-containers-stack
	spile -T 10 -e "probe process($inside).function(\"tick\") { println(usymname(uaddr())); exit() }"
	want_out "tick"
	finish
	kill $inside
fi
wait 2>/dev/null
