# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Where the programs under test are, and what the laboratory needs of its host."""

import os
import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("WARMSPARE_BUILD", ROOT / "build")).resolve() / "bin"

DAEMON = BIN / "warmspared"
CLI = BIN / "warmspare"
STREAM_CHECK = BIN / "stream_check"
SLOW_LINE = BIN / "slow_line"
WALL_CLOCK = BIN / "wall_clock.so"

TOOLS = ("ip", "nft", "ss", "sysctl", "setpriv", "prlimit")
# What only some faults need, and so neither the demo nor the benchmarks.
FAULT_TOOLS = ("ethtool",)

# Debian keeps servers and network tools in sbin, which is not on everybody's path.
os.environ["PATH"] = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"

# Most that anything is waited for, in seconds. Far more than needed, so that only a real fault is ever seen.
LIMIT = float(os.environ.get("WARMSPARE_LIMIT", 60))

# A build with AddressSanitizer or ThreadSanitizer reserves terabytes of address space.
SANITIZED = DAEMON.exists() and any(mark in DAEMON.read_bytes() for mark in (b"__asan_init", b"__tsan_init"))


def missing(programs=(DAEMON, CLI, STREAM_CHECK), tools=TOOLS):
    """Names of what is not there."""
    return [str(program) for program in programs if not program.exists()] + [
        tool for tool in tools if shutil.which(tool) is None
    ]


def require(*tools):
    """An application that a test needs is there, or it is a failure: with root nothing is skipped."""
    lacking = missing(programs=(), tools=tools)
    assert not lacking, f"missing: {', '.join(lacking)}; run make deps"
