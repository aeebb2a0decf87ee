# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Every kind of fault under a checked stream, at full speed, at 1 Mbit/s and as request and reply: the content is
exact, the application sees nothing, and once all is repaired every link is ACT, both nodes agree, and neither holds
more than before, without help (S5, S6, S10)."""

import pytest

from lab.faults import FAULTS
from lab.traffic import LOADS, Traffic

loads = pytest.mark.parametrize("load", LOADS)


@loads
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_moves_the_stream_and_repair_brings_it_home(lab, fault, load):
    traffic = Traffic(lab, load)
    traffic.moves_to("fiber")
    FAULTS[fault](lab, "fiber")
    traffic.moves_to("lte")
    FAULTS[fault](lab, "lte")
    traffic.moves_to("sat")
    lab.heal("lte")
    lab.heal("fiber")
    traffic.settles()
    traffic.finish()
    for node in traffic.nodes:
        moves = node.events("switch") + node.events("restore")
        assert len(node.events("switch")) >= 2 and node.events("restore"), lab.describe()
        assert len(node.events("resumed")) == len(moves), f"one resumed for each move\n{lab.describe()}"
        assert all("gap_ms" in event and "replayed_bytes" in event for event in node.events("resumed"))


@loads
def test_resets_of_the_link_in_use(lab, load):
    traffic = Traffic(lab, load)
    for end in ("tokyo", "osaka") * 2:
        downs = [len(node.events("link_down")) for node in traffic.nodes]
        lab.reset(traffic.circuit(), at=end)
        for node, before in zip(traffic.nodes, downs):
            lab.wait_for("the reset is seen", lambda: len(node.events("link_down")) > before)
        traffic.moves()
        traffic.settles()
    traffic.finish()


@loads
def test_all_circuits_down_for_twenty_seconds(lab, load):
    traffic = Traffic(lab, load)
    for line in lab.lines:
        lab.cut(line)
    for node in traffic.nodes:
        lab.wait_for("the process is told to wait", lambda node=node: node.events("no_link", process="app"))
        assert (node.user("app")["state"], node.user("app")["streams"]) == ("waiting", 1)
    lab.stay_for(20)
    assert traffic.stream.process.running
    lab.heal()
    traffic.settles()
    traffic.finish()


@loads
def test_one_circuit_after_the_other_round_and_round(lab, load):
    """Never all at once, and each cut before the former is quite repaired: the order that finds stale views."""
    traffic = Traffic(lab, load)
    for _ in range(3):
        for line in lab.lines:
            lab.cut(line)
            traffic.moves_to(*(other for other in lab.lines if other != line))
            lab.heal(line)
    traffic.settles()
    traffic.finish()


@loads
def test_loss_on_the_link_in_use_costs_no_byte(lab, load):
    traffic = Traffic(lab, load)
    lab.lose("fiber", 20)
    traffic.moves()
    lab.cut("lte")
    traffic.moves()
    lab.heal()
    traffic.settles()
    traffic.finish()


@loads
def test_another_circuit_may_fail_unnoticed(lab, load):
    traffic = Traffic(lab, load)
    lab.cut("lte")
    for node in traffic.nodes:
        lab.wait_for("its links are SBY", lambda node=node: node.link("lte/1")["condition"] == "SBY")
    traffic.moves_to("fiber")
    traffic.moves()
    lab.heal()
    traffic.settles()
    traffic.finish()
    assert not [event for node in traffic.nodes for event in node.events("switch")]
