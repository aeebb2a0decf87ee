# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A stream at full speed through a hundred cuts: nothing adds up."""

import pytest

from lab.pair import start_pair
from lab.traffic import PROCESSES, SLACK_KB, Traffic

CUTS = 100
# After so many the daemons hold all that they ever need: free blocks, and events that are remembered.
WARM = 20
# Between two cuts the stream gets so many bytes at each end.
BETWEEN = 500_000_000


@pytest.mark.long
def test_memory_is_flat_over_a_hundred_cuts_at_full_speed(lab):
    traffic = Traffic(lab, "full-speed", start_pair(lab, PROCESSES))
    held = []
    for _ in range(CUTS):
        lab.cut("fiber")
        traffic.moves_to("lte", "sat")
        lab.heal("fiber")
        traffic.settles()
        traffic.moves(BETWEEN)
        held.append([node.memory_kb() for node in traffic.nodes])
    for node, *samples in zip(traffic.nodes, *held):
        warm, late = max(samples[:WARM]), max(samples[WARM:])
        print(f"{node.name}: {warm} kB at most up to cut {WARM}, {late} kB after it")
        assert late <= warm + SLACK_KB, f"{node.name} grows: {samples}"
    traffic.finish()
