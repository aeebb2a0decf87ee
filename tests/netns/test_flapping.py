# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Faults that come too fast to be taken one at a time: lines that come and go, two at once, many in any order."""

import contextlib
import os
import random

import pytest

from lab import LabError
from lab.faults import FAULTS
from lab.pair import start_pair
from lab.traffic import LOADS, PROCESSES, Traffic

# A line that fails often is returned to later each time, up to sixteen times of this.
SOON = {"app": {**PROCESSES["app"], "wait_to_restore": "100ms"}}

loads = pytest.mark.parametrize("load", LOADS)


@loads
def test_a_line_that_comes_and_goes(lab, load):
    traffic = Traffic(lab, load, start_pair(lab, SOON))
    for _ in range(6):
        lab.cut("fiber")
        lab.stay_for(0.3)
        lab.heal("fiber")
        lab.stay_for(0.3)
    traffic.moves()
    traffic.settles()
    traffic.finish()


@loads
@pytest.mark.parametrize("lines", [("fiber", "lte"), ("lte", "fiber")], ids=["own-first", "spare-first"])
def test_two_circuits_cut_one_right_after_the_other(lab, lines, load):
    """The second fails while the first is suspected: the detour, or the switch, leads to a link that is dead then."""
    traffic = Traffic(lab, load)
    lab.cut_one_after_the_other(*lines, seconds=0.01)
    traffic.moves_to("sat")
    lab.heal()
    traffic.settles()
    traffic.finish()


def test_ten_cuts_and_repairs_in_any_order(lab):
    cut_and_repair(lab, "full-speed", steps=20)


@pytest.mark.long
@loads
def test_fifty_cuts_and_repairs_in_any_order(lab, load):
    cut_and_repair(lab, load, steps=100)


@pytest.mark.long
def test_five_hundred_cuts_and_repairs_in_any_order(lab):
    cut_and_repair(lab, "full-speed", steps=1000)


def cut_and_repair(lab, load, steps):
    """Breaks a line or repairs it, by chance, and again before all is settled. While one is whole the stream moves."""
    seed = os.environ.get("WARMSPARE_SEED") or random.randrange(1 << 32)
    print(f"for the same once more: WARMSPARE_SEED={seed}")
    chance = random.Random(int(seed))
    traffic = Traffic(lab, load, start_pair(lab, SOON))
    broken = set()
    for _ in range(steps):
        line = chance.choice(list(lab.lines))
        if line in broken:
            lab.heal(line)
            broken.remove(line)
        elif break_somehow(lab, line, chance):
            broken.add(line)
        lab.stay_for(chance.uniform(0, 0.2))
        if len(broken) < len(lab.lines):
            traffic.moves()
    lab.heal()
    traffic.settles()
    traffic.finish()


def break_somehow(lab, line, chance):
    """Whether the line has to be repaired."""
    faults = {**FAULTS, "loss": lambda lab, line: lab.lose(line, 30), "hole": lambda lab, line: lab.hole(line)}
    kind = chance.choice([*faults, "reset"])
    print(line, kind)
    if kind == "reset":
        # Its links may be down just now.
        with contextlib.suppress(LabError):
            lab.reset(line, at=chance.choice(lab.lines[line]))
        return False
    faults[kind](lab, line)
    return True
