# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Whatever reaches the port that links are accepted on costs its own connection only, while a stream runs (S17)."""

import contextlib
import random
import struct

from lab import CheckedStream, StreamServer
from lab.pair import start_pair, wait_agreed
from lab.sockets import connect, is_closed, open_socket
from lab.stream import ONE_MEGABIT

APP = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}}
PORT = 7440


def header(kind, length, flags=1):
    """The head of a frame, as docs/protocol.md has it."""
    return struct.pack(">BBHI", kind, flags, 0, length)


INPUTS = {
    "nothing, then the end": b"",
    "garbage": random.Random(7).randbytes(4096),
    "zeros": bytes(4096),
    "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "half a head": header(1, 100)[:5],
    "half a hello": header(1, 100) + b"WSPR" + bytes(20),
    "an oversized hello": header(1, 0xFFFFFFFF) + bytes(4096),
    "a hello just over its limit": header(1, 1025) + bytes(1025),
    "a hello of the wrong magic": header(1, 64) + b"XXXX" + bytes(60),
    "a hello that ends too early": header(1, 8) + b"WSPR" + bytes(4),
    "data before the hello": header(12, 1016) + bytes(1016),
    "an assignment before the hello": header(9, 16) + bytes(16),
    "an unknown frame": header(200, 16) + bytes(16),
    "a megabyte of test frames": (header(5, 8) + bytes(8)) * 65536,
}


def attack(lab, line, count):
    """So many connections that say nothing, as far as they are let in at all."""
    attackers = [open_socket(lab, "tokyo") for _ in range(count)]
    for attacker in attackers:
        with contextlib.suppress(ConnectionError):
            attacker.connect((lab.address(line, "osaka"), PORT))
    return attackers


def send_and_wait_for_the_end(lab, data):
    """True if the node ended the connection; resets while we still write are an end like any other."""
    with connect(lab, "tokyo", PORT, lab.address("fiber", "osaka")) as attacker:
        try:
            attacker.sendall(data)
        except ConnectionError:
            return True
        return is_closed(attacker)


def test_hostile_input_costs_that_connection_only(lab):
    tokyo, osaka = start_pair(lab, APP)
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    before = osaka.memory_kb()
    for name, data in INPUTS.items():
        assert send_and_wait_for_the_end(lab, data), f"{name}: the connection was not ended"
    stream.wait_moving(server)
    assert osaka.memory_kb() < before + 16 * 1024
    stream.finish()
    wait_agreed(lab, tokyo, osaka, app="idle")
    assert not tokyo.events("switch") and not osaka.events("switch")


def test_idle_and_half_open_connections_are_ended_and_leave_room_for_links(lab):
    tokyo, osaka = start_pair(lab, APP)
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    idle = attack(lab, "fiber", 100)
    for attacker in idle[::2]:
        with contextlib.suppress(OSError):  # Over the limit of an address, and so refused already.
            attacker.send(header(1, 100) + b"WSPR")
    stream.wait_moving(server)
    for attacker in idle:
        assert is_closed(attacker)
        attacker.close()
    lab.reset("fiber", at="tokyo")
    wait_agreed(lab, tokyo, osaka, app="dedicated")
    stream.wait_moving(server)
    stream.finish()


def test_a_flood_of_connections_during_a_cut_does_not_keep_the_links_from_coming_back(lab):
    tokyo, osaka = start_pair(lab, APP)
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    lab.cut("fiber")
    stream.wait_moving(server)
    attackers = attack(lab, "lte", 64)
    lab.heal()
    wait_agreed(lab, tokyo, osaka, app="dedicated")
    stream.finish()
    for attacker in attackers:
        attacker.close()
