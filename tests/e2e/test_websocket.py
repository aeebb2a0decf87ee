# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A WebSocket through warmspare with Debian's python3-websockets, while links are cut and repaired at random: one
connection, and every message comes back whole and in its order."""

import json
import subprocess
import sys

import pytest

from lab import settings
from lab.pair import start_pair
from lab.saboteur import Saboteur

PROCESS = {"echo": {"listen": "127.0.0.1:8081", "target": "127.0.0.1:8080", "wait_to_restore": "300ms"}}
PROGRAM = settings.ROOT / "tests" / "lab" / "websocket.py"


@pytest.fixture
def pair(lab):
    """A server at osaka, and both nodes."""
    server = lab.spawn("osaka", "server", sys.executable, PROGRAM, "serve", 8080)
    lab.wait_for("the server listens", lambda: server.output() == "ready\n" or not server.running)
    assert server.running, f"{server.log()}\nrun make deps"
    return lab, start_pair(lab, PROCESS)


def test_every_message_comes_back(pair, switches):
    lab, nodes = pair
    client = lab.spawn("tokyo", "client", sys.executable, PROGRAM, "run", 8081, stdin=subprocess.PIPE)
    with Saboteur(lab, nodes) as saboteur:
        saboteur.wait(switches, client)
        client.popen.stdin.close()
        assert client.wait() == 0, f"{client.log()}\n{lab.describe()}"
    assert json.loads(client.output())["messages"] >= 1000
