# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Bulk without digest goes through the kernel, by splice(2), and is still sent again to the byte when links fail; and it
makes no difference to a stream which of the two nodes does that."""

import hashlib
import pathlib
import threading

import pytest

from lab import Node
from lab.pair import configs, start_pair, wait_all_act
from lab.sockets import listen, open_socket
from lab.traffic import PROCESSES, Traffic

SPLICED = {"app": {**PROCESSES["app"], "digest": False}}
# Of what no program of a host buffers as a rule.
MEBIBYTES = 64


def pipes(node):
    """How many ends of pipes its daemon has open."""
    ends = 0
    for entry in pathlib.Path("/proc", str(node.process.pid), "fd").iterdir():
        try:
            ends += str(entry.readlink()).startswith("pipe:")
        except FileNotFoundError:  # Closed meanwhile.
            pass
    return ends


def start(lab, tokyo_digest, osaka_digest):
    files = configs(lab, PROCESSES)
    files["tokyo"]["process"]["app"]["digest"] = tokyo_digest
    files["osaka"]["process"]["app"]["digest"] = osaka_digest
    nodes = [Node(lab, name, config).start() for name, config in files.items()]
    wait_all_act(lab, *nodes)
    return nodes


@pytest.mark.parametrize("tokyo_digest, osaka_digest", [(False, False), (False, True), (True, False)])
def test_spliced_bulk_is_exact_under_faults(lab, tokyo_digest, osaka_digest):
    nodes = start(lab, tokyo_digest, osaka_digest)
    idle = [pipes(node) for node in nodes]
    traffic = Traffic(lab, "full-speed", nodes)
    for node, digest, before in zip(nodes, (tokyo_digest, osaka_digest), idle):
        if digest:
            assert pipes(node) == before
        else:
            lab.wait_for(f"{node.name} splices", lambda node=node, before=before: pipes(node) > before)
    for line in ("fiber", "lte", "fiber"):
        lab.cut(line)
        traffic.moves_to(*(other for other in lab.lines if other != line))
        lab.heal(line)
        traffic.settles()
        traffic.moves(least=4 << 20)
    for end in ("tokyo", "osaka"):
        lab.reset(traffic.circuit(), at=end)
        traffic.moves(least=4 << 20)
        traffic.settles()
    lab.lose("fiber", 1)
    traffic.moves(least=1 << 20)
    lab.heal("fiber")
    traffic.settles()
    traffic.finish()


def test_a_reader_that_stops_gets_every_byte_when_it_goes_on(lab):
    """More waits than pipes hold: what is left is kept in memory, in order behind them."""
    start_pair(lab, SPLICED)
    chunk = bytes(range(256)) * 4096
    blocked = threading.Event()
    with listen(lab, "osaka", 7001) as listener, open_socket(lab, "tokyo") as client:
        client.connect(("127.0.0.1", 7000))

        def send():
            client.settimeout(1)
            left = memoryview(chunk * MEBIBYTES)
            while left:
                try:
                    left = left[client.send(left) :]
                except TimeoutError:
                    blocked.set()
            client.close()

        sender = threading.Thread(target=send)
        sender.start()
        server, _ = listener.accept()
        with server:
            lab.wait_for("nothing more fits between the two", blocked.is_set)
            lab.cut("fiber")
            lab.stay_for(0.5)
            digest, size = hashlib.sha256(), 0
            while received := server.recv(1 << 20):
                digest.update(received)
                size += len(received)
        sender.join()
    assert size == MEBIBYTES << 20
    assert digest.hexdigest() == hashlib.sha256(chunk * MEBIBYTES).hexdigest()
