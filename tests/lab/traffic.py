# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Two nodes and one checked stream between two applications, and what must be so again when all is over."""

from lab import settings
from lab.pair import start_pair, wait_agreed
from lab.stream import FULL_SPEED, ONE_MEGABIT, CheckedStream, StreamServer

# A repaired link is returned to soon, so that tests need not wait for it.
PROCESSES = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001", "wait_to_restore": "500ms"}}

# What an application may do with a stream; see stream_check.
LOADS = {
    "full-speed": {"rate": FULL_SPEED},
    "one-megabit": {"rate": ONE_MEGABIT},
    "request-reply": {"message": 64},
}

# A node keeps up to 256 free blocks of 64 KiB for later, so much may have been added and not a leak.
KEPT_KB = 256 * 64
# What the allocator needs for pieces of other sizes, and events that are remembered.
SLACK_KB = 4 * 1024
# A sanitizer keeps notes of each piece of memory that was ever used: up to three times its size.
NOTES = 4 if settings.SANITIZED else 1


class Traffic:
    """Starts everything (or takes the two nodes given) and leaves a stream that is under way."""

    def __init__(self, lab, load, nodes=None):
        self.lab = lab
        self.load = LOADS[load]
        self.server = StreamServer(lab, "osaka")
        self.nodes = nodes or start_pair(lab, PROCESSES)
        self.before = [Holdings(node) for node in self.nodes]
        self.begin()

    def begin(self):
        """A new stream in place of the former one."""
        self.stream = CheckedStream(self.lab, "tokyo", **self.load)
        self.moves()

    def moves(self, least=1000):
        """Waits until each application has got so many bytes more."""
        self.stream.wait_moving(self.server, least)

    def circuit(self):
        """The circuit that carries the process, if both nodes say the same."""
        links = {node.user("app")["link"] for node in self.nodes}
        [link] = links if len(links) == 1 else [None]
        return link and link.partition("/")[0]

    def moves_to(self, *circuits):
        """Waits until both nodes say that the process is on one of these circuits."""
        self.lab.wait_for(f"the process is on {' or '.join(circuits)}", lambda: self.circuit() in circuits)
        self.moves()

    def settles(self):
        """After repair: everything as before, the process on its dedicated link."""
        wait_agreed(self.lab, *self.nodes, app="dedicated")
        self.moves()

    def finish(self):
        """Ends the stream in order: every byte was right at both ends, and nothing is left of it."""
        self.stream.finish()
        assert self.server.report()["ok"]
        self.leaves_nothing()

    def leaves_nothing(self):
        wait_agreed(self.lab, *self.nodes, app="idle")
        for node, before in zip(self.nodes, self.before):
            assert not node.events("stream_close", cause="digest mismatch")
            before.wait_restored()


class Holdings:
    """What a daemon holds of its host, to be compared with what it holds later."""

    def __init__(self, node):
        self.node = node
        self.descriptors = node.descriptors()
        self.memory_kb = node.memory_kb()

    def wait_restored(self):
        """Waits until it is as it was: no stream, not one descriptor more or less, and no memory but what the
        pool of blocks keeps on purpose."""
        node = self.node
        node.lab.wait_for(f"{node.name} has no stream", lambda: node.streams() == 0)
        node.lab.wait_for(
            f"{node.name} has the {self.descriptors} descriptors that it had",
            lambda: node.descriptors() == self.descriptors,
        )
        grown = node.memory_kb() - self.memory_kb
        assert grown <= (KEPT_KB + SLACK_KB) * NOTES, f"{node.name} holds {grown} KB more than before\n{node.describe()}"
