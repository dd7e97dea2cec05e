# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Variables of programs, traced values against what the program was written to compute.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/values
cat >"$TEST_TMP/values.stp" <<'END'
probe process(@1).function("scalars") {
	printf("%d %d %d %d %d %s %d %d\n", $i, $c, $s, $l, $u, user_string($text), $stacked, $last)
}
probe process(@1).function("structure") {
	printf("%d %d %d %d %d %s\n", $o->number, $o->negative, $o->wide, $o->link->deep,
	       $o->array[$index]->deep, user_string($o->name))
	println($o->array[1]$)
	println(@cast($o->link, "struct inner")->bytes[3])
}
probe process(@1).function("make_pair").return { println($return->first, " ", $return$) }
probe process(@1).function("tiny").return { println($return, " ", $v) }
probe process(@1).function("globals") { println($global_number, " ", $thread_number, " ", $global_array[$n]) }
probe process(@1).function("addressed") { println($n) }
probe process(@1).function("inlined").inline { println($a, "*", $b) }
probe process(@1).function("recursive").return { println($n, " gives ", $return) }
probe process(@1).function("jumps").label("out") { println("out ", $n) }
END
want="-1 200 -300 34359738368 4000000000 hello 70 -8
123 -9 78187493530 1099511627776 -99 outer
{.low=-2, .bytes=[...], .deep=1099511627776}
250
42 {.first=42, .second=42}
-20 -10
4242 313 30
41
5*3
20*6
0 gives 0
1 gives 1
2 gives 3
3 gives 6
out 2"

clang=${CLANG:-clang-19}
for flags in "gcc -O0" "gcc -O2" "gcc -O3" "gcc -O2 -no-pie -gdwarf-4" "gcc -O0 -gdwarf-4" \
	"gcc -O3 -gdwarf-4 -fomit-frame-pointer" "gcc -O0 -fomit-frame-pointer" "gcc -O2 -static" \
	"gcc -O2 -fno-omit-frame-pointer" "$clang -O0" "$clang -O2" "$clang -O3" \
	"$clang -O2 -gdwarf-4 -no-pie" "$clang -O0 -gdwarf-4" "$clang -O0 -fomit-frame-pointer" \
	"$clang -O2 -static"; do
	start "values-$(basename "$flags" | tr ' ' '-')"
	$flags -g -o "$program" "$SRCDIR/tests/probes/programs/values.c"
	spile -c "$program >/dev/null" "$TEST_TMP/values.stp" "$program"
	want_out "$want"
	finish
done

start separate-debug-file
gcc -O2 -g -o "$program" "$SRCDIR/tests/probes/programs/values.c"
objcopy --only-keep-debug "$program" "$program.debug"
objcopy -S --add-gnu-debuglink="$program.debug" "$program"
spile -c "$program >/dev/null" "$TEST_TMP/values.stp" "$program"
want_out "$want"
finish

# What is assigned to a parameter before the first instruction is not what the caller passed.
start assigned-at-once
cat >"$TEST_TMP/once.c" <<'END'
volatile int sink;
__attribute__((noinline)) int again(int n) { n = 5; sink = n; return n; }
static __attribute__((noinline)) int unused(int n) { sink = n; return n * 3; }
int main(int argc, char **argv) { again(40 + argc); unused(argc); return 0; }
END
gcc -O2 -g -o "$TEST_TMP/once" "$TEST_TMP/once.c"
spile -c "$TEST_TMP/once" -e 'probe process(@1).function("again") { println($n) }' "$TEST_TMP/once"
want_out 41
$clang -O2 -g -o "$TEST_TMP/once" "$TEST_TMP/once.c"
spile -c "$TEST_TMP/once" -e 'probe process(@1).function("again") {
	if (@defined($n)) println($n) else println("unknown") }' "$TEST_TMP/once"
want_match '^(41|unknown)$' "$out"
finish

# A result that nobody uses is not computed: whatever the register holds is not it.
for compiler in gcc "$clang"; do
	start "unused-result-$(basename "$compiler")"
	$compiler -O2 -g -o "$TEST_TMP/once" "$TEST_TMP/once.c"
	spile -p2 -e 'probe process(@1).function("unused").return { println($return) }' "$TEST_TMP/once"
	want_status 1
	want_match "no '.return' in function 'unused'.*the compiler may have removed it" "$err"
	finish
done

# @var at a return is what it is then, $x and @entry what it was before.
cat >"$TEST_TMP/steps.c" <<'END'
struct pair { int one, two; };
int count = 40;
static struct pair pair = { 1, 2 };
static __thread int own = 7;
__attribute__((noinline)) int step(int by) { count += by; pair.two *= 3; own--; return count; }
int main(int argc, char **argv) { return step(argc) + step(argc) > 0 && own + pair.one > 100; }
END
for flags in "-O0" "-O2" "-O2 -no-pie"; do
	start "globals-at-return$(tr -d ' ' <<<"$flags")"
	gcc $flags -g -o "$TEST_TMP/steps" "$TEST_TMP/steps.c"
	spile -c "$TEST_TMP/steps" -e 'probe process(@1).function("step").return {
		println($return, " ", @var("count"), " ", $count, " ", @entry(@var("count")), " ",
			@var("pair@steps.c")->two, " ", @var("own"), " ", @defined(@var("nothing"))) }' \
		"$TEST_TMP/steps"
	want_out "41 41 40 40 6 6 0
42 42 41 41 18 5 0"
	finish
done

start running-process
cat >"$TEST_TMP/sleeper.c" <<'END'
#include <stdlib.h>
#include <unistd.h>
__attribute__((noinline)) int tick(int n) { __asm__ volatile("" : "+r"(n)); return n + 1; }
int main(int argc, char **argv) { for (int i = 0;; i = tick(i)) usleep(10000); }
END
gcc -O2 -g -o "$TEST_TMP/sleeper" "$TEST_TMP/sleeper.c"
"$TEST_TMP/sleeper" & one=$!
"$TEST_TMP/sleeper" & two=$!
spile -T 5 -e "probe process($one).function(\"tick\").return {
	println(pid() == $one, \" \", \$return > 0); exit() }"
kill $one $two
want_out "1 1"
finish

# Code that was not optimised copies arguments of inlined functions by calls first.
start inlined-copies
cat >"$TEST_TMP/copies.c" <<'END2'
struct big { long a[20]; };
volatile long sink;
static inline __attribute__((always_inline)) void use(struct big big, int n)
{
	sink = big.a[7] + n;
}
int main(int argc, char **argv)
{
	struct big big = { { [7] = 70 } };
	for (int i = 0; i < 2; i++) {
		big.a[7] += argc;
		use(big, i);
	}
	return 0;
}
END2
for compiler in gcc "$clang"; do
	$compiler -O0 -g -o "$TEST_TMP/copies" "$TEST_TMP/copies.c"
	spile -c "$TEST_TMP/copies" -e 'probe process(@1).function("use").inline {
		println($big->a[7], " ", $n) }' "$TEST_TMP/copies"
	want_out "71 0
72 1"
done
finish

# A bit-field of nine bytes; and what has no address, in the middle of what is shown whole.
cat >"$TEST_TMP/packed.c" <<'END2'
struct __attribute__((packed)) packed { unsigned a : 3; unsigned long b : 45; int c : 13; short d;
	unsigned e : 31; unsigned long f : 63; long g : 62; int h; };
union both { char text[8]; struct { short one, two; }; float real; };
volatile long sink;
#ifdef __clang__
#define KEPT __attribute__((noinline, optnone))
#else
#define KEPT __attribute__((noipa))
#endif
KEPT int look(struct packed *p, union both both) { sink = p->a + both.one; return p->h; }
int main(void)
{
	struct packed p = { 5, 0x1abcdef01234UL, -1000, -5, 0x7ffffffe, 0x7ffffffffffffff3UL, -77, 12 };
	union both both = { .one = 3, .two = -4 };
	return look(&p, both) == 0;
}
END2
for compiler in gcc "$clang"; do
	start "packed-and-in-registers-$(basename "$compiler")"
	$compiler -O2 -g -o "$TEST_TMP/packed" "$TEST_TMP/packed.c"
	spile -g -c "$TEST_TMP/packed" -e 'probe process(@1).function("look") {
		println($p$); println($p->b, " ", $p->f, " ", $p->g); println($both$) }' "$TEST_TMP/packed"
	want_match '^\{\.a=5, \.b=29398496449076, \.c=-1000, \.d=-5, \.e=2147483646, \.f=9223372036854775795, \.g=-77, \.h=12\}$' "$out"
	want_match '^29398496449076 9223372036854775795 -77$' "$out"
	want_match '^\{\.text=(\?|"\\003"), \{\.one=3, \.two=-4\}, \.real=\?\}$' "$out"
	finish
done

# What is passed in vector registers, in memory for want of alignment, or in two registers decides
# where the numbers behind it are.
cat >"$TEST_TMP/passed.cc" <<'END'
typedef int four __attribute__((vector_size(16)));
struct __attribute__((packed)) packed { char a; long b; };
struct holder { four v; };
struct table { int member(int n) { return n; } };
typedef int (table::*method)(int);
#define OUT __attribute__((noinline, used))
volatile long sink;
#define USE sink = a + b + c + d + e + f + g; __asm__ volatile("" ::: "memory"); return sink
OUT long vectors(long a, four v, long b, long c, holder h, long d, long e, long f, four w, long g) { USE; }
OUT long unaligned(long a, packed v, long b, long c, packed w, long d, long e, long f, long g) { USE; }
OUT long methods(long a, method v, long b, long c, method w, long d, long e, long f, long g) { USE; }
int main()
{
	four v = { 1, 2, 3, 4 };
	holder h = { v };
	packed p = { 1, 2 };

	vectors(11, v, 12, 13, h, 14, 15, 16, v, 17);
	unaligned(21, p, 22, 23, p, 24, 25, 26, 27);
	methods(31, &table::member, 32, 33, &table::member, 34, 35, 36, 37);
	return 0;
}
END
passed=
for name in vectors unaligned methods; do
	passed+="probe process(@1).function(\"$name\"), process(@1).function(\"$name\").return {"
	for v in a b c d e f g; do
		passed+=" if (@defined(\$$v)) printf(\"%d \", \$$v) else print(\"? \")"
	done
	passed+=" println() }"$'\n'
done
for flags in "g++ -O0" "g++ -O2" "clang++-19 -O0" "clang++-19 -O2"; do
	start "passed-$(tr ' ' '-' <<<"$flags")"
	$flags -g -w -o "$TEST_TMP/passed" "$TEST_TMP/passed.cc"
	spile -c "$TEST_TMP/passed" -e "$passed" "$TEST_TMP/passed"
	want_match '^11 12 13 14 15 [?1]' "$out"
	line=0
	for tens in 1 1 2 2 3 3; do
		line=$((line + 1))
		want_match "^($tens[1-7] |\\? ){7}$" "$(sed -n ${line}p <<<"$out")"
		for n in 1 2 3 4 5 6 7; do
			want_match "^($tens$n|\\?)$" "$(sed -n ${line}p <<<"$out" | cut -d' ' -f$n)"
		done
	done
	finish
done

# gcc -O2 says of each name for a member of a result in registers where the whole is.
start structured-binding
cat >"$TEST_TMP/binding.cc" <<'END'
struct three { int x; char y; long z; };
volatile long sink;
__attribute__((noinline)) three make(int n) { __asm__ volatile("" ::: "memory"); return { n, 'c', n * 10L }; }
__attribute__((noinline)) int bind(int n)
{
	auto [x, y, z] = make(n);
	__asm__ volatile("" ::: "memory");
	sink = x + y + z;
	sink += x;
	return x + z;
}
int main() { return bind(21) != 231; }
END
for flags in "g++ -O0" "g++ -O2" "clang++-19 -O0" "clang++-19 -O2"; do
	$flags -std=c++17 -g -o "$TEST_TMP/binding" "$TEST_TMP/binding.cc"
	spile -c "$TEST_TMP/binding" -e 'probe process(@1).statement("bind@binding.cc:10") {
		println(@defined($x) ? $x : 21, " ", @defined($y) ? $y : 99, " ", @defined($z) ? $z : 210) }' \
		"$TEST_TMP/binding"
	want_match '^21 99 210$' "$out"
done
finish

# Text in an array without a zero at its end, that is longer when it is quoted.
start text-without-an-end
cat >"$TEST_TMP/text.c" <<'END'
struct text { char a[3], b[3], c[4]; } text = { { 1, 2, 3 }, { 'x', 7, 'y' }, { '"', '\\', '\n', 0 } };
__attribute__((noinline)) int look(struct text *p) { __asm__ volatile("" ::: "memory"); return p->a[0]; }
int main(void) { return look(&text) - 1; }
END
gcc -O1 -g -o "$TEST_TMP/text" "$TEST_TMP/text.c"
spile -c "$TEST_TMP/text" -e 'probe process(@1).function("look") { println($p$) }' "$TEST_TMP/text"
want_out '{.a="\001\002\003", .b="x\ay", .c="\"\\\n"}'
finish

# A pack of parameters has one name.
start parameter-pack
cat >"$TEST_TMP/pack.cc" <<'END'
volatile long sink;
template <typename... P> __attribute__((noinline)) int pack(P... p) { sink = (p + ... + 0); return sizeof...(p); }
int main() { return pack(1, 2L, 'c') - 3; }
END
clang++-19 -O0 -std=c++17 -g -o "$TEST_TMP/pack" "$TEST_TMP/pack.cc"
spile -p2 -e 'probe process(@1).function("pack") { println($p) }' "$TEST_TMP/pack"
want_status 1
want_match 'several variables of that name' "$err"
finish
