# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# What handlers do to globals at the same time, from four threads on all processors and from
# probes of several kinds: no update is lost, and nothing that does not hold is ever seen.
. "$SRCDIR/tests/lib.sh"

threads=$TEST_TMP/threads
$CC -O1 -pthread -o "$threads" "$SRCDIR/tests/probes/threads.c" || exit 1
calls=10000
point="process(\"$threads\").function(\"counted\")"

# together NAME SCRIPT OUT: the script's output, and nothing on stderr
together() {
	start "$1"
	spile -c "$threads 4 $calls" -e "${2//POINT/$point}"
	want_out "$3"
	want "nothing is skipped and nothing fails" [ -z "$err" ]
	finish
}

together elements-with-string-keys 'global a
	probe POINT { a[sprintf("k%d", int_arg(1) % 7)] += 2 }
	probe end { foreach (k in a) n += a[k]; println(n) }' $((8 * calls))

together statistics-with-tuples 'global a
	probe POINT { a[int_arg(1) & 3, "x"] <<< int_arg(1) }
	probe end { foreach ([k, x] in a) { n += @count(a[k, x]); s += @sum(a[k, x]) } println(n, " ", s) }' \
	"$((4 * calls)) $((2 * calls * (calls - 1)))"

together looks-and-then-makes 'global a
	probe POINT { k = int_arg(1) % 5; if (k in a) a[k]++; else a[k] = 1 }
	probe end { foreach (k in a) n += a[k]; println(n) }' $((4 * calls))

together gives-and-takes 'global a, put, got
	probe POINT {
		k = int_arg(1) % 3
		if (k in a) { got += a[k]; delete a[k] } else { a[k] = 1; put++ }
	}
	probe end { foreach (k in a) got += a[k]; println(put - got, put > 0) }' 01

together a-function-that-changes-two 'global n, m
	function move(x) { n = n + x; m = m - x; return n + m }
	probe POINT { if (move(1)) error("torn") }
	probe end { println(n, " ", m) }' "$((4 * calls)) -$((4 * calls))"

together a-string-that-grows 'global s, n, rounds
	probe POINT { s .= "x"; n++; if (strlen(s) == 100) { s = ""; rounds++ } }
	probe end { println(n, " ", rounds * 100 + strlen(s)) }' "$((4 * calls)) $((4 * calls))"

together sums-that-stay-the-same 'global a, bad
	probe begin { for (i = 0; i < 8; i++) a[i] = 10 }
	probe POINT {
		k = int_arg(1) & 7; j = (k + 3) & 7
		a[k]--; a[j]++
		if (int_arg(1) & 63) next
		foreach (q in a) s += a[q]
		bad += s != 80
	}
	probe end { foreach (q in a) s += a[q]; println(bad, " ", s) }' '0 80'

together buckets-of-histograms 'global h, l, a
	probe POINT { x = int_arg(1); h <<< x; l <<< x & 255; a[x & 3] <<< x }
	probe end {
		foreach (b in @hist_log(h)) n += @hist_log(h)[b]
		foreach (b in @hist_linear(l, 0, 200, 10)) m += @hist_linear(l, 0, 200, 10)[b]
		foreach (k in a) foreach (b in @hist_log(a[k])) q += @hist_log(a[k])[b]
		println(n, " ", m, " ", q)
	}' "$((4 * calls)) $((4 * calls)) $((4 * calls))"

together a-histogram-that-is-read-meanwhile 'global h, bad
	probe POINT {
		x = int_arg(1)
		h <<< x & 15
		if (x & 63) next
		foreach (b in @hist_log(h)) n += @hist_log(h)[b]
		bad += n != @count(h)
	}
	probe end { println(@count(h), " ", bad) }' "$((4 * calls)) 0"

together the-least-and-the-greatest 'global s, m
	probe POINT { s <<< int_arg(1); if (int_arg(1) > m) m = int_arg(1) }
	probe end { println(@min(s), " ", @max(s), " ", m, " ", @avg(s)) }' \
	"0 $((calls - 1)) $((calls - 1)) $(((calls - 1) / 2))"

together strings-of-other-lengths 'global s, e, n, bad
	function whole(t) { return t =~ "^(a{40}|b{20}|c|)$" }
	probe POINT {
		k = tid() % 3; j = int_arg(1) & 1
		t = k == 0 ? "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" : k == 1 ? "bbbbbbbbbbbbbbbbbbbb" : "c"
		bad += !whole(s) + !whole(e[!j])
		s = t; e[j] = t; n++
	}
	probe end { println(n, " ", bad) }' "$((4 * calls)) 0"

together slices-that-are-deleted 'global a, n, taken
	probe POINT {
		x = int_arg(1) % 50
		a[tid() & 1, x]++; n++
		if (x != 7) next
		foreach (v = [p, q] in a[0, *]) taken += v
		delete a[0, *]
	}
	probe end { foreach (v = [p, q] in a) taken += v; println(taken - n, " ", n) }' "0 $((4 * calls))"

together an-order-while-others-add 'global a, bad, n
	probe POINT {
		x = int_arg(1) % 100
		a[x]++; n++
		if (x != 9) next
		last = -1
		foreach (v = k in a-) { bad += last >= 0 && v > last; last = v }
	}
	probe end { println(n, " ", bad) }' "$((4 * calls)) 0"

together an-array-that-wraps 'global a%[100], n, missing
	probe POINT { k = int_arg(1) % 150; a[k] <<< 1; n++; missing += !(k in a) }
	probe end { foreach (k in a) { there++; s += @count(a[k]) > 0 } println(n, " ", there, " ", s, " ", missing) }' \
	"$((4 * calls)) 100 100 0"

start every-overflow-is-an-error
spile -D MAXERRORS=1000000 -c "$threads 4 1500" -e "global a[100], n
	probe $point { n++; a[int_arg(1) % 150]++ }
	probe end { foreach (v = k in a) s += v; println(n, \" \", s) }"
want "each call adds one or fails" \
	[ "$out" = "6000 $((6000 - $(grep -c '^ERROR: array overflow' <<<"$err")))" ]
want_match "^WARNING: number of errors: $((6000 - ${out#* }))," "$err"
finish

start lines-are-in-order
spile -c "$threads 4 2000" -e "probe $point { printf(\"%d %d %d %d\n\", cpu(), tid(), int_arg(1), ktime_get_ns()) }"
want "each thread's lines" [ "$(awk '$2 in last && $3 != last[$2] + 1 { n++ } { last[$2] = $3 } END { print n + 0 }' \
	"$TEST_TMP/out")" = 0 ]
# but where one handler was interrupted by another between its look at the clock and its line
want "each processor's lines" [ "$(awk '$4 < last[$1] { n++ } { last[$1] = $4 } END { print n + 0 }' \
	"$TEST_TMP/out")" -le 8 ]
want "all lines" [ "$(grep -Exc '[0-9]+ [0-9]+ [0-9]+ [0-9]+' "$TEST_TMP/out")" = 8000 ]
finish

# A handler that waits in vain for the tracer, which another process keeps from running, is skipped
# and counted.
lock_skips() {
	sed -n 's/.*skipped probes: [0-9]* (lock: \([0-9]*\), scratch: 0, by the kernel: 0)$/\1/p' <<<"$err"
}

start swaps-in-three-kinds-of-probes
spile -c "$threads 4 $calls" -e "global x = 1, y = 2, bad, u, s, m
	probe $point { t = x; x = y; y = t; u++; bad += x + y != 3 }
	probe kernel.trace(\"sched_switch\") { t = x; x = y; y = t; s++; bad += x + y != 3 }
	probe timer.ms(1) { t = x; x = y; y = t; m++; bad += x + y != 3 }
	probe end { println(x + y, \" \", bad, \" \", s > 0, m > 0, \" \", u) }"
missed=$(lock_skips) u=${out##* }
want_match '^3 0 11 ' "$out"
want "each call or its skipping is counted" [ "$u" -le $((4 * calls)) ]
want "each call or its skipping is counted" [ $((u + ${missed:-0})) -ge $((4 * calls)) ]
want "few are skipped" [ "${missed:-0}" -le 100 ]
finish

start a-timer-that-drains
spile -c "$threads 4 $calls" -e "global a, b, c, s, d, got_a, got_b, got_c, got_s, got_d, drained
	probe $point {
		k = int_arg(1) & 3
		a[k]++; b[k] <<< 1; c++; s <<< 1
		if (k in d) d[k]++; else d[k] = 1
	}
	function drain() {
		foreach (k in a) got_a += a[k]
		delete a
		foreach (k in b) got_b += @count(b[k])
		delete b
		foreach (k in d) got_d += d[k]
		delete d
		got_c += c; c = 0
		got_s += @count(s); delete s
	}
	probe timer.ms(2) { drain(); drained++ }
	probe end {
		drain()
		println(got_a, \" \", got_b, \" \", got_c, \" \", got_s, \" \", got_d, \" \", drained > 0)
	}"
missed=$(lock_skips)
n=$((4 * calls - ${missed:-0}))
want_out "$n $n $n $n $n 1"
want "few are skipped" [ "${missed:-0}" -le 100 ]
finish

# All calls of the system come by at the end of one call's kind, also the tracer's while it drains.
start what-a-probe-is-not-for-waits-for-no-lock
spile -DMAXTRYLOCK=1 -T 1 -e 'global a, n, drained
	probe syscall.getpgid.return { if (pid() == stp_pid()) next; a[1]++; if (a[2] > 5) a[2] = 0 }
	probe timer.ms(20) { foreach (k in a) n += a[k]; delete a; a[3] = n; drained++ }
	probe end { println(drained > 5) }'
want_out 1
want "nothing is skipped" [ -z "$(lock_skips)" ]
finish

start the-tracer-does-not-wait-for-itself
spile -T 1 -e 'global a, n, drained
	probe kernel.trace("raw_syscalls:sys_exit") {
		if (pid() == stp_pid()) { a[$id]++; if (a[-5] > 5) a[-5] = 0 }
	}
	probe timer.ms(20) { foreach (k in a) n += a[k]; delete a; a[-9] = n; drained++ }
	probe end { println(drained > 5, " ", n > 0) }'
want_out '1 1'
missed=$(lock_skips) # by others, where a processor is taken away from who holds the lock
want "few are skipped" [ "${missed:-0}" -le 100 ]
finish
