# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what a script reads in random programs with what the programs print (generate.py).

    check.py [--keep=DIR] [--seconds=N] FIRST [COUNT]

Each seed is a program and a way of compiling it, and a line "ok" or "not ok". The values of a
hit are right when the truth has, at that point, a hit with all of them; when both have as many
hits, they must agree one by one. --keep keeps the programs of those that fail.
"""
import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

from generate import Program

COMPILERS = ["gcc", os.environ.get("CLANG", "clang-19")]
LEVELS = ["-O0", "-O1", "-O2", "-O2", "-O3", "-Os", "-Og"]
FLAGS = [[""], ["", "-gdwarf-4"], ["", "-no-pie -fno-pie"], ["", "-fomit-frame-pointer",
                                                             "-fno-omit-frame-pointer"]]


def flags_of(seed):
    rng = random.Random(f"flags {seed}")
    compiler = rng.choice(COMPILERS)
    flags = [compiler, rng.choice(LEVELS)] + " ".join(rng.choice(f) for f in FLAGS).split()
    more = rng.choice(["", "", "", "-gsplit-dwarf", "-gz", "-fstack-protector-all",
                       "-flto -ffat-lto-objects"])
    if "-flto" in more and compiler != "gcc":
        more = "-fsanitize=signed-integer-overflow -fsanitize-trap"
    return flags + more.split()


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=300, check=False, **more)


class Hit:
    """One time that a point was reached: {index of what was asked: value}, where, the nth there."""

    def __init__(self, values, address=0, nth=0):
        self.values, self.address, self.nth = values, address, nth


def hits(text):
    """{point: [Hit]} of lines "POINT [ADDRESS] INDEX=VALUE ..."."""
    found, counts = {}, {}
    for line in text.splitlines():
        words = line.split()
        if not words or not words[0].isdigit():
            continue
        values = {int(i): int(v) for i, v in (w.split("=") for w in words[1:] if "=" in w)}
        address = int(words[1], 16) if len(words) > 1 and "=" not in words[1] else 0
        point = int(words[0])
        nth = counts[point, address] = counts.get((point, address), -1) + 1
        found.setdefault(point, []).append(Hit(values, address, nth))
    return found


def agrees(hit, truth):
    return all(truth.values[i] == value for i, value in hit.values.items())


def wrong_in(told, truth):
    """(hit, index, value it should have) of each value of a point that is wrong."""
    in_order = len(told) == len(truth)
    for n, hit in enumerate(told):
        if agrees(hit, truth[n]) if in_order else any(agrees(hit, t) for t in truth):
            continue
        right = truth[n] if in_order else max(
            truth, key=lambda t: sum(t.values[i] == v for i, v in hit.values.items()),
            default=Hit({}))
        for i, value in hit.values.items():
            if right.values.get(i) != value:
                yield hit, i, right.values.get(i)


# ---- a second opinion -----------------------------------------------------------------------

# What compilers say of optimised code is not always true: a store that nobody needs is left out
# or comes later, and no debugger can tell. What gdb reads at the same place is no fault of ours.
GDB = """
import gdb, json
gdb.execute("set pagination off")
gdb.execute("set confirm off")
gdb.execute("set breakpoint pending off")
asked = json.load(open("asked.json"))
counts = {}
told = {}
try:
    gdb.execute("starti", to_string=True)
    for address in asked:
        gdb.execute("break *" + address, to_string=True)
    while True:
        gdb.execute("continue", to_string=True)
        address = hex(gdb.selected_frame().pc())
        nth = counts[address] = counts.get(address, -1) + 1
        frames = [gdb.selected_frame()]
        while frames[-1].type() == gdb.INLINE_FRAME and frames[-1].older():
            frames.append(frames[-1].older())
        for text in asked.get(address, ()):
            for frame in frames[:3]:
                frame.select()
                for form in text, text.replace("->", ".", 1):
                    try:
                        value = int(gdb.parse_and_eval(form))
                    except gdb.error:
                        continue
                    told.setdefault("%s %d %s" % (address, nth, text), []).append(value)
                if "%s %d %s" % (address, nth, text) in told:
                    break
except gdb.error:
    pass
json.dump(told, open("told.json", "w"))
"""


def second_opinion(directory, wrong):
    """{"ADDRESS NTH TEXT": [values]}: what gdb reads where we were wrong."""
    asked = {}
    for point, hit, i, _ in wrong:
        asked.setdefault(hex(hit.address), set()).add(in_gdb(point["asked"][i]))
    with open(f"{directory}/asked.json", "w", encoding="ascii") as out:
        json.dump({address: sorted(texts) for address, texts in asked.items()}, out)
    with open(f"{directory}/gdb.py", "w", encoding="ascii") as out:
        out.write(GDB)
    run(["gdb", "-nx", "-batch", "-x", "gdb.py", "./subject"], cwd=directory)
    try:
        with open(f"{directory}/told.json", encoding="ascii") as text:
            return json.load(text)
    except OSError:
        return {}


def in_gdb(script):
    path = script.removeprefix("@entry(").rstrip(")").replace("$", "")
    head, arrow, tail = path.partition("->")
    return head + arrow + tail.replace("->", ".")


def is_excused(opinion, point, hit, i, should):
    """gdb is wrong, too: it reads something, and that is not what it should be."""
    told = opinion.get(f"{hit.address:#x} {hit.nth} {in_gdb(point['asked'][i])}", ())
    if should is None: # a place that the program does not come to: code was merged or moved
        return opinion.get("optimised", False)
    return bool(told) and all((value - should) % (1 << 64) for value in told)


def place_of(point):
    return f"{point['kind']} {point['function']}" + (
        f" line {point['line']}" if "line" in point else "")


def check(seed, directory):
    """(problems, what was right in words)"""
    program, flags = Program(seed), flags_of(seed)
    for name, text in (("truth.c", "\n".join(program.truth) + "\n"),
                       ("subject.c", "\n".join(program.subject) + "\n"),
                       ("ask.stp", program.script("-O0" not in flags))):
        with open(os.path.join(directory, name), "w", encoding="ascii") as out:
            out.write(text)
    subject = os.path.join(directory, "subject")
    run(["gcc", "-w", "-fwrapv", "-fno-strict-aliasing", "-o", f"{directory}/truth",
         f"{directory}/truth.c"])
    built = run(flags + ["-w", "-fwrapv", "-fno-strict-aliasing", "-g", "-o", subject,
                         f"{directory}/subject.c"])
    if built.returncode:
        return [f"does not compile: {built.stderr}"], ""
    truth = hits(run([f"{directory}/truth"]).stdout)
    traced = run(["setarch", "-R", os.environ["SPILE"], "-c", subject, f"{directory}/ask.stp", subject])
    told = hits(traced.stdout)
    if traced.returncode and "none of its sites can be attached" in traced.stderr:
        return [], "no values: the kernel takes no probe there"
    if traced.returncode:
        return [f"status {traced.returncode}: {traced.stderr}"], ""
    problems, right, wrong = [], 0, []
    for point in program.points:
        here = told.get(point["number"], [])
        bad = list(wrong_in(here, truth.get(point["number"], [])))
        wrong += [(point, *b) for b in bad]
        right += sum(len(hit.values) for hit in here) - len(bad)
    opinion = {"optimised": "-O0" not in flags}
    if wrong and opinion["optimised"]:
        opinion.update(second_opinion(directory, wrong))
    excused = [w for w in wrong if is_excused(opinion, *w)]
    for point, hit, i, should in wrong:
        if not is_excused(opinion, point, hit, i, should):
            problems.append(f"point {point['number']}, {place_of(point)}, {hit.address:#x} hit "
                            f"{hit.nth}: {point['asked'][i]} is {hit.values[i]}, not {should}")
    for line in traced.stderr.splitlines():
        if re.search(r"^(ERROR|WARNING): .*(fault|skipped|lost)", line):
            problems.append(line)
    return problems[:20], f"{right} values, {len(excused)} are the compiler's errors"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--keep")
    options.add_argument("--seconds", type=int)
    options.add_argument("first", type=int)
    options.add_argument("count", type=int, nargs="?", default=1)
    options = options.parse_args()
    begin, failed, seed = time.time(), 0, options.first
    while (time.time() - begin < options.seconds if options.seconds else
           seed < options.first + options.count):
        with tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMP")) as directory:
            if options.keep:
                directory = os.path.join(options.keep, str(seed))
                os.makedirs(directory, exist_ok=True)
            problems, right = check(seed, directory)
        name = f"values-{seed} ({' '.join(flags_of(seed))})"
        for problem in problems:
            print("#", problem.strip().replace("\n", "\n# "))
        failed += bool(problems)
        print(f"not ok {name}" if problems else f"ok {name}, {right}", flush=True)
        if options.keep and not problems:
            shutil.rmtree(directory)
        seed += 1
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
