# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A host that has no more of something: what runs goes on, the shortage is told, and when there is room again everything
works as before."""

import contextlib
import pathlib
import socket

import pytest

from lab import CheckedStream, Node, StreamServer, settings
from lab.pair import configs, wait_agreed, wait_all_act
from lab.sockets import listen, open_socket
from lab.stream import ONE_MEGABIT
from lab.traffic import Holdings

PROCESSES = {
    "app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001", "wait_to_restore": "500ms"},
    "crowd": {"listen": "127.0.0.1:7010", "target": "127.0.0.1:7002"},
}

starved_node = pytest.mark.parametrize("starved", ["tokyo", "osaka"])


def start(lab, starved, *wrapper):
    files = configs(lab, PROCESSES)
    nodes = {name: Node(lab, name, config, wrapper=wrapper if name == starved else ()) for name, config in files.items()}
    for node in nodes.values():
        node.start()
    wait_all_act(lab, *nodes.values())
    return nodes


@contextlib.contextmanager
def crowd_of_writers(lab, told):
    """Streams that fill all the memory that they get, more and more of them until the shortage is told."""
    with listen(lab, "osaka", 7002, receive_buffer=16384), contextlib.ExitStack() as clients:

        def one_more_and_is_it_told():
            client = clients.enter_context(open_socket(lab, "tokyo"))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
            with contextlib.suppress(OSError):  # It is full, or was reset.
                client.connect(("127.0.0.1", 7010))
                client.settimeout(0.01)
                while True:
                    client.send(bytes(65536))
            return told()

        lab.wait_for("the shortage is told", one_more_and_is_it_told)
        yield


@starved_node
def test_running_out_of_descriptors_is_survived_and_told(lab, starved):
    """EMFILE: new streams fail or wait."""
    nodes = start(lab, starved, "prlimit", "--nofile=40")
    # Asking takes a descriptor, too: while there is none, the log is the witness.
    log = nodes[starved].process.log
    goes_on_under(lab, nodes, lambda: "too many open files" in log().lower())
    assert any("too many open files" in event["cause"].lower() for event in nodes[starved].events("error"))


@pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer needs all the address space that there is")
@starved_node
def test_running_out_of_memory_is_survived_and_told(lab, starved):
    """ENOMEM: the limit of the process leaves less than its file allows to streams."""
    nodes = start(lab, starved, "prlimit", f"--as={64 << 20}")
    assert any("memory" in event["cause"] for event in nodes[starved].events("error")), "it is told at the start"
    goes_on_under(lab, nodes, lambda: any("no memory" in event["cause"] for event in nodes[starved].events("error")))


def goes_on_under(lab, nodes, told):
    """Puts a crowd beside a stream. When it has gone, nothing is left of it."""
    before = [Holdings(node) for node in nodes.values()]
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    with crowd_of_writers(lab, told):
        stream.wait_moving(server)
    stream.finish()
    StreamServer(lab, "osaka", port=7002)
    lab.wait_for("there is room again", lambda: CheckedStream(lab, "tokyo", port=7010, seconds=0.05).end()["ok"])
    wait_agreed(lab, *nodes.values(), app="idle", crowd="idle")
    for holdings in before:
        holdings.wait_restored()


# A disk of its own, which nobody else sees: `ip netns exec` gives each program mounts of its own.
ON_A_FULL_DISK = """
mount -t tmpfs -o size=64k tmpfs {disk}
dd if=/dev/zero of={disk}/full bs=4k 2>/dev/null
shift
exec "$@" 2>>{disk}/log
"""


@starved_node
def test_a_log_on_a_full_disk_keeps_nobody_from_work(lab, starved):
    """What could not be written is counted, and told when there is room."""
    disk = lab.folder / "disk"
    disk.mkdir()
    nodes = start(lab, starved, "sh", "-c", ON_A_FULL_DISK.format(disk=disk), "sh", "--")
    daemon = nodes[starved].process
    mounted = pathlib.Path(f"/proc/{daemon.pid}/root{disk}")
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    lab.cut("fiber")
    lab.wait_for("the node has switched", lambda: nodes[starved].events("switch"))
    stream.wait_moving(server)
    assert (mounted / "log").read_text() == ""
    (mounted / "full").unlink()
    lab.heal()
    wait_agreed(lab, *nodes.values(), app="dedicated")
    stream.finish()
    assert server.report()["ok"]
    lab.wait_for("the log says what it lacks", lambda: "were dropped" in (mounted / "log").read_text())
    wait_agreed(lab, *nodes.values(), app="idle")


# A call, the error, and at which of the calls: not at those without which a daemon cannot start.
FAILURES = ["sendmsg:error=ENOBUFS:when=20+50", "sendmsg:error=ENOMEM:when=20+50", "accept4:error=ENOBUFS:when=1+2"]
FAILURES += ["accept4:error=ENOMEM:when=1+2", "connect:error=ENOBUFS:when=1+2", "connect:error=ENOMEM:when=1+2"]
FAILURES += ["socket:error=ENOBUFS:when=10+2", "socket:error=ENOMEM:when=10+2"]


@starved_node
@pytest.mark.parametrize("failure", FAILURES)
def test_a_kernel_without_buffers_is_asked_again(lab, starved, failure):
    """Every so often a call fails for want of memory, which an application never hears of."""
    call = failure.partition(":")[0]
    # Detached, so that it is the daemon that is signalled and asked. What is traced cannot look for its leaks.
    tracer = ["strace", "-D", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={failure}"]
    nodes = start(lab, starved, "env", "ASAN_OPTIONS=detect_leaks=0", *tracer)
    crowd = StreamServer(lab, "osaka", port=7002)
    # A call that fails is followed by one that does not: of two streams in a row one has met it.
    for _ in range(2):
        assert CheckedStream(lab, "tokyo", port=7010, seconds=0.05).end()["ok"]
    assert all(report["ok"] for report in crowd.reports())
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo")
    stream.wait_moving(server, least=10_000_000)
    for line in lab.lines:
        lab.reset(line, at="tokyo")
        wait_agreed(lab, *nodes.values(), app="dedicated")
    stream.wait_moving(server)
    stream.finish()
    assert server.report()["ok"]
    wait_agreed(lab, *nodes.values(), app="idle")
