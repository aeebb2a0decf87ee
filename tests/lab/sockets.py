# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Sockets of this interpreter inside a namespace of a laboratory: applications with a mind of their own."""

import ctypes
import os
import socket
import threading

from lab import settings

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def open_socket(lab, node, family=socket.AF_INET):
    """A TCP socket that lives in the node's namespace, whoever uses it."""
    made = []

    def make():
        # Only this thread enters the namespace, and it ends there.
        with open(f"/run/netns/{lab.namespace(node)}", "rb") as namespace:
            if _libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
                made.append(OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno())))
                return
        made.append(socket.socket(family))

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if isinstance(made[0], OSError):
        raise made[0]
    made[0].settimeout(settings.LIMIT)
    made[0].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made[0]


def listen(lab, node, port, address="127.0.0.1", receive_buffer=None):
    listener = open_socket(lab, node)
    if receive_buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    listener.bind((address, port))
    listener.listen()
    return listener


def connect(lab, node, port, address="127.0.0.1"):
    client = open_socket(lab, node)
    client.connect((address, port))
    return client


def accept_one(listener):
    accepted, _ = listener.accept()
    accepted.settimeout(settings.LIMIT)
    return accepted


def reads_reset(sock):
    """Whether the connection ends by a reset; an orderly end, or no end at all, is False."""
    try:
        while sock.recv(65536):
            pass
    except ConnectionResetError:
        return True
    return False


def connects_to_a_reset(lab, node, port):
    """Whether a new connection is accepted and then reset. The reset may come before connect() has returned, which
    then reports it."""
    with open_socket(lab, node) as client:
        try:
            client.connect(("127.0.0.1", port))
        except ConnectionResetError:
            return True
        return reads_reset(client)


def is_closed(sock):
    """Whether the other end ended the connection in any way."""
    try:
        while sock.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:  # A reset, or it was refused and so never connected.
        pass
    return True


def read_exactly(sock, count):
    """So many bytes, or fewer if the stream ended first."""
    data = b""
    while len(data) < count and (piece := sock.recv(count - len(data))):
        data += piece
    return data
