# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Many streams at full speed from a server to a client that counts what each of them brings.

    many_streams.py serve PORT
    many_streams.py run ADDRESS PORT STREAMS STOPPED SECONDS

The client opens STREAMS connections, reads nothing from the first STOPPED of them, and once each of the others
has brought something, counts what they bring in SECONDS. It prints one JSON line: bytes of each of these, and seconds.
"""

import json
import resource
import select
import socket
import sys
import time

BLOCK = memoryview(bytes(128 * 1024))
WARM_UP = 1.0
# Until each of them has brought something.
START_LIMIT = 30


def serve(port):
    """Writes to every connection as much as it takes, in turn."""
    listener = socket.create_server(("0.0.0.0", port), backlog=4096)
    listener.setblocking(False)
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    connections = {}
    print("ready", flush=True)
    while True:
        for number, _ in poll.poll():
            if number == listener.fileno():
                accept_all(listener, connections, poll)
            else:
                write(connections, number)


def accept_all(listener, connections, poll):
    """One at a time, each would wait until all of those before it have been written to."""
    while True:
        try:
            connection = listener.accept()[0]
        except BlockingIOError:
            return
        connection.setblocking(False)
        connections[connection.fileno()] = connection
        poll.register(connection, select.EPOLLOUT)


def write(connections, number):
    try:
        connections[number].send(BLOCK)
    except BlockingIOError:
        pass
    except OSError:
        connections.pop(number).close()


def run(address, port, streams, stopped, seconds):
    poll = select.epoll()
    connections = {}
    for number in range(streams):
        connection = socket.create_connection((address, port))
        connection.setblocking(False)
        connections[connection.fileno()] = connection
        if number >= stopped:
            poll.register(connection, select.EPOLLIN)
    stopped_numbers = set(list(connections)[:stopped])
    silent = connections.keys() - stopped_numbers
    deadline = time.monotonic() + START_LIMIT
    while silent:
        if time.monotonic() > deadline:
            sys.exit(f"{len(silent)} streams bring nothing")
        silent = {number for number, size in count(poll, connections, WARM_UP)[0].items() if size == 0} & silent
    counted, took = count(poll, connections, seconds)
    print(json.dumps({"bytes": [counted[n] for n in connections if n not in stopped_numbers], "seconds": took}))


def count(poll, connections, seconds):
    """Reads for so long, one block of each stream in turn. Bytes by connection, and how long it was."""
    counted = dict.fromkeys(connections, 0)
    buffer = bytearray(len(BLOCK))
    begin = time.monotonic()
    while (now := time.monotonic()) < begin + seconds:
        for number, _ in poll.poll(0.1):
            received = connections[number].recv_into(buffer)
            if received == 0:
                sys.exit("a stream has ended")
            counted[number] += received
    return counted, now - begin


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    mode, *values = sys.argv[1:]
    if mode == "serve":
        serve(int(values[0]))
    else:
        run(values[0], *map(int, values[1:4]), float(values[4]))
