# SPDX-License-Identifier: GPL-2.0-or-later
"""How long the prompt takes to react, on a pseudo terminal: to a key, while nothing happens, while a
probe fires some 200 000 times a second into an array, and while one prints as often; and to TAB.

    keys.py SPILE [KEYS]
"""
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "repl"))
from terminal import Terminal

SPILE = sys.argv[1]
KEYS = int(sys.argv[2]) if len(sys.argv) > 2 else 100
SPIN = """#include <unistd.h>
__attribute__((noinline)) int tick(int n) { __asm__ volatile("nop"); return n + 1; }
int main(void) { for (int n = 0;; usleep(200)) for (int i = 0; i < 200; i++) n = tick(n); }
"""
TABS = (
    'probe process("libc.so.6").function("mem',
    'probe process("libc.so.6").function("',
    'probe process("%(many)s").function("f_00',
    'probe kernel.function("tcp_se',
    'probe process("libc.so.6").function("memcpy") { println($',
)


class Session:
    def __init__(self):
        self.terminal = Terminal([SPILE, "-i"], {"TERM": "xterm"}, columns=160)
        self.terminal.at_prompt(0)

    def enter(self, text):
        self.terminal.send(text + "\r")
        self.terminal.until(lambda screen: screen.lines[screen.row].rstrip() == "spile>")

    def reaction(self, key, seconds=5):
        """Milliseconds until the line that is typed looks different."""
        screen = self.terminal.screen
        before, start = screen.lines[screen.row], time.monotonic()
        self.terminal.send(key)
        while time.monotonic() - start < seconds:
            self.terminal.read(0.05)
            line = screen.lines[screen.row]
            if line != before and line.startswith("spile>"):
                break
        return (time.monotonic() - start) * 1e3

    def pause(self, seconds):
        self.terminal.until(lambda screen: False, seconds)

    def leave(self):
        self.terminal.send("\x03")
        self.pause(0.3)
        self.terminal.send("\x04")
        self.terminal.wait_end()


def keys(what, spin, handler):
    session = Session()
    if handler:
        session.enter("global a, hits")
        session.enter('probe process("%s").function("tick") { hits++; %s }' % (spin, handler))
    session.pause(2)
    times = []
    for i in range(KEYS):
        times.append(session.reaction("abcdefghij"[i % 10]))
        session.pause(0.03)
    times.sort()
    print("  %-52s %6.1f %6.1f %6.1f" % (what, times[KEYS // 2], times[KEYS * 19 // 20], times[-1]),
          flush=True)
    session.leave()


def tab(text):
    session = Session()
    session.terminal.send(text)
    session.pause(1.5)  # a user types
    before, start = list(session.terminal.screen.lines), time.monotonic()
    session.terminal.send("\t\t")
    while session.terminal.screen.lines == before and time.monotonic() - start < 10:
        session.terminal.read(0.05)
    print("  %6.1f  %s" % ((time.monotonic() - start) * 1e3, text), flush=True)
    session.leave()


def many_functions(path):
    with open(path + ".s", "w") as out:
        for i in range(100000):
            out.write(".globl f_{0:06}\n.type f_{0:06},@function\nf_{0:06}: ret\n"
                      ".size f_{0:06},.-f_{0:06}\n".format(i))
        out.write(".globl main\n.type main,@function\nmain: ret\n.size main,.-main\n"
                  '.section .note.GNU-stack,"",@progbits\n')
    subprocess.run(["cc", "-o", path, path + ".s"], check=True)


def main():
    directory = tempfile.mkdtemp()
    spin, many = os.path.join(directory, "spin"), os.path.join(directory, "many")
    with open(spin + ".c", "w") as out:
        out.write(SPIN)
    subprocess.run(["cc", "-O1", "-fcf-protection=none", "-o", spin, spin + ".c"], check=True)
    many_functions(many)
    os.environ["XDG_STATE_HOME"] = directory
    print("\nthe prompt's reaction to a key: ms, median, of 19 in 20, the slowest")
    keys("nothing happens", spin, None)
    with subprocess.Popen([spin]) as process:
        keys("the same beside the program", spin, None)
        keys("a probe fires 200 000 times a second into an array", spin, "a[tid(), hits & 1023]++")
        keys("a probe prints as often", spin, 'printf("%d\\n", tid())')
        process.kill()
    print("\nthe prompt's reaction to TAB: ms")
    for text in TABS:
        tab(text % {"many": many} if "%(" in text else text)
    subprocess.run(["rm", "-r", directory], check=True)


main()
