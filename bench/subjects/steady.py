# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What looks like a fault and is none: how often a process leaves a link with which nothing is wrong, and how often one
that comes and goes. The shortened forms are tests."""

import contextlib

import warm
from figures import figure
from gaps import Stream
from lab import settings
from lab.disturbances import burning, stopped_for, toggling
from report import Section, Table
from steps import Step
from systems import LINE

NAME = "steady"
TOOLS = (*settings.TOOLS, "tc")

TOGGLING = "line cut and repaired every 300 ms"
FULL_LINE = "line full, 200 ms of queue"
# Name, load: what is done while the stream is watched.
CASES = {
    (FULL_LINE, "full speed"): lambda pair: contextlib.nullcontext(),
    ("1 % loss, idle", "idle"): lambda pair: loss(pair),
    ("1 % loss, busy", "full speed"): lambda pair: loss(pair),
    ("both cores burnt by other programs", "20 Mbit/s"): lambda pair: burning(pair.lab, "tokyo"),
    ("own node stopped 300 ms every 2 s", "20 Mbit/s"): lambda pair: stopped_for(pair.nodes[0], 0.3, pause=2),
    ("peer scheduled 100 ms late every 0.5 s", "20 Mbit/s"): lambda pair: stopped_for(pair.nodes[1], 0.1, pause=0.5),
    (TOGGLING, "20 Mbit/s"): lambda pair: toggling(pair.lab, LINE, 0.3),
}
BEFORE = 0.6


def steps(plan):
    """Each on a stage of its own: what happened to a link before must not count."""
    seconds = plan.pick(3, 120, 600)
    for case, load in CASES:
        yield Step(NAME, f"{case}, {seconds} s", load, setup=case)


@contextlib.contextmanager
def stage(case):
    with warm.pair() as pair:
        if case == FULL_LINE:
            pair.lab.limit(LINE, 20, queue="200ms")
        yield pair


@contextlib.contextmanager
def loss(pair):
    pair.lab.lose(LINE, 1)
    yield


def measure(pair, step):
    stream = Stream(pair.lab, pair.system, step.load)
    pair.wait_dedicated()
    pair.lab.stay_for(BEFORE)
    with CASES[step.setup, step.load](pair):
        pair.lab.stay_for(float(step.case.split()[-2]))
    switches = pair.switches()
    pair.heal()
    pair.wait_dedicated()
    stream.finish()
    return {"switches": switches}


def figures(results):
    for case, _ in CASES:
        seconds = dict.fromkeys(record["case"].split()[-2] for record in results.of(subject=NAME, setup=case))
        for length in seconds or ["120"]:
            yield case_figure(results, case, length)


def case_figure(results, case, seconds):
    most = 2 if case == TOGGLING else 0
    match = {"subject": NAME, "setup": case, "case": f"{case}, {seconds} s"}

    def judge():
        [switches] = results.values("switches", **match)
        return f"{switches}", "", switches <= most

    length = f"{int(seconds) // 60} min" if int(seconds) >= 60 else f"{seconds} s"
    return figure(results, f"{case}, {length}", f"≤ {most} switches" if most else "no switch", match, judge)


def ratios(results):
    """None: they are numbers that must be zero."""
    return []


def sections(results):
    rows = [[r["case"], r["load"], r["result"]["switches"]] for r in results.of(subject=NAME)]
    if rows:
        yield Section("False switches", [DESCRIPTION, Table(["disturbance", "load", "switches"], rows)])


DESCRIPTION = """A stream of the load both ways for the time written. The full line is one of 20 Mbit/s by `tc`'s tbf, and the
stream wants more; *idle* is one request a second. Two processors are burnt by four programs that count. A process that
was moved must have returned to its own link in the end."""


def plots(results, folder):
    """None: the table says it."""
