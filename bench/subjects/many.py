# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A thousand streams on one link: what they carry together, how they share it, and what one reader that stops does to the
others."""

import contextlib
import json
import sys

import systems
from figures import Ratio, figure, median, with_range
from lab import Lab, settings
from report import Section, Table
from steps import Step, in_turn
from systems import DIRECT, HERE, SERVER_PORT, THERE, WARMSPARE, one_congestion_control

NAME = "many"
TOOLS = settings.TOOLS

PROGRAM = settings.ROOT / "bench" / "programs" / "many_streams.py"
MANY = 1000
ONE, ALL, STOPPED = "one stream", f"{MANY} streams", f"{MANY} streams, one reader stops"
# Streams, and how many of them nobody reads.
CASES = {ONE: (1, 0), ALL: (MANY, 0), STOPPED: (MANY, 1)}


def steps(plan):
    for run in range(plan.pick(1, 5, 0)):
        for system in in_turn([WARMSPARE, DIRECT], run):
            yield from (Step(NAME, case, f"{plan.pick(1, 3, 3)} s", system, run) for case in in_turn(list(CASES), run))


@contextlib.contextmanager
def stage(_):
    with Lab() as lab, one_congestion_control(lab):
        server = lab.spawn(THERE, "server", sys.executable, PROGRAM, "serve", SERVER_PORT)
        lab.wait_for("the server listens", lambda: "ready" in server.output())
        found = [systems.direct(lab), systems.start_warmspare(lab)[0]]
        yield lab, {system.name: system for system in found}


def measure(stage, step):
    lab, found = stage
    lab.wait_for("no stream is left of the former run", lambda: not any(node.streams() for node in lab.daemons))
    words = [*found[step.system].endpoint, *CASES[step.case], step.load.split()[0]]
    told = json.loads(lab.run(HERE, sys.executable, PROGRAM, "run", *words))
    smallest, largest = min(told["bytes"]), max(told["bytes"])
    return {
        "gbit_s": sum(told["bytes"]) * 8 / told["seconds"] / 1e9,
        "gbit_s_each": sum(told["bytes"]) * 8 / told["seconds"] / 1e9 / len(told["bytes"]),
        "shares": largest / max(smallest, 1),
    }


def ratio(results, key, case, other, system=WARMSPARE):
    return results.ratios(key, {"case": case}, {"case": other}, subject=NAME, system=system)


def figures(results):
    match = {"subject": NAME, "case": ALL, "system": WARMSPARE}

    def total():
        values = ratio(results, "gbit_s", ALL, ONE)
        return f"{with_range(values, 2)} x", "", 0.9 <= median(values) <= 1.1

    def shares():
        values = results.values("shares", **match)
        return with_range(values, 2), "", median(values) <= 1.5

    def others():
        values = ratio(results, "gbit_s_each", STOPPED, ALL)
        return f"{with_range(values, 2)} x", "", median(values) > 0.95

    yield figure(results, f"{ALL} on one link: total", "that of one stream ± 10 %", match, total)
    yield figure(results, f"{ALL} on one link: largest share / smallest", "≤ 1.5", match, shares)
    stopped = {**match, "case": STOPPED}
    yield figure(results, "one reader that stops: what the others get", "> 0.95 of before", stopped, others)


def ratios(results):
    yield Ratio(f"{ALL} / {ONE}", ratio(results, "gbit_s", ALL, ONE), True)
    yield Ratio("a share while one reader stops / before", ratio(results, "gbit_s_each", STOPPED, ALL), True)
    yield Ratio("largest share / smallest", results.values("shares", subject=NAME, case=ALL, system=WARMSPARE))


def sections(results):
    rows = []
    for system in (DIRECT, WARMSPARE):
        for case in CASES:
            match = {"subject": NAME, "case": case, "system": system}
            cells = [with_range(results.values("gbit_s", **match), 1), with_range(ratio(results, "gbit_s", case, ONE, system), 2)]
            shares = results.values("shares", **match)
            rows.append([system, case, *cells, with_range(shares, 2) if case != ONE else ""])
    if results.of(subject=NAME):
        columns = ["system", "case", "Gbit/s together", "of one stream", "largest share / smallest"]
        yield Section(f"{MANY:,} streams", [DESCRIPTION, Table(columns, rows)])


DESCRIPTION = """Streams from osaka to tokyo at full speed, all on one link, written and read by one program at each end (Python,
blocks of 128 KiB, whichever is ready in turn; after a second of warming up). The reader that stops never reads a byte.
Direct TCP has a connection for each, and shows what the programs and the kernel make of the shares."""


def plots(results, folder):
    """None: the table says it."""
