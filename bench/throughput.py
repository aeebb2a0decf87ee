# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""One stream at full speed, and the round trip of small messages, through everything that could carry them."""

import figures
import loads
import machine
from lab import Lab, settings
from report import Section, Table
from systems import LINE, Direct, HaproxyHops, one_congestion_control, start_warmspare

TOOLS = (*settings.TOOLS, "haproxy", "iperf3")
LOADS = (loads.OneWay, loads.Checked, loads.RequestReply)


def measure(quick, against=None):
    rounds, seconds = (3, 1) if quick else (7, 2)
    with Lab() as lab, one_congestion_control(lab) as congestion_control:
        systems = start_systems(lab, against)
        samples = {(system.name, load): [] for system in systems for load in LOADS}
        others = []
        for number in range(rounds):
            print(f"throughput: round {number + 1} of {rounds}", flush=True)
            others.append(machine.other_work())
            for load in LOADS:
                measure_load(lab, load, systems, number, seconds, samples)
    conditions = describe(rounds, seconds, congestion_control, others)
    return Section("Throughput, cost and round trip", [conditions, *tables(samples, [s.name for s in systems])])


def start_systems(lab, against):
    systems = [Direct(lab), *start_warmspare(lab)]
    if against:
        systems += start_warmspare(lab, "-against", against, port=7010)
    return [*systems, HaproxyHops(lab, False, 7100, 7101), HaproxyHops(lab, True, 7110, 7111)]


def measure_load(lab, load, systems, number, seconds, samples):
    """Each round starts with another system, so that none has always the same one before it."""
    first = number % len(systems)
    with loads.serving(lab, load):
        for system in systems[first:] + systems[:first]:
            samples[system.name, load].append(loads.run(lab, load, system, seconds))


def describe(rounds, seconds, congestion_control, others):
    return (
        f"{rounds} rounds of {seconds} s for each system and load, in turn; medians, and in brackets the smallest and "
        f"the largest. Congestion control {congestion_control} for every socket. warmspare with its defaults and the "
        "circuits fiber, lte and sat; HAProxy with `mode tcp`, `nbthread 1` and its default buffers, one at each host. "
        f"All of it over the same circuit ({LINE}).\n\n"
        "Target: at least as much as two copying HAProxy hops. CPU seconds are those of the whole machine: the "
        "programs at both ends count, and so does other work, which this was before each round: "
        f"{figures.with_range(others, 2)} processors."
    )


def tables(samples, names):
    yield "One direction, by iperf3 (128 KiB writes, nothing is looked at):"
    yield throughput_table(samples, names, loads.OneWay)
    yield "Both directions at once, by stream_check, which makes and checks each byte at both ends; their sum:"
    yield throughput_table(samples, names, loads.Checked)
    yield "64 B request and reply, one after the other:"
    rows = []
    for name in names:
        runs = samples[name, loads.RequestReply]
        rows.append([name, *(figures.with_range([getattr(run, key) for run in runs], 0) for key in ("p50", "p99"))])
    yield Table(["system", "p50 µs", "p99 µs"], rows)


def throughput_table(samples, names, load):
    speed = {name: [run.gbit_per_second for run in samples[name, load]] for name in names}
    copying = next(name for name in names if "copying" in name)
    rows = []
    for name in names:
        cost = [run.cpu_seconds_per_gb for run in samples[name, load]]
        rows.append([
            name,
            figures.with_range(speed[name], 1),
            figures.with_range(figures.ratios(speed[name], speed[names[0]]), 2),
            figures.with_range(figures.ratios(speed[name], speed[copying]), 2),
            figures.with_range(cost, 2),
        ])
    return Table(["system", "Gbit/s", "of direct TCP", "of copying HAProxy", "CPU-s/GB"], rows)
