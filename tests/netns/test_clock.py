# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""The wall clock may be set while a node runs: only what people read has to do with it."""

import datetime

import pytest

from lab import CheckedStream, Node, StreamServer, settings
from lab.pair import configs, wait_agreed, wait_all_act
from lab.stream import ONE_MEGABIT

APP = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001", "wait_to_restore": "500ms"}}
HOUR = 3600


def hours(number):
    return str(number * HOUR)


def hours_ahead(event):
    time = datetime.datetime.fromisoformat(event["time"])
    return (time - datetime.datetime.now(datetime.timezone.utc)) / datetime.timedelta(seconds=HOUR)


@pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer has to be loaded before anything else")
def test_steps_of_the_wall_clock_move_nothing_but_the_times_of_events(lab):
    steps = lab.folder / "clock"
    steps.write_text(hours(0))
    own_clock = ["env", f"LD_PRELOAD={settings.WALL_CLOCK}", f"WALL_CLOCK={steps}"]
    nodes = [Node(lab, *file, wrapper=own_clock).start() for file in configs(lab, APP).items()]
    wait_all_act(lab, *nodes)
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    for step in (3, -48, 0):
        stream.wait_moving(server)
        steps.write_text(hours(step))
        stream.wait_moving(server, least=50_000)
    assert not any(node.events("link_down") for node in nodes), lab.describe()
    steps.write_text(hours(-48))
    lab.cut("fiber")
    stream.wait_moving(server)
    lab.wait_for("the switch is told", lambda: all(node.events("switch") for node in nodes))
    assert all(-49 < hours_ahead(node.events("switch")[0]) < -47 for node in nodes), lab.describe()
    steps.write_text(hours(3))
    lab.heal()
    wait_agreed(lab, *nodes, app="dedicated")
    assert all(2 < hours_ahead(node.events("restore")[0]) < 4 for node in nodes), lab.describe()
    stream.finish()
