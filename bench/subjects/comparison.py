# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""The same faults for everything that carries a stream over two hosts: how long until the application works again."""

import contextlib
import time

import systems
from figures import Ratio, three
from gaps import Reconnecting, Stream
from lab import Lab, faults, settings
from report import Section, Table
from steps import Step, in_turn
from subjects.pause import LOSS, REQUESTS, STREAM
from systems import CHECKED, DIRECT, LINE, MPTCP, SOCAT, WARMSPARE, one_congestion_control
from warm import Pair

NAME = "comparison"
TOOLS = (*settings.TOOLS, "haproxy", "socat", "mptcpize")

FAULTS = {
    "black-hole": faults.FAULTS["black-hole"],
    "black-hole-to-acceptor": faults.FAULTS["black-hole-to-acceptor"],
    "interface-down-at-dialler": faults.FAULTS["interface-down-at-dialler"],
    LOSS: lambda lab, line: lab.lose(line, 30),
}
SYSTEMS = (WARMSPARE, MPTCP, CHECKED, SOCAT, DIRECT)
# Those that get over a fault without a word to the application are also given a stream.
BY_LOAD = {REQUESTS: SYSTEMS, STREAM: (WARMSPARE, MPTCP)}
BEFORE = 0.6
AFTER = 0.3
# How long a fault lasts for those that do not get over it, in seconds.
LASTS = 1.5


def steps(plan):
    quick = plan.pick(True, False, False)
    for run in range(plan.pick(1, 4, 0)):
        for fault in ("black-hole", LOSS) if quick else FAULTS:
            for load, names in BY_LOAD.items() if not quick else [(REQUESTS, (WARMSPARE, MPTCP, CHECKED, DIRECT))]:
                here = [name for name in names if name != MPTCP or systems.has_mptcp()]
                yield from (Step(NAME, fault, load, name, run) for name in in_turn(here, run))


class Stage:
    def __init__(self, lab):
        self.lab = lab
        self.pair = Pair(lab)
        self.pair.start({"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001", "linger": "100ms"}})
        found = [self.pair.system, systems.checked_haproxy_hops(lab), systems.socat_hops(lab), systems.direct(lab)]
        if systems.has_mptcp():
            found.append(systems.mptcp(lab))
        self.systems = {system.name: system for system in found}


@contextlib.contextmanager
def stage(_):
    with Lab() as lab, one_congestion_control(lab):
        yield Stage(lab)


def measure(stage, step):
    """The fault lasts until the application works again, but not longer than LASTS; 30 % loss lasts that long."""
    lab, system = stage.lab, stage.systems[step.system]
    stream = Reconnecting(lab, system) if step.system == CHECKED else Stream(lab, system, step.load)
    start = time.monotonic()
    lab.stay_for(BEFORE)
    begin = time.monotonic()
    FAULTS[step.case](lab, LINE)
    done = time.monotonic()
    works = works_again(lab, stream, step.case, done)
    end = time.monotonic()
    stage.pair.heal()
    if not works:
        stream.wait_hears(time.monotonic() + AFTER)
        end = time.monotonic()
    broken = stream.broken() if step.system == CHECKED else 0
    stream.finish()
    stage.pair.wait_free()
    return {"pause": stream.longest(begin, end), "undisturbed": stream.longest(start, begin), "works": works,
            "broken": broken}


def works_again(lab, stream, fault, begin):
    """Whether both ends hear something while the fault lasts."""
    if fault == LOSS:
        lab.stay_for(LASTS)
        return stream.hears(time.monotonic() - AFTER)
    try:
        lab.wait_for("it works again", lambda: stream.hears(begin + AFTER), LASTS)
    except AssertionError:
        return False
    return True


def figures(results):
    """None: what is to be reached is said of the pauses of more runs."""
    return []


def ratios(results):
    for fault in FAULTS:
        for load, names in BY_LOAD.items():
            for other in (name for name in names if name in (MPTCP, CHECKED)):
                match = {"subject": NAME, "case": fault, "load": load}
                values = results.ratios("pause", {"system": WARMSPARE}, {"system": other}, **match)
                yield Ratio(f"pause at {fault.replace('-', ' ')}, {load}: warmspare / {other}", values)


def sections(results):
    kinds = dict.fromkeys((r["case"], r["load"], r["system"]) for r in results.of(subject=NAME))
    rows = [row(results, *kind) for kind in sorted(kinds, key=lambda kind: (list(FAULTS).index(kind[0]), kind[1]))]
    missing = [] if results.of(subject=NAME, system=MPTCP) else ["This kernel has no MPTCP in a namespace."]
    columns = ["fault", "load", "system", "pause", "undisturbed", "works", "breaks"]
    parts = [DESCRIPTION, *missing, "![pauses by fault and system](benchmarks/pauses.svg)", Table(columns, rows)]
    if rows:
        yield Section("Pause by fault and system", parts)


def row(results, fault, load, name):
    match = {"subject": NAME, "case": fault, "load": load, "system": name}
    runs = results.of(**match)
    works = f"{len([r for r in runs if r['result']['works']])} of {len(runs)}"
    broken = sum(results.values("broken", **match))
    times = [three(results.values(key, **match)) for key in ("pause", "undisturbed")]
    return [fault.replace("-", " "), load, name, *times, works, broken or ""]


DESCRIPTION = f"""The longest time without a byte at either end that ended after the fault began, in ms, as median / 95th percentile /
maximum. The fault ends when the application works again, or after {LASTS:g} s, and 30 % loss lasts so long in any case; what
does not get over it then waits for the repair, and for its own next try. *Works* is how many runs worked before the
repair, *breaks* how many connections of the application were broken in all of them. Kernel MPTCP has `lte` as backup
subflow (`signal backup` at the server, `backup` at the client) and the kernel's defaults, its sockets by `mptcpize`. The
checking HAProxy has `check inter 10ms fall 2`, `on-marked-down shutdown-sessions` and a backup server over `lte`; it breaks
connections by design, so its application is one that connects again at once. socat has `-b {systems.SOCAT_BUFFER}` and
`nodelay`. Everything runs in one laboratory, its own programs idle but one's."""


def plots(results, folder):
    import plots

    groups = {}
    for fault in FAULTS:
        match = {"subject": NAME, "case": fault, "load": REQUESTS}
        groups[fault.replace("-", " ")] = {name: results.values("pause", system=name, **match) for name in SYSTEMS}
    if any(values for runs in groups.values() for values in runs.values()):
        plots.pauses(folder / "pauses.svg", groups)
