# SPDX-License-Identifier: GPL-2.0-or-later
# where: vm
# The aliases of processes, signals, memory, block devices and interrupts, against what programs do.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/signals
$CC -O1 -o "$program" "$SRCDIR/tests/probes/programs/signals.c" || exit 1

start signals
SPILE_TIMEOUT=120 spile -c "$program" -e '
	probe signal.send { if (sig_pid == target() && pid() == target()) printf("%s %s %s %d %d\n", name, sig_name, pid_name,
		si_code, shared) }
	probe signal.send.return { if (pid() == target()) printf("%s.return %s %d\n", name, retstr, shared) }
	probe signal.handle { if (pid() == target()) printf("%s %s %x %s %d\n", name, sig_name, handler, sig_mode, sig_code) }
	probe signal.handle.return { if (pid() == target()) printf("%s.return %s\n", name, retstr) }
	probe signal.check_ignored { if (pid() == target()) printf("%s %d %s\n", name, sig, pid_name) }
	probe signal.check_ignored.return { if (pid() == target()) printf("%s.return %s\n", name, retstr) }
	probe signal.checkperm { if (pid() == target()) printf("%s %d %d\n", name, sig, sig_pid == target()) }
	probe signal.do_action { if (pid() == target() && sigact_addr) printf("%s %s %x %s\n", name, sig_name, sa_handler,
		sigset_mask_str(sa_mask)) }
	probe signal.sys_tgkill { if (pid() == target()) printf("%s %d %d %s %d %s\n", name, tgid == target(), sig_pid == tid(), sig_name,
		task == task_current(), pid_name) }
	probe signal.sys_tkill { if (pid() == target()) printf("%s %d %s\n", name, sig_pid == tid(), sig_name) }
	probe signal.syskill { if (pid() == target()) printf("%s %d %s %d %s\n", name, sig_pid == target(), sig_name,
		task == task_current(), pid_name) }
	probe signal.procmask { if (pid() == target() && how == 0) printf("%s %x %d %d\n", name, sigset, sigset_addr != 0, oldsigset_addr) }
	probe signal.pending { if (pid() == target()) printf("%s %d\n", name, sigset_size) }
	probe signal.pending.return { if (pid() == target()) printf("%s.return %s %d\n", name, retstr,
		is_sig_blocked(task_current(), 12)) }
	probe signal.wakeup { if (sig_pid == target() && pid() == target()) printf("%s %s %d %s\n", name, pid_name, resume, state_mask) }'
handler=$(sed -n 's/^handler 0x\([0-9a-f]*\) .*/\1/p' <<<"$out")
want_match '^send SIGUSR1 signals 0 1$' "$out"
want_match '^send SIGUSR1 signals -6 0$' "$out"
want_match '^send SIGURG signals 0 1$' "$out"
want_match '^send.return 0 1$' "$out"
want_match "^handle SIGUSR1 $handler user 0$" "$out"
want_match '^handle.return 0$' "$out"
want_match '^check_ignored 10 signals$' "$out"
want_match '^check_ignored.return 1$' "$out"
want_match '^check_ignored.return 0$' "$out"
want_match '^checkperm 12 1$' "$out"
want_match "^do_action SIGUSR1 $handler SIGINT$" "$out"
want_match '^sys_tgkill 1 1 SIGUSR1 1 signals$' "$out"
want_match '^sys_tkill 1 SIGUSR1$' "$out"
want_match '^syskill 1 SIGUSR2 1 signals$' "$out"
want_match '^procmask 800 1 0$' "$out"
want_match '^pending 8$' "$out"
want_match '^pending.return 0 1$' "$out"
want_match '^wakeup signals 0 TASK_INTERRUPTIBLE$' "$out"
finish

start processes
spile -c "$program" -e '
	probe kprocess.create { if (pid() == target()) printf("create %d %d\n", new_pid, new_tid) }
	probe kprocess.start { if (ppid() == target()) printf("start %d\n", pid()) }
	probe kprocess.exit { if (ppid() == target()) printf("exit %d %d\n", pid(), code) }
	probe kprocess.release { if (pid() == target()) printf("release %d %d %s\n", released_pid, released_tid, task_execname(task)) }
	probe scheduler.process_fork { if (parent_pid == target()) printf("%s %d\n", name, child_pid) }
	probe scheduler.process_exit { if (ppid() == target()) printf("%s %d %d\n", name, pid, priority) }
	probe scheduler.wakeup_new { if (pid() == target()) printf("%s %d %d\n", name, task_pid, task_tid) }
	probe scheduler.signal_send { if (signal_number == 10 && pid == target()) printf("%s %d\n", name, signal_number) }'
read -r _ child _ parent <<<"$(grep '^child ' <<<"$out")"
want_match "^create $child $child$" "$out"
want_match "^start $child$" "$out"
want_match "^exit $child 1792$" "$out"
want_match "^release $child $child signals$" "$out"
want_match "^process_fork $child$" "$out"
want_match "^process_exit $child 120$" "$out"
want_match "^wakeup_new $child $child$" "$out"
want_match '^signal_send 10$' "$out"
finish

start memory
spile -c "$program" -e '
	probe vm.mmap { if (pid() == target() && address == 0x20000000) printf("%s %d\n", name, length) }
	probe vm.munmap { if (pid() == target() && address == 0x20000000) printf("%s %d\n", name, length) }
	probe vm.brk { if (pid() == target() && address) printf("%s %x\n", name, length) }
	probe vm.pagefault { if (address == 0x20001000) printf("%s %d %d\n", name, write_access, pid() == target()) }
	probe vm.pagefault.return { if (pid() == target() && vm_fault_contains(fault_type, VM_FAULT_MINOR)) minor++ }
	probe vm.write_shared { if (ppid() == target() && address == 0x20001001) printf("%s %x\n", name, address) }
	probe vm.write_shared_copy { if (ppid() == target() && address >> 16 == 0x2000) printf("%s %x %d\n", name, address, zero) }
	probe vm.kmalloc { if (pid() == target() && bytes_req == 0x1234) println(gfp_flag_name) }
	global minor, called
	probe vm.kfree { if (pid() == target()) called = caller_function }
	probe end { printf("%d %d\n", minor > 10, called != "") }'
want_match '^mmap 8192$' "$out"
want_match '^munmap 8192$' "$out"
want_match '^brk 3000$' "$out"
want_match '^pagefault 1 1$' "$out"
want_match '^write_shared 20001001$' "$out"
want_match '^write_shared_copy 20001001 0$' "$out"
want_match '^write_shared_copy 20000001 1$' "$out"
want_match '^1 1$' "$out"
finish

# One session for all of these, since each begins slowly where this runs.
start scheduler-and-interrupts
printf '%s\n' 'sleep 0.2' 'dd if=/dev/zero of=/run/job/file bs=4k count=50 status=none' 'sleep 0.8' >"$TEST_TMP/busy"
spile -c "sh $TEST_TMP/busy" -e 'global n, seen, works, soft
	probe scheduler.cpu_off { if (task_pid(task_prev) == target()) n["off"]++ }
	probe scheduler.cpu_on { if (pid() == target()) n["on"]++ }
	probe scheduler.ctxswitch { if (prev_task_name == "sleep" && (prevtsk_state & 1)) n["out"]++ }
	probe scheduler.wakeup { if (task_pid == target()) n["woken"]++ }
	probe scheduler.balance { n["balance"]++ }
	probe scheduler.tick { n["tick"]++ }
	probe softirq.entry { if (vec_nr == 1 || vec_nr == 9) n["soft"]++
		if (h == vec + 8 * vec_nr && symname(action) != "") soft = symname(action) }
	probe softirq.exit { if (vec_nr == 1 || vec_nr == 9) n["softly"]++ }
	probe irq_handler.entry { n["entry"]++ seen[irq, kernel_string(dev_name), flags_str, symname(handler)]++ }
	probe irq_handler.exit { n["exit"]++ }
	probe workqueue.insert { n["insert"]++ }
	probe workqueue.execute { n["execute"]++ works[symname(work_func)]++ if (task_tid(wq_thread) == tid()) n["own"]++ }
	probe workqueue.executed { n["executed"]++ }
	probe end { foreach (what+ in n) printf("%s %d\n", what, n[what] > 0)
		printf("%d %d %s\n", n["entry"] - n["exit"] < 2, n["own"] == n["execute"], soft)
		foreach ([i, d, f, h] in seen) printf("%d %s %s %s\n", i, d, f, h)
		foreach (s in works) printf("work %s\n", s) }'
for what in off on out woken balance tick soft softly entry exit insert execute own executed; do
	want_match "^$what 1$" "$out"
done
want_match '^1 1 [a-z_]+$' "$out"
want_match '^[0-9]+ virtio[0-9]-.* .*IRQF_SHARED|^[0-9]+ virtio[0-9].* vring_interrupt$' "$out"
want_match '^work [a-z_]+$' "$out"
finish

# A disk of known requests: 8 of 4096 bytes at known places.
module() {
	find "${SPILE_VM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/spile-vm}/${SPILE_VM:-none}/lib/modules" \
		-name "$1.ko*" 2>/dev/null | head -n 1
}
start block-devices
if [ -z "$(module loop)" ]; then
	skip "there is no loop device"
else
	cat >"$TEST_TMP/disk" <<-END
		insmod $(module loop)
		truncate -s 1M $TEST_TMP/image
		losetup /dev/loop0 $TEST_TMP/image
		dd if=/dev/zero of=/dev/loop0 bs=4096 seek=16 count=8 oflag=direct status=none
		dd if=/dev/loop0 of=/dev/null bs=8192 count=1 skip=3 iflag=direct status=none
		losetup -d /dev/loop0
	END
	spile -c "sh $TEST_TMP/disk" -e '
		probe ioblock.request { if (devname == "loop0" && execname() == "dd") printf("%s %s %d %d %d %d %d %d\n", name,
			bio_rw_str(rw), sector, size, vcnt, bdev == bdev_contains, p_start_sect, phys_segments) }
		probe ioblock.end { if (devname == "loop0") printf("%s %s %d %d %d %d %d\n", name, bio_rw_str(rw), sector,
			size, bytes_done, error, hw_segments) }
		probe ioscheduler.elv_next_request { if (disk_major == 7) printf("%s %d %d %d %s\n", name, disk_minor,
			sector, size, elevator_name) }
		probe ioscheduler.elv_completed_request { if (disk_major == 7) printf("%s %d\n", name, disk_minor) }'
	for i in 0 1 2 3 4 5 6 7; do
		want_match "^ioblock.request W $((128 + 8 * i)) 4096 1 1 0 1$" "$out"
		want_match "^ioblock.end W $((128 + 8 * i)) 4096 4096 0 1$" "$out"
	done
	want_match '^ioblock.request R 48 8192 [12] 1 0 [12]$' "$out"
	want_match '^ioblock.end R 48 8192 8192 0 [12]$' "$out"
	want_match '^elv_next_request 0 128 4096 ' "$out"
	want_match '^elv_completed_request 0$' "$out"
fi
finish

start files
echo "twenty-seven characters...." >"$TEST_TMP/file"
spile -c "dd if=$TEST_TMP/file of=/dev/null status=none" -e '
	probe vfs.read { if (pid() == target() && filename == "file") printf("%s %d %d %d %s\n", name, ino, MAJOR(dev), size, devname) }
	probe vfs.read.return { if (pid() == target() && filename == "file") printf("%s.return %d %s %s\n", name, bytes_read, retstr, error_str) }
	probe vfs.write { if (pid() == target() && bytes_to_write == 28) printf("%s %s\n", name, filename) }
	probe vfs.open { if (pid() == target() && filename == "file") println(name) }'
want_match "^vfs.read $(stat -c %i "$TEST_TMP/file") [0-9]+ 512 " "$out"
want_match '^vfs.read.return 28 28 $' "$out"
want_match '^vfs.write null$' "$out"
want_match '^vfs.open$' "$out"
finish
