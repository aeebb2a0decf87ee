# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A node whose program stops for a while, or is killed and started again, while its host and its lines are whole."""

import signal

import pytest

from lab.traffic import LOADS, Traffic

loads = pytest.mark.parametrize("load", LOADS)
nodes = pytest.mark.parametrize("position", [0, 1], ids=["dialler", "acceptor"])


@loads
@nodes
def test_a_node_that_stands_still_for_three_seconds(lab, position, load):
    """Its kernel goes on acknowledging, and accepts connections that nobody answers."""
    traffic = Traffic(lab, load)
    stopped, other = traffic.nodes[position], traffic.nodes[1 - position]
    stopped.process.signal(signal.SIGSTOP)
    lab.wait_for("the other node misses it on all links", lambda: other.events("no_link", process="app"))
    lab.stay_for(3)
    stopped.process.signal(signal.SIGCONT)
    traffic.settles()
    traffic.finish()


@loads
@nodes
def test_a_node_that_is_killed_and_started_again(lab, position, load):
    """It does not outlive itself: its streams are reset at both ends. Everything after it works as before."""
    traffic = Traffic(lab, load)
    killed = traffic.nodes[position]
    killed.kill()
    killed.start()
    assert traffic.stream.end()["error"]
    lab.wait_for("the other end of the stream has ended, too", traffic.server.reports)
    assert not traffic.server.report()["ok"]
    traffic.leaves_nothing()
    traffic.begin()
    traffic.settles()
    traffic.stream.finish()
    lab.wait_for("the server has checked it", lambda: len(traffic.server.reports()) == 2)
    assert traffic.server.reports()[1]["ok"]
    traffic.leaves_nothing()
