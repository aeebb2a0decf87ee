# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What looks like a fault and is none moves nothing, and a link that comes and goes is left alone (S13, S14). Each
lasts for some time: such a test is about a time in which nothing happens."""

import contextlib

import pytest

from lab import CheckedStream, StreamServer
from lab.disturbances import burning, stopped_for, toggling
from lab.pair import start_pair
from lab.stream import FULL_SPEED, ONE_MEGABIT

APP = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}}
LENGTHS = [pytest.param(12, id="short"), pytest.param(120, id="long", marks=pytest.mark.long)]

lengths = pytest.mark.parametrize("seconds", LENGTHS)
loads = pytest.mark.parametrize(
    "load", [{"rate": FULL_SPEED}, {"rate": ONE_MEGABIT}], ids=["full-speed", "one-megabit"]
)


def is_not_moved(lab, load, seconds, disturb):
    """A stream under this disturbance stays where it is, and moves all the time."""
    nodes = start_pair(lab, APP, health={})
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", **load)
    stream.wait_moving(server)
    with disturb(nodes):
        lab.stay_for(seconds)
    stream.wait_moving(server)
    stream.finish()
    for node in nodes:
        assert not node.events("switch"), lab.describe()


@lengths
@loads
def test_a_full_line_with_a_long_queue_is_no_dead_line(lab, load, seconds):
    lab.limit("fiber", 20, queue="200ms")
    is_not_moved(lab, load, seconds, lambda nodes: contextlib.nullcontext())


@lengths
@loads
def test_one_packet_lost_in_a_hundred_is_what_lines_do(lab, load, seconds):
    lab.lose("fiber", 1)
    is_not_moved(lab, load, seconds, lambda nodes: contextlib.nullcontext())


@lengths
@loads
def test_other_programs_may_need_the_processors(lab, load, seconds):
    is_not_moved(lab, load, seconds, lambda nodes: burning(lab, "tokyo"))


@lengths
@loads
def test_a_node_that_is_stopped_for_a_while_blames_no_link(lab, load, seconds):
    is_not_moved(lab, load, seconds, lambda nodes: stopped_for(nodes[0], 0.3, pause=2))


@lengths
@loads
def test_a_peer_that_is_scheduled_late_is_no_dead_line(lab, load, seconds):
    is_not_moved(lab, load, seconds, lambda nodes: stopped_for(nodes[1], 0.1, pause=0.5))


@lengths
def test_a_link_that_comes_and_goes_is_left_and_left_alone(lab, seconds):
    nodes = start_pair(lab, {"app": {**APP["app"], "wait_to_restore": "2s"}}, health={})
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    with toggling(lab, "fiber", 0.3):
        lab.stay_for(seconds)
    stream.wait_moving(server)
    assert 1 <= len(nodes[0].events("switch")) <= 2, lab.describe()
    lab.wait_for("it has returned", lambda: nodes[0].user("app")["state"] == "dedicated")
    stream.finish()
