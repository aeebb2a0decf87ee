# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""The checked stream: an application that notices every byte that is lost, doubled, moved or changed."""

import json
import subprocess

from lab import settings

FULL_SPEED = "full"
ONE_MEGABIT = 1_000_000


class Printed:
    """What a process prints, an object a line: the last one, and those that are final. In a long test they are fifty
    thousand, so each is read once."""

    def __init__(self, process):
        self._file = process.out
        self._read = 0
        self._last = None
        self._final = []

    def last(self):
        """None if there is no whole line yet."""
        self._read_on()
        return self._last

    def final(self):
        self._read_on()
        return self._final

    def _read_on(self):
        with open(self._file, "rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        if lines := whole.splitlines():
            self._read += len(whole) + 1
            self._last = json.loads(lines[-1])
            self._final += [json.loads(line) for line in lines if b'"final":true' in line]


class StreamServer:
    """The end that a node's `target` leads to."""

    def __init__(self, lab, node, address="127.0.0.1", port=7001):
        self.lab = lab
        endpoint = [address] if address.startswith("unix:") else [address, port]
        words = [settings.STREAM_CHECK, "serve", *endpoint, "--progress", "20", "--stall", "300"]
        self.process = lab.spawn(node, f"serve-{node}-{port}", *words)
        self._printed = Printed(self.process)
        lab.wait_for("stream_check listens", lambda: '"ready":true' in self.process.output())

    def received(self):
        """Bytes checked so far on the connection that printed last."""
        return self._printed.last().get("received", 0)

    def reports(self):
        """One for every connection that has ended."""
        return self._printed.final()

    def report(self):
        """The report of the first connection, which must have ended or be about to."""
        return self.lab.wait_for("the server has reported", self.reports)[0]


class CheckedStream:
    """The end that connects. Runs until told to finish, so that conditions and not times shape a test."""

    _count = 0

    def __init__(self, lab, node, address="127.0.0.1", port=7000, rate=FULL_SPEED, message=None, seconds=None):
        CheckedStream._count += 1
        self.lab = lab
        endpoint = [address] if address.startswith("unix:") else [address, port]
        options = ["--rate", rate, "--progress", "20", "--stall", "300"]
        options += ["--message", message] if message else []
        options += ["--seconds", seconds] if seconds else []
        name = f"run-{node}-{CheckedStream._count}"
        words = [settings.STREAM_CHECK, "run", *endpoint, *options]
        self.process = lab.spawn(node, name, *words, stdin=subprocess.PIPE)
        self._printed = Printed(self.process)

    def progress(self):
        """The last line that it has printed, or None."""
        return self._printed.last()

    def wait_moving(self, server, least=1000):
        """Waits until each end has checked at least so many more bytes. `server` must have no other stream."""
        start = self.lab.wait_for("the stream has begun", self.progress)
        start_there = server.received()

        def moved():
            now = self.progress()
            assert not now["final"], f"the application saw: {now}\n{self.lab.describe()}"
            here = now["received"] - start["received"]
            return here >= least and server.received() - start_there >= least

        self.lab.wait_for("the stream moves both ways", moved)

    def finish(self):
        """Ends the stream in order and asserts that nothing went wrong in either direction."""
        self.process.popen.stdin.close()
        report = self.end()
        assert report["ok"], f"the application saw: {report}\n{self.lab.describe()}"
        return report

    def end(self):
        """Waits until the stream has ended, however it did, and returns its report."""
        self.process.wait(settings.LIMIT * 2)
        report = self.progress()
        assert report and report["final"], f"no report\n{self.process.log()}"
        return report
