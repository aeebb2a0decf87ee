# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A stream whose every gap is known: when each end of it heard nothing, and for how long.

The ends print every 20 ms the longest gap that ended meanwhile, and when, on the clock that time.monotonic() reads. So a
pause is told from the gaps before it, and one stream shows several."""

import itertools
import json
import subprocess
import sys

from lab import settings
from systems import HERE, SERVER_PORT, THERE

PROGRESS = ("--progress", "20", "--stall", "300")
LOADS = {
    "20 Mbit/s": ("--rate", 20_000_000),
    "100 Mbit/s": ("--rate", 100_000_000),
    "1 Gbit/s": ("--rate", 1_000_000_000),
    "full speed": (),
    "64 B request-reply": ("--message", 64),
    "idle": ("--message", 64, "--pause", 1_000_000),
}
RECONNECTING = settings.ROOT / "bench" / "programs" / "reconnecting.py"

_numbers = itertools.count()


class Listener:
    """The ends of a stream, and what they say of their gaps."""

    def __init__(self, lab, *ends):
        self.lab = lab
        self.ends = ends

    def longest(self, since, until):
        """The longest gap at any end that ended in this time, in ms."""
        lines = [line for end in self.ends for line in _lines(end)]
        return max(line["gap_ms"] for line in lines if since < line["gap_end_s"] <= until)

    def hears(self, moment):
        """Whether every end has heard something later than that."""
        return all(_last(end)["gap_end_s"] > moment for end in self.ends)

    def first_heard(self, moment):
        """How long it took from that moment until both ends had heard something, in s, or a little less: a gap that
        begins at once hides what came in the 20 ms before."""
        return max(min(line["gap_end_s"] for line in _lines(end) if line["gap_end_s"] > moment) for end in self.ends) - moment

    def wait_hears(self, moment, limit=settings.LIMIT):
        self.lab.wait_for("both ends hear again", lambda: self.check() and self.hears(moment), limit)

    def check(self):
        """True; fails if the stream has ended."""
        for end in self.ends:
            assert end.running, f"the application saw: {end.output().rpartition('}')[0][-300:]}"
        return True


class Stream(Listener):
    """A checked stream from its start to its end, with a server of its own."""

    def __init__(self, lab, system, load):
        number = next(_numbers)
        server = [settings.STREAM_CHECK, "serve", "0.0.0.0", SERVER_PORT, "--once", *PROGRESS]
        self._server = lab.spawn(THERE, f"serve-{number}", *system.wrapper, *server)
        lab.wait_for("stream_check listens", lambda: '"ready":true' in self._server.output())
        client = [settings.STREAM_CHECK, "run", *system.endpoint, *LOADS[load], *PROGRESS]
        self._client = lab.spawn(HERE, f"run-{number}", *system.wrapper, *client, stdin=subprocess.PIPE)
        super().__init__(lab, self._client, self._server)
        lab.wait_for("the stream moves", lambda: self.check() and all(_last(end).get("received") for end in self.ends))

    def finish(self):
        """Ends it in order; both directions must have been exact."""
        self._client.popen.stdin.close()
        for end in self.ends:
            end.wait(settings.LIMIT * 2)
            assert _last(end)["final"] and _last(end)["ok"], f"the application saw: {_last(end)}"


class Reconnecting(Listener):
    """Requests and replies of an application that connects again whenever its connection breaks: its gaps are those
    between replies."""

    def __init__(self, lab, system):
        number = next(_numbers)
        python = [sys.executable, RECONNECTING]
        self._server = lab.spawn(THERE, f"echo-{number}", *python, "serve", SERVER_PORT)
        lab.wait_for("the echo server listens", lambda: "ready" in self._server.output())
        self._client = lab.spawn(HERE, f"reconnecting-{number}", *python, "run", *system.endpoint, stdin=subprocess.PIPE)
        super().__init__(lab, self._client)
        lab.wait_for("replies come", lambda: self.check() and _last(self._client)["replies"])

    def broken(self):
        """How many connections have broken so far."""
        return _last(self._client)["broken"]

    def finish(self):
        self._client.popen.stdin.close()
        self._client.wait()
        self._server.stop()


def _lines(end):
    """What an end has said of its gaps, in whole lines."""
    lines = map(json.loads, end.output().rpartition("\n")[0].splitlines())
    return [line for line in lines if line.get("gap_ms")]


def _last(end):
    """The last of these, or one of a stream that has heard nothing yet."""
    lines = end.output()[-4000:].rpartition("\n")[0].splitlines()
    return json.loads(lines[-1]) | {} if lines and '"gap_ms"' in lines[-1] else {"gap_end_s": 0, "replies": 0, "final": False}
