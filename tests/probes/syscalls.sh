# SPDX-License-Identifier: GPL-2.0-or-later
# where: host vm
# System calls: counts, variables, and argstr against strace.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/syscalls
$CC -O1 -w -o "$program" "$SRCDIR/tests/probes/programs/syscalls.c" || exit 1
$CC -O1 -pthread -o "$TEST_TMP/server" "$SRCDIR/tests/probes/programs/server.c" || exit 1
$CC -O1 -w -o "$TEST_TMP/structures" "$SRCDIR/tests/probes/programs/structures.c" || exit 1
$CC -O1 -w -o "$TEST_TMP/every_call" "$SRCDIR/tests/probes/programs/every_call.c" || exit 1
$CC -O1 -w -o "$TEST_TMP/system_v" "$SRCDIR/tests/probes/programs/system_v.c" || exit 1
work=$TEST_TMP/syscalls.work
mkdir -p "$work" && cd "$work" || exit 1

# The lines between the program's marks, with errors and addresses in one form. What strace says
# beyond arguments and result goes: errors in words, and times as dates. Children and the clock are
# others each time; the names of results are told for open files only.
normalise() {
	sed -n '/^close(-100)/,/^close(-101)/p' "$1" |
		sed -E 's/ +=/ =/; s/ = -1 (E[A-Z0-9]+) .*/ = \1/; s/ = -[0-9]+ \((E[A-Z0-9]+)\)/ = \1/
			s/0x7ff[0-9a-f]+/ADDR/g; s, /\* [0-9T:.+-]+ \*/,,g
			s,(si_.time)=[0-9]+( /\* [0-9.]+ s \*/)?,\1,g
			/^(clone|waitid|wait4|kill)\(/s/\b[0-9]{3,}\b/PID/g; s/^times.*/times/
			s/^(prctl\(PR_GET_DUMPABLE\) = 1) .*/\1/; /^(u(ret)?probe|syscall_0x(14f|150))/d'
}

# want_same_halves LEAST: "both" has LEAST calls at least as strace prints them, then the same as we do
want_same_halves() {
	local half=$(($(wc -l <both) / 2))
	want "enough calls are compared" [ $half -ge "$1" ]
	head -n $half both >wanted && tail -n +$((half + 1)) both >got
	cmp -s wanted got || wrong "$(diff wanted got)"
}

start argstr-is-that-of-strace
if ! command -v strace >/dev/null; then
	skip "strace is not installed"
elif ! setarch -R strace -o strace.out "$program"; then
	skip "strace does not work here"
else
	spile -c "setarch -R $program" -e 'probe syscall.*.return {
		if (pid() == target()) printf("%s(%s) = %s\n", name, argstr, retstr) }'
	normalise strace.out >wanted
	normalise "$TEST_TMP/out" >got
	want "a hundred calls are compared" [ "$(cut -d'(' -f1 wanted | sort -u | wc -l)" -ge 100 ]
	cmp -s wanted got || wrong "$(diff wanted got)"
fi
finish

# Identifiers of queues and semaphores grow.
start structures-are-those-of-strace
if ! command -v strace >/dev/null || ! setarch -R strace -o strace.out "$TEST_TMP/structures"; then
	skip "strace does not work here"
else
	spile -c "setarch -R $TEST_TMP/structures" -e 'probe syscall.*.return {
		if (pid() == target()) printf("%s(%s) = %s\n", name, argstr, retstr) }'
	for list in strace.out "$TEST_TMP/out"; do
		normalise "$list" | sed -E 's/^((sem|msg)[a-z]+)\([0-9]+,/\1(ID,/; s/^((sem|msg)get.* =).*/\1/
			s/0x[0-9a-f]{8,}/ADDR/g; s/htons\([0-9]+\)/PORT/; s/if_nametoindex\("lo"\)/1/
			s/\[16 => 16\]/[16]/; s/^(setsockopt.*MEMBERSHIP.* =).*/\1/' | cut -c1-480
	done >both
	want_same_halves 35
fi
finish

start queues-clocks-and-signals-are-those-of-strace
if ! command -v strace >/dev/null || ! setarch -R strace -o strace.out "$TEST_TMP/system_v"; then
	skip "strace does not work here"
else
	spile -D MAXSTRINGLEN=1024 -c "setarch -R $TEST_TMP/system_v" -e 'probe syscall.*.return {
		if (pid() == target()) printf("%s(%s) = %s\n", name, argstr, retstr) }'
	for list in strace.out "$TEST_TMP/out"; do
		own=$(sed -n 's/^getpid() *= //p' "$list" | head -n 1)
		child=$(sed -n 's/^clone(.* = //p' "$list")
		normalise "$list" | sed -E "s/\\b$own\\b/OWN/g; s/\\b$child\\b/CHILD/g
			s/^((sem|msg|shm)ctl)\\([0-9]+(.*) = .*/\\1\\3/; s/^((sem|msg|shm)get.* =).*/\\1/
			s/(_[a-z]time|tv_u?sec|used_ids|shm_[a-z]*|sw[a-z]*)=[0-9]+/\\1/g; s/ADDR|0x[0-9a-f]{8,}/ADDR/g
			s/(esterror|maxerror|jitter|offset|freq|stabil|[a-z]*cnt)=[0-9-]+/\\1/g; s/child_tidptr.*//"
	done >both
	want_same_halves 60
fi
finish

# every KIND LEFT_OUT: what every_call makes is printed as strace prints it, but for some calls.
every() {
	timeout 60 setarch -R strace -o strace.out "$TEST_TMP/every_call" "$1" </dev/null
	spile -D MAXSTRINGLEN=2048 -o spile.out -c "setarch -R $TEST_TMP/every_call $1" -e 'probe syscall.*.return {
		if (pid() == target()) printf("%s(%s) = %s\n", name, argstr, retstr) }' </dev/null
	for list in strace spile; do
		normalise $list.out | grep -vE "$2" >every.$list
	done
	want "$1: enough calls are compared" [ "$(wc -l <every.strace)" -ge "$3" ]
	cmp -s every.strace every.spile || wrong "$1: $(diff every.strace every.spile | cut -c1-400 | head -n 20)"
}

# Left out is what differs each time, what strace 6.1 has no name for yet, or one of a kind of its own:
# the sizes of large pages, protocols of rare families, calls that Linux does not have.
start every-call-is-that-of-strace
if ! command -v strace >/dev/null || ! setarch -R strace -o strace.out /bin/true; then
	skip "strace does not work here"
else
	every all '^(getp?pid|gettid|getpg(rp|id)|getsid|set_tid_address|times?|(f?truncate|modify_ldt|rseq|syslog)|(get|put)pmsg|afs_syscall|tuxcall|security|epoll_(ctl|wait)_old|vserver|create_module|mmap|remap_file_pages|shmget|(shm|sem|msg)ctl\(-1, (-1, )?IPC_64|(shm|sem|msg)ctl\(-1, (-1, )?0xf{8}|swapon|kexec_load|fanotify_init|memfd_create|membarrier|statx|fsmount|pidfd_open)\b' 580
	every commands 'F_[GS]ET_(FILE_)?RW_HINT|^fcntl\(-1, 0x40[b-e]|F_ADD_SEALS|KEYCTL_(GET_KEYRING_ID|PKEY)|^socket\(AF_(AX25|IRDA|CAN|BLUETOOTH|RXRPC|ISDN|PHONET|CAIF|NFC|KCM|SMC)|, (AF_VSOCK|0x28 .*),|^futex.*WAKE_OP|SCHED_(ISO|EXT)|0x[47] /. SCHED|LANDLOCK|XCOMP|KEYCTL_SETPERM' 600
	if [ -z "${SPILE_VM:-}" ]; then # it takes too long in a virtual machine
		every flags '^(mmap|fanotify_init|statx|memfd_create|swapon|pidfd_open|kexec_load|shmget|fsmount.*0x[12]00000|fsmount.*(IDMAP|NOSYMFOLLOW)|mbind.*0x[0-9a-f]*0000)\b' 1400
		every options 'MEMBERSHIP|_GROUP|IPT_|IP6T_|SOL_PACKET|ATTACH|SO_LINGER|TXREHASH|ANYCAST|USE_MIN_MTU|0x(3f|4[01]) /. IP' 250
		every ioctls 'SNDCTL|SNDRV|I915|_IOC_NONE, 0x69, (0|0x[12]),|PCITEST|XSDFEC|RFKILL|FASTRPC|BTRFS_IOC_(TRANS|SCRUB|QUOTA)|BLKF?RASET|TCXONC|TIOCSSERIAL|_IOC_NONE, 0x(50|52|54|66),' 1300
	fi
fi
finish

start arguments-by-their-numbers
spile -c "dd if=/dev/zero of=/dev/null bs=77 count=2 seek=1000000000" -e '
	probe syscall.read { if (long_arg(3) == 77) printf("%d %d %d\n", int_arg(1) == fd,
		pointer_arg(2) == buf_uaddr, ulong_arg(3)) }
	probe syscall.read.return { if (count == 77) println(returnval(), " ", long_arg(3)) }
	probe syscall.lseek.return { if (offset == 77000000000) println(s64_arg(2), " ", returnval()) }'
want_out $'77000000000 0\n1 1 77\n77 77\n1 1 77\n77 77'
finish

start an-argument-that-no-call-has
spile -c "sync -d /etc/hostname" -e 'probe syscall.fdatasync { try { int_arg(7) } catch (e) { println(e) }
	try { returnval() } catch (e) { println(e) } }'
want_out $'there is no such argument here\nthere is no result of a function here'
finish

start the-fourth-argument
spile -c "/usr/bin/python3 -c 'import os; os.pwrite(os.open(\"/dev/null\", 1), b\"abc\", 4321)'" -e '
	probe syscall.pwrite { if (pid() == target()) println(ulong_arg(3), " ", long_arg(4)) }'
want_out '3 4321'
finish

# What a real program does after it was started, without what differs from run to run: addresses,
# random bytes, identifiers, times, the ports of connections. strace also tells how long a buffer
# for an address was before the call ([128 => 16]).
# uretprobe and uprobe (0x14f, 0x150) are what probes of others on the machine add.
normalise_program() {
	sed -E 's/ +=/ =/; s/ = -1 (E[A-Z0-9]+) .*/ = \1/; s/ = -[0-9]+ \((E[A-Z0-9]+)\)/ = \1/
		s/0x[0-9a-f]{6,}/ADDR/g; s, /\* [0-9T:.+-]+ \*/,,g; s/\[[0-9]+ => /[/
		s/^(getrandom|sysinfo)\(.*/\1/; s/parent_tid=\[[0-9]+\]\}, 88\) = [0-9]+/TID/; s/^(set_tid_address|getpid|gettid)(.*) = [0-9]+/\1\2/
		s/tv_n?u?sec=[0-9]+/TIME/g; s/^(poll\(.*\], [0-9]+), [0-9]+\)/\1, TIME)/
		s/htons\([0-9]+\)/PORT/g; s/^(read|write|pread64|pwrite64)\(.*\)/\1/
		/^(exit_group|\+\+\+|rt_sigreturn|u(ret)?probe|syscall_0x(14f|150))/d' "$1" | sed '0,/^execve.* = 0/d'
}

# agrees COMMAND: strace and Spile say the same of it.
agrees() {
	rm -rf made && timeout 60 setarch -R strace -o strace.out $1 >printed 2>printed2 </dev/null
	rm -rf made && spile -o spile.out -c "setarch -R $1" -e 'probe syscall.*.return {
		if (tid() == target()) printf("%s(%s) = %s\n", name, argstr, retstr) }'
	normalise_program strace.out >wanted
	normalise_program spile.out | sed '0,/^execve.* = 0/d' >got
	[ "$(wc -l <wanted)" -ge "$2" ] || wrong "$1: only $(wc -l <wanted) calls are compared"
	cmp -s wanted got || wrong "$1: $(diff wanted got | head -n 20)"
}

start a-real-program-agrees-with-strace
if ! command -v strace >/dev/null || ! setarch -R strace -o strace.out /bin/true; then
	skip "strace does not work here"
else
	mkdir -p from && echo text >from/file && ln -sf file from/link && tar cf archive from
	echo 'create table t(a); insert into t values(1); select * from t;' >query
	echo 'import os, socket, threading; print(os.listdir("from"))' >script.py
	agrees "/bin/cp -a from made" 100
fi
finish

start more-programs-agree-with-strace
if [ -n "${SPILE_VM:-}" ]; then
	skip "it takes too long in a virtual machine"
elif ! command -v strace >/dev/null || ! setarch -R strace -o strace.out /bin/true; then
	skip "strace does not work here"
else
	agrees "/bin/ls -l from" 100
	agrees "/bin/tar xf archive --one-top-level=made" 100
	! command -v sqlite3 >/dev/null || agrees "$(command -v sqlite3) made -init query .exit" 100
	[ ! -x /usr/bin/python3 ] || agrees "$(readlink -f /usr/bin/python3) -IB script.py" 300
	agrees "$TEST_TMP/server" 60
fi
finish

start curl-agrees-with-strace
if [ -n "${SPILE_VM:-}" ]; then
	skip "it takes too long in a virtual machine"
elif ! command -v strace >/dev/null || ! setarch -R strace -o strace.out /bin/true; then
	skip "strace does not work here"
elif ! command -v curl >/dev/null || ! command -v python3 >/dev/null; then
	skip "curl or python3 is not installed"
else
	echo served >file
	python3 -u -m http.server 0 --bind 127.0.0.1 >served 2>&1 &
	server=$!
	wait_for 'port [0-9]' served || wrong "the server does not start"
	port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' served)
	# The answer is there at once, or not: when both runs waited alike, all else must agree.
	for turn in 1 2 3 4 5; do
		failures=
		agrees "$(command -v curl) -sI http://127.0.0.1:$port/file" 200
		[ -n "$failures" ] || break
	done
	grep -q '^connect(.*127.0.0.1' spile.out || wrong "there is no connect()"
	kill $server
fi
finish

# The probe of one call shows what the probe of all shows.
alone="openat writev rt_sigprocmask connect fcntl epoll_ctl setsockopt newfstatat pipe2 prctl ioctl
	sendmsg statfs uname epoll_wait poll sched_getaffinity utimensat openat2 getrandom"
start argstr-of-single-calls
probes=
for call in $alone; do
	probes+="probe syscall.$call.return { if (pid() == target())
		printf(\"%s(%s) = %s\n\", name, argstr, retstr) }"$'\n'
done
spile -c "setarch -R $program" -e "$probes"
cp "$TEST_TMP/out" one.out
spile -c "setarch -R $program" -e 'probe syscall.*.return {
	if (pid() == target()) printf("%s(%s) = %s\n", name, argstr, retstr) }'
grep -E "^($(tr -s ' \n\t' '|' <<<"$alone" | sed 's/|$//'))\(" "$TEST_TMP/out" >all.out
for call in $alone; do
	want "$call is there" grep -q "^$call(" all.out
done
for list in one all; do
	sed -E 's/0x7ff[0-9a-f]*/ADDR/g; s/^(getrandom).*(, 8,)/\1\2/' "$list.out" | sort >$list
done
cmp -s one all || wrong "$(diff one all)"
finish

start variables-of-openat
spile -c "$program" -e 'probe syscall.openat { if (filename_unquoted == "/dev/null")
	printf("%s %s %d %s %#o %s\n", name, filename, dfd, dfd_str, flags, flags_str) }'
want_match '^openat "/dev/null" -100 AT_FDCWD 0200000 O_RDONLY\|O_DIRECTORY$' "$out"
finish

# The text of an argument is by its case, and a number where the case has none.
start texts-of-arguments-by-case
cat >cases.c <<'END'
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
	syscall(SYS_fcntl, -1, F_GETFD, 0x4321L);
	syscall(SYS_fcntl, -1, F_GETFL, 0L);
	syscall(SYS_fcntl, -1, F_SETFD, 1L);
	syscall(SYS_ioctl, -1, FIOCLEX, 0x4321L);
	syscall(SYS_ioctl, -1, TCFLSH, 1L);
	syscall(SYS_prctl, PR_CAPBSET_READ, 21L, 0x4321L);
	return 0; }
END
$CC -w -o cases cases.c || wrong "it does not compile"
spile -c ./cases -e 'probe syscall.fcntl { if (pid() == target()) println(cmd_str, " ", arg_str) }
	probe syscall.ioctl { if (pid() == target()) println(request_str, " ", argp_str) }
	probe syscall.prctl { if (pid() == target()) println(option_str, " ", arg2_str, " ", arg3_str) }'
want_out "F_GETFD 0x4321
F_GETFL 0
F_SETFD FD_CLOEXEC
FIOCLEX 0x4321
TCFLSH TCOFLUSH
PR_CAPBSET_READ CAP_SYS_ADMIN 0x4321"
finish

start result-of-openat
spile -c "$program" -e 'probe syscall.openat.return { if (pid() == target() && retval == -20)
	printf("%d %s %s\n", retval, retstr, user_string($filename)) }'
want_match '^-20 -20 \(ENOTDIR\) /dev/null$' "$out"
finish

start targets-of-read
spile -c "$program" -e 'probe syscall.read { if (pid() == target() && $count == 10)
	printf("%d %d %d\n", $fd == fd, $buf_uaddr == buf_uaddr, count) }'
want_match '^1 1 10$' "$out"
finish

start counts-are-exact
spile -c "dd if=/dev/zero of=/dev/null bs=1 count=5000 status=none" -e 'global reads, all, returns
	probe syscall.read { if (pid() == target()) reads++ }
	probe syscall.r?ad { if (pid() == target()) all++ }
	probe syscall.read.return { if (pid() == target() && $fd == 0 && $return == 1) returns++ }
	probe end { printf("%d %d %d\n", reads >= 5000, all == reads, returns) }'
want_match '^1 1 5000$' "$out"
finish

start calls-of-the-32-bit-interface-are-no-others
if ! $CC -O1 -o "$TEST_TMP/compat" "$SRCDIR/tests/probes/programs/compat.c"; then
	skip "the program can't be built"
elif ! "$TEST_TMP/compat"; then
	skip "this kernel has no 32-bit interface"
else
	spile -c "$TEST_TMP/compat" -e 'global seen, all
		probe syscall.semget { if (pid() == target()) seen++ }
		probe syscall.* { if (pid() == target()) all++ }
		probe end { printf("%d %d\n", seen, all > 3 && all < 90) }'
	want_match '^0 1$' "$out"
fi
finish

start calls-are-listed
spile -l 'syscall.*'
want "some 300 calls are listed" [ "$(wc -l <"$TEST_TMP/out")" -gt 300 ]
want_match '^syscall.openat$' "$out"
spile -L 'syscall.opena*.return'
want_match '^syscall.openat.return name:string argstr:string retval:long retstr:string .dfd:int .filename:const char \* ' "$out"
want_match '^syscall.openat2.return ' "$out"
finish

start other-names
spile -p2 -e 'probe nd_syscall.pread, tp_syscall.pread64.return, syscall.fstatat, syscall_any,
	syscall_any.return { println(name) }'
want_match 'sys_enter' "$out"
finish

start arguments-of-exec
spile -c 'sh -c "/bin/echo one two"' -e 'probe syscall.execve.return {
	printf("%s %s\n", execname(), argstr) }'
want_match '^echo "/bin/echo", \[.*\], 0x[0-9a-f]+ /\* [0-9]+ vars \*/$' "$out"
finish

start arguments-of-exec-among-all-calls
spile -c 'sh -c "/bin/echo one two; exec /no/such"' -e 'probe syscall.*.return {
	if (name == "execve" && target_set_pid(pid())) printf("%s(%s) %s\n", name, argstr, retstr) }'
want_match '^execve\(".*sh", \["sh", "-c", "/bin/echo one two; exec /no/such"\], 0x[0-9a-f]+ /\* [0-9]+ vars \*/\) 0$' "$out"
want_match '^execve\("/bin/echo", \["/bin/echo", "one", "two"\], 0x[0-9a-f]+ /\* [0-9]+ vars \*/\) 0$' "$out"
want_match '^execve\("/no/such", \["/no/such"\], 0x[0-9a-f]+ /\* [0-9]+ vars \*/\) -2 \(ENOENT\)$' "$out"
spile -p2 -e 'probe syscall.*.return { println(name) }'
want_no_match 'sys_enter' "$out"
finish

start entries-are-saved-of-the-probed-call-only
spile -c 'sleep 0.02' -e 'probe syscall.clock_nanosleep.return { if (pid() == target())
	println(@entry(tid()) == tid(), " ", gettimeofday_ns() - @entry(gettimeofday_ns()) >= 20000000) }'
want_match '^1 1$' "$out"
spile -p2 -e 'probe syscall.read.return { println(@entry(pid())) }'
want "both handlers look at the number" [ "$(grep -c '__nr == 0' "$TEST_TMP/out")" = 2 ]
finish

# Newer kernels make system calls of their own in a process that is probed.
start calls-that-probes-make
cat >probed.c <<'END'
#include <signal.h>
#include <unistd.h>
__attribute__((noinline)) int returns(int n) { __asm__ volatile(""); return n + 1; }
__attribute__((naked)) int begins_with_nop(void) { __asm__(".byte 0x0f, 0x1f, 0x44, 0, 0; xor %eax, %eax; ret"); }
static void ignore(int signal) { (void)signal; }
int main(void) { int n = 0; signal(SIGUSR1, ignore); kill(getpid(), SIGUSR1);
	for (int i = 0; i < 5; i++) n = returns(n) + begins_with_nop();
	return n != 5; }
END
$CC -O1 -w -o probed probed.c || wrong "it does not compile"
spile -c ./probed -e 'global entered, left, hits
	probe process("./probed").function("returns").return, process("./probed").function("begins_with_nop") { hits++ }
	probe syscall.{uretprobe,uprobe,rt_sigreturn} { if (pid() == target()) entered[name]++ }
	probe syscall.*.return { if (pid() == target()) left[name]++ }
	probe end { println(hits, " ", left["rt_sigreturn"])
		foreach (n in entered) println(n, " ", entered[n] - left[n]) }'
want_match '^10 1$' "$out"
want_match '^rt_sigreturn 0$' "$out"
want_no_match '^u[a-z]+ -?[1-9]' "$out"
finish

start variables-under-their-documented-names
cat >names.py <<'END'
import os, socket
for family, address in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
    try: socket.socket(family, socket.SOCK_DGRAM).connect((address, 4711))
    except OSError: pass
os.eventfd(7, os.EFD_NONBLOCK)
os.pipe2(os.O_NONBLOCK)
END
if ! command -v python3 >/dev/null; then
	skip "python3 is not installed"
else
	spile -c "python3 -I names.py" -e 'probe syscall.connect { if (pid() == target() && sockfd > 2)
			println(uaddr_af, " ", uaddr_ip, " ", uaddr_ip_port) }
		probe syscall.eventfd { if (pid() == target()) println("eventfd ", count, " ", flags, " ", flags_str) }
		probe syscall.pipe.return { if (pid() == target()) println("pipe ", pipe0 > 2 && pipe1 == pipe0 + 1, flag_str) }
		probe syscall.epoll_create { println(size, flags) } probe syscall.rt_sigqueueinfo { println(siginfo_str) }
		probe syscall.sync_file_range, syscall.reboot { println(argstr) }
		probe syscall.fanotify_init { println(flags_str) } probe syscall.renameat { println(newname_str) }
		probe syscall.dup2 { println(flags, flags_str) } probe syscall.utime { println(actime, modtime) }'
	want_match '^AF_INET 127.0.0.1 4711$' "$out"
	want_match '^eventfd 7 2048 EFD_NONBLOCK$' "$out"
	want_match '^pipe 1O_NONBLOCK$' "$out"
	! grep -q 1 /proc/sys/net/ipv6/conf/lo/disable_ipv6 2>/dev/null && [ -e /proc/net/if_inet6 ] &&
		want_match '^AF_INET6 ::1 4711$' "$out"
fi
finish

start an-unknown-variable-has-a-suggestion
spile -e 'probe syscall.read { println($cout) }'
want_status 1
want_match "did you mean '.count'" "$err"
finish

start an-unknown-call-can-be-optional
spile -e 'probe syscall.no_such_call ?, begin { exit() }'
want_status 0
finish

start own-calls-are-left-out
spile -c 'sleep 0.1' -e 'probe begin { println("own ", stp_pid()) }
	probe syscall_any { printf("call of %d\n", pid()) } probe syscall_any.return { printf("end of %d\n", pid()) }'
want_match '^call of [0-9]+$' "$out"
want_match '^end of [0-9]+$' "$out"
want_no_match "^[a-z ]* of $(sed -n 's/^own //p' <<<"$out")\$" "$out"
finish

start a-return-from-a-signal-handler
spile -c "bash -c 'trap : USR1; kill -USR1 \$\$; true'" -e '
	probe syscall.rt_sigreturn { entered += target_set_pid(pid()) }
	global entered, left, any
	probe syscall.rt_sigreturn.return { left += target_set_pid(pid()) }
	probe syscall.*.return { if (name == "rt_sigreturn") any += target_set_pid(pid()) }
	probe end { println(entered > 0 && entered == left && left == any) }'
want_out 1
finish

start names-of-numbers-at-the-end
spile -c /bin/true -e 'global s probe process.syscall { s[$syscall]++ }
	probe end { foreach (n in s) if (syscall_name(n) == "exit_group") println(n, " ", s[n], " ", syscall_name(-1)) }'
want_out "231 1 unknown"
finish

# From its execve on, and nothing of what Spile did before that.
start all-calls-of-the-command
if ! command -v strace >/dev/null; then
	skip "there is no strace"
else
	strace -o "$TEST_TMP/strace" /bin/sleep 0.01
	spile -o "$TEST_TMP/traced" -c "/bin/sleep 0.01" -e '
		probe process.syscall { printf("%s\n", syscall_name($syscall)) }'
	out=$(cat "$TEST_TMP/traced")
	want_out "$(sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$TEST_TMP/strace")"
fi
finish
