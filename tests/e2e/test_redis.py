# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""redis-server, redis-cli and redis-benchmark as Debian has them, while the links under them are cut in turn."""

import pytest

from lab import settings
from lab.pair import start_pair, wait_agreed

PROCESS = {"redis": {"listen": "127.0.0.1:6380", "target": "127.0.0.1:6379", "wait_to_restore": "300ms"}}

KEYS = 5_000


@pytest.fixture
def redis(lab):
    """A server at osaka; a function that runs redis-cli at tokyo against warmspare's port; both nodes."""
    settings.require("redis-server", "redis-cli", "redis-benchmark")
    words = ["--port", 6379, "--bind", "127.0.0.1", "--dir", lab.folder, "--save", "", "--appendonly", "no"]
    server = lab.spawn("osaka", "redis-server", "redis-server", *words, "--daemonize", "no")
    nodes = start_pair(lab, PROCESS)

    def cli(*arguments, stdin=None):
        return lab.run("tokyo", "redis-cli", "-p", 6380, *arguments, stdin=stdin, check=False)

    lab.wait_for("redis answers through warmspare", lambda: cli("ping").strip() == "PONG")
    assert server.running
    return lab, nodes, cli


class CutInTurn:
    """Cuts the circuit that carries the process, repairs the one that was cut before, and so on."""

    def __init__(self, lab, nodes):
        self.lab, self.nodes = lab, nodes
        self.count = 0
        self._last = None

    def circuit(self):
        return (self.nodes[0].user("redis")["link"] or "").partition("/")[0]

    def step(self):
        """One cut, once the former one has been answered."""
        here = self.circuit()
        if not here or here == self._last:
            return
        if self._last:
            self.lab.heal(self._last)
        self.lab.cut(here)
        self._last = here
        self.count += 1

    def repair(self):
        self.lab.heal()
        wait_agreed(self.lab, *self.nodes)


def run_while_cutting(lab, nodes, name, *words, least=3):
    """Runs a client over and over until its links were cut often enough; every run must succeed."""
    cutting = CutInTurn(lab, nodes)
    runs = []
    while cutting.count < least:
        client = lab.spawn("tokyo", f"{name}-{len(runs)}", *words)
        runs.append(client)
        lab.wait_for(f"{name} has ended", lambda: cutting.step() or not client.running)
        assert client.wait() == 0, f"{client.output()}\n{client.log()}\n{lab.describe()}"
    cutting.repair()
    return runs


def test_benchmark_runs_to_its_end_while_links_are_cut_in_turn(redis):
    lab, nodes, _ = redis
    words = ["-p", 6380, "-c", 20, "-n", 20_000, "-d", 512, "-P", 4, "-t", "set,get,incr,lpush", "--csv"]
    runs = run_while_cutting(lab, nodes, "benchmark", "redis-benchmark", *words)
    for run in runs:
        results = [line for line in run.output().splitlines() if line.startswith('"')]
        assert len(results) >= 4 and "rror" not in run.output() + run.log()


def test_what_redis_cli_writes_while_links_are_cut_is_what_it_reads(redis):
    lab, nodes, cli = redis
    script = lab.folder / "commands"
    script.write_text("".join(f"SET key:{i} value-{i * 7919}\nINCR counter\n" for i in range(KEYS)))
    words = ["sh", "-c", f"exec redis-cli -p 6380 < {script}"]
    runs = run_while_cutting(lab, nodes, "redis-cli", *words)
    for run in runs:
        lines = run.output().split()
        assert lines.count("OK") == KEYS and len(lines) == 2 * KEYS
    assert int(cli("get", "counter")) == KEYS * len(runs), "every command was executed exactly once"
    assert int(cli("dbsize")) == KEYS + 1
    reading = "".join(f"GET key:{i}\n" for i in range(KEYS))
    assert cli(stdin=reading).split() == [f"value-{i * 7919}" for i in range(KEYS)]


def test_a_blocked_client_waits_through_a_cut(redis):
    """A quiet connection: nothing moves on it while its link dies, and then the answer comes."""
    lab, nodes, cli = redis
    waiting = lab.spawn("tokyo", "blpop", "redis-cli", "-p", 6380, "blpop", "queue", 0)
    lab.wait_for("the client is blocked", lambda: "blocked_clients:1" in cli("info", "clients"))
    lab.cut("fiber")
    for node in nodes:
        lab.wait_for("the process is on a spare", lambda node=node: node.user("redis")["state"] == "spare")
    assert waiting.running
    cli("rpush", "queue", "at last")
    assert waiting.wait() == 0 and waiting.output().split("\n")[:2] == ["queue", "at last"]
