# SPDX-License-Identifier: GPL-2.0-or-later
# where: vm
# Functions of the kernel, which can be attached to where kprobes or trampolines work.
. "$SRCDIR/tests/lib.sh"

echo "some text of 26 characters" >"$TEST_TMP/file"

start parameters-and-results
spile -c "dd if=$TEST_TMP/file of=/dev/null status=none" -e '
	probe kernel.function("vfs_read") { if (pid() == target())
		printf("%s\n", kernel_string($file->f_path->dentry->d_name->name)) }
	probe kernel.function("vfs_read").return { if (pid() == target() && $return == 27)
		printf("%d %d\n", $return, $count >= 27) }
	probe kprobe.function("vfs_read").return { if (pid() == target() && returnval() == 27)
		printf("kprobe %d %s\n", returnval(), ppfunc()) }
	probe kprobe.function("vfs_read") { if (pid() == target()) printf("third %d\n", ulong_arg(3) == $count) }'
want_match '^file$' "$out"
want_match '^27 1$' "$out"
want_match '^kprobe 27 vfs_read$' "$out"
want_match '^third 1$' "$out"
want_no_match '^third 0$' "$out"
finish

# By a trampoline, too, where there are no registers.
for way in kprobe fentry; do
	start arguments-and-results-by-number-by-$way
	spile --attach=$way -c "dd if=$TEST_TMP/file of=/dev/null status=none" -e '
		probe kernel.function("vfs_read") { if (pid() == target())
			printf("%d %d\n", ulong_arg(3) == $count, pointer_arg(1) == $file) }
		probe kernel.function("vfs_read").return { if (pid() == target() && $return == 27)
			printf("%d %s %s\n", returnval(), $$return, returnstr(2)) }'
	want_match '^1 1$' "$out"
	want_no_match '0' "$(grep '^[01] [01]$' <<<"$out")"
	want_match '^27 return=0x1b 0x1b$' "$out"
	finish
done

# Where a function is, whichever way it is probed.
at=$(sed -n 's/^\([0-9a-f]*\) T vfs_read$/\1/p' /proc/kallsyms)
start the-address
spile -c "dd if=$TEST_TMP/file of=/dev/null status=none" -e "
	probe kernel.function(0x$at).absolute { if (pid() == target()) printf(\"%s %s %x %d\\n\", pp(), ppfunc(), addr(),
		\$count == ulong_arg(3)) }
	probe kernel.statement(0x$at).absolute { if (pid() == target()) printf(\"statement %s %x\\n\", probefunc(), addr()) }
	probe kernel.function(\"vfs_read\"), kprobe.function(\"vfs_read\"), kernel.function(\"vfs_rea[d]\") {
		if (pid() == target()) printf(\"%x %s\\n\", addr(), symname(addr())) }"
want_match "^kernel.function\(0x$at\).absolute vfs_read $at 1$" "$out"
want_match "^statement vfs_read $at$" "$out"
want "three ways, one address" [ "$(grep -c "^$at vfs_read$" <<<"$out")" = $((3 * $(grep -c ^statement <<<"$out"))) ]
want_no_match "^[0-9a-f]* (0x|vfs_read\+)" "$out"
finish

start an-address-that-is-inside-of-an-instruction
spile -e "probe kernel.statement(0x$(printf %x $((0x$at + 1)))).absolute { }"
want_status 1
want_match 'is not attached: no instruction of the kernel begins there$' "$err"
finish

start open-arguments
spile -c 'cat /etc/hostname' -e 'probe module("9pnet").function("p9_client_rpc") { println($$parms); exit() }'
want_match '^c=0x[0-9a-f]+ type=0x[0-9a-f]+ fmt=0x[0-9a-f]+$' "$out"
finish

start a-pointer-to-a-pointer
spile -v -c "python3 -Sc 'import _socket; _socket.socket(2, 1)'" -e '
	probe kernel.function("__sock_create") { if (pid() == target()) printf("%d %d\n", $family, $res != 0) }
	probe kernel.function("__sock_create").return { if (pid() == target())
		printf("%d %s %d\n", $return, $$parms =~ " res=0x[0-9a-f]+ kern=" ? "parms" : $$parms,
		@cast(kernel_pointer($res), "struct socket")->type) }'
want_match '^2 1$' "$out"
want_match '^0 parms 1$' "$out"
want_match 'by fexit$' "$err"
finish

start a-function-of-a-module
spile -v -c 'cat /etc/hostname' -e 'probe module("9pnet").function("p9_client_open").return {
		if (pid() == target()) printf("%s %d %d\n", ppfunc(), @defined($fid->fid), $return) }
	probe module("9pnet").function("p9_client_open") { if (pid() == target()) println(symname(addr())) }'
want_match '^p9_client_open 1 0$' "$out"
want_match '^p9_client_open$' "$out"
want_match 'p9_client_open"\)\.return .*: 1 site by fexit$' "$err"
finish

# Forty calls are under way at once: a kretprobe has room for a few.
printf 'for i in $(seq 40); do sleep 3 & done; wait\n' >"$TEST_TMP/sleepers"
start returns-that-a-kretprobe-misses-are-counted
spile -c "bash $TEST_TMP/sleepers" -e 'global n, r
	probe kprobe.function("do_nanosleep") { if (execname() == "sleep") n++ }
	probe kprobe.function("do_nanosleep").return { if (execname() == "sleep") r++ }
	probe end { println(n, " ", r) }'
missed=$(sed -n 's/.*skipped probes: \([0-9]*\) (lock: 0, scratch: 0, by the kernel: [0-9]*)$/\1/p' <<<"$err")
read -r calls returns <<<"$out"
want "all calls" [ "$calls" = 40 ]
if [ -n "$missed" ]; then
	want "returns" [ $((returns + missed)) = 40 ]
else
	want "this kernel counts them not" [ "$(uname -r | cut -d. -f1,2)" = 6.1 ]
	want_match 'this kernel misses returns while more calls are under way .*fexit misses none$' "$err"
fi
finish

start returns-that-fexit-does-not-miss
spile -c "bash $TEST_TMP/sleepers" -e 'global n
	probe kernel.function("do_nanoslee[p]").return, kernel.function("schedule_hrtimeou[t]*").return {
		if (execname() == "sleep" && ppfunc() == "do_nanosleep") n++ }
	probe end { println(n) }'
want_out 40
want "nothing is said" [ -z "$err" ]
finish

start arguments-where-there-are-none
spile -c true -e 'probe kernel.trace("sched:sched_process_exec") { try { println(pointer_arg(1)) }
	catch (m) { if (pid() == target()) println(m) } }'
want_match '^there is no such argument here$' "$out"
finish

start a-pattern
spile -c "dd if=$TEST_TMP/file of=/dev/null status=none" -e 'global n
	probe kernel.function("vfs_rea*") { if (pid() == target()) n[ppfunc()]++ }
	probe end { println(n["vfs_read"] > 0) }'
want_match '^1$' "$out"
finish

# Every way of attaching counts the same; -v tells which it was.
for way in auto kprobe multi fentry; do
	start "a-pattern-by-$way"
	if [ $way = multi ] && ! "$SPILE" --config | grep -q '^kprobe_multi *yes'; then
		skip "this kernel has no kprobe.multi"
	else
		spile -v --attach=$way -c "dd if=$TEST_TMP/file of=/dev/null status=none" -e 'global n, r
			probe kernel.function("vfs_{read,write}") ?, kernel.function("vfs_rea[d]*"),
			kernel.function("vfs_write") { if (pid() == target()) n[ppfunc()]++ }
			probe kernel.function("vfs_rea[d]*").return { if (pid() == target()) r[ppfunc()]++ }
			probe end { println(n["vfs_read"], " ", n["vfs_read"] == r["vfs_read"]) }'
		want_match '^[1-9][0-9]* 1$' "$out"
		[ $way = auto ] || want_match "sites? by (k?ret)?$way|by kprobe.$way|by fexit" "$err"
	fi
	finish
done

start a-function-that-can-not-be-traced
for point in 'kernel.function("native_sched_clock")' 'kprobe.function("native_sched_clock")'; do
	spile -e "probe $point { }"
	want_status 1
	want_match "can not be (probed|traced).*notrace" "$err"
	want_match "probe a function that calls it: ([a-z_0-9.]+, )*[a-z_0-9.]*(sched_clock|local_clock)" "$err"
done
finish

start a-function-that-can-not-be-traced-can-be-optional
spile -e 'probe kernel.function("native_sched_clock") ?, kernel.function("__schedule").return ?,
	kernel.function("__schedule") !, kernel.function("vfs_read") { println(ppfunc()) exit() }'
want_match '^vfs_read$' "$out"
finish

start files-by-alias
spile -c "dd if=$TEST_TMP/file of=/dev/null status=none" -e 'probe vfs.read.return { if (pid() == target() && filename == "file" &&
	bytes_read) printf("%s %d\n", filename, bytes_read) }'
want_match '^file 27$' "$out"
finish
