# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What comes after a fault: the next one and the tenth, the return to the repaired link, and the end of a time in which
no circuit worked."""

import time

import warm
from figures import Ratio, figure, median, percentile, three
from gaps import Stream
from lab import settings
from report import Section, Table
from steps import Step
from systems import LINE

NAME = "again"
TOOLS = settings.TOOLS

LOAD = "20 Mbit/s"
BEFORE = 0.6
ROW, RETURN, DEAD = "faults in a row", "return to the repaired link", "all circuits dead"
FAULTS = 10
# From one fault to the next, and how long each lasts, in seconds: a circuit must be ACT again when its turn comes.
EACH, LASTS = 1.0, 0.5
# What is looked at before and after a return, in seconds; the same length is the undisturbed stream's.
AROUND = (0.1, 0.4)
START_TIMER = 1.0


def steps(plan):
    yield from (Step(NAME, ROW, LOAD, run=run) for run in range(plan.pick(1, 10, 0)))
    yield from (Step(NAME, RETURN, LOAD, run=run, setup="returns soon") for run in range(plan.pick(2, 20, 0)))
    dead = plan.pick(3, 30, 600)
    yield from (Step(NAME, DEAD, f"{LOAD}, {dead} s", run=run) for run in range(plan.pick(1, 3, 1)))


def stage(setup):
    return warm.pair(**({"wait_to_restore": "100ms"} if setup else {}))


def measure(pair, step):
    stream = Stream(pair.lab, pair.system, LOAD)
    pair.wait_dedicated()
    pair.lab.stay_for(BEFORE)
    if step.case == ROW:
        found = faults_in_a_row(pair, stream)
    elif step.case == RETURN:
        found = return_to_the_repaired(pair, stream)
    else:
        found = all_dead(pair, stream, float(step.load.split()[-2]), list(pair.lab.lines)[step.run])
    pair.heal()
    stream.finish()
    pair.wait_free()
    return found


def faults_in_a_row(pair, stream):
    """Each time the circuit in use is cut, and repaired after a while, so that it can be the next spare but one."""
    begins = []
    for _ in range(FAULTS):
        circuit = pair.circuit()
        begins.append(time.monotonic())
        pair.lab.cut(circuit)
        pair.lab.stay_for(begins[-1] + LASTS - time.monotonic())
        pair.lab.heal(circuit)
        stream.wait_hears(time.monotonic())
        pair.lab.stay_for(begins[-1] + EACH - time.monotonic())
    ends = [*begins[1:], time.monotonic()]
    return {"pauses": [stream.longest(begin, end) for begin, end in zip(begins, ends)],
            "undisturbed": stream.longest(begins[0] - BEFORE, begins[0])}


def return_to_the_repaired(pair, stream):
    begin = time.monotonic()
    returns = restores(pair)
    pair.lab.cut(LINE)
    stream.wait_hears(time.monotonic() + AROUND[1])
    pair.lab.heal(LINE)
    pair.lab.wait_for("the process has returned", lambda: len(restores(pair)) > len(returns))
    pair.lab.stay_for(AROUND[1] + 0.1)
    moment = warm.moment(restores(pair)[-1])
    return {"pause": stream.longest(moment - AROUND[0], moment + AROUND[1]),
            "undisturbed": stream.longest(begin - sum(AROUND), begin)}


def restores(pair):
    return pair.nodes[0].events("restore")


def all_dead(pair, stream, seconds, line):
    begin = time.monotonic()
    for each in pair.lab.lines:
        pair.lab.cut(each)
    pair.lab.stay_for(seconds)
    pair.lab.heal(line)
    healed = time.monotonic()
    stream.wait_hears(healed)
    return {"resumed": stream.first_heard(healed) * 1e3, "undisturbed": stream.longest(begin - BEFORE, begin)}


def figures(results):
    for position, name in ((2, "second"), (3, "third"), (FAULTS, "tenth")):
        yield row_figure(results, position, name)
    yield return_figure(results)
    for seconds in (3, 30, 600):
        if (seconds == 30) or results.of(subject=NAME, load=f"{LOAD}, {seconds} s"):
            yield dead_figure(results, seconds)


def nth(results, position):
    return [pauses[position - 1] for pauses in results.values("pauses", subject=NAME, case=ROW)]


def row_figure(results, position, name):
    match = {"subject": NAME, "case": ROW}

    def judge():
        first, pauses = nth(results, 1), nth(results, position)
        measured = f"{three(pauses)} ms ({len(pauses)}); first {three(first)} ms"
        return measured, f"{three(results.values('undisturbed', **match))} ms", median(pauses) <= percentile(first, 95)

    return figure(results, f"{name} fault in a row", "median ≤ the first's 95th percentile", match, judge)


def return_figure(results):
    match = {"subject": NAME, "case": RETURN}

    def judge():
        pauses, own = results.values("pause", **match), results.values("undisturbed", **match)
        return f"{three(pauses)} ms ({len(pauses)})", f"{three(own)} ms", median(pauses) <= percentile(own, 95)

    return figure(results, RETURN, "median ≤ undisturbed 95th percentile", match, judge)


def dead_figure(results, seconds):
    match = {"subject": NAME, "load": f"{LOAD}, {seconds} s"}
    most = START_TIMER * 1e3 + 100

    def judge():
        resumed = results.values("resumed", **match)
        own = f"{three(results.values('undisturbed', **match))} ms"
        return f"{three(resumed)} ms ({len(resumed)})", own, median(resumed) <= most

    return figure(results, f"all circuits dead for {seconds} s, then one back", f"resumed ≤ {most:.0f} ms", match, judge)


def ratios(results):
    for position in (2, 3, FAULTS):
        values = [later / first for later, first in zip(nth(results, position), nth(results, 1))]
        yield Ratio(f"pause, fault {position} in a row / the first", values)


def sections(results):
    pauses = [[number, three(nth(results, number))] for number in range(1, FAULTS + 1) if nth(results, number)]
    if pauses:
        yield Section("Faults in a row", [DESCRIPTION, Table(["fault", "pause"], pauses)])


DESCRIPTION = f"""One stream of {LOAD} both ways; every {EACH:g} s the circuit that carries it is cut and {LASTS:g} s later repaired. Pause
in ms, as median / 95th percentile / maximum. The return is measured with `wait_to_restore = "100ms"`, and what is looked
at is {sum(AROUND):g} s around the event, as long as the undisturbed stream is looked at. When no circuit works, the time is
from the repair of one to the first byte at both ends."""


def plots(results, folder):
    """None: the table says it."""
