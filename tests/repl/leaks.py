# SPDX-License-Identifier: GPL-2.0-or-later
"""Probes that come and go leave nothing: descriptors, BPF objects, memory.

REPL_PROBES and REPL_ROUNDS make it longer than it is in make check.
"""
import os
import re
import sys

from live import Live

SPILE, TEMPORARY = sys.argv[1:3]
PROBES = int(os.environ.get("REPL_PROBES", "20"))
ROUNDS = int(os.environ.get("REPL_ROUNDS", "6"))
FUNCTIONS = ("getpwnam", "getpwuid", "getgrnam", "getgrgid", "strtok", "strsep", "wcscmp", "lfind")
GROWTH_KB = 3000  # of memory, once the first rounds have filled the caches


class Session(Live):
    def ask(self, text):
        answer = super().ask(text)
        assert not self.events, self.events
        return answer

    def state(self):
        """Descriptors, BPF objects among them, resident memory."""
        directory = "/proc/%d/" % self.process.pid
        kinds = [os.readlink(directory + "fd/" + name) for name in os.listdir(directory + "fd")]
        status = open(directory + "status").read()
        return (len(kinds), sum("bpf" in kind for kind in kinds),
                int(re.search(r"VmRSS:\s+(\d+)", status).group(1)))


def one_round(session, first):
    for i in range(PROBES):
        session.ask('probe process("libc.so.6").function("%s") { by[%d, execname()]++; n++ }'
                    % (FUNCTIONS[i % len(FUNCTIONS)], i))
    for i in range(PROBES):
        session.ask("drop %d" % (first + i))


def main():
    session = Session(SPILE)
    session.ask("global by, n")
    session.ask("function f() { return 1 }")
    states = []
    for turn in range(ROUNDS):
        one_round(session, 1 + turn * PROBES)
        session.ask("function f() { return %d }" % turn)
        states.append(session.state())
    settled = [max(values) for values in zip(*states[1 : ROUNDS // 2 + 1])]
    for what, index, allowed in (("descriptors", 0, 0), ("bpf objects", 1, 0),
                                 ("memory", 2, GROWTH_KB)):
        grown = states[-1][index] - settled[index]
        if grown > allowed:
            print("# %s, after each round: %s" % (what, [state[index] for state in states]))
        print("%sok leaks/%s" % ("not " if grown > allowed else "", what.replace(" ", "-")))
    assert session.close() == 0


main()
