# SPDX-License-Identifier: GPL-2.0-or-later
"""What only keys can do: completion, cancelling, output above the line, watch, history."""
import os
import re
import subprocess
import sys

from terminal import Terminal

SPILE, TEMPORARY = sys.argv[1:3]
SOURCE = """
struct label { char *name; long length; };
struct point { int x, y; struct label label; };
int use_point(struct point *p, int number) { return p->x + number; }
int main(void) { struct point p = {1, 2, {0, 0}}; return use_point(&p, 3) != 4; }
"""


class Session:
    def __init__(self, **environment):
        self.terminal = Terminal([SPILE, "-i"], {"TERM": "xterm", **environment})
        self.ready(0)

    @property
    def screen(self):
        return self.terminal.screen

    def ready(self, row):
        if not self.terminal.at_prompt(row):
            raise AssertionError("no prompt: %r" % self.screen.lines[-8:])

    def line(self):
        return self.screen.lines[self.screen.row].rstrip()

    def enter(self, text):
        """The lines that an input shows."""
        row = self.screen.row
        self.terminal.send(text + "\r")
        self.ready(row)
        return [line.rstrip() for line in self.screen.lines[row + 1 : self.screen.row]]

    def type(self, text, until):
        self.terminal.send(text)
        if not self.terminal.until(lambda screen: until(self)):
            raise AssertionError("after %r: %r" % (text, self.screen.lines[-8:]))

    def cancel(self):
        row = self.screen.row
        self.terminal.send("\x03")
        self.ready(row)

    def completes(self, text, whole):
        self.type(text + "\t", lambda session: session.line() == "spile> " + whole)
        self.cancel()

    def lists(self, text, *names):
        self.type(text + "\t\t", lambda session: all(
            any(name in line.split() for line in session.screen.lines) for name in names))
        self.cancel()

    def leave(self):
        self.terminal.send("\x04")
        status = self.terminal.wait_end()
        assert status == 0, "it ended with status %d" % status


def completion():
    program = os.path.join(TEMPORARY, "point")
    with open(program + ".c", "w") as out:
        out.write(SOURCE)
    subprocess.run([os.environ.get("CC", "cc").split()[0], "-g", "-O0", "-o", program, program + ".c"],
                   check=True)
    point = 'probe process("%s").function("use_point")' % program
    session = Session()
    session.enter("global calls_by_name")
    session.enter("function twice_of(n) { return 2 * n }")
    session.completes("foreac", "foreach")
    session.completes("calls", "calls_by_name")
    session.completes("1 + twi", "1 + twice_of(")
    session.completes("help strl", "help strlen")
    session.completes("probe kernel.trace(\"sched:sched_sw", "probe kernel.trace(\"sched:sched_sw")
    session.completes("probe timer.j", "probe timer.jiffies(")
    session.completes("probe syscall.execvea", 'probe syscall.execveat')
    session.completes('probe process("%s/poin' % TEMPORARY, 'probe process("%s/point' % TEMPORARY)
    session.completes('probe process("%s").function("use_p' % program, point[:-1])
    session.completes(point + ".ret", point + ".return")
    session.completes(point + " { x = $num", point + " { x = $number")
    session.completes(point + " { x = $p->la", point + " { x = $p->label")
    session.completes(point + " { x = $p->label->le", point + " { x = $p->label->length")
    session.lists(point + " { x = $", "$p", "$number", "$$vars")
    session.lists('probe process("libc.so.6").function("memc', "memcpy", "memchr")
    session.lists("wa", "wait", "watch", "warn(")
    session.enter("probe timer.s(100) { }")
    session.completes("drop 1", "drop 1")
    session.leave()


def completion_of_many():
    """A screenful of names, and how many more there are."""
    session = Session()
    row = session.screen.row
    text = 'probe process("libc.so.6").function("'
    session.type(text + "\t\t", lambda s: s.line() == "spile> " + text and
                 any(re.match(r"\.\.\. and \d{3,} more$", line) for line in s.screen.lines))
    assert session.screen.row - row < 40, session.screen.row - row
    session.cancel()
    session.leave()


INLINED = """
struct label { char *name; long length; };
struct point { int x, y; struct label *label; };
static inline __attribute__((always_inline)) int inlined_here(int n) { return n * 3; }
int use_point(struct point *p, int number) { return p->x + inlined_here(number); }
int main(void) { struct point p = {1, 2, 0}; return use_point(&p, 3) != 4; }
"""


def completion_of_types():
    """Inlined functions, types and members of @cast, paths with blanks."""
    directory = os.path.join(TEMPORARY, "a directory")
    os.makedirs(directory, exist_ok=True)
    program = os.path.join(directory, "an inlined program")
    with open(program + ".c", "w") as out:
        out.write(INLINED)
    subprocess.run([os.environ.get("CC", "cc").split()[0], "-g", "-O1", "-o", program, program + ".c"],
                   check=True)
    point = 'probe process("%s").function("' % program
    body = point + 'use_point") { println(@cast($p, "struct '
    session = Session()
    session.completes('probe process("%s/a direc' % TEMPORARY, 'probe process("%s/' % directory)
    session.completes(point + "inl", point + 'inlined_here"')
    session.completes(body + "poi", body + 'point"')
    session.completes(body + 'point")->la', body + 'point")->label')
    session.completes(body + 'point")->label->le', body + 'point")->label->length')
    session.completes('@cast(0, "struct task_struc', '@cast(0, "struct task_struct')
    session.completes("load %s/an" % directory, "load %s" % program)
    blanks = directory.replace(" ", "\\ ")
    session.completes("run %s/an" % blanks, "run %s/an\\ inlined\\ program" % blanks)
    session.completes("set MAXE", "set MAXERRORS")
    session.leave()


def pasting():
    """Declarations and statements in one paste; a broken script changes nothing."""
    session = Session()
    pasted = "global e\rfunction g(x) {\r return x\r}\rg(5)\re = g(2)\re"
    shown = session.enter("\x1b[200~" + pasted + "\x1b[201~")
    assert shown[-4:] == ["global e", "function g", "5", "2"], shown
    session.enter("\x1b[200~global broken\rfunction h(x) {\r return x +\r}\x1b[201~")
    assert not any("broken" in line for line in session.enter("globals"))
    session.leave()


def interrupting():
    """Ctrl-C ends a statement, and is not for a target in the background."""
    session = Session()
    session.enter("set MAXACTION 4000000000")
    session.enter("global a")
    session.enter("run sleep 1000 &")
    session.terminal.send("for (i = 0; i < 8000000; i++) a[i % 1000]++\r")
    session.terminal.until(lambda screen: False, 0.5, quiet=False)
    row = session.screen.row
    session.terminal.send("\x03")
    session.ready(row)
    assert any("interrupted" in line for line in session.screen.lines[row:]), session.screen.lines[-5:]
    session.cancel()
    target = session.enter("target")[0]
    assert "sleep" in target, target
    os.kill(int(target.split()[2].rstrip(",")), 9)
    session.leave()


def cancelling():
    session = Session()
    session.type("1 + 100", lambda s: s.line() == "spile> 1 + 100")
    session.cancel()
    assert session.enter("2 + 3") == ["5"]
    session.enter("(1 +")
    assert session.line() == "  ...>", session.line()
    session.cancel()
    assert session.line() == "spile>", session.line()
    assert session.enter("2 + 4") == ["6"]
    session.leave()


def output_while_typing():
    session = Session()
    session.enter("global n")
    session.enter('probe timer.ms(200) { printf("tick %d\\n", ++n) }')
    row = session.screen.row
    session.type("1000 + ", lambda s: s.line() == "spile> 1000 +" and
                 sum("tick" in line for line in s.screen.lines[row:]) >= 3)
    shown = session.enter("24")
    assert [line for line in shown if not line.startswith("tick")] == ["1024"], shown
    lines = [line.rstrip() for line in session.screen.lines[row:]]
    wrong = [line for line in lines if not (line.startswith(("tick ", "spile> ")) or line in
             ("", "1024", "spile>"))]
    assert not wrong, wrong
    session.leave()


def flood():
    session = Session()
    session.terminal.send('probe timer.us(100) { printf("a line of output\\n") }\r')
    for text, answer in (("", "more were not shown"), ("6 * 7\r", "42"), ("pause\r", "held back;")):
        session.terminal.send(text)
        found = session.terminal.until(
            lambda screen: any(answer in line for line in screen.lines[-300:]), quiet=False)
        assert found, "%r: %r" % (text, session.screen.lines[-8:])
    session.ready(0)
    assert session.enter("6 * 8")[-1] == "48"
    assert any("were held back" in line for line in session.enter("disable") + session.enter("resume"))
    session.leave()


def watching():
    session = Session()
    session.enter("global n")
    session.enter("probe timer.ms(50) { n++ }")
    row = session.screen.row
    session.type("watch 0.1 n + 5000\r", lambda s: s.line() == "" and
                 int((s.screen.lines[row + 1] or "0").strip() or 0) > 5008)
    assert len(session.screen.lines) <= row + 3, session.screen.lines[row:]
    session.cancel()
    assert session.enter("1 + 1") == ["2"]
    session.leave()


def watching_much():
    """What is higher than the screen is cut: the cursor could not go back."""
    session = Session()
    session.enter("global a")
    session.enter("for (i = 0; i < 49; i++) a[i] = i")
    row = session.screen.row
    session.type("watch 0.1 a\r", lambda s: s.screen.lines[-2].startswith("... and more than fits"))
    session.terminal.until(lambda screen: False, 0.5)
    assert session.screen.row <= row + 40, session.screen.row - row
    session.cancel()
    session.leave()


def commands_of_the_shell():
    """Ctrl-C is the command's, once."""
    session = Session()
    row = session.screen.row
    session.terminal.send("!sleep 100\r")
    session.terminal.until(lambda screen: False, 0.5)
    session.terminal.send("\x03")
    session.ready(row)
    assert "ended by signal 2 (Interrupt)" in session.screen.lines, session.screen.lines
    assert session.enter("1 + 1") == ["2"]
    session.leave()


def history():
    session = Session()
    session.enter("40 + 2")
    session.leave()
    session = Session()
    session.type("\x1b[A", lambda s: s.line() == "spile> 40 + 2")
    assert session.enter("") == ["42"]
    session.leave()


def init_file():
    directory = os.path.join(TEMPORARY, "config-init", "spile")
    os.makedirs(directory)
    with open(os.path.join(directory, "init.stp"), "w") as out:
        out.write("function from_init() { return 77 }\n")
    session = Session(XDG_CONFIG_HOME=os.path.dirname(directory))
    assert session.enter("from_init()") == ["77"], session.screen.lines
    session.leave()


def dumb_terminal():
    session = Session(TERM="dumb")
    assert session.enter("1 + 1") == ["2"]
    session.enter("unknown_name")
    assert not any("\x1b" in line for line in session.screen.lines)
    session.leave()


def editing():
    editor = os.path.join(TEMPORARY, "editor")
    with open(editor, "w") as out:
        out.write("#!/bin/sh\nsed -i 's/2/3/' \"$1\"\n")
    os.chmod(editor, 0o755)
    session = Session(EDITOR=editor, VISUAL=editor)
    session.enter("function f() { return 2 }")
    session.enter("edit f")
    assert session.enter("f()") == ["3"], session.screen.lines
    session.leave()


def editing_probes():
    """A changed probe keeps its number, others are left alone; what was wrong is not lost."""
    editor = os.path.join(TEMPORARY, "probe-editor")

    def edits(command):
        with open(editor, "w") as out:
            out.write("#!/bin/sh\n%s\n" % command)
        os.chmod(editor, 0o755)

    session = Session(EDITOR=editor, VISUAL=editor)
    for seconds in (100, 200, 300):
        session.enter("probe timer.s(%d) { }" % seconds)
    edits("sed -i 's/200/250/' $1")
    assert session.enter("edit 2")[0].startswith("probe 2: timer.s(250), 1 site")
    listed = ["  1 on  probe timer.s(100) { }", "  2 on  probe timer.s(250) { }",
              "  3 on  probe timer.s(300) { }"]
    assert session.enter("probes") == listed
    edits("sed -i 's/s(300) { }/s(300) { println(1) }/; $ a probe timer.s(400) { }' $1")
    told = session.enter("edit")
    assert [line.split(":")[0] for line in told] == ["probe 3", "probe 4"], told
    listed[2:] = ["  3 on  probe timer.s(300) { println(1) }", "  4 on  probe timer.s(400) { }"]
    assert session.enter("probes") == listed
    edits("sed -i '/100/d' $1")
    assert session.enter("edit") == []
    assert session.enter("probes") == listed[1:]
    edits("echo 'probe begin {{ nosuch( }' >$1")
    told = session.enter("edit 3")
    assert told[-1].startswith("what you wrote is in /tmp/spile-edit-"), told
    os.unlink(told[-1].split()[-1])
    edits("exit 1")
    assert session.enter("edit 3") == ["error: the editor failed: nothing is changed"]
    assert session.enter("probes") == listed[1:]
    session.leave()


for test in (completion, completion_of_many, completion_of_types, pasting, interrupting, cancelling,
             output_while_typing, flood, watching, watching_much, commands_of_the_shell, history,
             init_file, dumb_terminal, editing, editing_probes):
    try:
        test()
        print("ok keys/%s" % test.__name__)
    except (AssertionError, subprocess.CalledProcessError) as error:
        for line in str(error).splitlines():
            print("# %s" % line)
        print("not ok keys/%s" % test.__name__)
