# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What happens again and again while something else is watched. Each is a context manager."""

import contextlib
import signal
import threading
import time


@contextlib.contextmanager
def repeatedly(action):
    """Does it again and again in the background; it returns how long to pause after it."""
    ended = threading.Event()

    def work():
        while not ended.wait(action()):
            pass

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def stopped_for(node, seconds, pause):
    """Stops a daemon for some time, as a scheduler with something better to do would."""

    def stop():
        node.signal(signal.SIGSTOP)
        time.sleep(seconds)
        node.signal(signal.SIGCONT)
        return pause

    return repeatedly(stop)


@contextlib.contextmanager
def toggling(lab, line, seconds):
    """The line is a black hole for so long, then whole for so long. Whole in the end."""
    cut = False

    def toggle():
        nonlocal cut
        cut = not cut
        lab.cut(line) if cut else lab.heal(line)
        return seconds

    with repeatedly(toggle):
        yield
    lab.heal(line)


@contextlib.contextmanager
def burning(lab, node, programs=4):
    """Other programs want all of the processors."""
    burners = [lab.spawn(node, f"burn-{number}", "sh", "-c", "while :; do :; done") for number in range(programs)]
    yield
    for burner in burners:
        burner.kill()
