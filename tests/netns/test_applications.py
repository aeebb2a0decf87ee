# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What an application sees that knows nothing of warmspare (S10, S11): ends, resets, refusals, Unix sockets."""

import contextlib
import signal
import socket
import struct

import pytest

from lab import CheckedStream, StreamServer
from lab.node import Node
from lab.pair import configs, start_pair, wait_agreed
from lab.sockets import accept_one, connect, connects_to_a_reset, listen, read_exactly, reads_reset

APP = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}}


def test_half_close_travels_and_the_other_direction_goes_on(lab):
    start_pair(lab, APP)
    with listen(lab, "osaka", 7001) as listener, connect(lab, "tokyo", 7000) as client:
        with accept_one(listener) as served:
            client.sendall(b"question")
            client.shutdown(socket.SHUT_WR)
            assert read_exactly(served, 8) == b"question"
            lab.cut("fiber")
            served.sendall(b"answer")
            served.close()
            assert read_exactly(client, 6) == b"answer"


def test_a_half_close_survives_the_death_of_its_link(lab):
    """The end itself is what has to be sent again."""
    start_pair(lab, APP)
    with listen(lab, "osaka", 7001) as listener, connect(lab, "tokyo", 7000) as client:
        with accept_one(listener) as served:
            lab.cut("fiber")
            client.shutdown(socket.SHUT_WR)
            assert served.recv(1) == b""
            served.shutdown(socket.SHUT_WR)
            assert client.recv(1) == b""


@pytest.mark.parametrize("resetter", ["client", "server"])
@pytest.mark.parametrize("cut", [False, True], ids=["healthy", "link-cut"])
def test_a_reset_arrives_as_a_reset(lab, resetter, cut):
    nodes = start_pair(lab, APP)
    with listen(lab, "osaka", 7001) as listener, connect(lab, "tokyo", 7000) as client:
        with accept_one(listener) as served:
            client.sendall(b"x")
            assert served.recv(1) == b"x"
            if cut:
                lab.cut("fiber")
            here, there = (client, served) if resetter == "client" else (served, client)
            here.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            here.close()
            assert reads_reset(there)
    for node in nodes:
        lab.wait_for("the stream is gone", lambda node=node: node.user("app")["streams"] == 0)


def test_an_unreachable_target_is_a_reset_at_once_and_an_event_that_says_why(lab):
    nodes = start_pair(lab, APP)
    assert connects_to_a_reset(lab, "tokyo", 7000)
    for node in nodes:
        lab.wait_for(
            "an event names the reason",
            lambda node=node: any("unreachable" in event.get("cause", "") for event in node.events(process="app")),
        )
    assert any("refused" in event.get("cause", "") for event in nodes[1].events(process="app"))
    server = StreamServer(lab, "osaka")
    assert CheckedStream(lab, "tokyo", seconds=0.1).end()["ok"], "the next stream must work"
    assert server.report()["ok"]


def test_without_a_link_a_process_that_chose_so_is_reset(lab):
    nodes = start_pair(lab, {"app": {**APP["app"], "on_no_link": "reset"}})
    StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=1_000_000)
    lab.wait_for("the stream has begun", stream.progress)
    for line in lab.lines:
        lab.cut(line)
    assert stream.end()["error"]
    assert any("no link" in event.get("cause", "") for event in nodes[0].events("stream_close"))
    assert connects_to_a_reset(lab, "tokyo", 7000), "a new stream has no link either"
    lab.heal()
    wait_agreed(lab, *nodes, app="idle")
    assert CheckedStream(lab, "tokyo", seconds=0.1).end()["ok"]


def test_without_a_link_a_process_that_waits_is_served_when_there_is_one(lab):
    """on_no_link = "wait", the default: the application is accepted and merely waits."""
    nodes = start_pair(lab, APP)
    server = StreamServer(lab, "osaka")
    for line in lab.lines:
        lab.cut(line)
    stream = CheckedStream(lab, "tokyo", rate=1_000_000)
    lab.wait_for("the process waits", lambda: nodes[0].user("app")["state"] == "waiting")
    lab.heal()
    stream.wait_moving(server)
    stream.finish()


def test_give_up_ends_streams_after_its_time(lab):
    start_pair(lab, {"app": {**APP["app"], "give_up": "1s"}})
    StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=1_000_000)
    lab.wait_for("the stream has begun", stream.progress)
    for line in lab.lines:
        lab.cut(line)
    assert "reset" in stream.end()["error"]


def test_unix_sockets_at_both_ends(lab):
    front, behind = f"unix:{lab.folder}/front", f"unix:{lab.folder}/behind"
    start_pair(lab, {"app": {"listen": front, "target": behind}})
    server = StreamServer(lab, "osaka", behind)
    stream = CheckedStream(lab, "tokyo", front)
    stream.wait_moving(server)
    lab.cut("fiber")
    stream.wait_moving(server)
    stream.finish()
    assert server.report()["ok"]


def test_a_stale_unix_socket_is_replaced_and_a_live_one_is_not(lab):
    path = f"{lab.folder}/front"
    processes = {"app": {"listen": f"unix:{path}", "target": "127.0.0.1:7001"}}
    tokyo = Node(lab, "tokyo", configs(lab, processes)["tokyo"])
    with socket.socket(socket.AF_UNIX) as live:
        live.bind(path)
        live.listen()
        tokyo.launch()
        tokyo.expect_end(1)
        assert path in tokyo.process.log()
    tokyo.start()


def test_an_application_listener_that_is_taken_stops_the_start(lab):
    nodes = {name: Node(lab, name, config) for name, config in configs(lab, APP).items()}
    with listen(lab, "tokyo", 7000):
        nodes["tokyo"].launch()
        nodes["tokyo"].expect_end(1)
    assert "127.0.0.1:7000" in nodes["tokyo"].process.log()


def test_an_application_that_does_not_read_is_no_dead_link(lab):
    """S13: backpressure reaches the writer, other streams go on, the link stays, and nothing is lost."""
    tokyo, osaka = start_pair(lab, {**APP, "other": {"listen": "127.0.0.1:7010", "target": "127.0.0.1:7002"}})
    with listen(lab, "osaka", 7001) as listener, connect(lab, "tokyo", 7000) as client:
        with accept_one(listener) as served:
            sent = fill(client)
            server = StreamServer(lab, "osaka", port=7002)
            stream = CheckedStream(lab, "tokyo", port=7010, rate=1_000_000)
            stream.wait_moving(server, least=300_000)
            assert tokyo.user("app")["link"] == "fiber/app" and not tokyo.events("switch")
            lab.cut("fiber")
            stream.wait_moving(server)
            client.shutdown(socket.SHUT_WR)
            assert drain(served) == sent
            stream.finish()


def test_a_stopped_application_among_busy_ones_costs_them_nothing(lab):
    """S13: all share a process and a link; what is not read waits for its reader, and for nobody else."""
    tokyo, osaka = start_pair(lab, APP)
    server = StreamServer(lab, "osaka")
    stopped, *busy = [CheckedStream(lab, "tokyo") for _ in range(4)]

    def get(streams, least):
        """Waits until each has got so many bytes more."""
        for stream in streams:
            lab.wait_for("the stream has begun", stream.progress)
        before = [stream.progress()["received"] for stream in streams]
        for stream, had in zip(streams, before):
            lab.wait_for(
                "the stream goes on", lambda stream=stream, had=had: stream.progress()["received"] >= had + least
            )

    get([stopped, *busy], 1_000_000)
    stopped.process.signal(signal.SIGSTOP)
    get(busy, 10_000_000)
    lab.cut("fiber")
    get(busy, 10_000_000)
    stopped.process.signal(signal.SIGCONT)
    get([stopped], 1_000_000)
    for stream in (stopped, *busy):
        stream.finish()
    lab.wait_for("the server has checked all", lambda: len(server.reports()) == 4)
    assert all(report["ok"] for report in server.reports())
    assert len(tokyo.events("switch")) == len(osaka.events("switch")) == 1, lab.describe()


def fill(client, quiet=1.0):
    """Writes until nothing is taken any more; bounded by the node's memory and the kernels' buffers."""
    sent = 0
    client.settimeout(quiet)
    with contextlib.suppress(TimeoutError):
        while sent < 1 << 30:
            sent += client.send(b"\0" * 65536)
    client.settimeout(60)
    assert sent < 1 << 30, "a reader that does not read must stop its writer"
    return sent


def drain(served):
    total = 0
    while data := served.recv(1 << 20):
        total += len(data)
    return total
