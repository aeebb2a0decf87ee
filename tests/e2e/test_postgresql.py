# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""PostgreSQL and pgbench as Debian has them, while links are cut and repaired at random: each transaction is answered,
and was carried out exactly once."""

import re

import pytest

from lab.pair import start_pair
from lab.postgresql import PostgresClient, PostgresServer
from lab.saboteur import Saboteur

PROCESS = {"postgres": {"listen": "127.0.0.1:5433", "target": "127.0.0.1:5432", "wait_to_restore": "300ms"}}

CLIENTS = 8
TRANSACTIONS = 100

SUMS = """SELECT (SELECT sum(abalance) FROM pgbench_accounts), (SELECT sum(bbalance) FROM pgbench_branches),
    (SELECT sum(tbalance) FROM pgbench_tellers), sum(delta), count(*) FROM pgbench_history"""


@pytest.fixture
def postgres(lab):
    """A server at osaka; a client at tokyo of warmspare's port; both nodes."""
    PostgresServer(lab, "osaka")
    nodes = start_pair(lab, PROCESS)
    client = PostgresClient(lab, "tokyo", 5433)
    lab.wait_for("PostgreSQL answers", lambda: client.query("SELECT 1", check=False) == [["1"]])
    return lab, nodes, client


def test_every_transaction_is_carried_out_once(postgres, switches):
    lab, nodes, client = postgres
    with Saboteur(lab, nodes) as saboteur:
        assert client.pgbench("initialize", "-i", "-q", "--foreign-keys").wait() == 0
        runs = 0
        for run in saboteur.until(switches):
            bench = client.pgbench(f"pgbench-{run}", "-n", "-c", CLIENTS, "-j", 2, "-t", TRANSACTIONS)
            assert bench.wait() == 0, f"{bench.output()}\n{bench.log()}\n{lab.describe()}"
            assert f"actually processed: {CLIENTS * TRANSACTIONS}/{CLIENTS * TRANSACTIONS}\n" in bench.output()
            assert re.search(r"number of failed transactions: 0 ", bench.output())
            runs += 1
    [[accounts, branches, tellers, history, count]] = client.query(SUMS)
    assert accounts == branches == tellers == history
    assert int(count) == runs * CLIENTS * TRANSACTIONS
