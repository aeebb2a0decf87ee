# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A long time at full speed with many cuts: every byte is right, and the memory of both nodes does not grow."""

import time

import warm
from figures import figure, median, three
from gaps import Stream
from lab import settings
from report import Section, Table
from steps import Step

NAME = "endurance"
TOOLS = settings.TOOLS

LOAD = "full speed"
EACH = 6.0
LASTS = 2.5
# The first tenth fills pools and caches. Memory may then still differ by what is in flight when it is looked at.
FLAT = 1.1


def steps(plan):
    yield Step(NAME, f"{plan.pick(1, 100, 100)} cuts", LOAD)


def stage(_):
    return warm.pair()


def measure(pair, step):
    """Cuts whatever circuit is in use, and repairs it."""
    stream = Stream(pair.lab, pair.system, LOAD)
    pair.wait_dedicated()
    pauses, resident = [], []
    for _ in range(int(step.case.split()[0])):
        begin = time.monotonic()
        pair.lab.cut(circuit := pair.circuit())
        pair.lab.stay_for(LASTS)
        pair.lab.heal(circuit)
        pair.lab.stay_for(begin + EACH - time.monotonic())
        stream.wait_hears(begin + LASTS)
        pauses.append(stream.longest(begin, begin + LASTS))
        resident.append(max(node.memory_kb() for node in pair.nodes))
    pair.heal()
    stream.finish()
    return {"pauses": pauses, "resident_kb": resident}


def figures(results):
    found = {record["case"]: record["result"] for record in results.of(subject=NAME)}
    for case in found or ["100 cuts"]:
        yield case_figure(results, case, found.get(case))


def case_figure(results, case, found):
    def judge():
        resident = found["resident_kb"]
        early = max(resident[: max(1, len(resident) // 10)])
        late = median(resident[len(resident) // 2 :])
        measured = f"{early / 1024:.0f} MiB early, {late / 1024:.0f} MiB late; pauses {three(found['pauses'])} ms"
        return measured, "", late <= FLAT * early

    what = f"full speed for {int(case.split()[0]) * EACH / 60:g} min, {case}: resident size"
    return figure(results, what, "flat", {"subject": NAME, "case": case}, judge)


def ratios(results):
    """None: it is flat or not."""
    return []


def sections(results):
    rows = []
    for record in results.of(subject=NAME):
        resident = [kb / 1024 for kb in record["result"]["resident_kb"]]
        marks = [f"{max(resident[: max(1, len(resident) * part // 100)]):.0f}" for part in (10, 50, 100)]
        rows.append([record["case"], three(record["result"]["pauses"]), *marks])
    columns = ["cuts", "pause", "largest MiB in the first tenth", "half", "all of it"]
    if rows:
        yield Section("Endurance", [DESCRIPTION, Table(columns, rows)])


DESCRIPTION = f"""One stream at full speed both ways, of which every {EACH:g} s the circuit in use is cut, and repaired after {LASTS:g} s. Pauses
in ms; resident memory of the larger of the two nodes, looked at before each next cut."""


def plots(results, folder):
    """None: the table says it."""
