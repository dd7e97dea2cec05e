# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# What a number is taken for: @cast, p->member of variables, constants.
. "$SRCDIR/tests/lib.sh"

nodes=$TEST_TMP/nodes
$CC -g -O1 -o "$nodes" "$SRCDIR/tests/probes/programs/nodes.c" || exit 1

start cast-in-a-function
spile -c "$nodes" -e "
	function next_of(p) { return @cast(p, \"struct node\", \"$nodes\")->next }
	function text(p) { return @cast(p, \"node\", \"$nodes\")->name\$ }
	probe process.function(\"take\") { n = next_of(\$n); println(text(\$n), \" \", n ? text(n) : \"-\") }"
want_out $'"aye" "bee"\n"bee" -'
finish

start members-of-a-variable
spile -c "$nodes" -e 'probe process.function("take") {
	n = $n
	println(n->value, " ", user_string(n->name))
	m = n->next
	if (m) println("next ", m->value)
}'
want_out $'5 aye\nnext 7\n7 bee'
finish

start members-of-a-cast
spile -c "$nodes" -e "global kept
	probe process.function(\"take\") { if (!kept) kept = \$n }
	probe process.function(\"take\").return {
		p = &@cast(kept, \"node\", \"$nodes\")
		q = p
		println(q->next->value)
	}"
want_out $'7\n7'
finish

start members-of-parameters-and-results
spile -c "$nodes" -e 'function value(p) { return p->value }
	function after(p) { return p->next }
	function last(p) { if (!p->next) return p; return last(p->next) }
	probe process.function("take") {
		println(value($n), " ", value(last($n)), " ", last($n)->value)
		if ($n->next) println("next ", value(after($n)), " ", after($n)->value)
	}'
want_out $'5 7 7\nnext 7 7\n7 7 7'
finish

start members-of-globals-elements-and-choices
spile -c "$nodes" -e 'global kept, nodes
	probe process.function("take") {
		kept = nodes["a"] = $n
		println(kept->value, nodes["a"]->value, ($n->next ? $n->next : $n)->value)
	}
	probe process.function("take").return { println(kept->value, nodes["a"]->value) }'
want_out $'557\n55\n777\n77'
finish

start a-parameter-of-two-types
spile -p2 -e 'function id(p) { return p->pid }
	probe kernel.trace("sched:sched_switch") { println(id($next), id($next->mm)) }'
want_status 1
want_match 'what this points to is not known' "$err"
finish

start members-of-a-result-of-the-tapsets
spile -e 'probe kernel.trace("sched:sched_switch") {
	println(task_parent($next)->pid == $next->real_parent->pid ? "right" : "wrong")
	exit()
}'
want_match '^right$' "$out"
want_no_match wrong "$out"
finish

start members-of-the-kernel
spile -e 'probe kernel.trace("sched:sched_switch") {
	p = $next
	if (p->pid != $next->pid) println("wrong")
	println("right")
	exit()
}'
want_match '^right$' "$out"
want_no_match wrong "$out"
finish

start a-variable-that-points-to-nothing-known
spile -e 'probe begin { p = 5; println(p->pid) }'
want_status 1
want_match 'what this points to is not known' "$err"
want_match '@cast\(\.\.\., "struct type"\)->pid' "$err"
finish

start a-type-that-is-not-there
spile -c "$nodes" -e "function f(p) { return @cast(p, \"nodee\", \"$nodes\")->next }
	probe process.function(\"take\") { println(f(\$n)) }"
want_status 1
want_match "no type 'nodee'" "$err"
finish

start constants
spile -e 'probe begin { println(@const("0x10"), " ", @const("PIDTYPE_TGID")) exit() }'
want_out '16 1'
finish

start constants-that-c-knows
spile -e 'probe begin { println(@const("ENOENT")) }'
want_status 1
want_match 'write the number itself' "$err"
finish

start constants-in-guru-mode
spile -g -e '%{
#include <linux/errno.h>
%}
probe begin { println(@const("ENOENT"), " ", @const("1 << 3")) exit() }'
want_out '2 8'
finish

start an-unknown-function-of-the-kernel
spile -e 'probe kernel.function("vfs_reed") { }'
want_status 1
want_match "did you mean 'vfs_read'" "$err"
finish

start an-unknown-parameter-of-the-kernel
spile -e 'probe kernel.function("vfs_read") { println($fil) }'
want_status 1
want_match "did you mean '.file'" "$err"
finish

start an-unknown-module-of-the-kernel
spile -e 'probe module("no_such_module").function("f") { }'
want_status 1
want_match "no module 'no_such_module'" "$err"
finish

start what-a-tapset-probes-for-an-alias-is-not-listed
spile -l 'ioblock.end'
want_out ioblock.end
spile -L 'vm.brk'
want_match '^vm.brk name:string argstr:string brk:long brk_str:string syscall_nr:long address:long length:long \$brk:' "$out"
finish

start the-kernel-s-names-of-arguments
spile -c 'exec python3 -c "import fcntl; fcntl.ioctl(0, 0x1234)"' -e 'probe syscall.ioctl {
	if ($request == 0x1234) printf("%x %x %d %d\n", $cmd, $request, $arg, $argp) }'
want_match '^1234 1234 0 0$' "$out"
spile -p2 -e 'probe syscall.ioctl { println($xyzzy) }'
want_status 1
want_match "^help: its arguments are: .fd .request .argp$" "$err"
finish

start list-system-calls
spile -l 'syscall.open*.return'
want_match '^syscall.openat.return$' "$out"
want_no_match '\*' "$out"
finish

start list-system-calls-with-variables
spile -L 'syscall.open*'
want_match '^syscall.openat name:string argstr:string \$dfd:int \$filename:const char \*' "$out"
want_no_match '\*$' "$out"
finish

start list-aliases
cat >"$TEST_TMP/aliases.stp" <<'END'
probe mine.one = begin { what = "one"; number = 1; __own = 2 }
probe mine.two = process("/no/such/file").function("f") { what = "two" }
probe mine.three = end { what = "three" }
END
mkdir -p "$TEST_TMP/aliases" && mv "$TEST_TMP/aliases.stp" "$TEST_TMP/aliases/mine.stp"
spile -I "$TEST_TMP/aliases" -l 'mine.*'
want_out $'mine.one\nmine.three'
spile -I "$TEST_TMP/aliases" -L 'mine.o*'
want_out 'mine.one what:string number:long'
finish

start a-wildcard-leaves-out-what-is-not-there
spile -I "$TEST_TMP/aliases" -e 'probe mine.* { printf("%s %s ", pn(), what) if (what == "one") exit() }'
want_out 'mine.one one mine.three three '
spile -p2 -I "$TEST_TMP/aliases" -e 'probe mine.tw* { println(what) }'
want_status 1
want_match 'nothing matches this probe point' "$err"
finish

start system-runs-a-command
spile -c 'sleep 0.3' -e 'probe begin { print("one\n"); system("echo two") }'
want_out $'one\ntwo'
finish

start the-target-set
spile -c 'sh -c "/bin/true; /bin/true; :"' -e 'global n
	probe kernel.trace("sched:sched_process_exec") { if (target_set_pid(pid())) n++ }
	probe end { println(n) }'
want_out 3
finish

# The kernel's types in the probes of a process that have no code of it.
start kernel-in-process-begin
spile -c /bin/true -e 'probe process("/bin/true").begin {
	println(@cast(task_current(), "task_struct", "kernel")->pid == tid()) }'
want_out 1
spile -p2 -e 'probe process("/bin/true").begin { println(@var("x")) }'
want_status 1
want_match "it is not told here which file's 'x' is meant" "$err"
finish
