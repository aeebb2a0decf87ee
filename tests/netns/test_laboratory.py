# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""The laboratory and the checked stream do what they say, shown on plain TCP with no warmspare between: a fault that
did nothing, or a check that never fails, would make every other test here worthless."""

import os
import pathlib
import socket
import threading
import time

import pytest

from lab import CheckedStream, Lab, StreamServer
from lab.host import command

FAULTS = {
    "black hole both ways": lambda lab: lab.cut("fiber"),
    "black hole towards the server": lambda lab: lab.cut("fiber", towards="osaka"),
    "black hole towards the client": lambda lab: lab.cut("fiber", towards="tokyo"),
    "interface down": lambda lab: lab.interface_down("fiber", "osaka"),
    "address removed": lambda lab: lab.remove_address("fiber", "osaka"),
}


def direct_stream(lab, **options):
    server = StreamServer(lab, "osaka", lab.address("fiber", "osaka"))
    stream = CheckedStream(lab, "tokyo", lab.address("fiber", "osaka"), 7001, **options)
    stream.wait_moving(server)
    return stream, server


def stands_still(stream, server, seconds=0.5):
    """Whether the direction that the fault hits brings nothing for a while; plain TCP has no other way to tell."""
    before = stream.progress()["received"], server.received()
    time.sleep(seconds)
    after = stream.progress()["received"], server.received()
    return before[0] == after[0] or before[1] == after[1]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_plain_tcp_silently_and_healing_revives_it(lab, fault):
    stream, server = direct_stream(lab, rate=1_000_000)
    FAULTS[fault](lab)
    lab.wait_for("the stream stands still", lambda: stands_still(stream, server))
    assert stream.process.running, "a silent fault must not be seen by the application"
    lab.heal()
    stream.wait_moving(server)
    stream.finish()
    assert server.report()["ok"]


def test_a_reset_is_seen_at_both_ends(lab):
    stream, server = direct_stream(lab)
    lab.reset("fiber", at="osaka")
    assert "reset" in stream.end()["error"]
    assert server.report()["error"]


def test_one_link_of_a_line_can_be_cut_alone(lab):
    stream, server = direct_stream(lab, rate=1_000_000)
    port = int(lab.run("tokyo", "ss", "-Htn", "dport", "=", ":7001").split()[3].rpartition(":")[2])
    lab.cut_link("fiber", "tokyo", "osaka", (port, 7001))
    lab.wait_for("the stream stands still", lambda: stands_still(stream, server))
    other = CheckedStream(lab, "tokyo", lab.address("fiber", "osaka"), 7001, seconds=0.1)
    assert other.end()["ok"]
    lab.heal_link("fiber", "tokyo", "osaka", (port, 7001))
    stream.wait_moving(server)
    stream.finish()


def test_loss_is_repaired_by_tcp(lab):
    lab.lose("fiber", 5)
    stream, server = direct_stream(lab, rate=1_000_000)
    stream.finish()
    assert server.report()["ok"]


def test_a_hole_lets_only_small_packets_through(lab):
    stream, server = direct_stream(lab, message=64)
    lab.hole("fiber")
    stream.wait_moving(server)
    stream.finish()
    stream = CheckedStream(lab, "tokyo", lab.address("fiber", "osaka"), 7001)
    lab.wait_for("the stream has begun", stream.progress)
    lab.wait_for("the stream stands still", lambda: stands_still(stream, server))
    lab.heal()
    stream.wait_moving(server)
    stream.finish()


def test_a_slow_line_delays_and_loses_and_changes_nothing():
    with Lab(slow=("fiber",)) as lab:
        stream, server = direct_stream(lab)
        lab.disturb("fiber", delay_ms=5, jitter_ms=20, loss_percent=5)
        stream.wait_moving(server, least=100_000)
        stream.finish()
        assert server.report()["ok"]
        lab.disturb("fiber", delay_ms=20)
        report = CheckedStream(lab, "tokyo", lab.address("fiber", "osaka"), 7001, message=64, seconds=0.2).end()
        assert report["ok"] and report["latency"]["p50_us"] >= 2 * 20_000
        stream = CheckedStream(lab, "tokyo", lab.address("fiber", "osaka"), 7001, rate=1_000_000)
        stream.wait_moving(server)
        lab.disturb("fiber", loss_percent=100)
        lab.wait_for("the stream stands still", lambda: stands_still(stream, server))
        lab.heal()
        stream.wait_moving(server)
        stream.finish()


def test_ipv6_and_unix_addresses_work(lab):
    StreamServer(lab, "osaka", lab.address("fiber", "osaka", ipv6=True), 7002)
    stream = CheckedStream(lab, "tokyo", lab.address("fiber", "osaka", ipv6=True), 7002, seconds=0.1)
    assert stream.end()["ok"]
    path = f"unix:{lab.folder}/s"
    StreamServer(lab, "tokyo", path)
    assert CheckedStream(lab, "tokyo", path, seconds=0.1).end()["ok"]


def test_request_and_reply_are_timed(lab):
    StreamServer(lab, "osaka", lab.address("fiber", "osaka"))
    report = CheckedStream(lab, "tokyo", lab.address("fiber", "osaka"), 7001, message=64, seconds=0.2).end()
    assert report["ok"] and report["sent"] == report["received"] == 64 * report["latency"]["count"] > 0
    assert 0 < report["latency"]["p50_us"] <= report["latency"]["p99_us"] <= report["latency"]["longest_us"]


def flip(data, position):
    index = 50_000 - position
    if 0 <= index < len(data):
        data[index] ^= 1
    return data


def drop(data, position):
    return data[:-1] if position <= 50_000 < position + len(data) else data


def double(data, position):
    return data + data[-1:] if position <= 50_000 < position + len(data) else data


def truncate(data, position):
    return data if position < 50_000 else None


@pytest.mark.parametrize("damage", [flip, drop, double, truncate])
@pytest.mark.parametrize("direction", ["to the server", "to the client"])
def test_the_checked_stream_notices(lab, damage, direction):
    """A forwarder that damages one direction, between Unix sockets so that it needs no namespace of its own."""
    StreamServer(lab, "tokyo", f"unix:{lab.folder}/behind")
    damaging = {"to the server": (damage, None), "to the client": (None, damage)}[direction]
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{lab.folder}/front")
        listener.listen()
        threading.Thread(target=forward_one, args=(listener, f"{lab.folder}/behind", *damaging), daemon=True).start()
        report = CheckedStream(lab, "tokyo", f"unix:{lab.folder}/front", rate=10_000_000, seconds=0.3).end()
    assert not report["ok"] and report["error"]


def forward_one(listener, path, damage_up, damage_down):
    front, _ = listener.accept()
    behind = socket.socket(socket.AF_UNIX)
    behind.connect(path)
    pumps = [(front, behind, damage_up), (behind, front, damage_down)]
    threads = [threading.Thread(target=pump, args=pump_args, daemon=True) for pump_args in pumps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    front.close()
    behind.close()


def pump(source, sink, damage):
    position = 0
    try:
        while data := bytearray(source.recv(65536)):
            length = len(data)
            data = damage(data, position) if damage else data
            if data is None:
                break
            sink.sendall(data)
            position += length
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def test_three_nodes_share_a_line():
    nodes = ("hub", "east", "west")
    with Lab(nodes, {"bus": nodes}) as lab:
        StreamServer(lab, "hub", lab.address("bus", "hub"))
        stream = CheckedStream(lab, "east", lab.address("bus", "hub"), 7001, rate=1_000_000)
        server = StreamServer(lab, "hub", lab.address("bus", "hub"), 7002)
        other = CheckedStream(lab, "west", lab.address("bus", "hub"), 7002, rate=1_000_000)
        lab.cut_between("bus", "hub", "east")
        other.wait_moving(server)
        lab.wait_for("the cut one stands still", lambda: not brings_bytes(stream))
        lab.heal()
        stream.finish()
        other.finish()


def brings_bytes(stream, seconds=0.5):
    before = stream.progress()
    time.sleep(seconds)
    return before is None or stream.progress()["received"] != before["received"]


def test_nothing_is_left_behind():
    with Lab() as lab:
        StreamServer(lab, "osaka", lab.address("fiber", "osaka"))
        stream = CheckedStream(lab, "tokyo", lab.address("fiber", "osaka"), 7001)
        lab.wait_for("the stream has begun", stream.progress)
        folder, prefix, pid = pathlib.Path(lab.folder), lab.prefix, stream.process.pid
    assert not folder.exists()
    assert prefix + "-" not in command("ip", "netns", "list")
    assert not os.path.exists(f"/proc/{pid}")


def test_nothing_is_left_behind_after_a_failure():
    with pytest.raises(KeyboardInterrupt), Lab() as lab:
        prefix, folder = lab.prefix, lab.folder
        StreamServer(lab, "osaka", lab.address("fiber", "osaka"))
        raise KeyboardInterrupt
    assert prefix + "-" not in command("ip", "netns", "list") and not folder.exists()
