# SPDX-License-Identifier: GPL-2.0-or-later
"""A program on a pseudo terminal, and what is on its screen."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time


class Screen:
    """As much of a terminal as readline asks for; lines that scroll off are kept."""

    def __init__(self, columns):
        self.columns = columns
        self.lines = [""]
        self.row = self.column = 0
        self.rest = ""

    def put(self, char):
        if self.column == self.columns:
            self.row, self.column = self.row + 1, 0
        while self.row >= len(self.lines):
            self.lines.append("")
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[: self.column] + char + line[self.column + 1 :]
        self.column += 1

    def control(self, parameters, letter):
        n = int(parameters) if parameters.isdigit() else 1
        if letter == "A":
            self.row = max(self.row - n, 0)
        elif letter == "B":
            self.row += n
        elif letter == "C":
            self.column = min(self.column + n, self.columns - 1)
        elif letter == "D":
            self.column = max(self.column - n, 0)
        elif letter == "G":
            self.column = n - 1
        elif letter == "K":
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif letter == "J":
            del self.lines[self.row + 1 :]
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif letter == "P":
            line = self.lines[self.row]
            self.lines[self.row] = line[: self.column] + line[self.column + n :]
        elif letter == "@":
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + " " * n + line[self.column :]
        elif letter not in "hlm":
            raise ValueError("unknown sequence ESC [ %s %s" % (parameters, letter))

    def feed(self, text):
        text = self.rest + text
        self.rest = ""
        while text:
            escape = re.match(r"\x1b(\[([0-9;?]*)([A-Za-z@])|[()].|[=>])", text)
            if escape:
                if escape.group(3):
                    self.control(escape.group(2), escape.group(3))
                text = text[escape.end() :]
                continue
            if text[0] == "\x1b":
                self.rest = text
                return
            if text[0] == "\r":
                self.column = 0
            elif text[0] == "\n":
                self.row += 1
            elif text[0] == "\b":
                self.column = max(self.column - 1, 0)
            elif text[0] == "\t":
                self.column = (self.column // 8 + 1) * 8
            elif text[0] != "\a":
                self.put(text[0])
            while self.row >= len(self.lines):
                self.lines.append("")
            text = text[1:]


class Terminal:
    def __init__(self, argv, environment, columns=200, rows=40):
        self.screen = Screen(columns)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(environment)
            os.execvp(argv[0], argv)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.ended = False

    def read(self, seconds):
        """What comes within so many seconds; True: something came."""
        if self.ended or not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        if not data:
            self.ended = True
            return False
        self.screen.feed(data.decode("utf-8", "replace"))
        return True

    def send(self, text):
        os.write(self.fd, text.encode())

    def until(self, condition, seconds=30, quiet=True):
        """Reads until the condition holds, and all is quiet if that is asked for."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition(self.screen) and not (quiet and self.read(0.03)):
                return True
            if self.ended:
                return condition(self.screen)
            self.read(0.05)
        return False

    def at_prompt(self, after_row):
        """A prompt with nothing typed, below the row."""
        return self.until(
            lambda screen: screen.row > after_row
            and screen.lines[screen.row].rstrip() in ("spile>", "...>", "  ...>")
        )

    def wait_end(self, seconds=30):
        end = time.monotonic() + seconds
        while not self.ended and time.monotonic() < end:
            self.read(0.1)
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
