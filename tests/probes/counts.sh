# SPDX-License-Identifier: GPL-2.0-or-later
# where: host vm
# Counts are exact, whatever the number of threads and of processors.
. "$SRCDIR/tests/lib.sh"

threads=$TEST_TMP/threads
$CC -O1 -pthread -o "$threads" "$SRCDIR/tests/probes/threads.c" || exit 1
calls=250000
[ -z "${SPILE_VM:-}" ] || calls=5000
point="process(\"$threads\").function(\"counted\")"

start counter
spile -c "$threads 4 $calls" -e "global c probe $point { c++ } probe end { println(c) }"
want_out $((4 * calls))
finish

start counter-by-thread
spile -c "$threads 4 $calls" -e "global c
	probe $point { c[tid()]++ }
	probe end { foreach (t in c) { n += c[t]; threads++ } println(threads, \" \", n) }"
want_out "4 $((4 * calls))"
finish

start statistics
spile -c "$threads 4 $calls" -e "global s
	probe $point { s <<< 1 }
	probe end { println(@count(s), \" \", @sum(s)) }"
want_out "$((4 * calls)) $((4 * calls))"
finish

start sum-of-arguments
spile -c "$threads 4 $calls" -e "global s
	probe $point { s += int_arg(1) }
	probe end { println(s) }"
want_out $((4 * calls * (calls - 1) / 2))
finish

start a-counter-that-is-read
spile -c "$threads 4 $calls" -e "global c, odd
	probe $point { c++; if (c < 0) odd++ }
	probe end { println(c, \" \", odd) }"
want_out "$((4 * calls)) 0"
finish

# Each processor counts in a cell of its own; all that looks at them sees one value.
start what-each-processor-counts-is-one-value
spile -c "$threads 4 1000" -e "global c, s, d = 5, h
	probe $point { c++; s <<< int_arg(1); d -= 2; h <<< int_arg(1) }
	probe timer.ms(1) { if (c > 4000 || @count(s) > 4000) println(\"too many\") }
	probe end {
		println(c, \" \", @count(s), \" \", @min(s), \" \", @max(s), \" \", d)
		println(@variance(s) == @variance(h), \" \", @hist_linear(h, 0, 1000, 100)[2])
		c++ println(c++) println(c)
		c = 3 println(c)
		delete c println(c)
		delete s println(@count(s))
		c |= 6 println(c) }"
want_out "4000 4000 0 999 -7995
1 400
4001
4002
3
0
0
6"
finish

start what-each-processor-counts-is-printed-at-the-end
spile --json -c "$threads 4 1000" -e "global c, s probe $point { c++; s <<< int_arg(1) }"
want_out '{"type":"global","name":"c","value":4000}
{"type":"global","name":"s","value":{"count":4000,"sum":1998000,"min":0,"max":999}}'
finish

# Two processors that make room at the same time find the same oldest element; going over 300 takes
# long enough for it to happen.
turns=50000
[ -z "${SPILE_VM:-}" ] || turns=3000
start a-wrapping-array-never-overflows
spile -c "$threads 4 $turns" -e "global last%[300], n, left
	probe $point { last[tid(), int_arg(1)] <<< 1 n++ }
	probe end { foreach ([t, i] in last) left++ println(n, \" \", left) }"
want_out "$((4 * turns)) 300"
finish
