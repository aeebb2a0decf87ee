# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""How long an application hears nothing when the link that it uses becomes a silent black hole."""

import json

import figures
import machine
from lab import CheckedStream, Lab, StreamServer, settings
from lab.pair import all_act, start_pair
from report import Section, Table
from systems import HERE, LINE, THERE, one_congestion_control

TOOLS = settings.TOOLS
PROCESSES = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}}
LOADS = {
    "20 Mbit/s both ways": {"rate": 20_000_000},
    "full speed both ways": {},
    "64 B request and reply": {"message": 64},
}
COLUMNS = ("pause", "undisturbed", "detect")
TARGET_MS = 50

# Undisturbed before the cut, and watched after the stream has resumed, in seconds.
BEFORE = 1.0
AFTER = 0.5


def measure(quick, against=None):
    del against
    runs = 4 if quick else 20
    others, rows = [], []
    with Lab() as lab, one_congestion_control(lab) as congestion_control:
        nodes = start_pair(lab, PROCESSES, health={})
        server = StreamServer(lab, THERE)
        for load, options in LOADS.items():
            print(f"pause: {load}, {runs} cuts", flush=True)
            others.append(machine.other_work())
            rows.append(row(load, [cut_once(lab, nodes, server, options) for _ in range(runs)]))
    return Section("Pause at a silent cut", [describe(runs, congestion_control, others), table(rows)])


def cut_once(lab, nodes, server, options):
    """One stream, from its start to its end, with one cut. Returns a dictionary of times in ms."""
    ended = len(server.reports())
    stream = CheckedStream(lab, HERE, **options)
    lab.wait_for("the stream moves", lambda: (stream.progress() or {}).get("received", 0) > 0)
    lab.stay_for(BEFORE)
    assert nodes[0].user("app")["state"] == "dedicated", lab.describe()
    resumed = [len(node.events("resumed")) for node in nodes]
    before = [stream.progress(), last_line(server)]
    lab.cut(LINE)
    lab.wait_for("both ends have resumed", lambda: all(
        len(node.events("resumed")) > count for node, count in zip(nodes, resumed)))
    lab.stay_for(AFTER)
    after = [stream.finish(), lab.wait_for("the server has reported", lambda: server.reports()[ended:])[0]]
    lab.heal(LINE)
    lab.wait_for("every link is ACT and free again", lambda: all(all_act(node) and is_free(node) for node in nodes))
    return {**gaps(before, after), **decision(nodes)}


def is_free(node):
    return not any(link["in_use"] for link in node.peer()["links"])


def gaps(before, after):
    """The longest time without a byte at either end: while nothing was wrong, and from the cut on. A longest gap of
    the whole stream that ended before the cut is all that is known of the other: a bound for it."""
    return {
        "undisturbed": max(end["longest_gap_ms"] for end in before),
        "pause": max(end["longest_gap_ms"] for end in after),
        "hidden": all(end["longest_gap_at_s"] <= mark["seconds"] for mark, end in zip(before, after)),
    }


def decision(nodes):
    """What the node that decided says of the last switch: the last proof of life to the decision."""
    times = [node.events("switch")[-1]["detect_ms"] for node in nodes]
    return {"detect": max((time for time in times if time is not None), default=None)}


def last_line(server):
    return json.loads(server.process.output().rpartition("\n")[0].splitlines()[-1])


def row(load, runs):
    return [load, *(three([run[key] for run in runs]) for key in COLUMNS), sum(run["hidden"] for run in runs)]


def three(values):
    known = [value for value in values if value is not None]
    return " / ".join(f"{value:.0f}" for value in (figures.median(known), figures.percentile(known, 95), max(known)))


def table(rows):
    return Table(["load", *COLUMNS, "hidden"], rows)


def describe(runs, congestion_control, others):
    return (
        f"{runs} cuts for each load, each of a fresh stream; ms, as median / 95th percentile / maximum. The circuit in "
        "use drops everything in both directions, without a word to anybody. *Pause* is the longest time in which "
        "either application got no byte, from the cut on; *undisturbed* is the same of the same streams in the second "
        "before it; *detect* is the time from the last proof of life to the decision, by the node that decided. A run "
        "is *hidden* if the cut left no longer pause than the stream had before.\n\n"
        f"Target: a median pause of at most {TARGET_MS} ms. Defaults everywhere (watchdog 10 ms, 3 misses); three veth "
        f"circuits; congestion control {congestion_control}; each byte is checked, and none was lost. Other work on "
        f"the machine meanwhile: {figures.with_range(others, 2)} processors."
    )
