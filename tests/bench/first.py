# SPDX-License-Identifier: GPL-2.0-or-later
"""The first look at a large program's debug information: until a probe is ready, or a list is
there, with no index of its functions cached and with one. Milliseconds that Spile computed and, in
brackets, that passed; the least of some rounds. `-p2` for what only debug information takes.

    first.py SPILE [ROUNDS [PROGRAM FUNCTION VARIABLE FILE INLINED]]

python3 by default, which needs its debug information (Debian: python3-dbg).
"""
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

SPILE = sys.argv[1]
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
PROGRAM, FUNCTION, VARIABLE, FILE, INLINED = sys.argv[3:8] if len(sys.argv) > 7 else (
    "/usr/bin/python3", "PyObject_Str", "v", "object.c", "Py_DECREF")


def probe(point, body):
    return "global n; probe process(\"%s\").%s { %s }" % (PROGRAM, point, body)


NAMED = 'function("%s")' % FUNCTION
LOOKS = [
    ("a function", ["-c", "true", "-e", probe(NAMED, "n++")]),
    ("with a variable", ["-c", "true", "-e", probe(NAMED, "n += $" + VARIABLE)]),
    (".return with @entry", ["-c", "true", "-e",
                             probe(NAMED + ".return", "n += @entry(gettimeofday_ns())")]),
    (".return with $return", ["-c", "true", "-e", probe(NAMED + ".return", "n += $return")]),
    ("-p2: a variable", ["-p2", "-e", probe(NAMED, "n += $" + VARIABLE)]),
    ("-p2: .inline", ["-p2", "-e", probe('function("%s").inline' % INLINED, "n++")]),
    ("-p2: .statement", ["-p2", "-e", probe('statement("%s@%s:+3")' % (FUNCTION, FILE), "n++")]),
    ("-l: a file's lines", ["-l", 'process("%s").statement("*@%s:*")' % (PROGRAM, FILE)]),
    ("-L: a function", ["-L", 'process("%s").%s' % (PROGRAM, NAMED)]),
    ("-l: all functions", ["-l", 'process("%s").function("*")' % PROGRAM]),
]


def children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1e3


def run(arguments, cache):
    computed, passed = children(), time.monotonic()
    result = subprocess.run([SPILE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env={**os.environ, "XDG_CACHE_HOME": cache})
    if result.returncode:
        sys.exit("%s failed: %s" % (" ".join(arguments), result.stderr.decode()))
    return children() - computed, (time.monotonic() - passed) * 1e3


def measure(arguments):
    times = ([], [])
    for _ in range(ROUNDS):
        cache = tempfile.mkdtemp()
        for column in times:
            column.append(run(arguments, cache))
        shutil.rmtree(cache)
    return ["%7.1f (%6.1f)" % tuple(min(part) for part in zip(*column)) for column in times]


print("\nthe first look at %s: ms computed (passed)" % PROGRAM)
print("  %-22s %-18s %-18s" % ("", "first time ever", "again"))
for name, arguments in LOOKS:
    print("  %-22s %s   %s" % (name, *measure(arguments)), flush=True)
