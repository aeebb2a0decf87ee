# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""The two programs as one meets them: control socket, signals, exit codes, wrong files (S20)."""

import json
import os
import signal
import stat
import subprocess

import pytest

from lab import CheckedStream, Node, StreamServer, settings
from lab.pair import configs, start_pair
from lab.sockets import connect
from lab.stream import ONE_MEGABIT

APP = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}}


def test_the_control_socket_is_private_and_a_second_instance_says_so(lab):
    tokyo = Node(lab, "tokyo", configs(lab, APP)["tokyo"]).start()
    assert stat.S_IMODE(os.stat(tokyo.control).st_mode) == 0o600
    second = lab.spawn("osaka", "second", settings.DAEMON, "--config", tokyo.file, "--control", tokyo.control)
    assert second.wait() == 1
    assert str(tokyo.control) in second.log()
    assert tokyo.status()["node"] == "tokyo"


def test_a_control_socket_left_by_a_killed_daemon_is_taken_over(lab):
    tokyo = Node(lab, "tokyo", configs(lab, APP)["tokyo"]).start()
    tokyo.kill()
    assert tokyo.control.exists()
    tokyo.start()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda ending: ending.name)
def test_a_signal_lets_streams_end_in_order_and_accepts_no_more(lab, ending):
    tokyo, osaka = start_pair(lab, APP)
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    tokyo.signal(ending)
    lab.wait_for("no more is accepted", lambda: refused(lab))
    stream.wait_moving(server)
    stream.finish()
    tokyo.expect_end(0)
    assert f"{ending.name}: no more applications accepted" in tokyo.process.log()
    lab.wait_for("the peer was told", lambda: all(link["condition"] == "SBY" for link in osaka.peer()["links"]))
    assert not tokyo.control.exists()


def refused(lab):
    try:
        connect(lab, "tokyo", 7000).close()
    except ConnectionResetError:  # It waited to be accepted when the listener was closed.
        return False
    except ConnectionRefusedError:
        return True
    return False


def test_a_hang_up_is_nothing_to_a_daemon_that_was_started_with_nohup(lab):
    tokyo = Node(lab, "tokyo", configs(lab, APP)["tokyo"], wrapper=["nohup"]).start()
    tokyo.process.signal(signal.SIGHUP)
    tokyo.process.signal(signal.SIGTERM)
    tokyo.expect_end(0)
    assert "SIGTERM: no more" in tokyo.process.log() and "SIGHUP" not in tokyo.process.log()


@pytest.mark.parametrize("which", ["dialler", "acceptor"])
def test_after_drain_the_rest_is_reset(lab, which):
    files = configs(lab, APP)
    for config in files.values():
        config["drain"] = "500ms"
    nodes = {name: Node(lab, name, config).start() for name, config in files.items()}
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    ending = nodes["tokyo" if which == "dialler" else "osaka"]
    ending.signal(signal.SIGTERM)
    ending.expect_end(0)
    assert "reset" in stream.end()["error"]
    lab.wait_for("the other end of it has ended, too", server.reports)


def test_a_second_signal_ends_at_once(lab):
    files = configs(lab, APP)
    files["tokyo"]["drain"] = "10min"
    tokyo = Node(lab, "tokyo", files["tokyo"]).start()
    Node(lab, "osaka", files["osaka"]).start()
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    tokyo.signal(signal.SIGTERM)
    lab.wait_for("no more is accepted", lambda: refused(lab))
    tokyo.signal(signal.SIGTERM)
    tokyo.process.wait()
    assert stream.end()["error"]


def test_events_come_as_one_object_a_line_with_the_fields_that_are_promised(lab):
    tokyo, osaka = start_pair(lab, APP)
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    lab.cut("fiber")
    lab.wait_for("there was a switch and it went on", lambda: tokyo.events("resumed") and osaka.events("resumed"))
    for node in (tokyo, osaka):
        [switch] = node.events("switch")
        assert switch["process"] == "app" and switch["from"] == "fiber/app" and switch["to"] == "lte/1"
        assert switch["cause"] and "detect_ms" in switch
        assert {"own_address", "own_port", "peer_address", "peer_port", "peer"} <= switch.keys()
        [resumed] = node.events("resumed")
        assert resumed["gap_ms"] >= 0 and resumed["replayed_bytes"] >= 0
        assert {"link_up", "assign", "stream_open", "link_down"} <= {event["event"] for event in node.events()}
    assert any(node.events("switch")[0]["detect_ms"] is not None for node in (tokyo, osaka))
    stream.finish()


def test_events_can_be_followed(lab):
    tokyo, _ = start_pair(lab, APP)
    StreamServer(lab, "osaka")
    words = [settings.CLI, "events", "--follow", "--json", "--control", tokyo.control]
    follower = lab.spawn("tokyo", "follower", *words)
    assert CheckedStream(lab, "tokyo", seconds=0.05).end()["ok"]
    lab.wait_for("the follower saw the stream end", lambda: '"stream_close"' in follower.output())
    kinds = [json.loads(line)["event"] for line in follower.output().splitlines()]
    assert kinds.index("assign") < kinds.index("stream_close")
    tokyo.stop()
    follower.wait()


def test_a_status_has_every_promised_field(lab):
    tokyo, _ = start_pair(lab, APP)
    status = tokyo.status()
    assert {"node", "version", "peers"} <= status.keys()
    [peer] = status["peers"]
    assert [link["name"] for link in peer["links"]] == ["fiber/app", "lte/1", "sat/1"]
    assert [link["priority"] for link in peer["links"]] == [1, 2, 3]
    assert [link["process"] for link in peer["links"]] == ["app", None, None]
    fields = {"name", "circuit", "own_address", "own_port", "peer_address", "peer_port", "priority", "condition"}
    fields |= {"in_use", "process", "test_in_flight", "rtt_ms"}
    assert all(fields <= link.keys() for link in peer["links"])
    assert all(link["own_port"] and link["peer_port"] == 7440 for link in peer["links"])
    [user] = peer["processes"]
    assert user == {"id": "app", "state": "idle", "link": None, "streams": 0, "free_spares": 2} | user
    assert (user["state"], user["free_spares"]) == ("idle", 2)


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def test_exit_codes_without_a_daemon(lab):
    control = lab.folder / "nobody.sock"
    assert run(settings.CLI, "status", "--control", control)[0] == 1
    assert run(settings.CLI, "events", "--control", control)[0] == 1
    assert run(settings.CLI, "no-such-command")[0] == 2
    assert run(settings.DAEMON, "--no-such-option")[0] == 2
    assert run(settings.DAEMON)[0] == 2
    for program in (settings.CLI, settings.DAEMON):
        for option in ("--version", "--help"):
            code, out, _ = run(program, option)
            assert code == 0 and out.strip()


GOOD = """node = "tokyo"
[peer.osaka]
dial = true
security = "plain"
circuits = [ { name = "fiber", remote = "10.0.1.2" } ]
[process.app]
peer = "osaka"
listen = "127.0.0.1:6380"
"""

# What is wrong, the file, and for each mistake its line and a word that must be in the message.
WRONG = {
    "unknown key": (GOOD + 'colour = "red"\n', [(9, "colour")]),
    "wrong type": (GOOD.replace("dial = true", 'dial = "yes"'), [(3, "dial")]),
    "missing key at its table": (GOOD.replace('security = "plain"\n', ""), [(2, "security")]),
    "missing node": (GOOD.replace('node = "tokyo"', ""), [(1, "node")]),
    "unknown peer": (GOOD.replace('peer = "osaka"', 'peer = "kyoto"'), [(7, "kyoto")]),
    "process without a peer": (GOOD.replace('peer = "osaka"\n', ""), [(6, "peer")]),
    "duplicate listener": (
        GOOD + '[process.two]\npeer = "osaka"\nlisten = "127.0.0.1:6380"\n',
        [(11, "127.0.0.1:6380")],
    ),
    "no unit": (GOOD + "linger = 1\n", [(9, "linger")]),
    "bad name": (GOOD.replace('"tokyo"', '"to kyo"'), [(1, "to kyo")]),
    "not TOML": ("node = \n", [(1, "")]),
    "three at once": (
        GOOD.replace('"plain"', '"none"').replace("6380", "66380") + "revertive = 1\n",
        [(4, "security"), (8, "66380"), (9, "revertive")],
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_is_told_with_its_line_by_both_programs(tmp_path, mistake):
    text, expected = WRONG[mistake]
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    for words in ([settings.CLI, "check", file], [settings.DAEMON, "--config", file, "--control", tmp_path / "s"]):
        code, out, err = run(*words)
        assert code == 1
        for line, word in expected:
            told = [text for text in (out + err).splitlines() if f"{file}:{line}: " in text]
            assert any(word in text for text in told), f"line {line} {word!r} not in\n{out}{err}"


def test_a_good_file_is_fine_and_a_missing_one_is_not(tmp_path):
    file = tmp_path / "good.toml"
    file.write_text(GOOD)
    code, _, err = run(settings.CLI, "check", file)
    assert code == 0, err
    code, _, err = run(settings.CLI, "check", tmp_path / "none.toml")
    assert code == 1 and "none.toml" in err
