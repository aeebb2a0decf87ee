# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""One stream at full speed, and the round trip of small messages, through everything that could carry them."""

import contextlib
import pathlib

import loads
import machine
import systems
from figures import Ratio, figure, median, with_range
from lab import Lab, settings
from report import Section, Table
from steps import Step, in_turn
from systems import COPYING, DIRECT, MPTCP, RAW, SOCAT, SPLICING, WARMSPARE, one_congestion_control

NAME = "throughput"
TOOLS = (*settings.TOOLS, "haproxy", "iperf3", "mptcpize", "socat")

FULL, BACK_TO_BACK, PACED = loads.LOADS
SYSTEMS = (DIRECT, WARMSPARE, RAW, COPYING, SPLICING, SOCAT, MPTCP)
AGAINST = "-against"


def steps(plan):
    names = plan.pick(SYSTEMS[:5], SYSTEMS, SYSTEMS)
    names = [name for name in names if name != MPTCP or systems.has_mptcp()]
    names += [WARMSPARE + AGAINST, RAW + AGAINST] if plan.against else []
    for run in range(plan.pick(2, 7, 0)):
        for load in loads.LOADS:
            for name in in_turn(names, run):
                yield Step(NAME, f"{plan.pick(1, 2, 2)} s", load, name, run, setup=plan.against)


@contextlib.contextmanager
def stage(against):
    with Lab() as lab, one_congestion_control(lab):
        found = [systems.direct(lab), *systems.start_warmspare(lab), systems.socat_hops(lab)]
        found += [systems.haproxy_hops(lab, False, 7100, 7101), systems.haproxy_hops(lab, True, 7110, 7111)]
        if systems.has_mptcp():
            found.append(systems.mptcp(lab))
        if against:
            found += systems.start_warmspare(lab, AGAINST, pathlib.Path(against), port=7010)
        yield lab, {system.name: system for system in found}


def measure(stage, step):
    lab, found = stage
    others = machine.other_work()
    result = loads.run(lab, loads.LOADS[step.load], found[step.system], int(step.case.split()[0]))
    return {**result, "others": others}


def ratio(results, key, load, name, other):
    return results.ratios(key, {"system": name}, {"system": other}, subject=NAME, load=load)


def figures(results):
    yield ratio_figure(results, WARMSPARE, COPYING, 1.4, 0.8)
    yield ratio_figure(results, RAW, SPLICING, 1.0, 1.0)
    for load in (BACK_TO_BACK, PACED):
        for key in ("p50", "p99"):
            yield latency_figure(results, load, key)


def ratio_figure(results, name, other, least, most):
    """Speed and cost as ratios to another system."""
    match = {"subject": NAME, "load": FULL, "system": name}

    def judge():
        speed, cost = (ratio(results, key, FULL, name, other) for key in ("gbit_s", "cpu_s_per_gb"))
        measured = f"{with_range(speed, 2)} x at {with_range(cost, 2)} x"
        return measured, "", median(speed) >= least and median(cost) <= most

    target = f"≥ {least:g} x {other}, at ≤ {most:g} x their CPU-s/GB"
    return figure(results, f"full speed: {name}", target, match, judge)


def latency_figure(results, load, key):
    match = {"subject": NAME, "load": load, "system": WARMSPARE}

    def judge():
        own, other = (median(results.values(key, **{**match, "system": name})) for name in (WARMSPARE, COPYING))
        values = ratio(results, key, load, WARMSPARE, COPYING)
        return f"{own:.0f} µs, HAProxy {other:.0f} µs; {with_range(values, 2)} x", "", median(values) <= 1

    return figure(results, f"{load}: {key}", "≤ 1 x two HAProxy hops, copying", match, judge)


def ratios(results):
    for name, other in ((WARMSPARE, DIRECT), (WARMSPARE, COPYING), (RAW, SPLICING), (RAW, DIRECT)):
        yield Ratio(f"full speed: {name} / {other}", ratio(results, "gbit_s", FULL, name, other), True)
        yield Ratio(f"CPU-s/GB: {name} / {other}", ratio(results, "cpu_s_per_gb", FULL, name, other))
    for load in (BACK_TO_BACK, PACED):
        for key in ("p50", "p99"):
            yield Ratio(f"{load}, {key}: {WARMSPARE} / {COPYING}", ratio(results, key, load, WARMSPARE, COPYING))


def sections(results):
    if results.of(subject=NAME):
        parts = [describe(results), "![throughput and CPU time](benchmarks/throughput.svg)", throughput_table(results)]
        yield Section("Throughput, cost and round trip", [*parts, "64 B request and reply, µs:", latency_table(results)])


def measured_systems(results):
    names = dict.fromkeys(record["system"] for record in results.of(subject=NAME))
    return sorted(names, key=lambda name: SYSTEMS.index(name.removesuffix(AGAINST)))


def throughput_table(results):
    rows = []
    for name in measured_systems(results):
        match = {"subject": NAME, "load": FULL, "system": name}
        cells = [with_range(results.values("gbit_s", **match), 1)]
        cells += [with_range(ratio(results, "gbit_s", FULL, name, other), 2) for other in (DIRECT, COPYING)]
        rows.append([name, *cells, with_range(results.values("cpu_s_per_gb", **match), 2)])
    return Table(["system", "Gbit/s", "of direct TCP", "of copying HAProxy", "CPU-s/GB"], rows)


def latency_table(results):
    rows = []
    for name in measured_systems(results):
        cells = [with_range(results.values(key, subject=NAME, load=load, system=name), 0)
                 for load in (BACK_TO_BACK, PACED) for key in ("p50", "p99")]
        rows.append([name, *cells])
    return Table(["system", "back to back, p50", "p99", "at 1 kHz, p50", "p99"], rows)


def describe(results):
    others = with_range(results.values("others", subject=NAME), 2)
    [rounds] = {len(results.of(subject=NAME, load=FULL, system=WARMSPARE))}
    return f"""{rounds} rounds for each system and load, in turn; medians, and in brackets the smallest and the largest; ratios are
taken within a round. One direction, by iperf3 (128 KiB writes, nothing is looked at); request and reply by stream_check.
Congestion control cubic for every socket. warmspare with its defaults and the circuits fiber, lte and sat; HAProxy with
`mode tcp`, `nbthread 1` and its default buffers, socat with `-b {systems.SOCAT_BUFFER}` and `nodelay`, one at each host; kernel
MPTCP end to end by `mptcpize`, with a backup subflow. All of it over the same circuit. CPU seconds are those of the whole
machine: the programs at both ends count, and so does other work, which this was before each run: {others} processors."""


def plots(results, folder):
    import plots

    panels = {}
    for key, title in (("gbit_s", "Gbit/s"), ("cpu_s_per_gb", "CPU seconds per GB")):
        values = {name: results.values(key, subject=NAME, load=FULL, system=name) for name in measured_systems(results)}
        panels[title] = {name: runs for name, runs in values.items() if runs}
    if all(panels.values()):
        plots.bars(folder / "throughput.svg", panels)
