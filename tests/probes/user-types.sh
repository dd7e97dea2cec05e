# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Types by name, where a script may use them: in functions, timers, and probes of other files.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/kinds
gcc -O1 -g -DOTHER -c -o "$program-other.o" "$SRCDIR/tests/probes/programs/kinds.c" || exit 1
gcc -O1 -g -c -o "$program-first.o" "$SRCDIR/tests/probes/programs/kinds.c" || exit 1
gcc -o "$program" "$program-first.o" "$program-other.o" || exit 1

start types-of-a-module
cat >"$TEST_TMP/kinds.stp" <<'END2'
function value(p) { return @cast(p, "struct node", @1)->value }
function name(c) { return @enumname("colour", c, @1) }
probe process(@1).function("first") {
	println(value($node), " ", @cast($node, "struct node", @1)$, " ", name($colour), " ",
		@enumname("enum colour", $colour))
}
probe begin {
	println(@cast_module_sizeof(@1, "struct node"), " ", @enum("RED", @1), " ",
		@enum("BPF_PROG_TYPE_KPROBE"), " ", @enumname("bpf_prog_type", 1), " ",
		@cast_module_sizeof("kernel", "struct list_head"))
}
END2
spile -c "$program >/dev/null" "$TEST_TMP/kinds.stp" "$program"
want_out "4 0 2 BPF_PROG_TYPE_SOCKET_FILTER 16
111 {.value=111} BLUE BLUE
111 {.value=111} GREEN GREEN
111 {.value=111} 99 99"
finish

start types-of-the-probes-own-file
spile -c "$program >/dev/null" -e "probe process(\"$program\").function(\"first\"),
	process(\"$program\").function(\"other\") {
	println(ppfunc(), \" \", @cast(\$node, \"struct node\")->value, \" \", @enum(\"BLUE\"), \" \",
		@enum(\"GREEN\"), \" \", @enumname(\"colour\", 7), \" \", @cast_sizeof(\"struct node\"))
}"
want_out "first 111 100 5 7 4
first 111 100 5 7 4
first 111 100 5 7 4
other 222 7 -3 BLUE 44"
finish

# refused NAME EXPRESSION REGEX
refused() {
	start "$1"
	spile -e "probe begin { println($2) exit() }"
	want_status 1
	want_match "$3" "$err"
	finish
}
refused no-such-constant "@enum(\"REDD\", \"$program\")" "no enumeration with a constant 'REDD'.*kinds"
refused no-enumeration "@enumname(\"node\", 1, \"$program\")" "'node' is not an enumeration"
refused no-such-type "@cast_module_sizeof(\"$program\", \"struct nod\")" "no type 'struct nod'.*kinds"
refused no-debuginfo-for-a-type '@cast_module_sizeof("/bin/true", "struct x")' "looked for in .*\.debug"
refused no-such-module '@cast(0, "x", "/no/such")->x' "no program or library '/no/such'"

start a-type-that-is-not-there
for try in 'struct nod:did you mean "struct node"' 'node_:did you mean "node"' \
	'nothing_like_it:defines is found with'; do
	spile -p2 -e 'probe process(@1).function("first") { println(@cast($node, @2)->value) }' \
		"$program" "${try%%:*}"
	want_status 1
	want_match "no type '${try%%:*}' in the debug information of" "$err"
	want_match "${try#*:}" "$err"
done
strip -o "$program-stripped" "$program"
spile -p2 -e 'probe begin { println(@cast(0, "struct node", @1)->value) }' "$program-stripped"
want_status 1
want_match "looked for in the file itself" "$err"
finish
