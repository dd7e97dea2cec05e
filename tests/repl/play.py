# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays a written session, on a terminal or without one, and compares what it shows.

    > 1 + 2                 typed
    3                       what it must show
    > probe timer.s(1) { }
    probe 1: timer.s(1), 1 site, <n> ms

<n> stands for a number, <text> for anything in a line, a line "..." for any lines. $PID and $TMP
and $SPILE are replaced in what is typed. A line "# target: PROGRAM" starts a program that the
session gets with -x once it has printed a line. A line "# only: terminal" is for the next input alone.
"""
import os
import re
import subprocess
import sys

from terminal import Terminal


class Step:
    def __init__(self, typed):
        self.typed = typed
        self.expected = []


def read_session(path, names):
    steps, target = [], None
    for line in open(path):
        line = line.rstrip("\n")
        if line.startswith("# target: "):
            target = line[len("# target: ") :]
        elif line.startswith("> "):
            steps.append(Step(line[2:]))
        elif steps and not line.startswith("#"):
            steps[-1].expected.append(line)
    for step in steps:
        while step.expected and not step.expected[-1]:
            step.expected.pop()
    return steps, target


def replace_names(text, names):
    for name, value in names.items():
        text = text.replace("$" + name, value)
    return text


def line_pattern(line):
    pattern = re.escape(line)
    for name, what in (("<n>", r"-?[0-9.]+"), ("<text>", ".*"), ("<bar>", "@*")):
        pattern = pattern.replace(re.escape(name), what)
    return re.compile("^" + re.sub(r"(\\ )+", r"\\s+", pattern) + r"\s*$")


def matches(expected, shown):
    """Whether the lines match, with any number of them in place of "..."."""
    if not expected:
        return not shown
    if expected[0] == "...":
        return any(matches(expected[1:], shown[i:]) for i in range(len(shown) + 1))
    return (
        bool(shown)
        and bool(line_pattern(expected[0]).match(shown[0]))
        and matches(expected[1:], shown[1:])
    )


def report(name, steps, shown, names):
    for step, lines in zip(steps, shown):
        while lines and not lines[-1].strip():
            lines.pop()
        if matches([replace_names(line, names) for line in step.expected], lines):
            continue
        print("# > %s" % step.typed)
        for line in lines[:40]:
            print("# shown:    %s" % line)
        for line in step.expected:
            print("# expected: %s" % line)
        print("not ok %s" % name)
        return
    print("ok %s" % name)


def play_terminal(spile, steps, names, options):
    """The lines between each input and the next prompt."""
    terminal = Terminal([spile, "-i"] + options, {"TERM": "xterm"})
    shown = []
    if not terminal.at_prompt(0):
        raise RuntimeError("no prompt: %r" % terminal.screen.lines)
    for step in steps:
        row = terminal.screen.row
        terminal.send(replace_names(step.typed, names) + "\r")
        if not terminal.at_prompt(row):
            raise RuntimeError("no prompt after %r: %r" % (step.typed, terminal.screen.lines[row:][-20:]))
        wrapped = (7 + len(replace_names(step.typed, names))) // terminal.screen.columns
        shown.append(terminal.screen.lines[row + 1 + wrapped : terminal.screen.row])
    terminal.send("\x04")
    status = terminal.wait_end()
    if status:
        raise RuntimeError("it ended with status %d" % status)
    return shown


def play_file(spile, steps, names, options):
    """A mark is printed behind each input."""
    process = subprocess.Popen(
        [spile, "-i"] + options,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    text = "".join(replace_names(step.typed, names) + "\n" for step in with_marks(steps))
    out = process.communicate(text, timeout=120)[0]
    parts = re.split(r"^<mark>\n", out, flags=re.M)
    return [part.splitlines() for part in parts[: len(steps)]]


def with_marks(steps):
    for step in steps:
        yield step
        yield Step('println("<mark>")')


def join_lines(steps):
    """Without a terminal a begun input shows nothing: `>` lines without output are one input."""
    joined = []
    for step in steps:
        if joined and joined[-1].begun:
            joined[-1].typed += "\n" + step.typed
            joined[-1].expected = step.expected
        else:
            joined.append(Step(step.typed))
            joined[-1].expected = step.expected
        joined[-1].begun = begins(step)
    return joined


def begins(step):
    text = step.typed
    opened = text.count("(") > text.count(")") or text.count("{") > text.count("}")
    return opened or text.endswith((" +", ","))


def main():
    spile, path, temporary = sys.argv[1:4]
    name = os.path.splitext(os.path.basename(path))[0]
    names = {"TMP": temporary, "SPILE": spile}
    steps, command = read_session(path, names)
    for mode in ("terminal", "file"):
        target, options = None, []
        if command:
            target = subprocess.Popen(replace_names(command, names).split(),
                                      stdout=subprocess.PIPE)
            target.stdout.readline()  # it says that it is under way
            names["PID"] = str(target.pid)
            options = ["-x", str(target.pid)]
        try:
            if mode == "terminal":
                shown = play_terminal(spile, steps, names, options)
                report("%s on a terminal" % name, steps, shown, names)
            else:
                whole = join_lines(steps)
                shown = play_file(spile, whole, names, options)
                report("%s without a terminal" % name, whole, shown, names)
        except (RuntimeError, subprocess.TimeoutExpired, ValueError) as error:
            print("# %s" % error)
            print("not ok %s, %s" % (name, mode))
        finally:
            if target:
                target.kill()
                target.wait()


main()
