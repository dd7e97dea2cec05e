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
