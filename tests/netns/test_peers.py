# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Two nodes that start, vanish, come back, or were configured differently: what matches works, and whatever does not
is an error event that names both sides' values."""

import copy

from lab import CheckedStream, Lab, Node, StreamServer
from lab.pair import QUICK, all_act, configs, peer, start_pair, wait_agreed, wait_all_act
from lab.stream import ONE_MEGABIT

APP = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}}
TWO = {**APP, "other": {"listen": "127.0.0.1:7010", "target": "127.0.0.1:7002"}}


def start(lab, files):
    nodes = {name: Node(lab, name, config).start() for name, config in files.items()}
    return nodes["tokyo"], nodes["osaka"]


def wait_error(lab, node, *words):
    """Waits for an error event whose text contains all of these."""

    def told():
        texts = [" ".join(map(str, event.values())) for event in node.events("error")]
        return any(all(word in text for word in words) for text in texts)

    lab.wait_for(f"{node.name} has an error event with {words}", told)


def carries_a_stream(lab):
    server = StreamServer(lab, "osaka")
    report = CheckedStream(lab, "tokyo", seconds=0.1).end()
    assert report["ok"], f"{report}\n{lab.describe()}"
    assert server.report()["ok"]


def test_a_peer_that_is_not_up_yet_is_dialled_until_it_is(lab):
    files = configs(lab, APP)
    tokyo = Node(lab, "tokyo", files["tokyo"]).start()
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    lab.wait_for("the process waits", lambda: tokyo.user("app")["state"] == "waiting")
    osaka = Node(lab, "osaka", files["osaka"]).start()
    stream.wait_moving(server)
    stream.finish()
    wait_agreed(lab, tokyo, osaka, app="idle")


def test_a_dialling_peer_that_is_not_up_yet_is_waited_for(lab):
    files = configs(lab, APP)
    Node(lab, "osaka", files["osaka"]).start()
    tokyo = Node(lab, "tokyo", files["tokyo"]).start()
    lab.wait_for("every link is ACT", lambda: all_act(tokyo))
    carries_a_stream(lab)


def test_a_peer_that_restarts_behind_a_cut_line_is_known_to_be_another(lab):
    """Nothing tells that the former life has ended until the line is back."""
    tokyo, osaka = start_pair(lab, APP)
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    for line in lab.lines:
        lab.cut(line)
    osaka.kill()
    osaka.start()
    lab.heal()
    assert "reset" in stream.end()["error"]
    wait_agreed(lab, tokyo, osaka, app="idle")
    assert CheckedStream(lab, "tokyo", seconds=0.1).end()["ok"]


def test_a_process_missing_on_one_side_affects_nobody_else(lab):
    files = configs(lab, TWO)
    del files["osaka"]["process"]["other"]
    tokyo, osaka = start(lab, files)
    for node in (tokyo, osaka):
        wait_error(lab, node, "other")
    lab.wait_for("the common process has its link", lambda: tokyo.link("fiber/app")["condition"] == "ACT")
    orphan = CheckedStream(lab, "tokyo", port=7010)
    carries_a_stream(lab)
    orphan.process.kill()


def test_both_sides_dial(lab):
    files = configs(lab, APP)
    files["osaka"]["peer"]["tokyo"]["dial"] = True
    tokyo, osaka = start(lab, files)
    for node in (tokyo, osaka):
        wait_error(lab, node, "dial")
    files["osaka"]["peer"]["tokyo"]["dial"] = False
    assert osaka.stop() == 0
    osaka.configure(files["osaka"])
    osaka.start()
    wait_all_act(lab, tokyo, osaka)


def test_neither_side_dials(lab):
    files = configs(lab, APP)
    files["tokyo"]["peer"]["osaka"]["dial"] = False
    for node in start(lab, files):
        wait_error(lab, node, "dial")
        assert not all_act(node)


def test_a_link_that_the_other_side_does_not_have(lab):
    rows = [{"circuit": "fiber", "own_port": 23, "peer_port": 23, "priority": 1, "process": "app"}]
    files = configs(lab, APP, links=rows)
    extra = {"circuit": "lte", "own_port": 24, "peer_port": 24, "priority": 2}
    files["tokyo"]["peer"]["osaka"]["link"] = [*rows, extra]
    tokyo, osaka = start(lab, files)
    for node in (tokyo, osaka):
        wait_error(lab, node, "lte:24-24")
    lab.wait_for("the common link works", lambda: tokyo.link("fiber:23-23")["condition"] == "ACT")
    assert tokyo.link("lte:24-24")["condition"] == "SBY"
    carries_a_stream(lab)


def test_rows_that_differ_are_named_with_both_values_and_those_that_match_work(lab):
    rows = [
        {"circuit": "fiber", "own_port": 23, "peer_port": 23, "priority": 1, "process": "app"},
        {"circuit": "lte", "own_port": 24, "peer_port": 24, "priority": 2},
    ]
    files = configs(lab, APP, links=rows)
    files["osaka"] = copy.deepcopy(files["osaka"])
    files["osaka"]["peer"]["tokyo"]["link"][1]["priority"] = 7
    tokyo, osaka = start(lab, files)
    for node in (tokyo, osaka):
        wait_error(lab, node, "lte:24-24", "2", "7")
    lab.wait_for("the row that matches works", lambda: tokyo.link("fiber:23-23")["condition"] == "ACT")
    carries_a_stream(lab)


def test_timing_rules_that_differ_are_told(lab):
    files = configs(lab, {"app": {**APP["app"], "wait_to_restore": "1s"}})
    files["osaka"]["process"]["app"]["wait_to_restore"] = "9s"
    tokyo, osaka = start(lab, files)
    wait_all_act(lab, tokyo, osaka)
    lab.wait_for(
        "a node tells the difference",
        lambda: any("wait_to_restore" in event["cause"] for node in (tokyo, osaka) for event in node.events("error")),
    )


def test_a_node_with_another_name_than_the_other_file_says_is_told_at_both_ends(lab):
    files = configs(lab, APP)
    files["osaka"]["node"] = "kyoto"
    for node in [Node(lab, name, config).start() for name, config in files.items()]:
        wait_error(lab, node, "tokyo looks for a node named osaka, and this is kyoto")


def test_an_unlisted_peer_is_refused():
    """The stranger's file lists the hub; the hub's file does not list the stranger."""
    nodes = ("hub", "friend", "stranger")
    with Lab(nodes, {"bus": nodes}) as lab:

        def client(name, listen):
            return {
                "node": name,
                "health": QUICK,
                "peer": {"hub": peer(lab, name, "hub", dial=True)},
                "process": {"app": {"peer": "hub", "listen": listen}},
            }

        hub = Node(
            lab,
            "hub",
            {
                "node": "hub",
                "health": QUICK,
                "peer": {"friend": peer(lab, "hub", "friend", dial=False)},
                "process": {"app": {"peer": "friend", "target": "127.0.0.1:7001"}},
            },
        ).start()
        friend = Node(lab, "friend", client("friend", "127.0.0.1:7000")).start()
        stranger = Node(lab, "stranger", client("stranger", "127.0.0.1:7000")).start()
        # The same again under the friend's name, but from an address that is not the friend's.
        impostor = Node(lab, "impostor", client("stranger", "127.0.0.1:7010") | {"node": "friend"}, "stranger").start()
        wait_all_act(lab, hub, friend)
        for refused in (stranger, impostor):
            lab.wait_for("the refusal is told", lambda refused=refused: refused.events("error"))
            assert not all_act(refused)
        server = StreamServer(lab, "hub")
        assert CheckedStream(lab, "friend", seconds=0.1).end()["ok"] and server.report()["ok"]
        assert len(hub.status()["peers"]) == 1
