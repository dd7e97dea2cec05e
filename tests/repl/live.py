# SPDX-License-Identifier: GPL-2.0-or-later
"""The client's side of `spile -i --json`."""
import json
import subprocess


class Live:
    """A session; what comes between the answers is gathered in `events`."""

    def __init__(self, spile, *options, env=None):
        self.process = subprocess.Popen([spile, "-i", "--json", *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=env)
        self.events = []

    def request(self, **members):
        self.process.stdin.write(json.dumps(members) + "\n")
        self.process.stdin.flush()
        while True:
            answer = json.loads(self.process.stdout.readline())
            if answer["type"] == "answer":
                return answer
            self.events.append(answer)

    def ask(self, text, ok=True):
        """The answer to an input that is taken, or with ok=False is not."""
        answer = self.request(input=text)
        assert answer["ok"] == ok, (text, answer)
        return answer

    def close(self):
        """Ends the session; its status."""
        self.process.stdin.close()
        self.events += [json.loads(line) for line in self.process.stdout]
        return self.process.wait()
