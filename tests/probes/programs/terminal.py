#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Uses a pair of terminals in ways that it then tells: the slave's inode, and what it read."""
import fcntl
import os
import select
import struct
import termios

master, slave = os.openpty()
print("slave", os.fstat(slave).st_ino, os.minor(os.fstat(slave).st_rdev))
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 3, 4))
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 25, 81, 5, 6))
os.write(master, b"hello\n")
waiting = select.poll()
waiting.register(slave, select.POLLIN)
waiting.poll(5000)
print("read", os.read(slave, 100) == b"hello\n", flush=True)
os.writev(slave, [b"ab", b"cde"])
arrived = b""
while b"abcde" not in arrived:
    arrived += os.read(master, 100)
fcntl.ioctl(slave, termios.TIOCEXCL)
os.close(slave)
os.close(master)
