# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Nodes as network namespaces and lines between them, with faults, and everything gone afterwards.

A line between two nodes is a veth pair; one that more nodes share is a bridge in a namespace of its own, and a slow
one has slow_line in between. Node number i has the addresses 10.77.LINE.i and fd77:LINE::i, both counted from 1. The
device is named as the line.
"""

import atexit
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from lab import settings
from lab.faults import Faults
from lab.host import LabError, Process, command, end_namespace, end_processes

__all__ = ["Lab", "LabError"]

_count = 0


class Lab(Faults):
    """A context manager. Without arguments: two nodes and three circuits between them. The lines named in `slow` can
    be disturbed."""

    def __init__(self, nodes=("tokyo", "osaka"), lines=None, slow=()):
        super().__init__()
        global _count
        _count += 1
        self.nodes = tuple(nodes)
        self.lines = dict(lines or {line: self.nodes for line in ("fiber", "lte", "sat")})
        self.slow = {line: None for line in slow}
        self.prefix = f"wsp{os.getpid()}x{_count}"
        self.folder = None
        self.daemons = []
        self._processes = []
        self._namespaces = []

    def __enter__(self):
        remove_abandoned()
        atexit.register(self.close)
        try:
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="warmspare-"))
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, error, *_):
        try:
            if error is None:
                self._end_daemons()
        finally:
            self.close()

    def _end_daemons(self):
        """Whatever a test did to its daemons, they end as asked and had nothing to complain of: that is where a
        build with sanitizers tells what it found."""
        own = [daemon.process for daemon in self.daemons]
        end_processes([process for process in self._processes if process not in own])
        for daemon in self.daemons:
            daemon.end()

    def close(self):
        """Ends every process of the laboratory and removes its namespaces and files; may be called twice."""
        end_processes(self._processes)
        self._processes.clear()
        for name in self._namespaces:
            end_namespace(name)
        self._namespaces.clear()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)

    def namespace(self, node):
        return f"{self.prefix}-{node}"

    def addresses(self, line, node):
        """The IPv4 and the IPv6 address of a node on a line."""
        number, host = list(self.lines).index(line) + 1, self.nodes.index(node) + 1
        return f"10.77.{number}.{host}", f"fd77:{number}::{host}"

    def address(self, line, node, ipv6=False):
        return self.addresses(line, node)[1 if ipv6 else 0]

    @staticmethod
    def with_prefix(address):
        return address + ("/64" if ":" in address else "/24")

    def run(self, node, *words, stdin=None, check=True):
        """Runs a command in a node's namespace to its end and returns what it printed."""
        return command("ip", "netns", "exec", self.namespace(node), *words, stdin=stdin, check=check)

    def spawn(self, node, name, *words, **options):
        """Starts a program in a node's namespace; it ends with the laboratory at the latest."""
        process = Process(name, self.namespace(node), words, self.folder, **options)
        self._processes.append(process)
        return process

    @contextlib.contextmanager
    def hosts_file(self, node):
        """A hosts file of the node's own, for programs that are started while it exists. `ip netns exec` binds it
        over the system's in a mount namespace of the program."""
        folder = pathlib.Path("/etc/netns") / self.namespace(node)
        kept = folder.parent.exists()
        folder.mkdir(parents=True)
        try:
            (folder / "hosts").touch()
            yield folder / "hosts"
        finally:
            shutil.rmtree(folder)
            if not kept:
                with contextlib.suppress(OSError):
                    folder.parent.rmdir()

    def wait_for(self, what, predicate, limit=settings.LIMIT):
        """Polls until the predicate is true and returns its value; explains everything if it never is."""
        deadline = time.monotonic() + limit
        while True:
            value = predicate()
            if value:
                return value
            for daemon in self.daemons:
                daemon.check_running()
            if time.monotonic() > deadline:
                raise AssertionError(f"after {limit} s still not so: {what}\n{self.describe()}")
            time.sleep(0.03)

    def stay_for(self, seconds):
        """Lets a fault last; for tests that are about its length."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for daemon in self.daemons:
                daemon.check_running()
            time.sleep(max(0, min(0.5, deadline - time.monotonic())))

    def describe(self):
        """Tables, events and logs of all nodes."""
        return "\n".join(daemon.describe() for daemon in self.daemons)

    def route_through(self, node, address, via, via_line):
        """Lets a node reach an address on a line that it is not on through another node, as around a ring."""
        self.run(via, "sysctl", "-qw", "net.ipv4.ip_forward=1")
        self.run(node, "ip", "route", "add", address, "via", self.address(via_line, via))

    def _build(self):
        for node in self.nodes:
            self._add_namespace(self.namespace(node))
        for line, members in self.lines.items():
            if line in self.slow:
                self._slow_line(line, members)
            elif len(members) == 2:
                self._join(self.namespace(members[0]), line, self.namespace(members[1]), line)
            else:
                self._bridge(line, members)
            for node in members:
                self.give_address(line, node)
                self.interface_up(line, node)
        for line in self.slow:
            self.disturb(line)

    def _add_namespace(self, name):
        command("ip", "netns", "add", name)
        self._namespaces.append(name)
        values = ("disable_ipv6=0", "keep_addr_on_down=1", "accept_dad=0")
        settable = [f"net.ipv6.conf.{scope}.{value}" for scope in ("all", "default") for value in values]
        command("ip", "netns", "exec", name, "sysctl", "-qw", *settable)
        command("ip", "-n", name, "link", "set", "lo", "up")

    def _bridge(self, line, members):
        switch = f"{self.prefix}-sw-{line}"
        self._add_namespace(switch)
        command("ip", "-n", switch, "link", "add", "br0", "type", "bridge")
        command("ip", "-n", switch, "link", "set", "br0", "up")
        for node in members:
            self._join(self.namespace(node), line, switch, node)
            command("ip", "-n", switch, "link", "set", node, "master", "br0", "up")

    def _slow_line(self, line, members):
        box = f"slow-{line}"
        self._add_namespace(self.namespace(box))
        for node in members:
            self._join(self.namespace(node), line, self.namespace(box), node)
            self.run(box, "ip", "link", "set", node, "up")
        self.slow[line] = self.spawn(box, box, settings.SLOW_LINE, *members, stdin=subprocess.PIPE)

    @staticmethod
    def _join(one, one_device, other, other_device):
        peer = ["peer", "name", other_device, "netns", other]
        command("ip", "link", "add", one_device, "netns", one, "type", "veth", *peer)


def remove_abandoned():
    """Removes namespaces of laboratories whose interpreter is gone without having cleaned up (kill -9)."""
    for name in re.findall(r"^(wsp\d+x\d+-\S+)", command("ip", "netns", "list"), re.MULTILINE):
        owner = re.match(r"wsp(\d+)x", name).group(1)
        if not os.path.exists(f"/proc/{owner}"):
            end_namespace(name)
