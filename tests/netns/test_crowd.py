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
from lab.pair import configs, wait_agreed, wait_all_act
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
