# SPDX-License-Identifier: GPL-2.0-or-later
# where: host vm
# Stacks as each kernel walks them, and the names of the kernel's own functions.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/stacks
gcc -O2 -g -fomit-frame-pointer -fno-optimize-sibling-calls -o "$program-bare" \
	"$SRCDIR/tests/probes/programs/stacks.c" || exit 1

# names TEXT: the functions of a printed stack, as one line
names() {
	sed -n 's/^ *0x[0-9a-f]* : \([^+ ]*\).*/\1/p' <<<"$1" | tr '\n' ' '
}

start the-caller-of-a-function-without-a-frame
spile -c "$program-bare" -e "
	probe process(\"$program-bare\").function(\"leaf\") { println(usymname(ustack(0)), \" \", usymname(ustack(1))) exit() }"
want_out "leaf middle"
finish

start kernel-stack
spile -T 20 -e 'probe kernel.trace("sched:sched_switch") { print_backtrace(); print(sprint_backtrace()); exit() }'
want "it begins where the tracepoint is" [ "$(names "$out" | cut -d' ' -f1)" = __schedule ]
want_match '^__schedule\+0x[0-9a-f]+ \[kernel\]$' "$out"
finish

# What is between the handler and the tracepoint is no part of the stack; loops put more there.
start frames-of-a-tracepoint
spile -T 20 -e 'probe kernel.trace("sched:sched_switch") { printf("%s %s\n", symname(stack(0)), caller())
	for (i = 0; i < 2; i++) println("loop ", symname(stack(i)))
	exit() }'
want_match '^__schedule [a-z_]+ 0xf' "$out"
want_match '^loop __schedule$' "$out"
want_no_match 'bpf|traceiter' "$out"
finish

start frames-of-a-system-call
spile -c true -T 20 -e 'probe syscall.openat { println(symname(stack(0)), " ", sprint_stack(backtrace())); exit() }'
want_match '^(syscall_trace_enter|do_syscall_64|__do_syscall_64|trace_syscall_enter)[a-z_.0-9]* ' "$out"
want_no_match 'bpf|traceiter' "$out"
finish

start frames-of-a-function
if [ -z "${SPILE_VM:-}" ]; then
	skip "functions can not be probed here"
else
	for point in 'kernel.function("vfs_read")' 'kprobe.function("vfs_read")' 'kernel.function("vfs_read").return'; do
		spile -c 'cat /proc/version' -T 20 -e "probe $point {
			if (pid() == target()) { println(symname(stack(0)), \" \", caller()); exit() } }"
		want_match '^vfs_read ksys_read 0xf' "$out"
	done
fi
finish

start kernel-stacks-as-keys
spile -T 20 -e 'global s
	probe kernel.trace("sched:sched_switch") { s[backtrace()]++; if (n++ > 50) exit() } global n
	probe end { foreach (t in s- limit 1) print_stack(t) }'
want_match ' : __schedule\+0x' "$out"
finish

start kernel-names
address=$(sed -n 's/ T schedule$//p' /proc/kallsyms)
spile -e "probe begin { println(symname(0x$address), \" \", symdata(0x$address + 1), \" \", modname(0x$address)); exit() }"
want_match '^schedule schedule\+0x1/0x[0-9a-f]+ \[kernel\] kernel$' "$out"
finish

start profile-by-function
spile -c "sh -c 'i=0; while [ \$i -lt 200000 ]; do i=\$((i+1)); done'" -e 'global h
	probe timer.profile.freq.hz(997) { if (execname() == "sh" && user_mode()) h[usymname(uaddr()), umodname(uaddr()), probefunc() == usymname(uaddr())]++ }
	probe end { foreach ([f, m, same] in h- limit 3) println(m, " ", same) }'
want_match '^(dash|sh|bash|libc.so.6) 1$' "$out"
finish
