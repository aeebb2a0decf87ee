# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What is sent through a system: each load is a server at osaka and a client at tokyo that says how it went."""

import contextlib
import dataclasses
import json

import machine
from lab import settings
from systems import HERE, SERVER_PORT, THERE


@dataclasses.dataclass
class Sample:
    """One run of a client: how much went through, or how long a reply took (µs)."""

    bytes: int = 0
    seconds: float = 0
    cpu_seconds: float = 0
    p50: float = 0
    p99: float = 0

    @property
    def gbit_per_second(self):
        return self.bytes * 8 / self.seconds / 1e9

    @property
    def cpu_seconds_per_gb(self):
        return self.cpu_seconds / (self.bytes / 1e9)


class OneWay:
    """iperf3: one stream, one direction, writes and reads of 128 KiB, nothing looked at."""

    ready = "Server listening"
    server = ("iperf3", "--server", "--port", SERVER_PORT, "--forceflush")

    @staticmethod
    def client(address, port, seconds):
        return ("iperf3", "--client", address, "--port", port, "--time", seconds, "--json")

    @staticmethod
    def sample(output):
        received = json.loads(output)["end"]["sum_received"]
        return Sample(bytes=received["bytes"], seconds=received["seconds"])


class Checked:
    """stream_check: one stream, both directions at once, each byte made and checked."""

    ready = '"ready":true'
    server = (settings.STREAM_CHECK, "serve", "0.0.0.0", SERVER_PORT)

    @staticmethod
    def client(address, port, seconds):
        return (settings.STREAM_CHECK, "run", address, port, "--seconds", seconds)

    @staticmethod
    def sample(output):
        report = final_report(output)
        return Sample(bytes=report["sent"] + report["received"], seconds=report["seconds"])


class RequestReply:
    """stream_check: 64 bytes there, 64 bytes back, the next request at once."""

    ready = Checked.ready
    server = Checked.server

    @staticmethod
    def client(address, port, seconds):
        return (*Checked.client(address, port, seconds), "--message", 64)

    @staticmethod
    def sample(output):
        latency = final_report(output)["latency"]
        return Sample(p50=latency["p50_us"], p99=latency["p99_us"])


def final_report(output):
    report = json.loads(output.splitlines()[-1])
    assert report["ok"], f"the application saw: {report}"
    return report


@contextlib.contextmanager
def serving(lab, load):
    """The server of a load, for as long as it is needed."""
    name = f"server-{load.__name__}"
    seen = len((lab.folder / f"{name}.out").read_text()) if (lab.folder / f"{name}.out").exists() else 0
    process = lab.spawn(THERE, name, *load.server)
    lab.wait_for(f"{name} listens", lambda: load.ready in process.output()[seen:])
    yield
    process.stop()


def run(lab, load, system, seconds):
    before = machine.cpu_seconds()
    output = lab.run(HERE, *load.client(*system.endpoint, seconds))
    sample = load.sample(output)
    sample.cpu_seconds = machine.cpu_seconds() - before
    return sample
