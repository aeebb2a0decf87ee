# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Breaks lines and repairs them at random while an application works, and counts what the nodes made of it.

What it does follows from a seed alone, which is printed and can be given back in WARMSPARE_SEED; when it happens
depends on the machine.
"""

import contextlib
import dataclasses
import os
import random
import threading
import time

from lab import settings
from lab.faults import FAULTS
from lab.host import LabError
from lab.pair import wait_agreed

RESETS = {
    "reset-by-dialler": lambda lab, line: lab.reset(line, "tokyo"),
    "reset-by-acceptor": lambda lab, line: lab.reset(line, "osaka"),
}
EVERYTHING = FAULTS | RESETS

# One round in so many leaves no line at all.
BLACKOUTS = 6
# After so many rounds without a switch there is nothing on the links, or nobody moves it.
PATIENCE = 60


@dataclasses.dataclass(frozen=True)
class Round:
    """Lines that fail together, each in its way; for how many seconds; and whether they are repaired only after the
    nodes have left them."""

    faults: dict
    seconds: float
    until_left: bool

    def __str__(self):
        faults = ", ".join(f"{line}: {fault}" for line, fault in self.faults.items())
        return f"{faults}; for {self.seconds:.2f} s" + (" and until left" if self.until_left else "")


def plan(chance, lines, blackout):
    """The next round. All lines fail together for `blackout` seconds at most, which may be 0 for never."""
    everything = blackout > 0 and chance.randrange(BLACKOUTS) == 0
    broken = lines if everything else chance.sample(lines, chance.randrange(1, len(lines)))
    faults = {line: chance.choice(list(EVERYTHING)) for line in broken}
    seconds = chance.uniform(0, blackout if everything else 1)
    return Round(faults, seconds, until_left=not everything and chance.random() < 0.5)


class Saboteur:
    """A context manager: works in a thread of its own from its beginning to its end, then repairs everything and
    waits until both nodes agree. `blackout` must be far below what the application lets pass before it gives up."""

    def __init__(self, lab, nodes, blackout=1.0):
        self._lab = lab
        self._nodes = nodes
        self._blackout = blackout
        self._seed = int(os.environ.get("WARMSPARE_SEED") or random.randrange(1_000_000))
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._error = None
        self._switches = 0
        self._last_event = 0
        self._last_switch = 0
        self._rounds = 0

    def __enter__(self):
        print(f"saboteur: again with WARMSPARE_SEED={self._seed}")
        self._thread.start()
        return self

    def __exit__(self, error, *_):
        self._stopping.set()
        self._thread.join()
        if error is None:
            self._check()
            self._lab.heal()
            wait_agreed(self._lab, *self._nodes)

    @property
    def switches(self):
        """How often the first node has moved a process away from a link that failed."""
        self._check()
        for event in self._nodes[0].events():
            if event["sequence"] > self._last_event:
                self._last_event = event["sequence"]
                if event["event"] == "switch":
                    self._switches += 1
                    self._last_switch = self._rounds
        assert self._rounds - self._last_switch < PATIENCE, f"nothing is moved any more\n{self._lab.describe()}"
        return self._switches

    def until(self, switches):
        """Counts the runs of an application: 0, and then 1, 2... until there were so many switches."""
        number = 0
        while self.switches < switches or number == 0:
            yield number
            number += 1

    def wait(self, switches, process):
        """Waits until there were so many switches, or the process that lives through them has ended."""
        while self.switches < switches and process.running:
            time.sleep(0.1)

    def _check(self):
        if self._error:
            raise AssertionError("the saboteur could not go on") from self._error

    def _work(self):
        chance = random.Random(self._seed)
        try:
            while not self._stopping.is_set():
                self._play(plan(chance, list(self._lab.lines), self._blackout))
        except Exception as error:  # It is the thread of the test that fails.
            self._error = error

    def _play(self, planned):
        spared = [line for line in self._lab.lines if line not in planned.faults]
        # What is left must work, and everything before nothing is left: so it stays as short as was promised.
        working = spared or list(self._lab.lines)
        self._wait(f"every link on {working} is ACT", lambda: self._all_act(working))
        if self._stopping.is_set():
            return
        self._rounds += 1
        print(f"saboteur: {planned}")
        for line, fault in planned.faults.items():
            # A line may be so fresh from its last repair that nothing is connected on it that could be reset.
            with contextlib.suppress(LabError) if fault in RESETS else contextlib.nullcontext():
                EVERYTHING[fault](self._lab, line)
        self._stopping.wait(planned.seconds)
        if planned.until_left:
            # After a reset a link is soon back in use.
            lasting = [line for line, fault in planned.faults.items() if fault not in RESETS]
            self._wait(f"nobody uses {lasting}", lambda: not self._in_use(lasting))
        for line in planned.faults:
            self._lab.heal(line)

    def _wait(self, what, predicate):
        """Until it is so or the work is over."""
        deadline = time.monotonic() + settings.LIMIT
        while not predicate() and not self._stopping.wait(0.05):
            if time.monotonic() > deadline:
                raise AssertionError(f"after {settings.LIMIT} s still not so: {what}\n{self._lab.describe()}")

    def _links(self):
        return [link for node in self._nodes for peer in node.status()["peers"] for link in peer["links"]]

    def _all_act(self, lines):
        return all(link["condition"] == "ACT" for link in self._links() if link["circuit"] in lines)

    def _in_use(self, lines):
        """Whether traffic still trusts one of the lines; a process that has no other link keeps it in use for long."""
        return any(link["in_use"] and link["condition"] == "ACT" for link in self._links() if link["circuit"] in lines)
