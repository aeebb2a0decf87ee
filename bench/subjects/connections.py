# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""How many connections a second can be made, used for one request and ended."""

import contextlib
import re

import systems
from figures import Ratio, figure, median, with_range
from lab import Lab, settings
from lab.web import WebServer
from report import Section, Table
from steps import Step, in_turn
from systems import COPYING, DIRECT, HERE, SERVER_PORT, SOCAT, SPLICING, THERE, WARMSPARE, one_congestion_control

NAME = "connections"
TOOLS = (*settings.TOOLS, "haproxy", "socat", "nginx", "wrk")

SYSTEMS = (DIRECT, WARMSPARE, COPYING, SPLICING, SOCAT)
CLIENTS = 16


def steps(plan):
    for run in range(plan.pick(1, 7, 0)):
        for name in in_turn(SYSTEMS, run):
            yield Step(NAME, f"{plan.pick(1, 2, 2)} s", system=name, run=run)


@contextlib.contextmanager
def stage(_):
    with Lab() as lab, one_congestion_control(lab):
        for node in (HERE, THERE):
            # As many as there are ports, for some seconds in which they are not free again.
            lab.run(node, "sysctl", "-qw", "net.ipv4.ip_local_port_range=10000 65000", "net.ipv4.tcp_tw_reuse=1")
        server = WebServer(lab, THERE, 1_000_000, port=SERVER_PORT)
        found = [systems.direct(lab), systems.start_warmspare(lab)[0], systems.socat_hops(lab)]
        found += [systems.haproxy_hops(lab, False, 7100, 7101), systems.haproxy_hops(lab, True, 7110, 7111)]
        server.wait_answers(HERE, url(found[0]))
        yield lab, {system.name: system for system in found}


def url(system):
    return "http://{}:{}/small".format(*system.endpoint)


def measure(stage, step):
    lab, found = stage
    options = ["-t1", f"-c{CLIENTS}", "-d", step.case.split()[0], "-H", "Connection: close"]
    told = lab.run(HERE, "wrk", *options, url(found[step.system]))
    assert "Socket errors" not in told and "Non-2xx" not in told, told
    return {"a_second": float(re.search(r"Requests/sec:\s+([\d.]+)", told).group(1))}


def ratio(results, name, other):
    return results.ratios("a_second", {"system": name}, {"system": other}, subject=NAME)


def figures(results):
    def judge():
        values = ratio(results, WARMSPARE, COPYING)
        return f"{with_range(values, 2)} x", "", median(values) >= 1

    match = {"subject": NAME, "system": WARMSPARE}
    yield figure(results, "new connections a second", f"≥ 1 x {COPYING}", match, judge)


def ratios(results):
    for other in (DIRECT, COPYING):
        yield Ratio(f"connections a second: {WARMSPARE} / {other}", ratio(results, WARMSPARE, other), True)


def sections(results):
    rows = []
    for name in SYSTEMS:
        own = results.values("a_second", subject=NAME, system=name)
        rows.append([name, with_range(own, 0), with_range(ratio(results, name, COPYING), 2)])
    if results.of(subject=NAME):
        yield Section("New connections", [DESCRIPTION, Table(["system", "connections a second", "of copying HAProxy"], rows)])


DESCRIPTION = f"""wrk with {CLIENTS} connections at a time and `Connection: close`, one request of a file of 2 KB on each, from nginx."""


def plots(results, folder):
    """None: the table says it."""
