# SPDX-License-Identifier: GPL-2.0-or-later
"""What a session goes through: hundreds of redefinitions, saving and coming back, a twin beside
it, and a violent end."""
import ctypes
import os
import signal
import subprocess
import sys
import time

from live import Live

SPILE, TEMPORARY = sys.argv[1:3]

ROUND_TRIP = r'''
@define twice(x) %( (2 * @x) %)
@define both(a, b) %( @twice(@a) + @b %)
global words[20], text = "a \"quoted\" \\ string\twith \x41", number = -5, sums%[100]
private global hidden
# a comment
function size:long(s:string) { return strlen(s) }
function pick(a) { if (a > 5) next; return a }
function pick(a) { return 100 }
function pick(a, b) { return a . ":" . b }
probe often = timer.ms(20) { passed = @twice(3) }
probe often, timer.ms(30) if (number < 0) {
	words[pick("x", "y"), pick(3) + pick(6)]++
	sums[@both(1, 2)] <<< size(text) /* an inner comment */
	hidden = 7
}
probe end {
	foreach ([w, n] in words) printf("%s %d\n", w, n)
	foreach (k in sums) printf("%d %d\n", k, @avg(sums[k]))
	printf("%s|%d|%d\n", text, number, hidden)
}
'''


class Session(Live):
    def __init__(self, *options):
        super().__init__(SPILE, *options)

    @property
    def printed(self):
        return "".join(event.get("text", "") for event in self.events)

    def close(self):
        assert super().close() == 0


def redefinitions():
    """More than there is room for: each gives the global's place back; data of the others stays."""
    session = Session()
    session.ask('global stays = 7, s, changes\nprobe timer.s(100) { s <<< 1; changes = 1 }')
    session.ask("s <<< 5")
    for turn in range(300):
        session.ask("drop all")
        answer = session.ask(('probe timer.s(100) { changes = "text %d" }' if turn % 2 else
                              "probe timer.s(100) { changes <<< %d }") % turn)
        assert answer["reset"] == ["changes"], answer
    assert session.ask("stays")["value"] == 7
    assert session.ask("s")["value"]["sum"] == 5
    session.close()


def too_many():
    """Globals that find no room are refused, and the session goes on."""
    session = Session()
    names = ["g%d" % i for i in range(200)]
    session.ask("global " + ", ".join(names))
    answer = session.ask("probe timer.s(100) { %s }" % " ".join("%s = \"t\"" % n for n in names), ok=False)
    assert "take more than" in answer["diagnostics"][0]["message"], answer
    session.ask('g1 = "one"')
    assert session.ask("g1")["value"] == "one"
    session.close()


def round_trip():
    """What is saved is the session again, and the same script for plain spile."""
    path = os.path.join(TEMPORARY, "trip")
    with open(path + "0.stp", "w") as out:
        out.write(ROUND_TRIP)
    saved = []
    for turn in range(2):
        session = Session()
        session.ask("load %s%d.stp" % (path, turn))
        session.ask("save %s%d.stp" % (path, turn + 1))
        session.ask("wait 0.3")
        session.close()
        saved.append(open("%s%d.stp" % (path, turn + 1)).read())
    assert saved[0] == saved[1], saved
    plain = []
    for script in (path + "0.stp", path + "2.stp"):
        text = subprocess.run([SPILE, "-T", "1", script], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT).stdout
        plain.append([line for line in text.splitlines()])
    def shape(lines):
        return [line.split(" ")[0] for line in lines]
    assert shape(plain[0]) == shape(plain[1]) and len(plain[0]) == 3, plain
    assert plain[1][-1] == 'a "quoted" \\ string\twith A|-5|7', plain
    assert shape(session.printed.splitlines()) == shape(plain[0]), session.printed


def bpf_ids(first):
    """The numbers of all programs (11) or links (30) in the kernel, by bpf(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    numbers, at = set(), 0
    while True:
        attributes = (ctypes.c_uint32 * 16)(at)
        if libc.syscall(321, first, attributes, 64):
            return numbers
        at = attributes[1]
        numbers.add(at)


def own_objects(process):
    """Numbers of the BPF programs that the process has open."""
    found = set()
    for name in os.listdir("/proc/%d/fdinfo" % process.pid):
        text = open("/proc/%d/fdinfo/%s" % (process.pid, name)).read()
        for line in text.splitlines():
            if line.startswith("prog_id:"):
                found.add(int(line.split()[1]))
    return found


def killed():
    """kill -9 leaves no program in the kernel."""
    session = Session()
    session.ask('global n\nprobe process("libc.so.6").function("getpwnam") { n++ }\n'
                'probe kernel.trace("sched:sched_switch") { n++ }\nprobe timer.profile { n++ }')
    own = own_objects(session.process)
    assert len(own) >= 3 and own <= bpf_ids(11), own
    session.process.send_signal(signal.SIGKILL)
    session.process.wait()
    for _ in range(50):
        if not own & bpf_ids(11):
            return
        time.sleep(0.1)
    raise AssertionError("left behind: %s" % (own & bpf_ids(11)))


def twins():
    """Two sessions at a time know nothing of each other."""
    one, two = Session(), Session()
    for session, step in ((one, 1), (two, 10)):
        session.ask("global n, a")
        session.ask('probe process("libc.so.6").function("getpwnam") { n += %d; a[pid()]++ }' % step)
    for _ in range(5):
        subprocess.run(["getent", "passwd", "root"], stdout=subprocess.DEVNULL, check=True)
    per_call = one.ask("n")["value"]
    assert per_call >= 5 and two.ask("n")["value"] == 10 * per_call, (per_call, two.ask("n"))
    one.close()
    assert two.ask("n")["value"] >= 50
    two.close()


for test in (redefinitions, too_many, round_trip, killed, twins):
    try:
        test()
        print("ok life/%s" % test.__name__)
    except (AssertionError, KeyError, OSError) as error:
        print("# %s" % error)
        print("not ok life/%s" % test.__name__)
