# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Lines that are neither whole nor dead: they lose much, delay unevenly, or let small packets through only. Whichever
link the traffic is on meanwhile, the content is exact and it goes on (S10, S13)."""

import contextlib

import pytest

from lab import Lab, LabError
from lab.traffic import LOADS, Traffic

loads = pytest.mark.parametrize("load", LOADS)


@loads
def test_a_line_that_loses_much_is_left(lab, load):
    traffic = Traffic(lab, load)
    lab.lose("fiber", 30)
    traffic.moves_to("lte", "sat")
    lab.heal()
    traffic.settles()
    traffic.finish()


@loads
def test_where_all_lines_lose_much_it_goes_on(lab, load):
    traffic = Traffic(lab, load)
    for line in lab.lines:
        lab.lose(line, 30)
    traffic.moves(least=5000)
    lab.heal()
    traffic.settles()
    traffic.finish()


@loads
def test_loss_and_jitter(load):
    with Lab(slow=("fiber", "lte")) as lab:
        traffic = Traffic(lab, load)
        for line in lab.slow:
            lab.disturb(line, delay_ms=10, jitter_ms=20, loss_percent=5)
        traffic.moves(least=5000)
        lab.heal()
        traffic.settles()
        traffic.finish()


@pytest.mark.parametrize("towards", [None, "osaka", "tokyo"], ids=["both-ways", "to-acceptor", "to-dialler"])
def test_a_link_on_which_only_small_packets_pass_is_left_and_stays_down(lab, towards):
    """It would pass every test of health that is small, and every stall would look like the first."""
    traffic = Traffic(lab, "full-speed")
    lab.hole("fiber", towards)
    traffic.moves_to("lte")
    ups = [len(node.events("link_up", link="fiber/app")) for node in traffic.nodes]
    lab.stay_for(2)
    for node, before in zip(traffic.nodes, ups):
        assert len(node.events("link_up", link="fiber/app")) == before, lab.describe()
    assert traffic.circuit() == "lte"
    lab.heal()
    traffic.settles()
    traffic.finish()


def was_reset(lab, line):
    """Not while the nodes do not agree on one, nor if it is being left just now."""
    with contextlib.suppress(LabError):
        if line:
            lab.reset(line, at="osaka")
            return True
    return False


@pytest.mark.parametrize("load", ["one-megabit", "request-reply"])
def test_small_packets_may_go_on_where_large_ones_vanish(lab, load):
    traffic = Traffic(lab, load)
    lab.hole("fiber")
    traffic.moves(least=5000)
    lab.wait_for("the link in use is reset", lambda: was_reset(lab, traffic.circuit()))
    traffic.moves(least=5000)
    lab.heal()
    traffic.settles()
    traffic.finish()
