# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What the daemon asks of the system's scheduler, and what it says it got."""

import os
import signal
import subprocess

import pytest

from lab import CheckedStream, Node, StreamServer
from lab.pair import configs, start_pair, wait_agreed

APP = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}}
# Lowers what is allowed, which needs no capability.
NOT_ALLOWED = ["prlimit", "--rtprio=0", "--nice=0", "setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice"]


def real_time_is_allowed():
    return subprocess.run(["chrt", "--rr", "1", "true"], check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not real_time_is_allowed(), reason="real-time scheduling is not allowed here, not even to root")
def test_real_time_is_asked_for_when_it_was_missed(lab):
    node, _ = start_pair(lab, APP)
    assert "scheduling nice -20" in node.process.log()
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", message=64)
    stream.wait_moving(server)

    def realtime():
        # As a busy host would: it wakes long after it wanted to, again and again.
        for _ in range(4):
            node.process.signal(signal.SIGSTOP)
            lab.stay_for(0.03)
            node.process.signal(signal.SIGCONT)
            lab.stay_for(0.03)
        return node.status()["scheduling"] == "realtime"

    lab.wait_for("real time is given", realtime)
    assert os.sched_getscheduler(node.process.popen.pid) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR
    stream.finish()


def test_where_nothing_is_allowed_it_runs_like_any_other_program(lab):
    node = Node(lab, "tokyo", configs(lab, APP)["tokyo"], wrapper=NOT_ALLOWED).start()
    assert node.status()["scheduling"] == "normal"
    assert os.sched_getscheduler(node.process.popen.pid) == os.SCHED_OTHER


def test_it_is_not_asked_for_where_the_file_says_so(lab):
    config = configs(lab, APP)["tokyo"]
    node = Node(lab, "tokyo", {"realtime": False, **config}).start()
    assert node.status()["scheduling"] == "normal"
    assert os.sched_getscheduler(node.process.popen.pid) == os.SCHED_OTHER


def test_links_that_are_up_say_how_soon_silence_is_noticed(lab):
    nodes = [Node(lab, name, config).start() for name, config in configs(lab, APP).items()]
    wait_agreed(lab, *nodes)
    lab.cut("fiber")
    lab.wait_for("the cut is seen", lambda: any(link["condition"] == "SBY" for link in nodes[0].peer()["links"]))
    status = nodes[0].status()
    assert status["late_ms"] >= 0
    for link in status["peers"][0]["links"]:
        known = link["detection_ms"]
        assert known is None if link["condition"] == "SBY" else known > status["late_ms"]


def test_a_node_that_looks_for_work_before_it_sleeps_does_the_same_work(lab):
    files = {name: {"busy_poll": "50us", **config} for name, config in configs(lab, APP).items()}
    nodes = [Node(lab, name, config).start() for name, config in files.items()]
    wait_agreed(lab, *nodes)
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", message=64)
    stream.wait_moving(server)
    lab.cut("fiber")
    wait_resumed(lab, nodes)
    stream.wait_moving(server)
    lab.heal("fiber")
    wait_agreed(lab, *nodes, app="dedicated")
    stream.finish()
    assert server.report()["ok"]


def wait_resumed(lab, nodes):
    lab.wait_for("both nodes have resumed", lambda: all(node.events("resumed") for node in nodes))
