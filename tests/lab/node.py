# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A warmspared in a namespace, asked through its own command line."""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess

from lab import settings, toml
from lab.host import LabError, command

# How long a daemon may say goodbye, in seconds, before it is told that nobody waits for what it still drains.
PATIENCE = 3


class Node:
    """One daemon. `config` is a dictionary, or the text of the file."""

    def __init__(self, lab, name, config, namespace=None, wrapper=()):
        self.lab = lab
        self.name = name
        self.namespace = namespace or name
        self.wrapper = wrapper
        self.file = lab.folder / f"{name}.toml"
        self.control = lab.folder / f"{name}.sock"
        self.process = None
        self._stopped = True
        self.configure(config)
        lab.daemons.append(self)

    def configure(self, config):
        """Writes the file; read at the next start."""
        self.config = config
        self.file.write_text(config if isinstance(config, str) else toml.dump(config))

    def launch(self):
        """Starts the daemon and does not wait for anything."""
        words = [*self.wrapper, settings.DAEMON, "--config", self.file, "--control", self.control]
        # A build with sanitizers would keep what was freed for a long time, and seem to hold it.
        env = {"ASAN_OPTIONS": "quarantine_size_mb=4"}
        self.process = self.lab.spawn(self.namespace, f"warmspared-{self.name}", *words, env=env)
        self._stopped = False
        return self

    def start(self):
        """Starts the daemon and waits until it answers on its control socket."""
        self.launch()
        self.lab.wait_for(f"{self.name} answers on its control socket", self._answers)
        return self

    def stop(self):
        """SIGTERM; returns the exit status."""
        self._stopped = True
        return self.process.stop()

    def end(self):
        """Makes it end as an impatient person would, if it still runs, and asserts that nothing was wrong with it."""
        if self.process is None:
            return
        if self.process.running:
            self.signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.popen.wait(PATIENCE)
            self.process.signal(signal.SIGTERM)
            # The second signal may find it so near its end that it no longer listens for any.
            assert self.process.wait() in (0, -signal.SIGTERM), f"{self.name}\n{self.process.log()}"
        report = re.search(r"^.*(Sanitizer|runtime error).*$", self.process.log(), re.MULTILINE)
        assert not report, f"{self.name}: {report.group()}\n{self.process.log()}"

    def signal(self, number):
        """Sends a signal after which the daemon may end by itself."""
        self._stopped = True
        self.process.signal(number)

    def kill(self):
        """SIGKILL: the node vanishes without a word."""
        self._stopped = True
        self.process.kill()

    def expect_end(self, status):
        """Waits until the daemon has ended by itself and asserts how."""
        self._stopped = True
        ended = self.process.wait()
        assert ended == status, f"{self.name} ended with {ended}, not {status}\n{self.process.log()}"

    def check_running(self):
        if not self._stopped and not self.process.running:
            raise AssertionError(f"{self.name} ended with {self.process.popen.returncode}\n{self.lab.describe()}")

    def cli(self, *words, check=True):
        """Runs `warmspare WORDS` against this node and returns what it printed."""
        return command(settings.CLI, *words, "--control", self.control, check=check)

    def status(self):
        return json.loads(self.cli("status", "--json"))

    def events(self, kind=None, **fields):
        """All events that it remembers, or those of one kind whose named fields have the given values."""
        events = map(json.loads, self.cli("events", "--json").splitlines())
        wanted = {**({"event": kind} if kind else {}), **fields}
        return [event for event in events if all(event.get(key) == value for key, value in wanted.items())]

    def peer(self, name=None):
        """The table of one peer (the only one by default)."""
        peers = {peer["name"]: peer for peer in self.status()["peers"]}
        return peers[name] if name else next(iter(peers.values()))

    def link(self, name, peer=None):
        return next(link for link in self.peer(peer)["links"] if link["name"] == name)

    def user(self, process, peer=None):
        """The status of one user process."""
        return next(entry for entry in self.peer(peer)["processes"] if entry["id"] == process)

    def streams(self):
        """How many there are of all processes of all peers."""
        return sum(user["streams"] for peer in self.status()["peers"] for user in peer["processes"])

    def memory_kb(self):
        """Memory of its own that is resident; pages of program files do not count."""
        return int(re.search(r"^RssAnon:\s+(\d+) kB", self._proc("status").read_text(), re.MULTILINE).group(1))

    def descriptors(self):
        """How many it has open, without Unix sockets: those of its control socket come and go with each question."""
        # In this order: the answer to the last question may end meanwhile, and nothing new begins. A connection that
        # was accepted belongs to the namespace of whoever made it.
        tables = self._proc("net/unix"), pathlib.Path("/proc/self/net/unix")
        unix = {f"socket:[{line.split()[6]}]" for table in tables for line in table.read_text().splitlines()[1:]}
        return sum(_target(entry) not in (None, *unix) for entry in self._proc("fd").iterdir())

    def describe(self):
        head = f"=== {self.name}"
        try:
            table = self.cli("status", check=False) if self.process and self.process.running else "not running\n"
            events = self.cli("events", check=False) if self.process and self.process.running else ""
        except Exception as error:  # Whatever goes wrong here must not hide the failure that is being explained.
            table, events = f"{error}\n", ""
        log = self.process.log() if self.process else ""
        parts = [head, table, "--- events", _tail(events), "--- log", _tail(log), "--- file", self.file.read_text()]
        return "\n".join(parts)

    def _proc(self, name):
        return pathlib.Path("/proc", str(self.process.pid), name)

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.control))
            except OSError:
                return False
        try:
            return bool(self.status())
        except (LabError, ValueError):
            return False


def _target(entry):
    """What a descriptor stands for, or None if it has been closed."""
    try:
        return os.readlink(entry)
    except FileNotFoundError:
        return None


def _tail(text, lines=40):
    return "\n".join(text.splitlines()[-lines:])
