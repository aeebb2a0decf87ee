# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What bytes can be sent through, from tokyo to a server at osaka; all of it on the line `fiber`."""

import contextlib
import pathlib

from lab import Node, settings
from lab.pair import peer, wait_all_act

HERE, THERE = "tokyo", "osaka"
LINE = "fiber"
SERVER_PORT = 7001
ALLOWED = pathlib.Path("/proc/sys/net/ipv4/tcp_allowed_congestion_control")

HAPROXY = """global
    nbthread 1
    maxconn 100
defaults
    mode tcp
    timeout connect 10s
    timeout client 1h
    timeout server 1h
{options}listen hop
    bind {own}
    server next {next}
"""
SPLICE = "    option splice-request\n    option splice-response\n"


class Direct:
    name = "direct TCP"

    def __init__(self, lab):
        self.endpoint = (lab.address(LINE, THERE), SERVER_PORT)


class HaproxyHops:
    """One HAProxy at each host, as a pair of warmspared would stand."""

    def __init__(self, lab, splice, first_port, second_port):
        self.name = "two HAProxy hops, " + ("splicing" if splice else "copying")
        self.endpoint = ("127.0.0.1", first_port)
        between = f"{lab.address(LINE, THERE)}:{second_port}"
        self._start(lab, HERE, splice, f"127.0.0.1:{first_port}", between)
        self._start(lab, THERE, splice, between, f"127.0.0.1:{SERVER_PORT}")
        for node, port in ((HERE, first_port), (THERE, second_port)):
            lab.wait_for(f"HAProxy at {node} listens", lambda: _listens(lab, node, port))

    @staticmethod
    def _start(lab, node, splice, own, following):
        file = lab.folder / f"haproxy-{node}-{'splice' if splice else 'copy'}.cfg"
        file.write_text(HAPROXY.format(options=SPLICE if splice else "", own=own, next=following))
        lab.spawn(node, file.stem, "haproxy", "-db", "-f", file)


class Warmspare:
    """One of the processes of a pair of nodes."""

    def __init__(self, name, port):
        self.name = name
        self.endpoint = ("127.0.0.1", port)


def start_warmspare(lab, label="", build=None, port=7000):
    """Starts a pair of nodes with the programs of a build (by default the usual one). Returns one system that takes
    digests and one that does not. A second pair in one laboratory needs another label and port."""
    processes = {"digest": {"port": port}, "raw": {"port": port + 1, "digest": False}}
    names = {node: node + label for node in (HERE, THERE)}
    with _programs_of(build):
        nodes = [_start_node(lab, node, names, processes, link_port=port + 440) for node in (HERE, THERE)]
        wait_all_act(lab, *nodes)
    return [
        Warmspare(f"warmspare{label}", port),
        Warmspare(f"warmspare{label}, digest = false", port + 1),
    ]


def _start_node(lab, node, names, processes, link_port):
    other = HERE if node == THERE else THERE
    config = {
        "node": names[node],
        "peer": {names[other]: peer(lab, node, other, dial=node == HERE, port=link_port)},
        "process": {},
    }
    for name, keys in processes.items():
        own = {"listen": f"127.0.0.1:{keys['port']}"} if node == HERE else {"target": f"127.0.0.1:{SERVER_PORT}"}
        config["process"][name] = {"peer": names[other], "digest": keys.get("digest", True), **own}
    return Node(lab, names[node], config, namespace=node).start()


@contextlib.contextmanager
def _programs_of(build):
    usual = settings.DAEMON
    settings.DAEMON = build / "bin" / "warmspared" if build else usual
    try:
        yield
    finally:
        settings.DAEMON = usual


def _listens(lab, node, port):
    return bool(lab.run(node, "ss", "-Hltn", "sport", f"= :{port}").strip())


@contextlib.contextmanager
def one_congestion_control(lab, name="cubic"):
    """The same for every socket of every program, as warmspare's links choose it, and not whatever this host has as
    its default. A namespace may have only what the host allows. Yields the name."""
    allowed = ALLOWED.read_text()
    try:
        ALLOWED.write_text(f"{allowed.strip()} {name}")
        for node in (HERE, THERE):
            lab.run(node, "sysctl", "-qw", f"net.ipv4.tcp_congestion_control={name}")
        yield name
    finally:
        ALLOWED.write_text(allowed)
