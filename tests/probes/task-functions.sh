# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Functions that look at tasks, their files, memory and time, against what /proc tells.
. "$SRCDIR/tests/lib.sh"

start_sleeper

field() {
	sed 's/.*) //' /proc/$sleeper/stat | cut -d' ' -f$(($1 - 2))
}

start a-task-by-its-number
spile -e 'probe begin { t = pid2task($1); println(task_pid(t), " ", pid2execname($1), " ", pid2task(999999999),
	pid2task(0), "[", pid2execname(-1), "]"); exit() }' $sleeper
want_out "$sleeper sleep 00[]"
finish

start threads-by-their-number
$CC -o "$TEST_TMP/threads" "$SRCDIR/tests/probes/threads.c" -lpthread || exit 1
spile -c "$TEST_TMP/threads" -e 'global n, wrong
	probe kernel.trace("sys_enter") { if (pid() == target()) {
		n++
		if (pid2task(tid()) != task_current()) wrong++
	} }
	probe end { println(n > 0, wrong) }'
want_match '^10$' "$out"
finish

start many-numbers
spile -e 'probe begin { text = tokenize(@1, " ")
	while (text != "") {
		p = strtol(text, 10)
		if (task_tid(pid2task(p)) != p) println("wrong ", p)
		text = tokenize(" ")
	}
	exit() }' "1 2 $$ $sleeper"
want_out ''
finish

start working-directory-and-program
spile -e 'probe begin { t = pid2task($1); println(fullpath_struct_path(task_cwd_path(t)))
	println(fullpath_struct_file(t, task_exe_file(t))); println(task_exe_file(pid2task(2)) == 0); exit() }' $sleeper
want_out "$(readlink /proc/$sleeper/cwd)
$(readlink /proc/$sleeper/exe)
1"
finish

start open-files
spile -e 'probe begin { t = pid2task($1); n = task_max_file_handles(t)
	println(task_open_file_handles(t), " ", n)
	for (i = 0; i < n; i++) { f = task_fd_lookup(t, i); if (f) println(i, " ", fullpath_struct_file(t, f)) }
	println(task_fd_lookup(t, -1), task_fd_lookup(t, n)); exit() }' $sleeper
want_out "$(ls /proc/$sleeper/fd | wc -l) $(sed -n 's/^FDSize:[^0-9]*//p' /proc/$sleeper/status)
$(cd /proc/$sleeper/fd && for fd in $(ls | sort -n); do echo "$fd $(readlink $fd)"; done)
00"
want_match ' .*/dir/gone \(deleted\)$' "$out"
finish

start files-without-a-directory
python3 -c 'import os, socket, time
a = os.pipe(); s = socket.socket(); e = os.eventfd(0); print(flush=True); time.sleep(60)' >"$TEST_TMP/ready" &
nameless=$!
while [ ! -s "$TEST_TMP/ready" ]; do sleep 0.1; done
spile -e 'probe begin { t = pid2task($1)
	for (i = 1; i < 20; i++) if (f = task_fd_lookup(t, i)) println(i, " ", fullpath_struct_file(t, f)); exit() }' $nameless
want_out "$(cd /proc/$nameless/fd && for fd in $(ls | sort -n); do
	[ $fd = 0 ] || [ $fd -ge 20 ] || echo "$fd $(readlink $fd)"; done)"
want_match 'anon_inode:\[eventfd\]$' "$out"
want_match 'socket:\[[0-9]+\]$' "$out"
want_match 'pipe:\[[0-9]+\]$' "$out"
kill $nameless
finish

start names-of-an-inode
spile -e 'probe begin { t = pid2task($1); f = task_fd_lookup(t, 0)
	inode = @cast(f, "struct file", "kernel")->f_inode; d = @cast(f, "struct file", "kernel")->f_path->dentry
	println(inode_name(inode), " ", d_name(d), " ", inode_path(inode))
	m = @cast(f, "struct file", "kernel")->f_path->mnt
	println(&@cast(real_mount(m), "struct mount", "kernel")->mnt == m, " ", task_dentry_path(t, d, m))
	println(reverse_path_walk(d)); exit() }' $sleeper
path=$(readlink /proc/$sleeper/fd/0)
want_match "^dir dir $path$" "$out"
want_match "^1 $path$" "$out"
within=$(tail -n 1 <<<"$out")
# The file system's root may be below ours, or, where ours was changed, above it.
want "the path within the file system ends the whole path, or the other way round" \
	[ "${path%"$within"}${within%"$path"}" != "$path$within" ]
finish

start an-own-root-directory
mkdir -p "$TEST_TMP/root/in"
python3 -c 'import os, sys, time
os.chroot(sys.argv[1]); os.chdir("/in"); time.sleep(60)' "$TEST_TMP/root" &
rooted=$!
while [ "$(readlink /proc/$rooted/root)" = / ]; do sleep 0.1; done
sleep 0.2
spile -e 'probe begin { t = pid2task($1); path = task_cwd_path(t)
	println(task_dentry_path(t, @cast(path, "struct path", "kernel")->dentry, @cast(path, "struct path", "kernel")->mnt))
	println(fullpath_struct_path(path)); exit() }' $rooted
want_out "/in
$(readlink -f "$TEST_TMP")/root/in"
kill $rooted
finish

start the-running-task
spile -c "cat /dev/null" -e 'probe syscall.openat.return { if (execname() == "cat")
	printf("%s %s\n", fullpath_struct_file(task_current(), current_exe_file()),
		$return >= 0 ? fullpath_struct_file(task_current(), task_fd_lookup(task_current(), $return)) : "") }'
want_match "^$(readlink -f "$(command -v cat)") /dev/null$" "$out"
finish

start time-of-start
spile -e 'probe begin { println(task_start_time($1) / 10000000, " ", task_start_time(999999999)); exit() }' $sleeper
want_out "$(field 22) 0"
finish

start time-used
python3 -c 'import os, time
while time.process_time() < 0.2: pass
for i in range(20000): os.stat("/")
print(flush=True); time.sleep(60)' >"$TEST_TMP/busy" &
busy=$!
while [ ! -s "$TEST_TMP/busy" ]; do sleep 0.1; done
sleep 0.2
read -r utime stime <<<"$(sed 's/.*) //' /proc/$busy/stat | cut -d' ' -f12,13)"
spile -e 'probe begin { u = task_utime($1); s = task_stime($1); println(u / 10000000, " ", s / 10000000)
	println(task_time_string_tid($1) == sprintf("usr: %s, sys: %s", msecs_to_string(u / 1000000),
		msecs_to_string(s / 1000000)))
	println(cputime_to_msecs(u) == u / 1000000, cputime_to_usecs(u) == u / 1000)
	println(task_utime(999999999), task_stime(999999999)); exit() }' $busy
want_out "$utime $stime
1
11
00"
kill $busy
finish

start time-used-by-the-running-task
spile -c "exec python3 -c 'import time
while time.process_time() < 0.2: pass'" -e 'probe kernel.trace("sched:sched_process_exit") {
	if (execname() == "python3") { ms = cputime_to_msecs(task_utime() + task_stime())
		println(ms > 150 && ms < 5000, " ", task_time_string() =~ "^usr: 0m[0-9]+[.][0-9]{3}s, sys: 0m[0-9]+[.][0-9]{3}s$") } }'
want_match '^1 1$' "$out"
finish

start memory
spile -e 'probe begin { println(proc_mem_size($1), " ", proc_mem_txt($1), " ", proc_mem_data($1))
	println(proc_mem_rss($1), " ", proc_mem_shr($1), " ", proc_mem_string($1))
	println(proc_mem_size(2), proc_mem_rss(2), proc_mem_size(999999999)); exit() }' $sleeper
read -r size rss shr txt _ data _ </proc/$sleeper/statm
want_match "^$size $txt $data$" "$out"
want_match "^000$" "$out"
read -r own_rss own_shr _ <<<"$(sed -n 2p <<<"$out")"
# A kernel that hides its variables keeps up to 64 pages a processor apart.
apart=0
grep -q ' __per_cpu_offset$' /proc/kallsyms || apart=$((64 * $(nproc)))
want "rss $own_rss is $rss" [ $((own_rss - rss)) -le $apart -a $((rss - own_rss)) -le $apart ]
want "shr $own_shr is $shr" [ $((own_shr - shr)) -le $apart -a $((shr - own_shr)) -le $apart ]
want_match "size: [0-9.]+[KM], rss: [0-9.]+[KM], shr: [0-9.]+[KM], txt: [0-9.]+[KM], data: [0-9.]+[KM]$" "$out"
finish

start memory-of-the-running-task
spile -c "sleep 0.1" -e 'probe syscall.clock_nanosleep { if (pid() == target())
	println(proc_mem_size() == proc_mem_size(pid()), proc_mem_rss() > 0, proc_mem_shr() <= proc_mem_rss(),
		proc_mem_txt() > 0, proc_mem_data() > 0, proc_mem_string() == proc_mem_string(pid())) }'
want_match '^111111$' "$out"
finish

start ancestry
spile -e 'probe begin { t = pid2task($1); println(task_ancestry(t, 0)); println(task_ancestry(t, 1))
	println(pstrace(t)); exit() }' $sleeper
want_match "(^|=>)$(cat /proc/$$/comm)=>sleep$" "$out"
seconds=$(($(field 22) / 100))
want_match "=>sleep\(\+$seconds\.[0-9]{3}s\)$" "$out"
want_match "^sleep\($sleeper\) $(cat /proc/$$/comm)\($$\)( |$)" "$out"
want_no_match ' [^ ]*\(1\)' "$out"
finish

start load-averages
read -r _ _ before _ </proc/loadavg
spile --begin=tracer -e 'probe begin { println(sprint_loadavg()); println(get_loadavg_index(0), get_loadavg_index(1), get_loadavg_index(2))
	try { get_loadavg_index(3) } catch (e) { println(e) } exit() }'
want_match '^[0-9]+\.[0-9]{2} [0-9]+\.[0-9]{2} [0-9]+\.[0-9]{2}$' "$out"
read -r _ _ after _ </proc/loadavg
want_match " ($before|$after)$" "$out"
want_match '^there are the load averages 0, 1 and 2$' "$out"
finish

start load-averages-in-the-kernel
if grep -q ' avenrun$' /proc/kallsyms; then
	read -r _ _ before _ </proc/loadavg
	spile --begin=kernel -e 'probe begin { println(sprint_loadavg()); exit() }'
	read -r _ _ after _ </proc/loadavg
	want_match " ($before|$after)$" "$out"
else
	spile --begin=kernel -e 'probe begin { println(sprint_loadavg()); exit() }'
	want_status 1
	want_match 'this kernel does not tell where its load averages are' "$err"
fi
finish

start numbers-in-namespaces
spile -e 'probe begin { t = pid2task($1); println(task_ns_pid(t), " ", task_ns_tid(t), " ", task_ns_uid(t), task_ns_euid(t),
	task_ns_gid(t), task_ns_egid(t)); exit() }' $sleeper
want_out "$sleeper $sleeper 0000"
finish

start stack-of-a-task
spile -c true -e 'probe kernel.trace("sched:sched_process_exit") { if (pid() == target()) {
	text = task_backtrace(task_current())
	last = ""; for (w = tokenize(text, " "); w != ""; w = tokenize(" ")) last = w
	println(strlen(text) > 36 && isinstr(backtrace(), last))
	try { task_backtrace(task_parent(task_current())) } catch (e) { printf("%s\n", e) } } }'
want_match '^1$' "$out"
want_match '^only the stack of the task that is running can be walked$' "$out"
finish

start packets
cat >"$TEST_TMP/connect.py" <<'P'
import socket
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
client = socket.create_connection(listener.getsockname())
client.send(b"x")
print("ports %d %d\n" % (client.getsockname()[1], listener.getsockname()[1]), end="", flush=True)
P
spile -c "python3 $TEST_TMP/connect.py" -e 'probe kernel.trace("net:net_dev_start_xmit") { if (pid() == target())
	printf("%d %x %x %d %d %d%d\n", ipmib_get_proto($skb), ipmib_local_addr($skb, 1), ipmib_remote_addr($skb, 0),
		ipmib_tcp_local_port($skb, 1), ipmib_tcp_remote_port($skb, 1), ipmib_filter_key($skb, 7, 1),
		ipmib_tcp_local_port($skb, 0) == ipmib_tcp_remote_port($skb, 1)) }
	probe begin { println(tcpmib_filter_key(1, 3), linuxmib_filter_key(1, 4), tcpmib_filter_key(0, 3), linuxmib_filter_key(0, 4)) }'
read -r _ client server <<<"$(grep '^ports' <<<"$out")"
want_match "^6 7f000001 7f000001 $client $server 11$" "$out"
want_match "^6 7f000001 7f000001 $server $client 11$" "$out"
want_match '^1111$' "$out"
finish

start nodes-of-memory
if ! grep -q ' node_data$' /proc/kallsyms; then
	spile -e 'probe begin { addr_to_node(0) }'
	want_status 1
	want_match 'this kernel does not tell where its pages are' "$err"
	finish
fi

start names-of-gfp-flags
spile -e 'probe begin { println(gfp_flag_name(0xcc0), " ", gfp_flag_name(0xdc0), " ", gfp_flag_name(0x820), " ",
	gfp_flag_name(0x400cc0), " ", gfp_flag_name(0)) exit() }'
want_out 'GFP_KERNEL GFP_KERNEL|__GFP_ZERO GFP_ATOMIC GFP_KERNEL|__GFP_ACCOUNT 0'
finish

# The tables of the kernel are not known where kallsyms tells of functions only.
start soft-interrupts-on-any-kernel
before=$(awk '$1 == "TIMER:" { for (i = 2; i <= NF; i++) n += $i; print n }' /proc/softirqs)
spile -c 'sleep 0.3' -e 'global n
	probe softirq.entry { if (softirq_name(vec_nr) == "TIMER") n++; known = vec ? h == vec + 8 : !h && !action; if (vec_nr == 1 && !known) println("wrong") }
	probe end { println(n) }'
after=$(awk '$1 == "TIMER:" { for (i = 2; i <= NF; i++) n += $i; print n }' /proc/softirqs)
want_match '^[0-9]+$' "$out"
want "not more than /proc tells" [ "$out" -le $((after - before)) ]
want "some" [ "$out" -gt 0 ]
finish
