# SPDX-License-Identifier: GPL-2.0-or-later
"""--json: a program drives a session."""
import os
import sys

from live import Live

SPILE, TEMPORARY = sys.argv[1:3]


class Session(Live):
    """Every answer is that to the request, by its number."""

    def __init__(self):
        super().__init__(SPILE)
        self.id = 0

    def ask(self, text):
        return self.request(input=text)

    def request(self, **members):
        self.id += 1
        answer = super().request(id=self.id, **members)
        assert answer["id"] == self.id, answer
        return answer


def values():
    session = Session()
    assert session.ask("1 + 2")["value"] == 3
    assert session.ask('"a" . "b"')["value"] == "ab"
    assert session.ask("global a, s")["ok"]
    session.ask('a["x", 1] = 5')
    assert session.ask("a")["value"] == [{"key": ["x", 1], "value": 5}]
    session.ask("s <<< 3")
    value = session.ask("s")["value"]
    assert (value["count"], value["sum"], value["buckets"]) == (1, 3, [{"from": 2, "count": 1}])
    assert session.close() == 0


def errors():
    session = Session()
    answer = session.ask("nosuch(1)")
    assert not answer["ok"]
    first = answer["diagnostics"][0]
    assert (first["level"], first["line"], first["column"], first["length"]) == ("error", 1, 1, 6)
    assert not session.ask("drop 7")["ok"]
    assert not session.ask("(1 +")["ok"]
    assert session.ask("2")["value"] == 2
    assert session.close() == 0


def probes():
    session = Session()
    session.ask("global n")
    answer = session.ask('probe timer.ms(50) { n++; if (n == 2) println("two") }')
    assert (answer["kind"], answer["number"], answer["sites"]) == ("probe", 1, 1), answer
    session.ask('probe end { println("end") }')
    session.ask("wait 0.5")
    listed = session.ask("probes")["probes"]
    assert [probe["number"] for probe in listed] == [1, 2] and listed[0]["hits"] > 3, listed
    assert session.close() == 0
    assert [event["text"] for event in session.events] == ["two\n", "end\n"], session.events


def commands():
    """Each command answers with its kind and what the manual says; each error, with ok false."""
    session = Session()
    path = os.path.join(TEMPORARY, "protocol.stp")
    session.ask("global g, a\nfunction f(x) { return x }")
    for text, kind, members in (
        ("help", "help", ["text"]), ("help foreach", "help", ["text"]),
        ("probe timer.s(100) { g++ }", "probe", ["number", "point", "sites", "ms"]),
        ("probes", "probes", ["probes"]), ("disable 1", "disable", []), ("enable", "enable", []),
        ("globals", "globals", ["globals"]), ("functions", "functions", ["functions"]),
        ("a[1] = 2", "statement", []), ("a", "value", ["value"]), ("clear a", "clear", []),
        ("watch 0.01 g", "watch", ["value"]), ("list timer.s(1)", "list", ["names"]),
        ("vars syscall.openat", "vars", ["names"]), ("run true", "run", ["pid"]),
        ("attach %d" % os.getpid(), "attach", ["pid", "path"]), ("target", "target", ["pid"]),
        ("wait 0.01", "wait", []), ("save %s" % path, "save", ["text"]),
        ("load %s" % path, "load", []), ("stats", "stats", ["probes", "lost", "skipped"]),
        ("pause", "pause", ["text"]), ("resume", "resume", ["text"]),
        ("set rows 5", "set", []), ("set", "set", ["rows", "MAXACTION", "text"]),
        ("shell true", "shell", []), ("!true", "shell", []), ("drop all", "drop", []),
        ("probe timer.s(1) { g <<< 1 }", "probe", ["reset"]),
    ):
        answer = session.ask(text)
        assert answer["ok"] and answer["kind"] == kind, answer
        assert all(member in answer for member in members), (text, answer)
    for text in ("help nosuch", "drop", "enable 99", "drop nosuch", "clear nosuch", "watch",
                 "list", "list nosuch", "vars", "run", "run /nonexistent", "attach x", "attach 0",
                 "attach -5", "attach 99999999999999999999",
                 "wait x", "save", "save /nonexistent/x", "load", "load /nonexistent", "edit 99",
                 "set rows x", "set nosuch 1", "set rows", "probe nosuch { }", "1 +", "nosuch",
                 "probe begin {", "5 / 0", "f(1, 2)"):
        answer = session.ask(text)
        assert not answer["ok"], (text, answer)
        assert answer.get("error") or answer.get("diagnostics") or text == "5 / 0", (text, answer)
    for request in ({}, {"input": 5}, {"complete": None}):
        assert not session.request(**request)["ok"]
    assert session.close() == 0


def completion():
    session = Session()
    session.ask("global calls_by_name")
    answer = session.request(complete="1 + calls_b")
    assert (answer["start"], answer["names"]) == (4, ["calls_by_name"]), answer
    answer = session.request(complete="1 + calls_b + 5", cursor=11)
    assert (answer["start"], answer["names"]) == (4, ["calls_by_name"]), answer
    answer = session.request(complete='probe process("libc.so.6").function("memc')
    assert "memchr" in answer["names"] and answer["start"] == 37, answer
    for text, start, names in (("help tcp.sendms", 5, ["tcp.sendmsg", "tcp.sendmsg.return"]),
                               ("!ls /etc/passw", 4, ["/etc/passwd", "/etc/passwd-"]),
                               ("probe syscall.openat { println(args", 31, ["argstr"]),
                               ("probe syscall.openat.return { println(rets", 38, ["retstr"])):
        answer = session.request(complete=text)
        assert answer["start"] == start and set(answer["names"]) <= set(names) and \
            names[0] in answer["names"], answer
    assert session.close() == 0


def help_for_all():
    """Whatever TAB offers behind help has help."""
    session = Session()
    names = session.request(complete="help ")["names"]
    assert len(names) > 400 and "tcp.sendmsg" in names and "foreach" in names, names
    for name in names:
        answer = session.ask("help " + name)
        assert answer["ok"] and answer["text"].strip(), (name, answer)
    assert "did you mean 'strlen'" in session.ask("help strlenn")["error"]
    assert session.close() == 0


for test in (values, errors, probes, commands, completion, help_for_all):
    try:
        test()
        print("ok protocol/%s" % test.__name__)
    except (AssertionError, KeyError) as error:
        print("# %s" % error)
        print("not ok protocol/%s" % test.__name__)
