# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What each thing that a node can have costs in memory, while nothing goes on."""

import contextlib

from figures import median
from lab import Lab, Node, settings, sockets
from lab.pair import peer, start_pair, wait_all_act
from report import Section, Table
from steps import Step
from systems import HERE, LINE, THERE
from warm import LINES

NAME = "memory"
TOOLS = settings.TOOLS

STREAM, LINK, PROCESS, PEER = "an idle stream", "a link, as a spare", "a process with its link", "a peer with one link"
# How many of each are measured.
COUNTS = {STREAM: 500, LINK: 400, PROCESS: 200, PEER: 20}
APP = {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}


def steps(plan):
    for what, count in list(COUNTS.items())[: plan.pick(2, len(COUNTS), 0)]:
        yield Step(NAME, what, str(count // plan.pick(10, 1, 1)), setup=what)


@contextlib.contextmanager
def stage(_):
    """Each step needs two: see measure()."""
    yield


def measure(_, step):
    """What a node with so many has more than one with a single one, at each end, in KiB each."""
    one, many = (KINDS[step.case](count) for count in (1, int(step.load)))
    extra = int(step.load) - 1
    return {"here": (many[0] - one[0]) / extra, "there": (many[1] - one[1]) / extra}


def memory(nodes):
    return [node.memory_kb() for node in nodes]


def with_streams(count):
    """Open, and at rest after a byte in each direction."""
    with Lab() as lab, contextlib.ExitStack() as stack:
        nodes = start_pair(lab, {"app": APP}, health={})
        listener = stack.enter_context(sockets.listen(lab, THERE, 7001))
        for _ in range(count):
            client = stack.enter_context(sockets.connect(lab, HERE, 7000))
            client.sendall(b"x")
            server = stack.enter_context(sockets.accept_one(listener))
            server.sendall(server.recv(1))
            client.recv(1)
        return memory(nodes)


def row(number, name, priority):
    """Over all circuits in turn: links of several come up sooner."""
    return {"circuit": LINES[number % len(LINES)], "own_port": 0, "peer_port": 7440, "name": name, "priority": priority}


def with_links(count):
    rows = [row(number, f"l{number}", number + 1) for number in range(count + 1)]
    rows[0]["process"] = "app"
    with Lab() as lab:
        return memory(start_pair(lab, {"app": APP}, health={}, links=rows))


def with_processes(count):
    names = [f"app{number}" for number in range(count)]
    rows = [{**row(number, name, 1), "process": name} for number, name in enumerate(names)]
    keys = {name: {"listen": f"127.0.0.1:{10000 + n}", "target": "127.0.0.1:7001"} for n, name in enumerate(names)}
    with Lab() as lab:
        return memory(start_pair(lab, keys, health={}, links=rows))


def with_peers(count):
    """The other end is many nodes; what they are in memory is not that of a peer."""
    with Lab(lines={LINE: (HERE, THERE)}) as lab:
        names = [f"{THERE}{number}" for number in range(count)]
        ports = {name: 7500 + number for number, name in enumerate(names)}
        tables = {name: peer(lab, HERE, THERE, dial=True, port=ports[name]) for name in names}
        processes = {f"app-{name}": {"peer": name, "listen": f"127.0.0.1:{ports[name] + 1000}"} for name in names}
        nodes = [Node(lab, HERE, {"node": HERE, "peer": tables, "process": processes}, HERE)]
        for name in names:
            table = {HERE: peer(lab, THERE, HERE, dial=False, port=ports[name])}
            process = {f"app-{name}": {"peer": HERE, "target": "127.0.0.1:7001"}}
            nodes.append(Node(lab, name, {"node": name, "peer": table, "process": process}, THERE))
        for node in reversed(nodes):
            node.start()
        wait_all_act(lab, *nodes)
        return [nodes[0].memory_kb()] * 2


KINDS = {STREAM: with_streams, LINK: with_links, PROCESS: with_processes, PEER: with_peers}


def figures(results):
    """None: it is a table to look things up in."""
    return []


def ratios(results):
    """None: memory is an absolute figure, if one that travels."""
    return []


def sections(results):
    rows = []
    for what in COUNTS:
        found = results.of(subject=NAME, case=what)
        if found:
            ends = [f"{median(results.values(key, subject=NAME, case=what)):.1f}" for key in ("here", "there")]
            rows.append([what, found[0]["load"], *(ends if what != PEER else [ends[0], ""])])
    if rows:
        yield Section("Memory of each", [DESCRIPTION, Table(["what", "measured with", "node that dials", "other node"], rows)])


DESCRIPTION = """Resident memory of the program's own in KiB, beyond that of a node with a single one, divided by their number;
everything is up and at rest, streams after one byte in each direction. The kernel's memory for sockets comes on top."""


def plots(results, folder):
    """None: the table says it."""
