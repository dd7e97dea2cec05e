# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Functions that change the process or the machine.
. "$SRCDIR/tests/lib.sh"

$CC -g -O1 -o "$TEST_TMP/cells" "$SRCDIR/tests/probes/programs/cells.c" || exit 1

start writes-to-itself-fail-where-nothing-is
spile -g --begin=tracer -e 'probe begin { try { set_user_int(8, 1) } catch (e) { println(e) }
	try { set_user_string_n(8, 2, "abc") } catch (e) { println(e) } set_user_string_arg(8, "abc"); exit() }'
want_out $'write fault\nwrite fault'
want_match '^WARNING: write fault$' "$err"
finish

start a-signal-for-the-running-thread
spile -g -c 'exec bash -c "trap \"echo caught\" USR1; kill -0 \$\$; echo done"' -e 'probe syscall.kill {
	if (pid() == target()) raise(10) }'
want_match '^caught$' "$out"
want_match '^done$' "$out"
finish

start a-signal-that-there-is-not
spile -g --begin=tracer -e 'probe begin { try { raise(1000) } catch (e) { println(e) } exit() }'
want_out 'the signal could not be sent'
finish

start lines-in-the-log-of-the-kernel
if [ -w /dev/kmsg ] && dmesg >/dev/null 2>&1; then
	spile -g -e 'probe begin { printk(5, "spile test '$$' one\nspile test '$$' two"); exit() }'
	want_match "spile test $$ one$" "$(dmesg)"
	want_match "spile test $$ two$" "$(dmesg)"
	[ -n "$(dmesg -r 2>/dev/null)" ] && want_match "<[0-9]*5>.*spile test $$ one$|<13>.*spile test $$ one$" "$(dmesg -r)"
else
	skip "the kernel's log can not be read"
fi
finish

start the-stack-in-the-log-of-the-kernel
if [ -w /dev/kmsg ] && dmesg >/dev/null 2>&1; then
	before=$(dmesg | grep -c 'Call Trace:')
	spile -c true -e 'probe kernel.trace("sched:sched_process_exit") { if (pid() == target()) dump_stack() }'
	want "a trace more than $before" [ "$(dmesg | grep -c 'Call Trace:')" -gt "$before" ]
	want_match 'do_exit\+0x' "$(dmesg | tail -n 30)"
else
	skip "the kernel's log can not be read"
fi
finish

trace=/sys/kernel/tracing/trace
[ -r $trace ] || trace=/sys/kernel/debug/tracing/trace
for home in kernel tracer; do
	start "a-line-in-the-trace-buffer-from-the-$home"
	if [ -r $trace ]; then
		# A kernel that traces for the first time may lose what comes while it makes room.
		for try in 1 2; do
			spile --begin=$home -e 'probe begin { ftrace("spile test '$$' '$home'"); exit() }'
		done
		want_match "spile test $$ $home$" "$(cat $trace)"
	else
		skip "no trace buffer is mounted"
	fi
	finish
done

start registers
spile -c "$TEST_TMP/cells" -e 'probe process.function("take") {
	print_regs(); printf("%x %x %x\n", uaddr(), $cell, u_register("rsp")) }
	probe begin { print_regs() }'
read -r rip cell rsp <<<"$(grep -E '^[0-9a-f]+ [0-9a-f]+ [0-9a-f]+$' <<<"$out")"
want_match "^RIP: 0*$rip RSP: 0*$rsp EFLAGS: [0-9a-f]{8}$" "$out"
want_match "^RDX: [0-9a-f]{16} RSI: [0-9a-f]{16} RDI: 0*$cell$" "$out"
want "six lines of registers" [ "$(grep -cE '^R[0-9A-Z]+: ' <<<"$out")" = 6 ]
finish
