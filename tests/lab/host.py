# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Processes and commands of a laboratory: nothing is left behind and nothing else is touched."""

import os
import pathlib
import signal
import subprocess
import time

from lab import settings


class LabError(RuntimeError):
    """The laboratory itself does not work; says nothing about the programs under test."""


def command(*words, stdin=None, check=True):
    """Runs a command of the system to its end and returns what it printed."""
    words = [str(word) for word in words]
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=60)
    if check and done.returncode != 0:
        raise LabError(f"{' '.join(words)}: {done.stderr.strip()}\n{stdin or ''}")
    return done.stdout


class Process:
    """A program in a namespace. Its output goes to files, so that it can never wait for a reader."""

    def __init__(self, name, namespace, words, folder, stdin=None, env=None):
        self.name = name
        self.out = pathlib.Path(folder) / f"{name}.out"
        self.err = pathlib.Path(folder) / f"{name}.err"
        # Whatever ends this interpreter, the kernel then ends the program.
        wrapper = ["setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", namespace]
        with open(self.out, "ab") as out, open(self.err, "ab") as err:
            self.popen = subprocess.Popen(
                wrapper + [str(word) for word in words],
                stdin=stdin or subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )

    @property
    def pid(self):
        return self.popen.pid

    @property
    def running(self):
        return self.popen.poll() is None

    def output(self):
        return self.out.read_text(errors="replace")

    def log(self):
        return self.err.read_text(errors="replace")

    def wait(self, limit=settings.LIMIT):
        """The exit status; negative if a signal ended it."""
        try:
            return self.popen.wait(limit)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {limit} s\n{self.log()[-4000:]}") from None

    def signal(self, number):
        if self.running:
            self.popen.send_signal(number)

    def stop(self, limit=settings.LIMIT):
        self.signal(signal.SIGTERM)
        return self.wait(limit)

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.popen.wait()


def end_processes(processes, grace=2.0):
    """Asks all of them to end, then makes those that did not."""
    for process in processes:
        process.signal(signal.SIGTERM)
    deadline = time.monotonic() + grace
    for process in processes:
        try:
            process.popen.wait(max(0.01, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


def end_namespace(name):
    """Ends what still runs in a namespace of ours (children of children) and deletes it."""
    for pid in command("ip", "netns", "pids", name, check=False).split():
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            pass
    command("ip", "netns", "del", name, check=False)
