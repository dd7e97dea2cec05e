# SPDX-License-Identifier: GPL-2.0-or-later
# where: host vm
# Large scripts: a handler of 2 000 lines, 200 probes, an array of 100 000 elements. Under another
# kernel, where a processor is emulated, the first two are a tenth as large; SCALE=1 makes them whole.
. "$SRCDIR/tests/lib.sh"

[ "${SPILE_VM:-6.1}" = 6.1 ] || exit 0 # what the oldest verifier takes, later ones do

SPILE_TIMEOUT=300
scale=${SCALE:-1}
[ -z "${SPILE_VM:-}" ] || scale=${SCALE:-10}

# A handler of so many lines, each of a kind of its own, and what it must have computed.
long_handler() {
	local i a=0 b=1 c=2 t
	echo 'global a = 0, b = 1, c = 2, counts, text'
	echo 'probe begin {'
	for ((i = 0; i < $1; i++)); do
		case $((i % 5)) in
		0) echo "	a = b * 3 + c - $i" ;;
		1) echo "	if (a > b) c += $i else c -= $i" ;;
		2) echo "	counts[a & 7, \"k\"] += b" ;;
		3) echo "	for (i = 0; i < 3; i++) b ^= a + i" ;;
		4) echo "	text = substr(text . sprintf(\"%x,\", c), 1, 30)" ;;
		esac
	done
	echo '	foreach ([k, l] in counts) sum += counts[k, l]'
	echo '	println(a, " ", b, " ", c, " ", sum, " ", text)'
	echo '	exit()'
	echo '}'
}

long_result() {
	local i j a=0 b=1 c=2 sum=0 text= hex
	for ((i = 0; i < $1; i++)); do
		case $((i % 5)) in
		0) a=$((b * 3 + c - i)) ;;
		1) ((a > b)) && c=$((c + i)) || c=$((c - i)) ;;
		2) sum=$((sum + b)) ;;
		3) for j in 0 1 2; do b=$((b ^ (a + j))); done ;;
		4) printf -v hex '%x,' "$c"; text+=$hex; text=${text:1:30} ;;
		esac
	done
	echo "$a $b $c $sum $text"
}

for home in kernel tracer; do
	[ $home = kernel ] || [ -z "${SPILE_VM:-}" ] || continue

	start "a-handler-of-$((2000 / scale))-lines-$home"
	long_handler $((2000 / scale)) >"$TEST_TMP/long.stp"
	spile --no-cache --begin=$home "$TEST_TMP/long.stp"
	want_out "$(long_result $((2000 / scale)))"
	finish

	start "probes-with-loops-and-strings-$((200 / scale))-$home"
	n=$((200 / scale))
	for ((i = 0; i < n; i++)); do
		echo "probe begin($i) {
			s = \"p$i\"
			for (i = 0; i < 10; i++) { s .= sprint(i); total += i }
			text[$i] = s
			if (s =~ \"^p([0-9]+)\") length += strlen(matched(1))
		}"
	done >"$TEST_TMP/probes.stp"
	echo 'global total, text, length
		probe end { println(total, " ", length, " ", text[7]) }
		probe begin(1000) { exit() }' >>"$TEST_TMP/probes.stp"
	spile --no-cache --begin=$home "$TEST_TMP/probes.stp"
	length=0
	for ((i = 0; i < n; i++)); do length=$((length + 10 + ${#i})); done
	want_out "$((45 * n)) $length p70123456789"
	finish

	start "an-array-of-100000-$home"
	spile --no-cache --begin=$home -D MAXACTION=2000000 -e 'global a[100000]
		probe begin {
			for (i = 0; i < 100000; i++) a[i] = (i * 7919) % 100003
			foreach (k in a) n += a[k]
			print(n)
			foreach (k- in a limit 2) print(" ", k)
			foreach (v = k+ in a) { if (k != at++ || v != a[k]) print(" bad ", k); last = k }
			print(" ", at, " ", last)
			last = 100003
			foreach (k in a-) { if (a[k] >= last) print(" bad ", k); last = a[k]; seen++ }
			println(" ", seen)
			exit()
		}'
	# sum of (7919 i) mod 100003 for i < 100000, then what the loops saw
	n=0
	for ((i = 0; i < 100000; i++)); do n=$((n + i * 7919 % 100003)); done
	want_out "$n 99999 99998 100000 99999 100000"
	finish

	start "probes-that-catch-errors-$((100 / scale))-$home"
	n=$((100 / scale))
	for ((i = 0; i < n; i++)); do
		echo "probe begin($i) {"
		for ((j = 0; j < 10; j++)); do
			echo "	try { error(sprint($i, \" is \", $j)) } catch (m) { last = m }
				try { println($i / zero) } catch (m) { caught[m]++ }"
		done
		echo "}"
	done >"$TEST_TMP/catching.stp"
	echo 'global zero = 0, caught, last
		probe end { println(last); foreach (m in caught) println(m, " ", caught[m]) }
		probe begin(1000) { exit() }' >>"$TEST_TMP/catching.stp"
	spile --no-cache --begin=$home "$TEST_TMP/catching.stp"
	want_out "$((n - 1)) is 9
division by 0 $((10 * n))"
	finish
done
