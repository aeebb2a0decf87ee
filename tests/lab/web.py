# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""nginx as Debian has it, serving one large file, and curl."""

import hashlib
import os
import select

from lab import settings

CONFIG = """
daemon off;
user root;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {port};
        root {folder}/files;
    }}
}}
"""


class WebServer:
    """Serves on a port of a node /large, `size` bytes (whole megabytes) with the SHA-256 `digest`, and /small."""

    def __init__(self, lab, node, size, port=80):
        settings.require("nginx", "curl")
        self.lab = lab
        self.size = size
        self.digest = self._write_file(lab.folder / "files")
        config = lab.folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=lab.folder, port=port))
        self.process = lab.spawn(node, "nginx", "nginx", "-e", "stderr", "-c", config)

    def wait_answers(self, node, url):
        """Waits until the file is there for a client on another node."""
        head = ["curl", "-sfI", url]
        self.lab.wait_for("nginx answers", lambda: "200 OK" in self.lab.run(node, *head, check=False))

    def _write_file(self, folder):
        folder.mkdir()
        digest = hashlib.sha256()
        noise = os.urandom(1_000_000)
        with open(folder / "large", "wb") as large:
            for number in range(self.size // 1_000_000):
                # No two blocks are alike at any place, and it is much cheaper than to ask for noise again.
                block = noise[number:] + noise[:number]
                digest.update(block)
                large.write(block)
        (folder / "small").write_text("what everybody wants\n" * 100)
        return digest.hexdigest()


class Download:
    """curl, writing to a file of the laboratory. `part` is the (first, last) byte of what it wants of the URL."""

    def __init__(self, lab, node, url, name, rate=None, part=None):
        self._lab = lab
        self.target = lab.folder / name
        options = ["--limit-rate", rate] if rate else []
        options += ["--range", "{}-{}".format(*part)] if part else []
        self.process = lab.spawn(node, name, "curl", "-sS", "--fail", *options, "-o", self.target, url)

    def size(self):
        return self.target.stat().st_size if self.target.exists() else 0

    def digest(self):
        with open(self.target, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


class PipedDownload(Download):
    """A download that cannot end before it is read: curl writes into a pipe."""

    def __init__(self, lab, node, url, name):
        os.mkfifo(lab.folder / name)
        # Open at both ends, so that this neither waits for curl nor depends on it.
        self._pipe = os.open(lab.folder / name, os.O_RDWR)
        self._hash = hashlib.sha256()
        super().__init__(lab, node, url, name)

    def read(self, count):
        """Takes so many bytes."""
        while count > 0:
            ready, _, _ = select.select([self._pipe], [], [], settings.LIMIT)
            assert ready, f"nothing came for {settings.LIMIT} s: {self.process.log()}\n{self._lab.describe()}"
            data = os.read(self._pipe, min(count, 1_000_000))
            self._hash.update(data)
            count -= len(data)

    def digest(self):
        """Of all that was read."""
        return self._hash.hexdigest()

    def close(self):
        os.close(self._pipe)
