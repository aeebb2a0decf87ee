# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""All that a daemon does at the same time: streams that come and go, links that fail, host names that a thread of its
own looks up, and a crowd at its control socket. Above all for a build with ThreadSanitizer."""

import concurrent.futures
import contextlib
import json
import socket
import threading

from lab import CheckedStream, Node, StreamServer, settings
from lab.pair import configs, start_pair, wait_agreed, wait_all_act
from lab.stream import ONE_MEGABIT

PROCESSES = {
    "app": {"listen": "127.0.0.1:7000", "target": "server.example:7001", "wait_to_restore": "500ms"},
    "brief": {"listen": "127.0.0.1:7010", "target": "server.example:7002"},
}
FOLLOWERS = 8
ASKERS = 4


@contextlib.contextmanager
def nodes_with_names(lab):
    """Both nodes know the hosts that they connect to by name."""
    files = configs(lab, PROCESSES)
    with lab.hosts_file("tokyo") as at_tokyo, lab.hosts_file("osaka") as at_osaka:
        at_osaka.write_text("127.0.0.1 server.example\n")
        at_tokyo.write_text("".join(f"{lab.address(line, 'osaka')} {line}.example\n" for line in lab.lines))
        for circuit in files["tokyo"]["peer"]["osaka"]["circuits"]:
            circuit["remote"] = f"{circuit['name']}.example"
        nodes = [Node(lab, name, config).start() for name, config in files.items()]
        wait_all_act(lab, *nodes)
        yield nodes


def ask(node, question):
    """The last reply to one question on a connection of its own."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(settings.LIMIT)
        client.connect(str(node.control))
        client.sendall(json.dumps({"version": 1, "command": question}).encode() + b"\n")
        client.shutdown(socket.SHUT_WR)
        with client.makefile("rb") as replies:
            return json.loads(replies.readlines()[-1])


def ask_until(over, node):
    """Asks one question after the other, and counts the answers."""
    answers = 0
    while not over.is_set():
        assert "status" in ask(node, "status")
        assert ask(node, "events")["end"]
        answers += 2
    return answers


@contextlib.contextmanager
def crowd(nodes):
    """So many who ask each node without a pause; each was answered at least once."""
    over = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(ASKERS * len(nodes)) as pool:
        askers = [pool.submit(ask_until, over, node) for node in nodes for _ in range(ASKERS)]
        try:
            yield
        finally:
            over.set()
    assert all(asker.result() > 0 for asker in askers)


def follow(lab, node, number):
    words = [settings.CLI, "events", "--follow", "--json", "--control", node.control]
    return lab.spawn(node.name, f"follower-{node.name}-{number}", *words)


def sequences(follower):
    """The numbers of the events that it has shown in whole lines."""
    return [json.loads(line)["sequence"] for line in follower.output().rpartition("\n")[0].splitlines()]


def test_a_crowd_asks_and_follows_while_streams_run_and_links_fail(lab):
    with nodes_with_names(lab) as nodes:
        followers = {node: [follow(lab, node, number) for number in range(FOLLOWERS)] for node in nodes}
        server = StreamServer(lab, "osaka")
        StreamServer(lab, "osaka", port=7002)
        stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
        with crowd(nodes):
            for line in lab.lines:
                lab.cut(line)
                stream.wait_moving(server)
                assert CheckedStream(lab, "tokyo", port=7010, seconds=0.05).end()["ok"]
                lab.heal(line)
                wait_agreed(lab, *nodes, app="dedicated")
        stream.finish()
        wait_agreed(lab, *nodes, app="idle", brief="idle")
        for node in nodes:
            last = node.events()[-1]["sequence"]
            for follower in followers[node]:
                lab.wait_for("a follower has seen all", lambda: sequences(follower)[-1:] >= [last])
                assert sequences(follower) == list(range(1, len(sequences(follower)) + 1))


def deaf_client(node, question):
    """Asks again and again, for as long as it is listened to, and never reads."""
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(node.control))
    client.settimeout(0.1)
    line = json.dumps({"version": 1, **question}).encode() + b"\n"
    with contextlib.suppress(TimeoutError, BrokenPipeError, ConnectionResetError):
        for _ in range(100):
            client.sendall(line * 1000)
    return client


def test_clients_that_never_read_cost_the_daemon_little_and_others_nothing(lab):
    nodes = start_pair(lab, {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}})
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    before = [node.memory_kb() for node in nodes]
    questions = [{"command": "status"}, {"command": "events"}, {"command": "events", "follow": True}]
    with contextlib.ExitStack() as stack:
        for node in nodes:
            for question in questions * 5:
                stack.enter_context(deaf_client(node, question))
        lab.cut("fiber")
        stream.wait_moving(server)
        for node, memory_kb in zip(nodes, before):
            lab.wait_for("it answers others", lambda node=node: node.events("switch", to="lte/1"))
            assert node.memory_kb() < memory_kb + 16 * 1024, f"{node.name} keeps what nobody reads"
    stream.finish()
    assert server.report()["ok"]
