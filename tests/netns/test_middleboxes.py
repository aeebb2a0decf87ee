# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A box between the nodes that acknowledges what it does not pass on: only an answer from the other node proves that a
link is alive (S13)."""

import pytest

from lab import Lab, Node
from lab.middlebox import Middlebox
from lab.pair import configs, wait_all_act
from lab.traffic import LOADS, PROCESSES, Traffic

PORT = 7440
LINES = {"fiber": ("tokyo", "box"), "behind": ("box", "osaka"), "lte": ("tokyo", "osaka"), "sat": ("tokyo", "osaka")}

loads = pytest.mark.parametrize("load", LOADS)


@pytest.fixture
def lab():
    with Lab(("tokyo", "osaka", "box"), LINES) as laboratory:
        yield laboratory


@pytest.fixture
def box(lab):
    with Middlebox(lab, "box", (lab.address("fiber", "box"), PORT), (lab.address("behind", "osaka"), PORT)) as box:
        yield box


def start_through_the_box(lab):
    """Two nodes whose first circuit leads through it."""
    files = configs(lab, PROCESSES, nodes=("tokyo", "osaka"))
    for here, there, line in (("tokyo", "osaka", "fiber"), ("osaka", "tokyo", "behind")):
        through = {"name": "fiber", "local": lab.address(line, here), "remote": lab.address(line, "box")}
        files[here]["peer"][there]["circuits"].insert(0, through)
    nodes = [Node(lab, name, config).start() for name, config in files.items()]
    wait_all_act(lab, *nodes)
    return nodes


@loads
@pytest.mark.parametrize("fault", [Middlebox.swallow, Middlebox.stall], ids=["swallows", "stalls"])
def test_a_box_that_acknowledges_and_passes_nothing_on_is_left(lab, box, fault, load):
    traffic = Traffic(lab, load, start_through_the_box(lab))
    traffic.moves_to("fiber")
    fault(box)
    traffic.moves_to("lte", "sat")
    box.recover()
    traffic.settles()
    traffic.finish()
