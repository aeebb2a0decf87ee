# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What bytes can be sent through, from tokyo to a server at osaka. The line in use is `fiber`; those that can use
another have `lte`, and warmspare `sat` too. Each is a pair of programs that stand like a pair of nodes, or none."""

import contextlib
import pathlib

from lab import Node, settings
from lab.pair import peer, wait_all_act

HERE, THERE = "tokyo", "osaka"
LINE, SPARE = "fiber", "lte"
SERVER_PORT = 7001
ALLOWED = pathlib.Path("/proc/sys/net/ipv4/tcp_allowed_congestion_control")

WARMSPARE, RAW, DIRECT = "warmspare", "warmspare, digest = false", "direct TCP"
COPYING, SPLICING = "two HAProxy hops, copying", "two HAProxy hops, splicing"
SOCAT, MPTCP, CHECKED = "two socat hops", "kernel MPTCP", "two HAProxy hops, checks every 10 ms"

HAPROXY = """global
    nbthread 1
    maxconn 4000
defaults
    mode tcp
    timeout connect {connect}
    timeout client 1h
    timeout server 1h
{options}listen hop
    bind {own}
{servers}
"""
SPLICE = "    option splice-request\n    option splice-response\n"
# Copying is what these do by default; the buffer is as large as a pipe.
SOCAT_BUFFER = 262144


class System:
    """Programs that an application is put through: where it connects, and what its programs are started with."""

    wrapper = ()

    def __init__(self, name, endpoint):
        self.name = name
        self.endpoint = endpoint


def direct(lab):
    return System(DIRECT, (lab.address(LINE, THERE), SERVER_PORT))


def socat_hops(lab, first_port=7200, second_port=7201):
    between = f"{lab.address(LINE, THERE)}:{second_port}"
    for node, port, following in ((HERE, first_port, between), (THERE, second_port, f"127.0.0.1:{SERVER_PORT}")):
        words = ["socat", "-b", SOCAT_BUFFER, f"TCP-LISTEN:{port},fork,reuseaddr,nodelay", f"TCP:{following},nodelay"]
        lab.spawn(node, f"socat-{node}", *words)
        _wait_listens(lab, node, port)
    return System(SOCAT, ("127.0.0.1", first_port))


def has_mptcp():
    """New namespaces have it as it was compiled, whatever this one has."""
    return pathlib.Path("/proc/sys/net/mptcp/enabled").exists()


def mptcp(lab):
    """The kernel's own, with the spare line as backup subflow. Programs that know nothing of it are given its sockets
    by mptcpize."""
    for node, kind in ((HERE, ()), (THERE, ("signal",))):
        lab.run(node, "sysctl", "-qw", "net.mptcp.enabled=1")
        lab.run(node, "ip", "mptcp", "limits", "set", "subflow", 2, "add_addr_accepted", 2)
        lab.run(node, "ip", "mptcp", "endpoint", "add", lab.address(SPARE, node), "dev", SPARE, *kind, "backup")
    system = System(MPTCP, (lab.address(LINE, THERE), SERVER_PORT))
    system.wrapper = ("mptcpize", "run")
    return system


def haproxy_hops(lab, splice, first_port, second_port):
    """One HAProxy at each host."""
    between = f"{lab.address(LINE, THERE)}:{second_port}"
    options, label = (SPLICE, "splice") if splice else ("", "copy")
    _start_haproxy(lab, HERE, label, options, first_port, [between])
    _start_haproxy(lab, THERE, label, options, second_port, [f"127.0.0.1:{SERVER_PORT}"])
    return System(SPLICING if splice else COPYING, ("127.0.0.1", first_port))


def checked_haproxy_hops(lab, first_port=7120, second_port=7121):
    """The same with the spare line as backup server: checks every 10 ms, two of which must fail, and connections over a
    failed line are broken, for applications to make them again."""
    ways = [f"{lab.address(line, THERE)}:{second_port}" for line in (LINE, SPARE)]
    options = "    timeout check 10ms\n    option redispatch\n    default-server on-marked-down shutdown-sessions\n"
    check = "check inter 10ms fall 2 rise 20"
    servers = [f"{ways[0]} {check}", f"{ways[1]} {check} backup"]
    _start_haproxy(lab, HERE, "checked", options, first_port, servers, connect="20ms")
    _start_haproxy(lab, THERE, "checked", "", second_port, [f"127.0.0.1:{SERVER_PORT}"])
    return System(CHECKED, ("127.0.0.1", first_port))


def _start_haproxy(lab, node, label, options, port, servers, connect="10s"):
    file = lab.folder / f"haproxy-{node}-{label}.cfg"
    lines = "\n".join(f"    server next{number} {server}" for number, server in enumerate(servers))
    file.write_text(HAPROXY.format(options=options, own=f":{port}", servers=lines, connect=connect))
    lab.spawn(node, file.stem, "haproxy", "-db", "-f", file)
    _wait_listens(lab, node, port)


def start_warmspare(lab, label="", build=None, port=7000, **tables):
    """Starts a pair of nodes with the programs of a build (by default the usual one) and more tables of configuration.
    Returns one system that takes digests and one that does not. A second pair in one laboratory needs another label and
    port."""
    processes = {"digest": {"port": port}, "raw": {"port": port + 1, "digest": False}}
    names = {node: node + label for node in (HERE, THERE)}
    with _programs_of(build):
        nodes = [_start_node(lab, node, names, processes, port + 440, tables) for node in (HERE, THERE)]
        wait_all_act(lab, *nodes)
    return [System(WARMSPARE + label, ("127.0.0.1", port)), System(RAW + label, ("127.0.0.1", port + 1))]


def _start_node(lab, node, names, processes, link_port, tables):
    other = HERE if node == THERE else THERE
    config = {
        "node": names[node],
        "peer": {names[other]: peer(lab, node, other, dial=node == HERE, port=link_port)},
        "process": {},
        **tables,
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


def _wait_listens(lab, node, port):
    lab.wait_for(f"{node} listens on {port}", lambda: lab.run(node, "ss", "-Hltn", "sport", f"= :{port}").strip())


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
