# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What idle links cost that are tested every second: CPU time of both ends together, and memory of each."""

import contextlib
import os
import pathlib
import time

from figures import Ratio, figure
from lab import Lab, Node, settings
from report import Section, Table
from steps import Step
from systems import HERE, LINE, THERE

NAME = "links"
TOOLS = settings.TOOLS

# A peer may have 3,000 links, so that 10,000 of them are those of several peers.
MOST_OF_A_PEER = 2500
FEWEST, MOST = 100, 10_000
FIRST_PORT = 7500
# Each an address of the node that dials, and a circuit: only so many strangers are let in at a time from one.
ADDRESSES = 8
# From when all are up until nothing but tests goes on.
SETTLE = 3
TICKS = os.sysconf("SC_CLK_TCK")


def steps(plan):
    for size in plan.pick((FEWEST, 500), (FEWEST, 1000, 2500, 5000, MOST), ()):
        yield Step(NAME, str(size), f"{plan.pick(3, 20, 20)} s", setup=str(size))


@contextlib.contextmanager
def stage(setup):
    size = int(setup)
    peers = -(-size // MOST_OF_A_PEER)
    with Lab(lines={LINE: (HERE, THERE)}) as lab:
        for number in range(ADDRESSES):
            lab.run(HERE, "ip", "address", "add", f"{own_address(number)}/24", "dev", LINE)
        names = [f"{THERE}{number}" for number in range(peers)]
        here = Node(lab, HERE, asking_config(lab, names, size // peers), HERE)
        there = [Node(lab, name, answering_config(lab, name, n, size // peers), THERE) for n, name in enumerate(names)]
        for node in (*there, here):
            node.start()
        deadline = time.monotonic() + settings.LIMIT * 4
        while not all(all_links_act(node, size if node is here else size // peers) for node in (here, *there)):
            assert time.monotonic() < deadline, f"not all of {size} links are ACT"
            lab.stay_for(1)
        lab.stay_for(SETTLE)
        yield lab, here, there


def own_address(number):
    return f"10.77.1.{100 + number}"


def asking_config(lab, others, count):
    """The file of the node that dials so many links to each of the others, and tests them every second."""
    peers = {other: table(lab, number, count, asks=True) for number, other in enumerate(others)}
    processes = {
        f"app{number}": {"peer": other, "listen": f"127.0.0.1:{FIRST_PORT + 1000 + number}"}
        for number, other in enumerate(others)
    }
    return {"node": HERE, "health": {"idle_interval": "1s"}, "peer": peers, "process": processes}


def answering_config(lab, own, number, count):
    """The file of one of the others, which only answers."""
    process = {f"app{number}": {"peer": HERE, "target": "127.0.0.1:7001"}}
    peers = {HERE: table(lab, number, count, asks=False)}
    return {"node": own, "health": {"idle_interval": "off"}, "peer": peers, "process": process}


def table(lab, number, count, asks):
    """What either of the two says of their links."""
    port = FIRST_PORT + number
    ports = {"own_port": 0, "peer_port": port} if asks else {"own_port": port, "peer_port": 0}
    here, there = [own_address(n) for n in range(ADDRESSES)], [lab.address(LINE, THERE)] * ADDRESSES
    ends = zip(here, there) if asks else zip(there, here)
    circuits = [{"name": f"c{n}", "local": own, "remote": other} for n, (own, other) in enumerate(ends)]
    rows = [{"circuit": f"c{n % ADDRESSES}", **ports, "name": f"l{n}", "priority": n + 1} for n in range(count)]
    rows[0]["process"] = f"app{number}"
    return {"dial": asks, "security": "plain", "circuits": circuits, "link": rows}


def all_links_act(node, count):
    links = [link for peer in node.status()["peers"] for link in peer["links"]]
    return sum(link["condition"] == "ACT" for link in links) == count


def measure(stage, step):
    lab, here, there = stage
    begin, sent = time.monotonic(), packets(lab)
    before = [cpu_seconds(node) for node in (here, *there)]
    lab.stay_for(float(step.load.split()[0]))
    took = time.monotonic() - begin
    spent = [(cpu_seconds(node) - was) / took for node, was in zip((here, *there), before)]
    tests = (packets(lab) - sent) / took / int(step.case)
    assert tests > 0.9, f"only {tests:.2f} tests a link and second"
    return {
        "asking": spent[0],
        "answering": sum(spent[1:]),
        "together": sum(spent),
        "memory_kb": here.memory_kb(),
        "memory_there_kb": sum(node.memory_kb() for node in there),
        "peers": len(there),
    }


def cpu_seconds(node):
    fields = pathlib.Path(f"/proc/{node.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def packets(lab):
    return int(lab.run(HERE, "cat", f"/sys/class/net/{LINE}/statistics/tx_packets"))


def by_size(results):
    return {int(record["case"]): record["result"] for record in sorted(results.of(subject=NAME), key=lambda r: int(r["case"]))}


def kib_of_a_link(sizes, size, key="memory_kb"):
    """Beyond what the fewest need."""
    return (sizes[size][key] - sizes[FEWEST][key]) / (size - FEWEST)


def figures(results):
    sizes = by_size(results)
    match = {"subject": NAME, "case": str(MOST)}

    def cost():
        found = sizes[MOST]
        return f"{found['together']:.0%} (asking {found['asking']:.0%})", "", found["together"] <= 0.25

    def memory():
        each = kib_of_a_link(sizes, MOST)
        return f"{each:.1f} KiB", "", each <= 4

    yield figure(results, f"{MOST:,} links tested every second: both ends", "≤ 25 % of a core", match, cost)
    yield figure(results, "an idle link, beyond the kernel's memory", "≤ 4 KiB", match, memory)


def ratios(results):
    sizes = by_size(results)
    if len(sizes) > 1 and FEWEST in sizes:
        most = max(sizes)
        few = sorted(sizes)[1]
        each = {size: sizes[size]["together"] / size for size in (few, most)}
        if few != most:
            yield Ratio(f"CPU time of a link, {most:,} links / {few:,}", [each[most] / each[few]])


def sections(results):
    sizes = by_size(results)
    rows = []
    for size, found in sizes.items():
        shares = [f"{found[key]:.1%}" for key in ("asking", "answering", "together")]
        known = size > FEWEST in sizes
        each = [f"{kib_of_a_link(sizes, size, key):.1f}" if known else "" for key in ("memory_kb", "memory_there_kb")]
        rows.append([f"{size:,}", found["peers"], *shares, *each])
    columns = ["links", "peers", "asking", "answering", "together", "KiB a link, asking", "answering"]
    if rows:
        parts = [DESCRIPTION, "![cost over the number of links](benchmarks/links.svg)", Table(columns, rows)]
        yield Section("Cost of idle links", parts)


DESCRIPTION = f"""All links over one circuit, tested by one node every second (`interval` and `idle_interval` of 1 s) and answered by
as many nodes as there are peers, which ask nothing themselves. A peer may have 3,000 links, so that more are those of
several. CPU time in parts of one core. Memory is resident and the program's own, beyond that of {FEWEST} links."""


def plots(results, folder):
    import plots

    sizes = by_size(results)
    if len(sizes) > 1 and FEWEST in sizes:
        plots.lines(folder / "links.svg", "links tested every second", {
            "CPU, % of a core, both ends": [(size, found["together"] * 100) for size, found in sizes.items()],
            "memory of the node that asks, MiB": [(size, found["memory_kb"] / 1024) for size, found in sizes.items()],
        })
