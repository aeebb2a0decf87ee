# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""PostgreSQL as Debian has it, with a database of its own that ends with the laboratory."""

import shutil

from lab import settings

PROGRAMS = "/usr/lib/postgresql/15/bin"
PGBENCH = f"{PROGRAMS}/pgbench"

# The server refuses root. What it leaves in the kernel when it is killed goes with a namespace of its own.
AS_POSTGRES = ("setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--pdeathsig", "KILL")

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "dynamic_shared_memory_type": "mmap",
    "fsync": "off",
}


class PostgresServer:
    """Listens on 127.0.0.1:5432 of a node and lets everybody in as the user postgres."""

    def __init__(self, lab, node):
        settings.require(PGBENCH, "psql")
        folder = lab.folder / "postgresql"
        folder.mkdir()
        # The server is another user, and must be able to come to its folder.
        lab.folder.chmod(0o711)
        shutil.chown(folder, "postgres", "postgres")
        make = [f"{PROGRAMS}/initdb", "-D", folder, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale"]
        made = lab.spawn(node, "initdb", *AS_POSTGRES, *make, "--no-sync")
        # Seconds of work, and so minutes on a busy machine.
        assert made.wait(3 * settings.LIMIT) == 0, made.log()
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        words = ["unshare", "--ipc", *AS_POSTGRES, f"{PROGRAMS}/postgres", "-D", folder, *options]
        self.process = lab.spawn(node, "postgres", *words)


class PostgresClient:
    """Programs at a node that connect to a port there."""

    def __init__(self, lab, node, port):
        self._lab = lab
        self._node = node
        self._to = ["-h", "127.0.0.1", "-p", port, "-U", "postgres"]

    def query(self, text, check=True):
        """The rows of a query, as lists of texts."""
        words = ["psql", *self._to, "--no-psqlrc", "-qAt", "-F", ",", "-c", text, "postgres"]
        return [line.split(",") for line in self._lab.run(self._node, *words, check=check).splitlines()]

    def pgbench(self, name, *options):
        return self._lab.spawn(self._node, name, PGBENCH, *self._to, *options, "postgres")
