# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""The saboteur of the tests with real applications does what it promises."""

import random

import pytest

from lab.pair import start_pair
from lab.saboteur import EVERYTHING, Saboteur, plan

APP = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}}
LINES = ["fiber", "lte", "sat"]


def rounds(seed, count, blackout=0.5):
    chance = random.Random(seed)
    return [plan(chance, LINES, blackout) for _ in range(count)]


def test_the_same_seed_makes_the_same_plan():
    assert rounds(4711, 100) == rounds(4711, 100) != rounds(4712, 100)


def test_every_fault_comes_on_every_line():
    seen = {fault for planned in rounds(1, 500) for fault in planned.faults.items()}
    assert seen == {(line, fault) for line in LINES for fault in EVERYTHING}


def test_all_lines_fail_together_at_times_and_only_as_long_as_allowed():
    blackouts = [planned for planned in rounds(1, 500) if len(planned.faults) == len(LINES)]
    assert blackouts and all(planned.seconds <= 0.5 and not planned.until_left for planned in blackouts)
    assert all(0 < len(planned.faults) < len(LINES) for planned in rounds(1, 500, blackout=0))


def test_what_keeps_it_from_its_work_fails_the_test(lab):
    nodes = start_pair(lab, APP)
    with pytest.raises(AssertionError, match="the saboteur could not go on"), Saboteur(lab, nodes) as saboteur:
        nodes[1].kill()
        lab.wait_for("it says so", lambda: saboteur.switches > 1_000_000)
