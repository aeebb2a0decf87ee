# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What every test on real sockets needs. Without root it is skipped and says so; with root a missing program or
tool is a failure, never a skip."""

import os
import signal
import threading

import pytest

from lab import Lab, settings

WHY_ROOT = "network namespaces need root (run as root; CI does)"


def pytest_configure(config):
    # A terminated run cleans up like an interrupted one. Now and then execnet has a worker work in a thread beside the
    # main one, where no handler can be set: then its programs end with it all the same, by PR_SET_PDEATHSIG.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    if os.geteuid() == 0:
        return
    for item in items:
        item.add_marker(pytest.mark.skip(reason=WHY_ROOT))


def pytest_terminal_summary(terminalreporter):
    if os.geteuid() != 0 and terminalreporter.stats.get("skipped"):
        terminalreporter.section("SKIPPED: " + WHY_ROOT, sep="!", red=True, bold=True)


def pytest_sessionfinish(session):
    # In CI nothing may be left out.
    if os.geteuid() != 0 and os.environ.get("CI"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def _everything_is_there():
    """Tests of the laboratory itself need only the tools that are not ours to build."""
    lacking = settings.missing(
        programs=(settings.STREAM_CHECK, settings.SLOW_LINE), tools=(*settings.TOOLS, *settings.FAULT_TOOLS)
    )
    assert not lacking, f"missing: {', '.join(lacking)}; run make deps and make build"


@pytest.fixture
def lab():
    with Lab() as laboratory:
        yield laboratory
