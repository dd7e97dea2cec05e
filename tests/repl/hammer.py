# SPDX-License-Identifier: GPL-2.0-or-later
"""Statements at the prompt and probes that fire meanwhile change the same globals: no update is
lost. A program of four threads makes a known number of calls."""
import os
import subprocess
import sys

from live import Live

SPILE, TEMPORARY = sys.argv[1:3]
CALLS = 4 * 60000
SOURCE = """
#include <pthread.h>
#include <unistd.h>
__attribute__((noinline)) void tick(int n) { __asm__ volatile("" :: "r"(n)); }
static void *work(void *unused) { for (int i = 0; i < %d / 4; i++) tick(i); return unused; }
int main(void)
{
	pthread_t threads[4];
	char go;
	while (read(0, &go, 1) == 1) {
		for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, work, 0);
		for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
		if (write(1, "d", 1) != 1) return 1;
	}
	return 0;
}
""" % CALLS


class Session(Live):
    def __init__(self):
        super().__init__(SPILE, "-DMAXTRYLOCK=100000")

    def value(self, text):
        return self.ask(text)["value"]

    def close(self):
        assert super().close() == 0


def build():
    program = os.path.join(TEMPORARY, "hammer")
    with open(program + ".c", "w") as out:
        out.write(SOURCE)
    subprocess.run([os.environ.get("CC", "cc").split()[0], "-O1", "-g", "-pthread", "-o", program,
                    program + ".c"], check=True)
    return program


def hammer(program, declare, body, statement):
    """How often the statement ran while all calls were made, and the session."""
    session = Session()
    target = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    session.ask(declare)
    session.ask('probe process("%s").function("tick") { %s }' % (program, body))
    session.ask(statement)
    target.stdin.write(b"g")
    target.stdin.flush()
    os.set_blocking(target.stdout.fileno(), False)
    times = 1
    while target.stdout.read(1) is None:
        session.ask(statement)
        times += 1
    target.stdin.close()
    target.wait()
    return session, times


def missed(session):
    probe = session.ask("stats")["probes"][0]
    assert probe["lost"] == 0 and probe["errors"] == 0, probe
    assert probe["hits"] == CALLS, probe
    return probe["skipped"]


def updates(program):
    session, times = hammer(program, "global n, a, s, b", "n++; a[1] += 2; s <<< 1; b[1] <<< 3",
                            "n++; a[1] += 2; s <<< 1; b[1] <<< 3")
    calls = CALLS + times - missed(session)
    assert session.value("n") == calls, (session.value("n"), calls)
    assert session.value("a[1]") == 2 * calls, (session.value("a[1]"), calls)
    for value, each in ((session.value("s"), 1), (session.value("b[1]"), 3)):
        assert value["count"] == calls and value["sum"] == each * calls, (value, calls)
        assert [bucket["count"] for bucket in value["buckets"]] == [calls], value
    session.close()


def read_and_write(program):
    session, times = hammer(program, "global x, a", "x = x + 1; a[1] = a[1] + 1",
                            "x = x + 1; a[1] = a[1] + 1")
    calls = CALLS + times - missed(session)
    assert session.value("x") == calls, (session.value("x"), calls)
    assert session.value("a[1]") == calls, (session.value("a[1]"), calls)
    session.close()


def taken_away(program):
    """What a statement moves from an array is neither there twice nor gone."""
    session, times = hammer(program, "global a, moved", "a[tid() % 3]++",
                            "foreach (k in a) moved += a[k]; delete a")
    calls = CALLS - missed(session)
    session.ask("foreach (k in a) moved += a[k]")
    assert session.value("moved") == calls, (session.value("moved"), calls, times)
    session.close()


def one_element(program):
    session, times = hammer(program, "global a, moved", "a[0]++",
                            "moved += a[0]; delete a[0]")
    calls = CALLS - missed(session)
    session.ask("moved += a[0]")
    assert session.value("moved") == calls, (session.value("moved"), calls, times)
    session.close()


def main():
    program = build()
    for test in (updates, read_and_write, taken_away, one_element):
        try:
            test(program)
            print("ok hammer/%s" % test.__name__)
        except (AssertionError, KeyError) as error:
            print("# %s" % error)
            print("not ok hammer/%s" % test.__name__)


main()
