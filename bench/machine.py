# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What the whole machine does and is: CPU time from /proc/stat, and a description without names."""

import os
import pathlib
import platform
import re
import time

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds():
    """CPU time that all processors have spent on work since the machine started, the kernel's own included."""
    names = ("user", "nice", "system", "idle", "iowait", "irq", "softirq")
    numbers = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    spent = dict(zip(names, map(int, numbers)))
    return sum(value for name, value in spent.items() if name not in ("idle", "iowait")) / _TICKS


def other_work(seconds=0.3):
    """How many processors are busy while we do nothing: what others take from a measurement."""
    before = cpu_seconds()
    time.sleep(seconds)
    return (cpu_seconds() - before) / seconds


def describe():
    cpu = pathlib.Path("/proc/cpuinfo").read_text()
    kind = "virtual machine" if re.search(r"^flags.*\bhypervisor\b", cpu, re.MULTILINE) else "machine"
    model = re.search(r"^model name\s*:\s*(.*?)( Processor)?$", cpu, re.MULTILINE)
    release = ".".join(platform.release().split(".")[:2])
    return f"{os.cpu_count()}-core {kind} ({model.group(1) if model else platform.machine()}), Linux {release}"
