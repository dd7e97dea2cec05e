# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Probes that stand behind the entry of a function, because that is cheaper, count the same.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/entries
script="global c
	probe process(\"$program\").function(\"*\").call { c[ppfunc()]++ }
	probe end { foreach (f+ in c) println(f, \" \", c[f]) }"

# moved FUNCTION: spile -v said that its site is not at its entry
moved() {
	want_match "function\(\"$1(@[^\"]*)?\"\).*: site moved [0-9]+ bytes" "$err"
}
not_moved() {
	want_no_match "function\(\"$1(@[^\"]*)?\"\).*: site moved" "$err"
}

# probe FUNCTION: counts that function alone
probe() {
	spile -v -c "$program" -e "global c probe process(\"$program\").function(\"$1\") { c++ }
		probe end { println(c) }"
	out=$(tail -n 1 <<<"$out")
}

for compiler in gcc "${CLANG:-clang-19}"; do
	for level in -O0 -O2 -O3 '-Os -fno-pie -no-pie' '-O2 -fcf-protection=full'; do
		start "same-counts-$(basename "$compiler")${level// /}"
		# shellcheck disable=SC2086
		$compiler -g $level -o "$program" "$SRCDIR/tests/probes/programs/entries.c"
		spile --exact-entry -c "$program" -e "$script"
		want_status 0
		exact=$out
		want_match '^again 200$' "$exact"
		spile -c "$program" -e "$script"
		want_out "$exact"
		finish
	done
done

gcc -g -O2 -o "$program" "$SRCDIR/tests/probes/programs/entries.c"

start moves
probe plain
moved plain
want_out 100
finish

start does-not-move-exactly
spile -v --exact-entry -c "$program" -e "global c
	probe process(\"$program\").function(\"plain\") { c++ } probe end { println(c) }"
not_moved plain
finish

# More comes to the site than to the entry, or may; or something may stop in between.
for function in looped entered_near entered_far by_table two_names reads_memory; do
	start "does-not-move-$function"
	probe "$function"
	not_moved "$function"
	want_out 100
	finish
done

start moves-where-the-entry-is-come-back-to
probe again
moved again
want_out 200
finish

start does-not-move-without-symbols
strip -o "$program.stripped" "$program"
cp "$program" "$program.whole"
mv "$program.stripped" "$program"
address=0x$(nm "$program.whole" | sed -n 's/ T plain$//p')
spile -v -c "$program" -e "global c probe process(\"$program\").function($address) { c++ }
	probe end { println(c) }"
want_no_match 'site moved' "$err"
want_match '^100$' "$out"
mv "$program.whole" "$program"
finish

# handler BODY: the site stays where it is for that handler
stays() {
	spile -v -c "$program" -e "global c, d
		probe process(\"$program\").function(\"plain\") { $1 } probe end { println(c, d) }"
	want_status 0
	not_moved plain
}

start stays-for-registers
stays 'c++; d = uaddr()'
stays 'c++; d = u_register("rax")'
finish

start stays-for-arguments
stays 'c++; d = long_arg(1)'
finish

start stays-in-functions
stays 'c++; if (c > 1000) d = uaddr()'
finish

start stays-with-a-return-probe
spile -v -c "$program" -e "global c, d
	probe process(\"$program\").function(\"plain\") { c++ }
	probe process(\"$program\").function(\"plain\").return { d++ }
	probe end { println(c, \" \", d) }"
not_moved plain
want_match '^100 100$' "$out"
finish
