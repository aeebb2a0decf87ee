# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""OpenSSH as Debian has it: a server with keys of its own, and clients that know no others."""

import os

from lab import settings
from lab.host import command

SERVER_CONFIG = """
ListenAddress 127.0.0.1:22
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {folder}/client.pub
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
"""

CLIENT_CONFIG = """
Host server
    HostName 127.0.0.1
    Port {port}
    User root
    IdentityFile {folder}/client
    IdentitiesOnly yes
    StrictHostKeyChecking yes
    GlobalKnownHostsFile none
    UserKnownHostsFile {folder}/known_hosts
    LogLevel ERROR
"""

# What the server wants to find in the system is put over it where nobody else sees that: `ip netns exec` gives each
# program mounts of its own. Where root has no password, Debian locks the account, to keys too.
START = """
mount -t tmpfs tmpfs /run
mkdir /run/sshd
mount --bind {folder}/shadow /etc/shadow
exec /usr/sbin/sshd -D -e -f {folder}/sshd_config
"""

PROMPT = "typist> "


class SshServer:
    """Listens on 127.0.0.1:22 of a node; `client_config` is for clients that reach it through `port`."""

    def __init__(self, lab, node, port):
        settings.require("sshd", "ssh", "scp", "ssh-keygen")
        folder = lab.folder / "openssh"
        folder.mkdir()
        for key in ("host", "client"):
            command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key)
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
        (folder / "shadow").write_text("root:*:19000:0:99999:7:::\n")
        (folder / "sshd_config").write_text(SERVER_CONFIG.format(folder=folder))
        self.client_config = folder / "ssh_config"
        self.client_config.write_text(CLIENT_CONFIG.format(folder=folder, port=port))
        self.process = lab.spawn(node, "sshd", "sh", "-ec", START.format(folder=folder))


class Shell:
    """A person at a terminal: an interactive shell, to which commands are typed as the keyboard does it."""

    def __init__(self, lab, node, name, config):
        self._lab = lab
        self._keyboard, terminal = os.openpty()
        words = ["ssh", "-F", config, "-tt", "server", f"PS1='{PROMPT}' exec sh -i"]
        self.process = lab.spawn(node, name, *words, stdin=terminal)
        os.close(terminal)

    def close(self):
        os.close(self._keyboard)

    def type(self, text):
        os.write(self._keyboard, text.encode() + b"\r")

    def ready(self, shown=0):
        """Whether it has printed more than `shown` and waits for a command."""
        output = self.process.output()
        return len(output) > shown and output.endswith(PROMPT)

    def answers(self):
        """What the terminal has shown so far, without what it showed of the typing itself."""
        return [line for line in self.process.output().splitlines() if not line.startswith(PROMPT)]

    def ask(self, text, answer):
        """Types a command, waits until it has been carried out, and asserts what its one line of answer is."""
        expected = [*self.answers(), answer]
        shown = len(self.process.output())
        self.type(text)
        self._lab.wait_for(f"the shell has done {text}", lambda: self.ready(shown))
        assert self.answers() == expected, self.process.output()
