# SPDX-License-Identifier: GPL-2.0-or-later
# where: host vm
# Tracepoints, profiles and perf events, against what is known of the programs.
. "$SRCDIR/tests/lib.sh"

start a-field-of-the-record
spile -c /bin/true -e 'probe kernel.trace("sched:sched_process_exec") {
	if ($pid == target()) printf("%s %d\n", kernel_string($filename), $pid == pid()) }'
want_match '^/(usr/)?bin/true 1$' "$out"
finish

start an-argument-of-the-tracepoint
spile -c /bin/true -e 'probe kernel.trace("sched_process_exec") {
	if ($p->tgid == target()) printf("%s %s\n", kernel_string($p->comm), kernel_string($bprm->filename)) }'
want_match '^true /(usr/)?bin/true$' "$out"
finish

start all-fields-as-text
spile -c /bin/true -e 'probe kernel.trace("sched_process_exit") { if (pid() == target()) println($$vars) }'
want_match '^comm=true pid=[0-9]+ prio=[0-9]+' "$out"
finish

start an-array-of-the-record
spile -c 'env kill -0 1' -e 'probe kernel.trace("raw_syscalls:sys_enter") {
	if (pid() == target() && $id == 62) { i = 0; printf("%d %d %d\n", $args[0], $args[1], $args[i])
		try { println($args[i + 6]) } catch { println("behind") }
		try { println($args[i - 1]) } catch { println("before") } } }'
want_out "1 0 1
behind
before"
finish

start wildcards-and-names
spile -c /bin/true -e 'global n
	probe kernel.trace("sched:sched_process_e*") { if (pid() == target()) n[pp()]++ }
	probe end { foreach (p in n) printf("%s %d\n", p, n[p] > 0) }'
want_match '^kernel.trace\("sched:sched_process_exec"\) 1$' "$out"
want_match '^kernel.trace\("sched:sched_process_exit"\) 1$' "$out"
finish

start a-structure-as-text
spile -c /bin/true -e 'probe kernel.trace("sched_process_exec") { println($p->se->load$) exit() }'
want_match '^\{\.weight=[0-9]+, \.inv_weight=[0-9]+\}$' "$out"
finish

start the-own-task
spile -c /bin/true -e 'probe kernel.trace("sched_process_exec") { t = task_current()
	printf("%d %d %d %s\n", task_pid(t) == pid(), task_tid(t) == tid(),
	       task_pid(task_parent(t)) == ppid(), task_execname(t)) }'
want_match '^1 1 1 true$' "$out"
finish

start kernel-memory-in-handlers-that-no-event-calls
spile -e 'global ticks
	function me(t) { return task_pid(t) == pid() && task_execname(t) == execname() }
	probe begin { println(me(task_current())) }
	probe timer.ms(10) { println(@cast(task_current(), "task_struct")->tgid == pid())
		if (ticks++) exit() }
	probe end { println(me(task_current())) }'
want_out '1
1
1
1'
finish

start a-cast-in-a-function
spile -c /bin/true -e 'function comm:string(t) { return kernel_string(@cast(t, "struct task_struct", "kernel<linux/sched.h>")->comm) }
	probe kernel.trace("sched_process_exit") { if (pid() == target()) println(comm($p)) }'
want_match '^true$' "$out"
finish

start memory-printed-by-a-function
spile -c /bin/true -e 'function digits(a:long) { return sprintf("%.4M", a) } function show(a:long) { printf("%.4m\n", a) }
	probe kernel.trace("sched_process_exec") { if (pid() == target()) { println(digits(&$p->comm)) show(&$p->comm) } }'
want_out '74727565
true'
finish

start both-kinds-are-an-error
spile -e 'probe kernel.trace("sched_switch") { println($prev->pid) println($prev_pid) }'
want_status 1
want_match 'only one of the two kinds' "$err"
finish

start an-unknown-field
spile -e 'probe kernel.trace("sched_switch") { println($prev_pud) }'
want_status 1
want_match "did you mean '.prev_pid'" "$err"
finish

start an-unknown-member
spile -e 'probe kernel.trace("sched_switch") { println($prev->pud) }'
want_status 1
want_match "did you mean 'pid'" "$err"
finish

start an-unknown-type
spile -e 'probe begin { println(@cast(0, "task_strukt", "kernel")->pid) }'
want_status 1
want_match "did you mean 'task_struct'" "$err"
finish

start a-missing-tracepoint-can-be-optional
spile -e 'probe kernel.trace("sched:nothing") ?, begin { exit() }'
finish

# An alias that prefers a function and has a tracepoint besides works where functions can't be probed.
start a-function-or-else-a-tracepoint
spile -c /bin/true -e 'probe kprocess.release { if (released_pid == target()) println(task_execname(task)) }
	probe end { println("end") }'
want_match '^end$' "$out"
finish

start an-empty-string-of-a-process
spile -c true -e 'probe syscall.newfstatat.return { if (pid() == target() && user_string($path) == "") println("empty") }'
want_match '^empty$' "$out"
finish

start profile
spile -T 1 -e 'global n probe timer.profile { n++ } probe end { println(n > 50) }'
want_match '^1$' "$out"
finish

start profile-by-frequency
spile -T 1 -e 'global n probe timer.profile.freq.hz(1000) { n++ } probe end { println(n > 200) }'
want_match '^1$' "$out"
finish

start page-faults-by-perf
spile -c /bin/true -e 'global n probe perf.sw.page_faults.sample(1).process { n++ }
	probe end { println(n > 20 && n < 2000) }'
want_match '^1$' "$out"
finish

start an-unknown-perf-event
spile -e 'probe perf.sw.page_fault { }'
want_status 1
want_match "did you mean 'page_faults'" "$err"
finish

# Two threads count at once; what the program prints of its first one is what it asked the kernel.
start counters-of-a-thread
$CC -O1 -pthread -o "$TEST_TMP/counters" "$SRCDIR/tests/probes/programs/counters.c" || exit 1
spile -o "$TEST_TMP/counted" -c "$TEST_TMP/counters" -e '
	probe process("'"$TEST_TMP/counters"'").function("touch").return { if (tid() == pid() && calls++)
		printf("touch %d\n", @perf("faults") - @entry(@perf("faults"))) }
	global calls
	probe process("'"$TEST_TMP/counters"'").function("nap").return { if (tid() == pid())
		printf("nap %d\n", @perf("switches") - @entry(@perf("switches"))) }
	probe process("'"$TEST_TMP/counters"'").function("spin").return { if (tid() == pid())
		printf("spin %d\nboth %d\n", @perf("time") - @entry(@perf("time")),
		       @perf("clock") - @entry(@perf("clock"))) }
	probe perf.sw.page_faults.process("'"$TEST_TMP/counters"'").counter("faults") { println("never") }
	probe perf.type(1).config(3).process("'"$TEST_TMP/counters"'").counter("switches") { }
	probe perf.sw.task_clock.process.counter("time") { }
	probe perf.sw.cpu_clock.counter("clock") { }'
out_of() { sed -n "s/^$1 //p" "$2" | tr '\n' ' '; }
want "what is touched" [ "$(out_of touch "$TEST_TMP/counted")" = "100 150 150 " ]
want "touch" [ "$(out_of touch "$TEST_TMP/counted")" = "$(out_of touch "$TEST_TMP/out")" ]
naps=$(out_of nap "$TEST_TMP/counted") # the program looks a little before and behind
want "nap" [ "$naps" -ge 10 -a "$naps" -le "$(out_of nap "$TEST_TMP/out")" ]
time=$(out_of spin "$TEST_TMP/out")
for what in spin both; do # within a half: interrupts may be counted, or not
	counted=$(out_of $what "$TEST_TMP/counted")
	want "$what $time" [ $((counted * 3)) -ge $((time * 2)) -a $((counted * 2)) -le $((time * 3)) ]
done
finish

start a-counter-begins-with-the-program
spile -c 'sh -c "exec true"' -e 'global shell
	probe kernel.trace("sched_process_exit") { if (pid() == target())
		printf("%d %d\n", shell > 0, @perf("faults") < shell) }
	probe syscall.execve { if (pid() == target()) shell = @perf("faults") }
	probe perf.sw.page_faults.counter("faults") { }'
want_out '1 1'
finish

start counters-that-are-not-there
spile -e 'probe kernel.trace("sched_switch") { println(@perf("fault")) } probe perf.sw.page_faults.counter("faults") { }'
want_status 1
want_match "there is no counter 'fault'" "$err"
want_match "did you mean 'faults'" "$err"
spile -e 'probe perf.sw.page_faults.counter("n"), perf.sw.cpu_clock.counter("n") { }'
want_status 1
want_match "there are two counters 'n'" "$err"
spile -e 'probe perf.sw.page_fault.process("x").counter("n") { }'
want_status 1
want_match "did you mean 'page_faults'" "$err"
finish

start no-counters-in-a-live-session
timeout 30 "$SPILE" -i <<<'probe perf.sw.page_faults.counter("n") { }' >"$TEST_TMP/out" 2>&1
want_match 'counters are not possible in a live session' "$(cat "$TEST_TMP/out")"
finish

start events-by-wildcard
spile -l 'perf.sw.page_faults*'
want_match '^perf.sw.page_faults$' "$out"
want_match '^perf.sw.page_faults_maj$' "$out"
want "three are listed" [ "$(wc -l <<<"$out")" = 3 ]
spile -l 'perf.hw.*.sample(10)'
want_match '^perf.hw.cache_misses.sample\(10\)$' "$out"
spile -e 'probe perf.sw.x* { }'
want_status 1
want_match "no event matches 'x\*'" "$err"
finish

start counters-are-of-threads
spile -e 'function f() { return @perf("n") } probe timer.s(1) { println(f()) } probe perf.sw.page_faults.counter("n") { }'
want_status 1
want_match 'reads what the thread has counted' "$err"
finish

start no-hardware-counters
if "$SPILE" --config | grep -q '^perf_hardware *yes'; then
	skip "this machine has them"
else
	spile -e 'probe perf.hw.cpu_cycles { exit() }'
	want_status 1
	want_match 'has no such counter' "$err"
	spile -e 'probe perf.hw.instructions.process("/bin/true").counter("n") { }
		probe kernel.trace("sched_switch") { println(@perf("n")) }'
	want_status 1
	want_match 'has no such counter' "$err"
fi
finish

# Variables have an address where kallsyms has them (CONFIG_KALLSYMS_ALL).
has_variables() {
	grep -q ' jiffies$' /proc/kallsyms || { skip "kallsyms has no variables here" && false; }
}

start a-variable-that-kallsyms-does-not-have
if grep -q ' jiffies$' /proc/kallsyms; then
	spile -e 'probe kernel.data("jifies").write { }'
	want_status 1
	want_match "did you mean 'jiffies'" "$err"
else
	spile -e 'probe kernel.data("jiffies").write { }'
	want_status 1
	want_match 'CONFIG_KALLSYMS_ALL' "$err"
fi
finish

start a-watchpoint-of-a-variable
if has_variables; then
	spile -T 5 -e 'probe kernel.data("jiffies").write { println("written") exit() }'
	want_match '^written$' "$out"
fi
finish

start a-variable-of-each-cpu
if has_variables; then
	spile -T 20 -e 'probe kernel.trace("sched:sched_switch") {
		if (cpu() == 1) { println(@var("runqueues", "kernel")->cpu) exit() } }'
	want_match '^1$' "$out"
fi
finish

start a-variable-without-a-type
if has_variables; then
	spile -e 'probe begin { println(@var("jiffies", "kernel")) }'
	want_status 1
	want_match 'per-CPU variables only' "$err"
fi
finish

start context-switches-by-alias
spile -c 'sleep 0.05' -e 'global n
	probe scheduler.ctxswitch { if (next_pid == target()) n[next_task_name]++ }
	probe end { println(n["sleep"] > 0) }'
want_match '^1$' "$out"
finish

start signals-by-alias
echo 'kill -USR1 $$' >"$TEST_TMP/script"
spile -c "sh $TEST_TMP/script" -e 'probe signal.send { if (sig_pid == target() && sig == 10)
	printf("%s to %s\n", sig_name, pid_name) }'
want_match '^SIGUSR1 to (ba|da)?sh$' "$out"
finish

start new-processes-by-alias
printf '/bin/true\n/bin/true\n:\n' >"$TEST_TMP/script"
spile -c "sh $TEST_TMP/script" -e 'global n
	probe kprocess.create { if (pid() == target()) n++ } probe end { println(n) }'
want_match '^2$' "$out"
finish
