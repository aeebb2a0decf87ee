# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A redis replica as Debian has it that follows its primary through warmspare, while links are cut and repaired at
random: one connection from beginning to end, and the same data at both."""

import pytest

from lab import settings
from lab.pair import start_pair
from lab.saboteur import Saboteur

PROCESS = {"redis": {"listen": "127.0.0.1:6380", "target": "127.0.0.1:6379", "wait_to_restore": "300ms"}}

# What the primary has before the replica comes, so that the first copy takes a while too.
KEYS = 100_000

# A replica that waits for a link is no slow reader that has to be dropped, nor one that has gone.
PATIENT = ["--client-output-buffer-limit", "replica 0 0 0", "--repl-timeout", 300, "--repl-diskless-sync-delay", 0]


class Server:
    """redis-server on a port of a node, with redis-cli beside it."""

    def __init__(self, lab, node, port, *options):
        self._lab, self._node, self._port = lab, node, port
        folder = lab.folder / f"redis-{node}"
        folder.mkdir()
        words = ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--enable-debug-command", "yes"]
        self.process = lab.spawn(node, f"redis-{node}", "redis-server", *words, *PATIENT, *options)
        lab.wait_for(f"redis answers at {node}", lambda: self.cli("ping").strip() == "PONG")

    def cli(self, *words):
        return self._lab.run(self._node, "redis-cli", "-p", self._port, *words, check=False)

    def info(self, section):
        return dict(line.split(":", 1) for line in self.cli("info", section).splitlines() if ":" in line)

    def offset(self):
        return self.info("replication")["master_repl_offset"]


@pytest.fixture
def primary(lab):
    """Runs at osaka; both nodes."""
    settings.require("redis-server", "redis-cli", "redis-benchmark")
    server = Server(lab, "osaka", 6379)
    server.cli("debug", "populate", KEYS, "key", 200)
    return lab, start_pair(lab, PROCESS), server


def test_a_replica_follows_its_primary(primary, switches):
    lab, nodes, primary = primary
    write = ["-p", 6379, "-q", "-n", 20_000, "-r", 50_000, "-d", 300, "-P", 4, "-t", "set,incr,lpush,sadd"]
    with Saboteur(lab, nodes) as saboteur:
        replica = Server(lab, "tokyo", 6390, "--replicaof", "127.0.0.1 6380")
        for run in saboteur.until(switches):
            bench = lab.spawn("osaka", f"benchmark-{run}", "redis-benchmark", *write)
            assert bench.wait() == 0, bench.log()

    lab.wait_for("the first copy is complete", lambda: replica.info("replication").get("master_link_status") == "up")
    lab.wait_for("the replica is as far as the primary", lambda: replica.offset() == primary.offset())
    assert primary.cli("debug", "digest") == replica.cli("debug", "digest")
    assert primary.cli("dbsize") == replica.cli("dbsize")
    stats = primary.info("stats")
    assert (stats["sync_full"], stats["sync_partial_ok"]) == ("1", "0"), "the replica never had to connect again"
