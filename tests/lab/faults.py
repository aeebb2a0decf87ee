# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What can happen to a line: every way in which real ones fail that a kernel can play.

Packets are dropped where they arrive, below IP and silently: the sender's kernel believes that they left, and no
address resolution, no reset and no unreachable message gets through either. A drop on the way out would be
reported to the sender's TCP.
"""

import subprocess
import time

from lab.host import LabError


class Faults:
    """Part of a Lab: needs its `lines`, `slow`, `namespace`, `address` and `addresses`."""

    def __init__(self):
        self._rules = {}

    def cut(self, line, towards=None):
        """A silent black hole for everything on the line, or only for what travels towards one node."""
        for node in [towards] if towards else self.lines[line]:
            self._add(node, line, "drop")
        self._apply()

    def cut_one_after_the_other(self, *lines, seconds):
        """Silent black holes that begin so long after one another, however long it takes to ask for one."""
        prepared = []
        for line in lines:
            for node in self.lines[line]:
                self._add(node, line, "drop")
            prepared.append((self._prepare(), {node: self._table(node) for node in self.nodes}))
        for number, (waiting, tables) in enumerate(prepared):
            if number > 0:
                time.sleep(seconds)
            self._commit(waiting, tables)

    def cut_between(self, line, one, other):
        """The same for two of the nodes that share a line."""
        for sender, receiver in ((one, other), (other, one)):
            self._add(receiver, line, f"ip saddr {self.address(line, sender)} drop")
        self._apply()

    def cut_link(self, line, one, other, *ports):
        """The same for single TCP connections of the line, known by their (port of one, port of other)."""
        for own, peer in ports:
            self._add(other, line, f"tcp sport {own} tcp dport {peer} drop")
            self._add(one, line, f"tcp sport {peer} tcp dport {own} drop")
        self._apply()

    def heal_link(self, line, one, other, *ports):
        for own, peer in ports:
            self._rules[other, line].remove(f"tcp sport {own} tcp dport {peer} drop")
            self._rules[one, line].remove(f"tcp sport {peer} tcp dport {own} drop")
        self._apply()

    def lose(self, line, percent):
        """Loses packets at random in both directions."""
        for node in self.lines[line]:
            self._add(node, line, f"numgen random mod 100 < {percent} drop")
        self._apply()

    def hole(self, line, towards=None, largest=1000):
        """A path MTU hole: packets above so many bytes vanish, without the message that would tell the sender."""
        self._send_whole_packets(line)
        for node in [towards] if towards else self.lines[line]:
            self._add(node, line, f"meta length > {largest} drop")
        self._apply()

    def disturb(self, line, delay_ms=0, jitter_ms=0, loss_percent=0):
        """Delay, jitter and loss in each direction of a slow line; without arguments none of them."""
        self._send_whole_packets(line)
        process = self.slow[line]
        told = process.output().count("set")
        process.popen.stdin.write(f"{delay_ms} {jitter_ms} {loss_percent}\n".encode())
        process.popen.stdin.flush()
        self.wait_for(f"{line} is disturbed", lambda: process.output().count("set") > told)

    def _send_whole_packets(self, line):
        """Without offloading: what is dropped is then what would be dropped on a wire."""
        for node in self.lines[line]:
            self.run(node, "ethtool", "-K", line, "tso", "off", "gso", "off", "gro", "off")

    def limit(self, line, megabits, queue="20ms"):
        """Makes the line as slow as that in each direction, with a queue as long in front of it."""
        for node in self.lines[line]:
            shape = ["rate", f"{megabits}mbit", "burst", "64kb", "latency", queue]
            self.run(node, "tc", "qdisc", "replace", "dev", line, "root", "tbf", *shape)

    def reset(self, line, at):
        """The kernel of `at` resets every established TCP connection of the line: both ends get an error."""
        killed = ""
        for address in self.addresses(line, at):
            bracketed = f"[{address}]" if ":" in address else address
            killed += self.run(at, "ss", "-K", "-H", "-t", "state", "established", "src", bracketed)
        if not killed.strip():
            raise LabError(f"no connection on {line} was reset")

    def interface_down(self, line, at):
        self.run(at, "ip", "link", "set", line, "down")

    def interface_up(self, line, at):
        self.run(at, "ip", "link", "set", line, "up")

    def remove_address(self, line, at):
        for address in self.addresses(line, at):
            self.run(at, "ip", "address", "del", self.with_prefix(address), "dev", line)

    def give_address(self, line, at):
        for address in self.addresses(line, at):
            nodad = ["nodad"] if ":" in address else []
            self.run(at, "ip", "address", "replace", self.with_prefix(address), "dev", line, *nodad)

    def heal(self, line=None):
        """Takes back whatever was done to one line, or to all of them."""
        for name in [line] if line else self.lines:
            if name in self.slow:
                self.disturb(name)
            for node in self.lines[name]:
                self._rules.pop((node, name), None)
                self.interface_up(name, node)
                self.give_address(name, node)
        self._apply()

    def _add(self, node, line, rule):
        self._rules.setdefault((node, line), []).append(rule)

    def _apply(self):
        self._commit(self._prepare(), {node: self._table(node) for node in self.nodes})

    def _prepare(self):
        """Programs that wait for the rules of their node."""
        options = {"stdin": subprocess.PIPE}
        return {node: self.spawn(node, f"nft-{node}", "nft", "-f", "-", **options) for node in self.nodes}

    @staticmethod
    def _commit(waiting, tables):
        """Replaces the rules of every node in one transaction each, and all of them at once: nothing of a fault is
        there long before the rest."""
        for node, process in waiting.items():
            process.popen.stdin.write(tables[node].encode())
        for process in waiting.values():
            process.popen.stdin.close()
        for process in waiting.values():
            if process.wait() != 0:
                raise LabError(f"nft: {process.log()}")

    def _table(self, node):
        chains = "".join(
            f'chain {line} {{ type filter hook ingress device "{line}" priority 0; policy accept;\n'
            + "".join(rule + "\n" for rule in rules)
            + "}\n"
            for (owner, line), rules in self._rules.items()
            if owner == node
        )
        return "add table netdev lab\ndelete table netdev lab\ntable netdev lab {\n" + chains + "}\n"


# Those that stop a line of two nodes for good without an error at any TCP connection, by what is broken at which end.
FAULTS = {
    "black-hole": lambda lab, line: lab.cut(line),
    "black-hole-to-acceptor": lambda lab, line: lab.cut(line, towards="osaka"),
    "black-hole-to-dialler": lambda lab, line: lab.cut(line, towards="tokyo"),
    "interface-down-at-dialler": lambda lab, line: lab.interface_down(line, "tokyo"),
    "interface-down-at-acceptor": lambda lab, line: lab.interface_down(line, "osaka"),
    "address-removed-at-dialler": lambda lab, line: lab.remove_address(line, "tokyo"),
    "address-removed-at-acceptor": lambda lab, line: lab.remove_address(line, "osaka"),
}
