# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Names of addresses, stacks and registers of processes that may be gone.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/stacks
gcc -O1 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls -o "$program" \
	"$SRCDIR/tests/probes/programs/stacks.c" || exit 1
gcc -O1 -g -no-pie -fno-omit-frame-pointer -fno-optimize-sibling-calls -o "$program-fixed" \
	"$SRCDIR/tests/probes/programs/stacks.c" || exit 1
g++ -O1 -g -o "$TEST_TMP/classes" "$SRCDIR/tests/probes/programs/stacks.cc" || exit 1
leaf="probe process(\"$program\").function(\"leaf\")"

# names TEXT: the functions of a printed stack, as one line
names() {
	sed -n 's/^ *0x[0-9a-f]* : \([^+ ]*\).*/\1/p' <<<"$1" | tr '\n' ' '
}

start names-of-an-address
spile -c "$program" -e "$leaf {
	println(usymname(uaddr()), \" \", umodname(uaddr()), \" \", usymname(ustack(1)))
	println(usymdata(ustack(1)))
	println(usymfileline(uaddr()))
	println(usymline(uaddr()))
	printf(\"%8s|%-8s|%.2s|\\n\", usymname(addr()), probefunc(), usymname(addr()))
	exit() }"
want_match '^leaf stacks middle$' "$out"
want_match "^middle\+0x[0-9a-f]+/0x[0-9a-f]+ \[$program\]\$" "$out"
want_match "programs/stacks.c:$(grep -n '^KEEP int leaf' "$SRCDIR/tests/probes/programs/stacks.c" | cut -d: -f1 | xargs -I{} expr {} + 1)\$" "$out"
want_match '^    leaf\|leaf    \|le\|$' "$out"
finish

start address-of-nothing
spile -e 'probe begin { println(usymname(1), " ", usymdata(2), " ", umodname(3), " ", symname(-5)); exit() }'
want_out '0x1 0x2 <unknown> 0xfffffffffffffffb'
finish

start a-stack
spile -c "$program" -e "$leaf { print_ubacktrace(); exit() }"
want "the chain of calls" [ "$(names "$out" | cut -d' ' -f1-4)" = "leaf middle outer main" ]
finish

start a-stack-at-a-fixed-address
spile -c "$program-fixed" -e "probe process(\"$program-fixed\").function(\"leaf\") { print_ubacktrace(); exit() }"
want "the chain of calls" [ "$(names "$out" | cut -d' ' -f1-4)" = "leaf middle outer main" ]
finish

start the-caller-at-a-return
spile -c "$program" -e "$leaf.return { println(usymname(uaddr()), \" \", usymname(ustack(1))) exit() }"
want_out "middle outer"
finish

start names-of-a-stack-are-longer-than-a-string
spile -DMAXSTRINGLEN=128 -c "$program" -e "global s
	$leaf { s[ubacktrace()]++; print_ustack(ubacktrace()); exit() }
	probe end { foreach (t in s limit 1) print_ustack(t) }"
want "two whole chains" [ "$(names "$out" | grep -o 'leaf middle outer main' | wc -l)" = 2 ]
want "the same lines" [ "$(sort <<<"$out" | uniq -c | awk '$1 % 2' | wc -l)" = 0 ]
finish

start stacks-as-keys-when-the-process-is-gone
spile -c "$program" -e "global s
	$leaf { s[ubacktrace()]++ }
	probe end { foreach (t in s) { println(s[t]); print_ustack(t); print(sprint_usyms(t)) } }"
want "three different stacks" [ "$(grep -c '^1$' <<<"$out")" = 3 ]
want "three chains" [ "$(names "$out" | grep -o 'leaf middle outer main' | wc -l)" = 3 ]
want "three short chains" [ "$(grep -c '^middle+0x[0-9a-f]* \[stacks\]$' <<<"$out")" = 3 ]
want_no_match '[[:cntrl:]]' "$out"
finish

start the-same-stack-is-one-key
spile -c "$program deep 3" -e "global s
	probe process(\"$program\").function(\"deep\") { s[ubacktrace()]++; d[ustack(1)]++ }
	probe end { foreach (t in s) println(s[t]); foreach (a in d) printf(\"%s %d\n\", usymname(a), d[a]) } global d"
want "four stacks" [ "$(grep -c '^1$' <<<"$out")" = 4 ]
want_match '^deep 3$' "$out"
want_match '^main 1$' "$out"
finish

# What is on disk by now is another program, or none.
gcc -O1 -fno-omit-frame-pointer -o "$program-gone" "$SRCDIR/tests/probes/programs/ticker.c"
"$program-gone" 2000 &
gone=$!
sleep 0.3
for state in deleted replaced; do
	rm -f "$program-gone"
	[ $state = deleted ] || cp /bin/true "$program-gone"
	start "names-of-a-program-that-is-$state"
	spile -x $gone -T 20 -e "probe process.function(\"tick\") { print_ubacktrace(); exit() }"
	want "the chain of calls" [ "$(names "$out" | cut -d' ' -f1-2)" = "tick main" ]
	finish
done
kill $gone
wait $gone 2>/dev/null

# rbp is anything there: what it leads to is no frame.
gcc -O2 -fomit-frame-pointer -fno-optimize-sibling-calls -o "$program-frameless" -x c - <<'END'
#include <stdint.h>
#define KEEP __attribute__((noinline, noclone))
KEEP int leaf(int x) { __asm__ volatile("" : "+r"(x)); return x; }
KEEP int middle(int x) { x = leaf(x); __asm__ volatile("" : "+r"(x)); return x; }
int main(void)
{
	uint64_t fake[4] = { 0, 0xbe55000000001234, 0, 0 }, first[2] = { (uint64_t)fake, 0x123456 };

	__asm__ volatile("push %%rbp\n mov %0, %%rbp\n mov $7, %%edi\n sub $144, %%rsp\n"
			 "and $-16, %%rsp\n call middle\n mov %%rbp, %%rsp\n mov %1, %%rax\n"
			 : : "r"(first), "r"(fake) : "memory", "rax", "rdi", "rcx", "rdx", "rsi",
			 "r8", "r9", "r10", "r11");
	__builtin_trap();
}
END

start a-stack-without-frames-ends
spile -w -c "$program-frameless" -e "probe process(\"$program-frameless\").function(\"leaf\") { print_ubacktrace() }"
want "its first frames" [ "$(names "$out")" = "leaf middle " ]
want "no other" [ "$(wc -l <<<"$out")" = 2 ]
finish

start a-deep-stack
spile -c "$program deep 300" -e "$leaf { print_ubacktrace(); println(strlen(ubacktrace()) <= 512); println(ustack(500)) }"
want "as deep as the kernel walks" [ "$(names "$out" | grep -o deep | wc -l)" -ge 100 ]
want_match '^1$' "$out"
want_match '^0$' "$out"
finish

start inlined-functions
spile -c "$program inline" -e "$leaf { print_ubacktrace_fileline(); exit() }"
want_match '^ +\(inlined\) : inside at .*stacks.c:[0-9]+$' "$out"
want "in their order" [ "$(grep -o 'leaf+\|(inlined) : inside\|around+' <<<"$out" | tr '\n' ' ')" = 'leaf+ (inlined) : inside around+ ' ]
finish

start made-code
spile -c "$program made" -e "$leaf { s[ubacktrace()]++ } global s probe end { foreach (t in s) print_usyms(t) }"
want_match ' : made code\+0x6/0x8$' "$out"
want_match ' : called\+0x' "$out"
grep -ls 'made code$' /tmp/perf-*.map | xargs -r rm -f
finish

start mangled-names
spile -c "$TEST_TMP/classes" -e "
	probe process(\"$TEST_TMP/classes\").function(\"total\") { println(usymname(uaddr())); exit() }"
want_out "shop::Basket<long>::total"
finish

start keys-are-names
spile -c "$program" -e "global n, st
	$leaf { n[usymname(ustack(1)), 5]++; n[usymname(ustack(3)), 5]++; st[usymname(ustack(3))] <<< \$x }
	probe end { foreach ([f, i] in n) println(f, \" \", n[f, i], \" \", f == \"middle\")
		println([\"main\", 5] in n)
		println(@count(st[\"main\"]), \" \", @sum(st[\"main\"]), \" \", @min(st[\"main\"]), \" \", @max(st[\"main\"])) }"
want_out "middle 3 1
main 3 0
1
3 9 1 5"
finish

start names-in-the-final-display
spile -c "$program" -e "global n, s, last; $leaf { n[usymname(ustack(3))]++; s[1] = usymname(uaddr()); last = usymname(ustack(1)) }"
want_match '^n\["main"\]=0x3$' "$out"
want_match '^s\[1\]="leaf"$' "$out"
want_match '^last="middle"$' "$out"
finish

start names-in-json
spile --json -c "$program" -e "global n; $leaf { n[usymname(ustack(3))]++; println(usymname(uaddr())) }"
want_match '"text":"leaf\\n"' "$out"
want_match '"key":\["main"\],"value":3' "$out"
finish

start one-process-runs-one-program-after-another
spile -c "sh -c '$program-fixed; exec $program'" -e "global s
	probe process(\"$program*\").function(\"leaf\") { s[ubacktrace()]++ }
	probe kernel.trace(\"sched:sched_process_exec\") { if (pid() == target()) x++ } global x
	probe end { foreach (t in s) print_ustack(t) }"
want "six chains" [ "$(names "$out" | grep -o 'leaf middle outer main' | wc -l)" = 6 ]
finish

start processes-of-a-moment
spile -c "sh -c 'i=0; while [ \$i -lt 40 ]; do $program; i=\$((i+1)); done'" -e "global s[1000]
	$leaf { s[ubacktrace()]++ } probe end { foreach (t in s) print_ustack(t) }"
want "all stacks have names" [ "$(names "$out" | grep -o 'leaf middle outer main' | wc -l)" = 120 ]
finish

start registers
spile -c "$program" -e "$leaf { println(register(\"rdi\") == \$x, register(\"edi\"), u_register(\"rdi\"), user_mode(), registers_valid(), register(\"rip\") == uaddr(), addr() == uaddr(), int_arg(1)); exit() }"
want_out "1111111""1"
finish

start register-that-is-none
spile -c "$program" -e "$leaf { try { x = register(\"foo\"); println(x) } catch (e) { println(e); exit() } }"
want_match 'there is no such register' "$out"
finish

start no-registers
spile -e 'probe begin { try { x = register("rax"); println(x) } catch (e) { println(e) } println(addr(), user_mode(), registers_valid()); exit() }'
want_out "there are no registers at this probe
000"
finish
