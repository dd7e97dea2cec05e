# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Parameters that are gone, which the caller tells (DW_OP_entry_value): compared with what the
# program saw at the functions' entries.
. "$SRCDIR/tests/lib.sh"

gcc=${CC:-gcc} clang=${CLANG:-clang-19} program=$TEST_TMP/passed

cat >"$TEST_TMP/passed.c" <<'END2'
#include <stdio.h>
volatile int sink;
struct pair { long one; int two; };
#define LOSE_REGISTERS __asm__ volatile("" ::: "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", \
					"r10", "r11", "memory")
#define NOT_INLINED __attribute__((noinline))
static NOT_INLINED void touch(long x) { sink += (int)x; LOSE_REGISTERS; }

NOT_INLINED int plain(int n, unsigned char c, long l, const char *text)
{
	touch(n + c + l + *text);
	touch(1);
	touch(2); /* line 14 */
	return sink;
}
NOT_INLINED int by_value(struct pair pair, short s)
{
	touch(pair.one + pair.two + s);
	touch(3); /* line 20 */
	return sink;
}
NOT_INLINED int outer(int n, long l)
{
	touch(4);
	int r = plain(n, 200, l * 3, "outer");
	touch(5); /* line 27: n is not there, but what called outer() tells */
	return r;
}
NOT_INLINED int recurse(int n, int left)
{
	touch(n);
	int r = left ? recurse(n + 7, left - 1) : 0;
	touch(6); /* line 34 */
	return r + 1;
}
NOT_INLINED int jumps(int n) { touch(7); return plain(n + 500, 5, 6, "jumps"); }
NOT_INLINED int even(int n, int left);
NOT_INLINED int odd(int n, int left)
{
	touch(n);
	touch(8); /* line 42: comes from even() by jumps, too */
	return left ? even(sink, left - 1) : 0;
}
NOT_INLINED int even(int n, int left) { touch(n); return left ? odd(sink + 1, left - 1) : 1; }
int (*volatile by_pointer)(int, unsigned char, long, const char *) = plain;

int main(int argc, char **argv)
{
	int r = 0;
	for (int i = 0; i < 3; i++) {
		struct pair pair = { 1000000000000 + i, -i };
		r += plain(i - 1, (unsigned char)(250 + i), 77, "main") + outer(i * 100, i + argc);
		r += by_value(pair, (short)(-5 - i)) + recurse(i * 1000, 2);
	}
	r += jumps(argc) + odd(5, 3) + by_pointer(9, 8, 7, "pointer");
	return r == 0;
}
END2

# What the registers hold at the entry is the truth; each later line may say so, or say nothing.
cat >"$TEST_TMP/passed.stp" <<'END2'
global n, c, l, s, one, two, wrong = 0, right
function check(what, told, truth)
{
	if (told == truth) right[what]++
	else { wrong++; printf("%s is %d, not %d\n", what, told, truth) }
}
probe process(@1).function("plain") { n["p"] = $n; c = $c; l["p"] = $l; s = $text }
probe process(@1).statement("plain@passed.c:14") {
	try { if (@defined($n)) check("n", $n, n["p"]) } catch { }
	try { if (@defined($c)) check("c", $c, c) } catch { }
	try { if (@defined($l)) check("l", $l, l["p"]) } catch { }
	try { if (@defined($text)) check("text", $text, s) } catch { }
}
probe process(@1).function("by_value") { one = $pair->one; two = $pair->two; n["b"] = $s }
probe process(@1).statement("by_value@passed.c:20") {
	try { if (@defined($pair->one)) check("one", $pair->one, one) } catch { }
	try { if (@defined($pair->two)) check("two", $pair->two, two) } catch { }
	try { if (@defined($s)) check("s", $s, n["b"]) } catch { }
}
probe process(@1).function("outer") { n["o"] = $n; l["o"] = $l }
probe process(@1).statement("outer@passed.c:27") {
	try { if (@defined($n)) check("outer n", $n, n["o"]) } catch { }
	try { if (@defined($l)) check("outer l", $l, l["o"]) } catch { }
}
global of, depth
probe process(@1).function("recurse") { of[++depth] = $n }
probe process(@1).statement("recurse@passed.c:34") {
	try { if (@defined($n)) check("recurse n", $n, of[depth]) } catch { }
}
probe process(@1).function("recurse").return { depth-- }
probe process(@1).function("odd") { n["d"] = $n }
probe process(@1).statement("odd@passed.c:42") {
	try { if (@defined($n)) check("odd n", $n, n["d"]) } catch { }
}
probe end {
	foreach (what+ in right) printf("%s:%d ", what, right[what])
	printf("wrong:%d\n", wrong)
}
END2

for flags in "-O2" "-O3 -no-pie" "-Os -gdwarf-4" "-O2 -gdwarf-4 -fno-omit-frame-pointer"; do
	for compiler in $gcc $clang; do
		start "values-$compiler$(tr -d ' ' <<<"$flags")"
		$compiler -g -ggdb $flags -o "$program" "$TEST_TMP/passed.c"
		spile -c "$program" "$TEST_TMP/passed.stp" "$program"
		want_match ' wrong:0$' "$out"
		want_match '^c:[36] .*n:[36] .*outer n:3 ' "$out"
		finish
	done
done

start unknown-caller
$gcc -g -O2 -o "$program" "$TEST_TMP/passed.c"
spile -c "$program" -e 'probe process(@1).statement("plain@passed.c:14") {
	if (calls++ == 7) println($$parms, " ", $l) }
global calls' "$program"
want_status 1
want_match "optimised away: this caller does not tell what it passed at .* in probe" "$err"
spile -c "$program" -e 'probe process(@1).statement("plain@passed.c:14") { println($$parms, " ", $l); exit() }' \
	"$program"
want_match '^n=[^ ]+ c=[^ ]+ l=\? text=[^ ]+ 77$' "$out"
finish
