# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""How long an application hears nothing when the circuit that it uses fails, by the fault and what it sends."""

import contextlib
import time

import warm
from figures import Ratio, figure, pause_figure, three
from gaps import Stream
from lab import faults, settings
from report import Section, Table
from steps import Step
from systems import LINE

NAME = "pause"
TOOLS = (*settings.TOOLS, "ethtool")

# Undisturbed before the fault, and watched after the stream has resumed, in seconds.
BEFORE = 0.5
AFTER = 0.4
# Before that, in round trips.
WARM_UP = 20

STREAM, REQUESTS, FULL = "20 Mbit/s", "64 B request-reply", "full speed"
BLACK_HOLE, LOSS, RESET = "black-hole", "30 % loss", "TCP reset"
FAULTS = {
    **faults.FAULTS,
    LOSS: lambda lab, line: lab.lose(line, 30),
    RESET: lambda lab, line: lab.reset(line, at="tokyo"),
}
FAST = ("100 Mbit/s", "1 Gbit/s", FULL)
ALONE = tuple(name for name in faults.FAULTS if name != BLACK_HOLE)
# Round trip in ms: name of the stage.
DISTANCES = {10: "10 ms", 50: "50 ms"}


def steps(plan):
    many, some = plan.pick(2, 100, 100), plan.pick(1, 20, 0)
    alone = plan.pick(ALONE[::2], ALONE, ALONE)
    for run in range(many):
        yield Step(NAME, BLACK_HOLE, STREAM, run=run)
        yield Step(NAME, BLACK_HOLE, REQUESTS, run=run)
        if run < some:
            yield from (Step(NAME, fault, STREAM, run=run) for fault in (*alone, RESET, LOSS))
            yield from (Step(NAME, BLACK_HOLE, load, run=run) for load in FAST)
    for setup in DISTANCES.values():
        yield from (Step(NAME, BLACK_HOLE, STREAM, run=run, setup=setup) for run in range(some))


@contextlib.contextmanager
def stage(setup):
    distance = next((ms for ms, name in DISTANCES.items() if name == setup), 0)
    with warm.pair(distance) as pair:
        yield pair


def measure(pair, step):
    """One stream, from its start to its end, with one fault of its circuit."""
    stream = Stream(pair.lab, pair.system, step.load)
    pair.wait_dedicated()
    # A connection that has just begun is still finding out how much the line takes.
    pair.lab.stay_for(WARM_UP * pair.distance_ms / 1000)
    start = time.monotonic()
    pair.lab.stay_for(BEFORE)
    switches = pair.switches()
    begin = time.monotonic()
    FAULTS[step.case](pair.lab, LINE)
    done = time.monotonic()
    if step.case == LOSS:
        pair.lab.wait_for("the link is left", lambda: pair.switches() > switches)
        done = time.monotonic()
    stream.wait_hears(done + AFTER)
    end = time.monotonic()
    found = {**pair.decision(switches, begin), "pause": stream.longest(begin, end)}
    pair.heal()
    stream.finish()
    pair.wait_free()
    return {**found, "undisturbed": stream.longest(start, begin)}


def figures(results):
    def row(what, median_ms, high_ms=None, **match):
        match = {"subject": NAME, "setup": "", **match}
        return pause_figure(results, what, match, median_ms, high_ms)

    yield row("silent black hole, 20 Mbit/s", 15, 30, case=BLACK_HOLE, load=STREAM)
    yield row("silent black hole, 64 B request-reply", 15, 30, case=BLACK_HOLE, load=REQUESTS)
    yield from (row(f"{fault.replace('-', ' ')}, 20 Mbit/s", 15, case=fault) for fault in ALONE)
    yield from (row(f"silent black hole, {load}", 20, case=BLACK_HOLE, load=load) for load in FAST)
    yield row("TCP reset of the link", 5, case=RESET)
    yield row("30 % loss: pause", 40, case=LOSS)
    yield left_figure(results)
    for distance, setup in DISTANCES.items():
        yield row(f"silent black hole, {setup} round trip", 20 + 1.5 * distance, setup=setup, case=BLACK_HOLE)


def left_figure(results):
    match = {"subject": NAME, "case": LOSS}

    def judge():
        left = results.values("left", **match)
        return f"{three(left, 2)} s ({len(left)})", "", max(left) <= 2

    return figure(results, "30 % loss: the link is left", "within 2 s", match, judge)


def ratios(results):
    for load in (REQUESTS, *FAST):
        values = results.ratios("pause", {"load": load}, {"load": STREAM}, subject=NAME, case=BLACK_HOLE, setup="")
        yield Ratio(f"pause at a black hole, {load} / 20 Mbit/s", values)
    for fault in (*ALONE, RESET, LOSS):
        values = results.ratios("pause", {"case": fault}, {"case": BLACK_HOLE}, subject=NAME, load=STREAM, setup="")
        yield Ratio(f"pause, {fault.replace('-', ' ')} / black hole", values)


def sections(results):
    rows = []
    for setup in ("", *DISTANCES.values()):
        for case, load in dict.fromkeys((r["case"], r["load"]) for r in results.of(subject=NAME, setup=setup)):
            match = {"subject": NAME, "setup": setup, "case": case, "load": load}
            times = [three(results.values(key, **match)) for key in ("pause", "undisturbed", "detect")]
            circuit = f", {setup} round trip" if setup else ""
            rows.append([case.replace("-", " ") + circuit, load, len(results.of(**match)), *times])
    table = Table(["fault", "load", "runs", "pause", "undisturbed", "detect"], rows)
    if rows:
        pictures = ["![pauses by fault](benchmarks/faults.svg)", "![pauses over the round trip time](benchmarks/distance.svg)"]
        yield Section("Pause by fault", [DESCRIPTION, table, *pictures])


DESCRIPTION = f"""Each run is a fresh stream of the load in both directions, with one fault of its circuit; ms, as median / 95th
percentile / maximum. *Pause* is the longest time in which either application got no byte that ended after the fault
began; *undisturbed* is the same of the same stream in the {BEFORE} s before it; *detect* is the time from the last proof
of life to the decision, by the node that decided. A black hole drops everything that arrives, without a word to anybody;
the round trip is that of veth where no other is written. Defaults everywhere but `linger = "{warm.LINGER}"`, so that
runs follow each other sooner. Each byte is checked at both ends: a run in which one was lost, or the application saw
anything, counts as failed."""


def plots(results, folder):
    import plots

    points = {0: results.values("pause", subject=NAME, case=BLACK_HOLE, load=STREAM, setup="")}
    for distance, setup in DISTANCES.items():
        points[distance] = results.values("pause", subject=NAME, case=BLACK_HOLE, load=STREAM, setup=setup)
    if results.of(subject=NAME):
        plots.pauses(folder / "faults.svg", {
            fault.replace("-", " "): {key: results.values(key, subject=NAME, case=fault, load=STREAM, setup="")
                                      for key in ("pause", "undisturbed")}
            for fault in dict.fromkeys(record["case"] for record in results.of(subject=NAME))
        })
        plots.distances(folder / "distance.svg", {ms: values for ms, values in points.items() if values})
