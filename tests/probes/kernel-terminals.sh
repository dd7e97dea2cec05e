# SPDX-License-Identifier: GPL-2.0-or-later
# where: vm
# The aliases of terminals, against a program that uses a pair of them, and a driver that comes and goes.
. "$SRCDIR/tests/lib.sh"

start terminals
spile -c "/usr/bin/python3 $SRCDIR/tests/probes/programs/terminal.py" -e '
	function mine() { return pid() == target() }
	probe tty.init { printf("init %s %s \"%s\"\n", driver_name, name, module) }
	probe tty.open { if (mine()) printf("open %s %d %d %d %x %x\n", file_name, inode_number, inode_state, inode_flags,
		file_mode & 3, file_flags & 3) }
	probe tty.release { if (mine()) printf("release %s %d %x\n", file_name, inode_number, file_flags & 3) }
	probe tty.resize { printf("resize %s %d %d %d %d > %d %d %d %d\n", name, old_row, old_col, old_xpixel, old_ypixel,
		new_row, new_col, new_xpixel, new_ypixel) }
	probe tty.ioctl { if (mine()) printf("ioctl %s %x %d\n", name, cmd, arg) }
	probe tty.poll { if (mine()) printf("poll %s %d\n", file_name, wait_key & 1) }
	probe tty.write { if (mine()) printf("write %s %s %d %s\n", file_name, driver_name, nr, user_string_n(buffer, 2)) }
	probe tty.read { if (mine()) { printf("wants %s %s %d\n", file_name, driver_name, nr) into = buffer } }
	probe syscall.read.return { if (mine() && into) { printf("has %s\n", user_string_n(into, 5)) into = 0 } }
	global into
	probe tty.receive { printf("receive %s %s %d %d %d %d %s %d\n", driver_name, name, index, MAJOR(id), MINOR(id), count,
		kernel_string_n(cp, 2), fp) }'
read -r _ inode minor <<<"$(grep '^slave ' <<<"$out")"
want_match '^init pty_master ptm ""$' "$out"
want_match "^open $minor $inode 0 0 3 2$" "$out"
want_match "^release $minor $inode 2$" "$out"
want_match "^release ptmx [0-9]+ 2$" "$out"
want_match "^resize pts$minor 0 0 0 0 > 24 80 3 4$" "$out"
want_match "^resize pts$minor 24 80 3 4 > 25 81 5 6$" "$out"
want_match "^ioctl $minor 540c 0$" "$out"
want_match "^poll $minor 1$" "$out"
want_match "^write ptmx pty_master 6 he$" "$out"
want_match "^receive pty_slave pts$minor $minor 136 $minor 6 he 0$" "$out"
want_match "^wants $minor pty_slave 100$" "$out"
want_match "^has hello$" "$out"
want_match "^read True$" "$out"
want_match "^write $minor pty_slave 5 ab$" "$out"
want_match "^receive pty_master ptm$minor $minor 128 $minor 5 ab 0$" "$out"
finish

start terminal-drivers
if file=$(vm_module ttyprintk); then
	echo "insmod $file && rmmod ttyprintk" >"$TEST_TMP/script"
	spile -c "sh $TEST_TMP/script" -e '
		probe tty.register { printf("register %s %s %s %d\n", driver_name, name, module, index) }
		probe tty.unregister { printf("unregister %s %s %s %d\n", driver_name, name, module, index) }'
	want_out 'register ttyprintk ttyprintk ttyprintk 0
unregister ttyprintk ttyprintk ttyprintk 0'
else
	skip "the kernel's package has no ttyprintk"
fi
finish
