# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a session takes from a typed line to an armed probe, for ten kinds of lines: the first
time ever (an empty cache), the first time in a session, and again in the same session. Milliseconds
that passed and, where the machine is busy with other things, that Spile computed.

    session.py SPILE [ROUNDS]
"""
import os
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "repl"))
from live import Live

SPILE = sys.argv[1]
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
LINES = [
    'process("libc.so.6").function("strtok") { n++ }',
    'process("libc.so.6").function("getpwnam") { calls[execname()]++ }',
    'process("libc.so.6").function("getpwnam").return { lat <<< gettimeofday_ns() - @entry(gettimeofday_ns()) }',
    'process("libc.so.6").function("getenv") { printf("%s\\n", user_string($name)) }',
    'process("/usr/bin/python3").function("PyObject_Str") { calls[ppfunc()]++ }',
    'process("libc.so.6").function("getpw*") { n++ }',
    'syscall.swapon { calls[execname()]++ }',
    'kernel.trace("sched:sched_process_exec") { n++ }',
    'timer.profile { calls[execname()]++ }',
    'timer.s(100) { println(n) }',
]


class Session(Live):
    def __init__(self, cache):
        super().__init__(SPILE, env={**os.environ, "XDG_CACHE_HOME": cache})
        self.ask("global n, calls, lat")
        time.sleep(1)  # a user types

    def computed(self):
        with open("/proc/%d/schedstat" % self.process.pid) as status:
            return int(status.read().split()[0]) / 1e6

    def arm(self, line):
        before = self.computed()
        return self.ask("probe " + line)["ms"], self.computed() - before


def measure(line):
    times = ([], [], [])
    for _ in range(ROUNDS):
        cache = tempfile.mkdtemp()
        for which in (0, 1):
            session = Session(cache)
            times[which].append(session.arm(line))
            if which:
                times[2].append(session.arm(line))
            session.close()
        shutil.rmtree(cache)
    return [tuple(sorted(values)[ROUNDS // 2] for values in zip(*column)) for column in times]


print("\na probe in a session, from its line to armed: ms that passed (computed)")
print("  %-21s %-18s %-18s" % ("first time ever", "in this session", "again"))
for line in LINES:
    columns = ["%6.1f (%5.1f)" % times for times in measure(line)]
    print("  %-18s  %-18s  %-18s  %s" % (*columns, line[:70]), flush=True)
