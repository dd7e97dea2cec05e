# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# C++ names and values.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/classes
cat >"$TEST_TMP/classes.stp" <<'END'
probe process(@1).function("ns::Stack<int>::push") { println(ppfunc(), " ", $v, " ", $this->base, " ", $this->n) }
probe process(@1).function("pop").return { println(ppfunc(), " ", $return) }
probe process(@1).function("over") { println($$parms) }
probe process(@1).function("maximum") { println(ppfunc(), " ", $a, " ", $b) }
probe process(@1).function("maximum<long>") { println("long ", $a, " ", $b) }
probe process(@1).function("nontrivial") { println(ppfunc(), " ", $n->v, " ", $after) }
probe process(@1).function("make").return { println(ppfunc(), " ", $return->v) }
probe process(@1).function("ns::over") { println(@var("ns::hidden")) }
probe process(@1).function("Stack<int>::push") { println($this$) }
END
for flags in "g++ -O0" "g++ -O2 -fno-ipa-sra" "g++ -O2 -fno-ipa-sra -gdwarf-4" \
	"${CLANG:-clang-19}++ -O2" "${CLANG:-clang-19}++ -O0"; do
	flags=${flags/clang-19++/clang++-19}
	start "classes-$(basename "$flags" | tr ' ' '-')"
	$flags -g -o "$program" "$SRCDIR/tests/probes/programs/classes.cc" || skip "no such compiler"
	spile -c "$program >/dev/null" "$TEST_TMP/classes.stp" "$program"
	for line in "ns::Stack<int>::push 42 5 0" "ns::Stack<int>::push 43 5 1" "ns::Stack<int>::pop 43" \
		12 13 "x=0x3" "x=\? k=0x12c" "maximum<int> 3 9" "maximum<long> 4 1" "long 4 1" \
		"nontrivial 17 4" "make 8" "\{\{.base=5\}, .items=\[...\], .n=0\}"; do
		want_match "^$line$" "$out"
	done
	finish
done

start rust
if rustc -g -o "$TEST_TMP/shapes" "$SRCDIR/tests/probes/programs/shapes.rs" 2>/dev/null; then
	cat >"$TEST_TMP/shapes.stp" <<'END'
probe process(@1).function("shapes::Point::scaled").call {
	println(ppfunc(), " ", $self->x, " ", $self->y, " ", $by)
}
probe process(@1).function("shapes::Point::scaled").return { println($return) }
probe process(@1).function("shapes::count").call {
	println($text->length, " ", user_string_n($text->data_ptr, 5), " ", $flag)
}
probe process(@1).function("shapes::area").call {
	println($kind$$, " ", user_string_n($rest->data_ptr, $rest->length))
}
probe process(@1).function("biggest").call { println($a, " ", $b) }
END
	spile -c "$TEST_TMP/shapes" "$TEST_TMP/shapes.stp" "$TEST_TMP/shapes"
	want_out "shapes::shapes::Point::scaled 6 -2 7
40
5 hello 1
{.Round={.__0=5}} 
{.Long={.w=2, .h=3}} xy
3 9"
else
	skip "there is no rustc"
fi
finish

# The linker drops most of Rust's library, and leaves its description at addresses that are none.
start rust-listed-whole
if rustc -O -g -o "$TEST_TMP/shapes" "$SRCDIR/tests/probes/programs/shapes.rs" 2>/dev/null; then
	spile -l "process(\"$TEST_TMP/shapes\").function(\"*\")"
	want_status 0
	want_match 'function."shapes::main@' "$out"
else
	skip "there is no rustc"
fi
finish

# A virtual base class is found through the object, whatever it is a part of. What a derived class
# or another base hides is not shown in the stead of what it hides.
cat >"$TEST_TMP/virtual.cc" <<'END2'
struct Root { int root; Root(int r) : root(r) {} virtual ~Root() {} };
struct Left : virtual Root { int left = 22; Left() : Root(11) {} };
struct Right : virtual Root { int right = 33; Right() : Root(12) {} };
struct Bottom : Left, Right { int bottom = 44; Bottom() : Root(13) {} };
struct More : Bottom { long more = 55; More() : Root(14) {} };
struct One { int x = 1; int y = 2; };
struct Two { int x = 3; int z = 4; };
struct Both : One, Two { int y = 5; int own = 6; };
struct Holder { int pad = 7; More held; };
__attribute__((noinline)) int look(Bottom *b, More &m, Left &l, Right *r, Both *both, Holder *h)
{
	asm volatile("" : : "r"(b), "r"(&m), "r"(&l), "r"(r), "r"(both), "r"(h) : "memory");
	return b->root;
}
int main()
{
	Bottom b;
	More m;
	Left l;
	Both both;
	Holder h;
	h.held.root = 77;
	return look(&b, m, l, &b, &both, &h) + look(&m, h.held, m, &m, &both, &h) == 0;
}
END2
for compiler in "g++ -O0" "g++ -O2 -gdwarf-4" "clang++-19 -O2"; do
	start "virtual-bases-${compiler// /}"
	$compiler -g -o "$TEST_TMP/virtual" "$TEST_TMP/virtual.cc"
	spile -c "$TEST_TMP/virtual" -e 'probe process(@1).function("look") {
		println($b->root, " ", $m->root, " ", $l->root, " ", $r->root, " ", $h->held->root)
		println($m->left, " ", $m->right, " ", $m->bottom, " ", $m->more, " ", $both$)
		println(@cast($b, "Bottom")->root, " ", $b$) }' "$TEST_TMP/virtual"
	want_out '13 14 11 13 77
22 33 44 55 {{.x=1, .y=?}, {.x=?, .z=4}, .y=5, .own=6}
13 {{{.root=13}, .left=22}, {{.root=?}, .right=33}, .bottom=44}
14 77 14 14 77
22 33 44 55 {{.x=1, .y=?}, {.x=?, .z=4}, .y=5, .own=6}
14 {{{.root=14}, .left=22}, {{.root=?}, .right=33}, .bottom=44}'
	finish
done
