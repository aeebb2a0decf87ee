# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""As many streams, processes and links as a busy host has."""

import contextlib
import itertools
import socket
import threading

import pytest

from lab.node import Node
from lab.pair import configs, start_pair, wait_agreed, wait_all_act
from lab.sockets import connect, listen, read_exactly
from lab.traffic import Holdings

APP = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001", "wait_to_restore": "500ms"}}

STREAMS = 10_000
AT_A_TIME = 100

# Each has three links.
PROCESSES = [50, pytest.param(500, marks=pytest.mark.long)]


@contextlib.contextmanager
def echo(lab, node, port):
    """A server whose streams each bring one number of eight bytes, which it sends back. Yields the list of all that
    it got; it has ended when its listener has."""
    got = []
    with listen(lab, node, port) as listener:

        def answer(served):
            with served:
                while number := read_exactly(served, 8):
                    got.append(number)
                    served.sendall(number)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    served, _ = listener.accept()
                    threading.Thread(target=answer, args=(served,), daemon=True).start()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield got
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def ask(client, number):
    """One question on a stream, and its answer."""
    client.sendall(number)
    assert read_exactly(client, 8) == number


def numbers():
    return (number.to_bytes(8, "big") for number in itertools.count())


def test_ten_thousand_streams_leave_nothing(lab):
    nodes = start_pair(lab, APP)
    before = [Holdings(node) for node in nodes]
    number = numbers()
    with echo(lab, "osaka", 7001) as got:
        for batch in range(STREAMS // AT_A_TIME):
            if batch == STREAMS // AT_A_TIME // 2:
                lab.cut("fiber")
            with contextlib.ExitStack() as stack:
                clients = [stack.enter_context(connect(lab, "tokyo", 7000)) for _ in range(AT_A_TIME)]
                for client in clients:
                    ask(client, next(number))
        lab.heal()
        wait_agreed(lab, *nodes, app="idle")
    assert len(got) == len(set(got)) == STREAMS
    for holdings in before:
        holdings.wait_restored()


def many_processes(count):
    """All have the same target, and a port each where applications connect."""
    ports = {"wait_to_restore": "500ms", "target": "127.0.0.1:7001"}
    return {f"p{i}": {"listen": f"127.0.0.1:{10_000 + i}", **ports} for i in range(count)}


def used(node, circuit):
    """How many links of this circuit are in use."""
    return sum(link["in_use"] for link in node.peer()["links"] if link["circuit"] == circuit)


@pytest.mark.parametrize("count", PROCESSES)
def test_many_processes_with_links_of_their_own(lab, count):
    """Also more descriptors than a program may open unless it asks for more."""
    files = configs(lab, many_processes(count), health={})
    limit = ["prlimit", f"--nofile={2 * count}:{20 * count}"]
    nodes = [Node(lab, *file, wrapper=limit).start() for file in files.items()]
    wait_all_act(lab, *nodes)
    before = [Holdings(node) for node in nodes]
    busy = count // 5
    number = numbers()

    def everybody_uses(circuit):
        for node in nodes:
            lab.wait_for(f"{node.name} uses {circuit}", lambda node=node: used(node, circuit) == busy)
        for client in clients:
            ask(client, next(number))

    with echo(lab, "osaka", 7001) as got, contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(lab, "tokyo", 10_000 + i)) for i in range(busy)]
        everybody_uses("fiber")
        lab.cut("fiber")
        everybody_uses("lte")
        lab.heal()
        everybody_uses("fiber")
    assert len(got) == len(set(got)) == 3 * busy
    wait_agreed(lab, *nodes, **{name: "idle" for name in many_processes(count)})
    for holdings in before:
        holdings.wait_restored()
