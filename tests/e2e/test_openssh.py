# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""OpenSSH as Debian has it, while links are cut and repaired at random: files by scp in both directions, and a person
who types."""

import contextlib
import hashlib
import os

import pytest

from lab.openssh import Shell, SshServer
from lab.pair import start_pair
from lab.saboteur import Saboteur

PORT = 2222
PROCESS = {"ssh": {"listen": f"127.0.0.1:{PORT}", "target": "127.0.0.1:22", "wait_to_restore": "300ms"}}

SIZE = 40_000_000

# In Kbit/s: so slow that much can happen to one file.
RATE = 200_000


@pytest.fixture
def ssh(lab):
    """A server at osaka; returns the laboratory, the nodes, and the configuration of clients at tokyo."""
    server = SshServer(lab, "osaka", PORT)
    nodes = start_pair(lab, PROCESS)
    hello = ["ssh", "-F", server.client_config, "server", "echo hello"]
    lab.wait_for("sshd answers", lambda: lab.run("tokyo", *hello, check=False) == "hello\n")
    return lab, nodes, server.client_config


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def test_files_are_copied_both_ways(ssh, switches):
    lab, nodes, config = ssh
    original, there, back = (lab.folder / name for name in ("original", "there", "back"))
    original.write_bytes(os.urandom(SIZE))
    with Saboteur(lab, nodes) as saboteur:
        for run in saboteur.until(switches):
            for name, source, target in (("to", original, f"server:{there}"), ("from", f"server:{there}", back)):
                words = ["scp", "-q", "-F", config, "-l", RATE, source, target]
                scp = lab.spawn("tokyo", f"scp-{name}-{run}", *words)
                assert scp.wait() == 0, f"{scp.log()}\n{lab.describe()}"
            assert digest(original) == digest(there) == digest(back)
            there.unlink()
            back.unlink()


def test_a_session_goes_on(ssh, switches):
    lab, nodes, config = ssh
    with contextlib.closing(Shell(lab, "tokyo", "shell", config)) as shell, Saboteur(lab, nodes) as saboteur:
        lab.wait_for("the shell shows its prompt", shell.ready)
        shell.ask("mine=$$; echo ready", "ready")
        number = 0
        while saboteur.switches < switches:
            number += 1
            shell.ask(f"echo {number} times 7919 is $(({number} * 7919))", f"{number} times 7919 is {number * 7919}")
        shell.ask("[ $$ = $mine ] && tty >/dev/null && echo the same", "the same")
        shell.type("exit 7")
        assert shell.process.wait() == 7, shell.process.log()
