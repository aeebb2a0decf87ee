# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A WebSocket server that sends back what it gets, and a client that checks it, with Debian's python3-websockets.

    websocket.py serve PORT     one line when it listens
    websocket.py run PORT       messages until standard input ends; then one line of JSON, what it counted
"""

import asyncio
import json
import random
import sys

import websockets

# The fewest messages of a run, the most that are under way at a time, and the size of the largest in bytes.
LEAST = 1000
WINDOW = 64
LARGEST = 200_000

# A busy machine may not answer for long, in seconds.
OPTIONS = {"compression": None, "ping_timeout": 300}


def messages():
    """Texts and bytes of all sizes, also none, without end; the same ones each time."""
    chance = random.Random(1)
    number = 0
    while True:
        number += 1
        size = int(LARGEST ** chance.random()) if chance.random() < 0.95 else 0
        data = chance.randbytes(size)
        yield f"{number} ä {data.hex()}" if chance.random() < 0.5 else data


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def serve(port):
    async with websockets.serve(echo, "127.0.0.1", port, **OPTIONS):
        print("ready", flush=True)
        await asyncio.Future()


async def send(connection, expected, enough):
    """Sends until it is enough; what comes back is expected in the same order."""
    for number, message in enumerate(messages()):
        if enough.is_set() and number >= LEAST:
            break
        await expected.put(message)
        await connection.send(message)
    await expected.put(None)


async def check(connection, expected):
    """Counts what comes back, and ends the program if it is not what was sent."""
    count = 0
    while (message := await expected.get()) is not None:
        if await connection.recv() != message:
            raise SystemExit(f"message {count} is not what was sent")
        count += 1
    return count


async def run(port):
    enough = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, enough.set)
    expected = asyncio.Queue(WINDOW)
    async with websockets.connect(f"ws://127.0.0.1:{port}", **OPTIONS) as connection:
        _, count = await asyncio.gather(send(connection, expected, enough), check(connection, expected))
    print(json.dumps({"messages": count}), flush=True)


if __name__ == "__main__":
    asyncio.run({"serve": serve, "run": run}[sys.argv[1]](int(sys.argv[2])))
