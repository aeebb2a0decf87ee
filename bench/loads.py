# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What is sent through a system to see how much goes through: each load is a server at osaka and a client at tokyo that
says how it went."""

import contextlib
import itertools
import json

import machine
from lab import settings
from systems import HERE, SERVER_PORT, THERE

_numbers = itertools.count()


class OneWay:
    """iperf3: one stream, one direction, writes and reads of 128 KiB, nothing looked at."""

    name = "full speed"
    ready = "Server listening"
    server = ("iperf3", "--server", "--port", SERVER_PORT, "--forceflush")

    @staticmethod
    def client(address, port, seconds):
        return ("iperf3", "--client", address, "--port", port, "--time", seconds, "--json")

    @staticmethod
    def result(output, cpu_seconds):
        received = json.loads(output)["end"]["sum_received"]
        count = received["bytes"]
        return {"gbit_s": count * 8 / received["seconds"] / 1e9, "cpu_s_per_gb": cpu_seconds / (count / 1e9)}


class RequestReply:
    """stream_check: 64 bytes there, 64 bytes back, the next request at once."""

    name = "64 B back to back"
    ready = '"ready":true'
    server = (settings.STREAM_CHECK, "serve", "0.0.0.0", SERVER_PORT)
    options = ()

    @classmethod
    def client(cls, address, port, seconds):
        return (settings.STREAM_CHECK, "run", address, port, "--seconds", seconds, "--message", 64, *cls.options)

    @staticmethod
    def result(output, _):
        report = json.loads(output.splitlines()[-1])
        assert report["ok"], f"the application saw: {report}"
        return {"p50": report["latency"]["p50_us"], "p99": report["latency"]["p99_us"]}


class PacedRequestReply(RequestReply):
    """The next request a millisecond after the reply."""

    name = "64 B at 1 kHz"
    options = ("--pause", 1000)


LOADS = {load.name: load for load in (OneWay, RequestReply, PacedRequestReply)}


@contextlib.contextmanager
def serving(lab, load, wrapper=()):
    """The server of a load, for as long as it is needed."""
    name = f"server-{next(_numbers)}"
    process = lab.spawn(THERE, name, *wrapper, *load.server)
    lab.wait_for(f"{load.name}: the server listens", lambda: load.ready in process.output())
    yield
    process.stop()


def run(lab, load, system, seconds):
    """One run of a client: how much went through and what it cost, or how long replies took (µs)."""
    with serving(lab, load, system.wrapper):
        before = machine.cpu_seconds()
        output = lab.run(HERE, *system.wrapper, *load.client(*system.endpoint, seconds))
        return load.result(output, machine.cpu_seconds() - before)
