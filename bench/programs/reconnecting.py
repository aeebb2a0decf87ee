# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""An application that gets over broken connections: it asks in 64 bytes, waits for as many, and connects again at once
when its connection breaks. Every 20 ms it prints the longest time without a reply that ended meanwhile, as stream_check
does. Ends with its standard input.

    reconnecting.py serve PORT
    reconnecting.py run ADDRESS PORT
"""

import contextlib
import json
import select
import socket
import sys
import threading
import time

MESSAGE = bytes(64)
EVERY = 0.02


def serve(port):
    listener = socket.create_server(("0.0.0.0", port), backlog=128)
    print("ready", flush=True)
    while True:
        threading.Thread(target=echo, args=[listener.accept()[0]], daemon=True).start()


def echo(connection):
    with connection, contextlib.suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := connection.recv(4096):
            connection.sendall(data)


class Client:
    def __init__(self, address, port):
        self.endpoint = (address, port)
        self.replies = 0
        self.broken = 0
        self.last_reply = self.last_print = time.monotonic()
        self.gap, self.gap_end = 0, 0

    def run(self):
        while not select.select([sys.stdin], [], [], 0)[0]:
            try:
                with socket.create_connection(self.endpoint, timeout=EVERY) as connection:
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.converse(connection)
            except OSError:
                time.sleep(0.001)
            self.print_progress()

    def converse(self, connection):
        """Until it breaks, or standard input ends."""
        while not select.select([sys.stdin], [], [], 0)[0]:
            connection.sendall(MESSAGE)
            if not self.reply(connection):
                self.broken += 1
                return
            self.print_progress()

    def reply(self, connection):
        """Whether a whole one came; while none does, progress is printed."""
        missing = len(MESSAGE)
        while missing:
            try:
                data = connection.recv(missing)
            except TimeoutError:
                self.print_progress()
                continue
            except OSError:
                return False
            if not data:
                return False
            missing -= len(data)
        now = time.monotonic()
        self.replies += 1
        if now - self.last_reply >= self.gap:
            self.gap, self.gap_end = now - self.last_reply, now
        self.last_reply = now
        return True

    def print_progress(self):
        now = time.monotonic()
        if now - self.last_print >= EVERY:
            self.last_print = now
            told = {"replies": self.replies, "broken": self.broken, "gap_ms": self.gap * 1e3, "gap_end_s": self.gap_end}
            print(json.dumps(told), flush=True)
            self.gap = 0


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    else:
        Client(sys.argv[2], int(sys.argv[3])).run()
