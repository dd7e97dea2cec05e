#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What spile and gdb read at random places of a real program.

	audit.py [--seed=1] [--functions=200] PROGRAM [ARGUMENTS...]

Of the functions that the program calls when it is run like that, some are chosen, and in each its
entry and three places of the line table. At the first hit of each, every variable is read by both,
in runs without randomised addresses. Differences are printed, and are for a person to judge: gdb,
which does not count views, is wrong now and then; identifiers of processes and what hangs on the
time differ. What is near another address on the stack or heap is counted apart.
"""
import argparse
import bisect
import collections
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile

SPILE = os.environ.get("SPILE", "spile")
DWARFDUMP = os.environ.get("DWARFDUMP", "llvm-dwarfdump-19")
CLEAN = ["env", "-i", "PATH=/usr/bin:/bin", "PYTHONHASHSEED=0"]
SECONDS = 300

# Runs in gdb: prints "ADDRESS VARIABLE VALUE", "-" for what is not there, nothing for what is no number.
IN_GDB = """
import gdb
NUMBERS = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_ENUM, gdb.TYPE_CODE_BOOL,
           gdb.TYPE_CODE_CHAR)
out = open({out!r}, "w")


def value(symbol, frame):
    try:
        found = symbol.value(frame)
        kind = found.type.strip_typedefs()
        if found.is_optimized_out:
            return "-"
        return str(int(found)) if kind.code in NUMBERS and kind.sizeof <= 8 else ""
    except Exception:
        return "-"


class Place(gdb.Breakpoint):
    def __init__(self, address):
        super().__init__("*%d" % (address + {base}))
        self.silent, self.address = True, address

    def stop(self):
        self.enabled = False
        try:
            frame = gdb.newest_frame()
            block, seen = frame.block(), set()
        except Exception:
            return False
        while block:
            for symbol in block:
                if (symbol.is_argument or symbol.is_variable) and symbol.name not in seen and \\
                        symbol.addr_class != gdb.SYMBOL_LOC_STATIC:
                    seen.add(symbol.name)
                    print("%d %s %s" % (self.address, symbol.name, value(symbol, frame)), file=out)
            block = None if block.function else block.superblock
        return False


gdb.execute("set confirm off")
gdb.execute("set pagination off")
gdb.execute("starti")
places = [Place(address) for address in {addresses}]
gdb.execute("continue")
out.close()
"""


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          stdin=subprocess.DEVNULL, timeout=SECONDS, check=False).stdout


def debug_file(program):
    found = re.search(r"Build ID: (\w\w)(\w+)", output("readelf", "-n", program))
    separate = found and f"/usr/lib/debug/.build-id/{found[1]}/{found[2]}.debug"
    return separate if separate and os.path.exists(separate) else program


def is_pie(program):
    return "DYN" in re.search(r"Type:\s+(\w+)", output("readelf", "-h", program))[1]


def traced(command, script):
    with tempfile.NamedTemporaryFile("w", suffix=".stp") as file:
        file.write(script)
        file.flush()
        return output(SPILE, "-w", "-c", shlex.join(CLEAN + ["setarch", "-R"] + command), file.name)


def functions_called(program, command):
    said = traced(command, f'global c probe process("{program}").function("*").call '
                           '{ c[ppfunc()]++ } probe end { foreach (f+ in c) println("HIT ", f) }')
    return {line[4:] for line in said.splitlines() if line.startswith("HIT ")}


def choose(program, command, rng, n):
    called, debug = functions_called(program, command), debug_file(program)
    lines = sorted({int(m[1], 16) for m in
                    re.finditer(r"^0x(\w+) +[1-9]\d* .*is_stmt", output(DWARFDUMP, "--debug-line", debug), re.M)})
    found = []
    for line in output("readelf", "-sW", debug).splitlines():
        part = line.split()
        if len(part) == 8 and part[3] == "FUNC" and part[7] in called and int(part[2], 0):
            found.append((int(part[1], 16), int(part[2], 0)))
    found = sorted(set(found))
    addresses = set()
    for start, size in rng.sample(found, min(n, len(found))):
        inside = lines[bisect.bisect_left(lines, start):bisect.bisect_left(lines, start + size)]
        addresses |= {start} | set(rng.sample(inside, min(3, len(inside))))
    return sorted(addresses)


def ask_gdb(program, command, addresses):
    with tempfile.TemporaryDirectory() as where:
        script, out = os.path.join(where, "in_gdb.py"), os.path.join(where, "out")
        with open(script, "w", encoding="utf-8") as file:
            file.write(IN_GDB.format(out=out, addresses=addresses,
                                     base=0x555555554000 if is_pie(program) else 0))
        output("gdb", "-batch", "-ex", "set exec-wrapper " + " ".join(CLEAN), "-x", script, "--args",
               *command)
        values = collections.defaultdict(dict)
        for line in open(out, encoding="utf-8"):
            address, name, value = line.rstrip("\n").split(" ", 2)
            if value and re.fullmatch(r"\w+", name):
                values[int(address)][name] = value
    return values


def ask_spile(program, command, wanted):
    script = "global seen\n"
    for address, names in wanted.items():
        shown = "\n".join(f'\ttry {{ println("{address} {name} ", @defined(${name}) ? sprint(${name}) : "-") }} '
                          f'catch {{ println("{address} {name} -") }}' for name in names)
        script += f'probe process("{program}").statement({address})? ' \
                  f'{{\n\tif (seen[{address}]++) next\n{shown}\n}}\n'
    values = collections.defaultdict(dict)
    for line in traced(command, script).splitlines():
        part = line.split(" ")
        if len(part) == 3 and part[0].isdigit() and int(part[0]) in wanted:
            values[int(part[0])][part[1]] = part[2]
    return values


def compare(one, other):
    if one == "-" or other == "-":
        return "neither" if one == other else "only spile" if one == "-" else "only gdb"
    difference = (int(one) - int(other)) % (1 << 64)
    if not difference:
        return "same"
    near = min(difference, (1 << 64) - difference) < 1 << 20
    return "near" if near and int(one) % (1 << 64) > 1 << 46 else "different"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--functions", type=int, default=200)
    parser.add_argument("program")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    program = os.path.realpath(given.program)
    command = [program] + given.arguments
    addresses = choose(program, command, random.Random(given.seed), given.functions)
    known = ask_gdb(program, command, addresses)
    read = ask_spile(program, command, known)
    counts = collections.Counter()
    for address, names in sorted(known.items()):
        for name, value in names.items():
            if name not in read[address]:
                continue
            result = compare(value, read[address][name])
            counts[result] += 1
            if result == "different":
                print(f"0x{address:x} {name}: gdb {value}, spile {read[address][name]}")
    print(f"seed {given.seed}: " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    return 1 if counts["different"] or not counts["same"] else 0


sys.exit(main())
