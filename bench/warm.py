# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A pair of nodes that carries one process, in a laboratory of its own, for streams whose circuits fail."""

import contextlib
import datetime
import time

from lab import Lab
from lab.pair import all_act, start_pair
from systems import WARMSPARE, System, one_congestion_control

LINGER = "100ms"
APP = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001", "linger": LINGER}}
LINES = ("fiber", "lte", "sat")
# A line that came and went is returned to after up to sixteen times `wait_to_restore`, which is 5 s.
RETURN_LIMIT = 200


@contextlib.contextmanager
def pair(distance_ms=0, **keys):
    """With a round trip of that length on every circuit. `keys` are more keys of the process."""
    with Lab(slow=LINES if distance_ms else ()) as lab, one_congestion_control(lab):
        found = Pair(lab, distance_ms)
        found.play_distance()
        found.start({"app": {**APP["app"], **keys}})
        yield found


class Pair:
    def __init__(self, lab, distance_ms=0):
        self.lab = lab
        self.distance_ms = distance_ms
        self.system = System(WARMSPARE, ("127.0.0.1", 7000))

    def start(self, processes):
        self.nodes = start_pair(self.lab, processes, health={})

    def play_distance(self):
        for line in self.lab.slow:
            self.lab.disturb(line, delay_ms=self.distance_ms / 2)

    def heal(self):
        """Every line is repaired and every link ACT again; a stream that is open keeps tests frequent."""
        self.lab.heal()
        self.play_distance()
        self.lab.wait_for("every link is ACT", lambda: all(all_act(node) for node in self.nodes))

    def circuit(self):
        """What carries the process, or None."""
        link = self.nodes[0].user("app")["link"]
        return link and link.partition("/")[0]

    def wait_dedicated(self):
        self.lab.wait_for("the process is on its own link",
                          lambda: self.nodes[0].user("app")["state"] == "dedicated", RETURN_LIMIT)

    def wait_free(self):
        """No stream and no user is left of the former run."""
        self.lab.wait_for("every link is free again", lambda: not any(
            link["in_use"] for node in self.nodes for link in node.peer()["links"]))

    def switches(self):
        """How often the process has left a link that failed, as either node has it."""
        return max(len(node.events("switch")) for node in self.nodes)

    def decision(self, before, begin):
        """Of the first switch after so many: how long after `begin` it was, in s, and from the last proof of life to
        the decision, in ms, by the node that decided."""
        first = [node.events("switch")[before:][:1] for node in self.nodes]
        events = [event for events in first for event in events]
        detected = [event["detect_ms"] for event in events if event["detect_ms"] is not None]
        left = min((moment(event) for event in events), default=None)
        return {"detect": max(detected, default=None), "left": left and left - begin}


def moment(event):
    """When an event happened, as time.monotonic() would have told."""
    return datetime.datetime.fromisoformat(event["time"]).timestamp() - time.time() + time.monotonic()
