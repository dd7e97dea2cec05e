# SPDX-License-Identifier: GPL-2.0-or-later
"""--json: a program drives a session."""
import json
import subprocess
import sys

SPILE, TEMPORARY = sys.argv[1:3]


class Session:
    def __init__(self):
        self.process = subprocess.Popen([SPILE, "-i", "--json"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.id = 0
        self.events = []

    def ask(self, text):
        self.id += 1
        self.process.stdin.write(json.dumps({"id": self.id, "input": text}) + "\n")
        self.process.stdin.flush()
        while True:
            answer = json.loads(self.process.stdout.readline())
            if answer["type"] == "answer":
                assert answer["id"] == self.id, answer
                return answer
            self.events.append(answer)

    def close(self):
        self.process.stdin.close()
        rest = self.process.stdout.read()
        self.events += [json.loads(line) for line in rest.splitlines()]
        return self.process.wait()


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


for test in (values, errors, probes):
    try:
        test()
        print("ok protocol/%s" % test.__name__)
    except (AssertionError, KeyError) as error:
        print("# %s" % error)
        print("not ok protocol/%s" % test.__name__)
