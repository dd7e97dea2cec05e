# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# What a handler knows of the point that it is at.
. "$SRCDIR/tests/lib.sh"

cat >"$TEST_TMP/labels.c" <<'C'
#include <stdio.h>
int turn(int n)
{
again:
	printf("%d\n", n);
	if (n--)
		goto again;
out:
	return n;
}
int main(void) { return turn(1) + 1; }
C
$CC -g -O0 -o "$TEST_TMP/labels" "$TEST_TMP/labels.c" || exit 1

start labels
spile -c "$TEST_TMP/labels" -e 'probe process.function("turn").label("*") { println("at ", pnlabel()) }
	probe process.function("turn") { println("no label [", pnlabel(), "]") }'
want "twice again" [ "$(grep -c '^at again$' <<<"$out")" = 2 ]
want "once out" [ "$(grep -c '^at out$' <<<"$out")" = 1 ]
want_match '^no label \[\]$' "$out"
finish

start kinds-of-probes
spile -c "$TEST_TMP/labels >/dev/null" -e 'probe process("'"$TEST_TMP"'/labels").function("turn"),
	process("'"$TEST_TMP"'/labels").function("turn").return, kernel.trace("sched:sched_process_exit"),
	begin, end, timer.ms(1), timer.profile, syscall.write, syscall.write.return {
	if (stp_pid() != pid() && pid() != target() && !isinstr(execname(), "labels")) next
	seen[probe_type(), is_return(), probemod()]++ }
	global seen
	probe end(1) { foreach ([type, r, module] in seen) printf("%s %d [%s]\n", type, r, module) }'
want_match "^uprobe 0 \[$TEST_TMP/labels\]$" "$out"
want_match "^uretprobe 1 \[$TEST_TMP/labels\]$" "$out"
want_match '^tracepoint 0 \[kernel\]$' "$out"
want_match '^tracepoint 1 \[kernel\]$' "$out"
want_match '^begin 0 \[\]$' "$out"
want_match '^end 0 \[\]$' "$out"
want_match '^timer 0 \[\]$' "$out"
finish

start the-stack-of-the-kernel
spile -c true -e 'probe syscall.exit_group { if (pid() == target()) { n = stack_used()
	left = stack_size() - n - stack_unused() # a call deeper
	println(stack_size(), " ", n > 100 && n < 8000, " ", left > -300 && left < 300) } }
	probe kernel.trace("sched:sched_process_exit") { if (pid() == target()) println(stack_used() > 100) }
	probe begin { println(stack_used() > 0 && stack_unused() > 8000) }'
want_match '^16384 1 1$' "$out"
want "two more" [ "$(grep -c '^1$' <<<"$out")" = 2 ]
finish
