# SPDX-License-Identifier: GPL-2.0-or-later
# where: vm
# What tapsets find in the kernel's structures, and write to processes: what the kernel's version
# and its configuration decide. tests/probes/task-functions.sh looks at each function.
. "$SRCDIR/tests/lib.sh"

SPILE_TIMEOUT=${SPILE_TIMEOUT:-180} # much is compiled here, for an emulated processor
start_sleeper
read -r size rss shr txt _ data _ </proc/$sleeper/statm
stat=$(sed 's/.*) //' /proc/$sleeper/stat)

start a-task
spile -e 'probe begin {
	t = pid2task($1)
	println(pid2execname($1), " ", fullpath_struct_path(task_cwd_path(t)), " ", fullpath_struct_file(t, task_exe_file(t)))
	for (i = 0; i < task_max_file_handles(t); i++) {
		f = task_fd_lookup(t, i)
		if (f) println(i, " ", fullpath_struct_file(t, f))
	}
	println(task_open_file_handles(t), " ", inode_path(@cast(task_fd_lookup(t, 0), "struct file", "kernel")->f_inode))
	println(proc_mem_size($1), " ", proc_mem_txt($1), " ", proc_mem_data($1))
	println(proc_mem_rss($1), " ", proc_mem_shr($1))
	println(task_start_time($1) / 10000000, " ", task_utime($1) / 10000000, " ", task_stime($1) / 10000000)
	println(task_ancestry(t, 0))
	println(sprint_loadavg() =~ "^[0-9]+[.][0-9][0-9] [0-9.]+ [0-9.]+$")
	println(fp_to_string(fp_rem(fp_sqrt(string_to_fp("2e3")), fp_div(long_to_fp(1), long_to_fp(3))), 6))
	exit()
}' $sleeper
want_out "sleep $(readlink -f "$TEST_TMP/dir") $(readlink /proc/$sleeper/exe)
$(cd /proc/$sleeper/fd && for fd in $(ls | sort -n); do echo "$fd $(readlink $fd)"; done)
$(ls /proc/$sleeper/fd | wc -l) $(readlink /proc/$sleeper/fd/0)
$size $txt $data
$rss $shr
$(cut -d' ' -f20 <<<"$stat") $(cut -d' ' -f12 <<<"$stat") $(cut -d' ' -f13 <<<"$stat")
$(grep '=>sleep$' <<<"$out")
1
0.054693"
want_match "=>sleep$|^sleep$" "$out"
finish

$CC -g -O1 -o "$TEST_TMP/cells" "$SRCDIR/tests/probes/programs/cells.c" || exit 1

start writes-to-a-process
spile -g -c "$TEST_TMP/cells" -e 'probe process.function("take") {
	set_user_char(&$cell->c, -5); set_user_short(&$cell->s, -300); set_user_int(&$cell->i, -70000)
	set_user_long(&$cell->l, -5000000000); set_user_pointer(&$cell->p, 0x1234)
	set_user_string(&$cell->text, "new"); set_user_string_n(&$cell->part, 3, "newer")
	set_user_string_arg(&$cell->arg, "other")
	try { set_user_long(8, 1) } catch (e) { printf("%s\n", e) }
	try { set_user_string(8, "x") } catch (e) { printf("%s\n", e) }
}'
want_match '^-5 -300 -70000 -5000000000 0x1234 new newbbbbbbbbbbbb other$' "$out"
want "two faults" [ "$(grep -c '^write fault$' <<<"$out")" = 2 ]
finish

start pages
cat >"$TEST_TMP/page.py" <<'P'
import ctypes, mmap, os, struct
area = mmap.mmap(-1, 3 * 4096)
area[4096] = 1
address = ctypes.addressof(ctypes.c_char.from_buffer(area)) + 4096
pages = os.open("/proc/self/pagemap", os.O_RDONLY)
entry = struct.unpack("Q", os.pread(pages, 8, address // 4096 * 8))[0]
print("page", entry & (1 << 55) - 1, flush=True)
os.lseek(pages, address + 5, 0)
P
spile -c "python3 $TEST_TMP/page.py" -e 'probe syscall.lseek { if (pid() == target() && $offset > 1 << 40)
	printf("%d %d %d %d\n", __page_frame($offset), addr_to_node($offset), addr_to_node(8),
		addr_to_node(task_current())) }'
want_match "^$(sed -n 's/^page //p' <<<"$out") 0 -1 0$" "$out"
finish

start a-walk-along-a-path
cd "$TEST_TMP/dir" || exit 1
spile -c "cat kept" -e 'probe kernel.function("complete_walk") {
	if (pid() == target()) printf("%s %s\n", d_path($nd), fullpath_struct_nameidata($nd)) }'
here=$(readlink -f "$TEST_TMP/dir")
want_match "^$here/kept $here/kept$" "$out"
finish
