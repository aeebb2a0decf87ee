# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A box that ends TCP on both of its sides, as accelerators on satellite and mobile lines do. What it acknowledges has
not arrived anywhere yet: to the kernels on either side a line looks alive that is not."""

import contextlib
import socket
import threading

from lab.sockets import open_socket


class Middlebox:
    """Runs at a node of the laboratory: accepts on `front` and goes on to `behind`, both (address, port)."""

    def __init__(self, lab, node, front, behind):
        self._lab = lab
        self._node = node
        self._behind = behind
        self._relaying = threading.Event()
        self._relaying.set()
        self._reading = threading.Event()
        self._reading.set()
        self._listener = open_socket(lab, node)
        self._listener.settimeout(None)
        self._listener.bind(front)
        self._listener.listen()
        _run(self._accept)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        """No more connections; those that there are end with either side."""
        self.recover()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def swallow(self):
        """Goes on reading, and so acknowledging, and passes nothing on; not even that one side has ended."""
        self._relaying.clear()

    def stall(self):
        """Passes nothing on and does not read either: its kernel acknowledges until its buffers are full."""
        self._reading.clear()
        self._relaying.clear()

    def recover(self):
        """New connections work again. Those of which something was thrown away do not."""
        self._relaying.set()
        self._reading.set()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                front, _ = self._listener.accept()
                _run(self._carry, front)

    def _carry(self, front):
        self._relaying.wait()
        behind = open_socket(self._lab, self._node)
        try:
            behind.connect(self._behind)
        except OSError:
            return _close(front, behind)
        for side in (front, behind):
            side.settimeout(None)
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pumps = [_run(self._pump, front, behind), _run(self._pump, behind, front)]
        for pump in pumps:
            pump.join()
        _close(front, behind)

    def _pump(self, source, sink):
        whole = True
        with contextlib.suppress(OSError):
            while self._reading.wait() and (data := source.recv(1 << 18)):
                whole = whole and self._relaying.is_set()
                if whole:
                    sink.sendall(data)
                elif self._relaying.is_set():
                    break
        self._relaying.wait()
        for side in (source, sink):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)


def _run(target, *args):
    thread = threading.Thread(target=target, args=args, daemon=True)
    thread.start()
    return thread


def _close(*sides):
    for side in sides:
        side.close()
