# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""The worked example of the founding system (S1-S7) on real sockets, its continuation included.

Every table below is asserted row by row at both nodes once it has settled. The in-flight flag is left out, because
a table on real sockets is never at rest in it; the snapshot with its flags is a transcript of the core's tests.
"""

from lab import CheckedStream, Lab, StreamServer
from lab.pair import PATIENT, start_pair

PROCESSES = {
    "A": {"listen": "127.0.0.1:7010", "target": "127.0.0.1:7001"},
    "B": {"listen": "127.0.0.1:7011", "target": "127.0.0.1:7002"},
    "C": {"listen": "127.0.0.1:7012", "target": "127.0.0.1:7003"},
}

LINKS = [
    {"circuit": "line", "own_port": 20, "peer_port": 20, "priority": 1, "process": "A"},
    {"circuit": "line", "own_port": 21, "peer_port": 21, "priority": 1, "process": "B"},
    {"circuit": "line", "own_port": 23, "peer_port": 23, "priority": 1, "process": "C"},
    {"circuit": "line", "own_port": 161, "peer_port": 161, "priority": 2},
    {"circuit": "line", "own_port": 162, "peer_port": 162, "priority": 3},
]

# own port, priority, peer port, condition, in use, process
BEFORE = """
     20  1   20  ACT  Y  A
     21  1   21  ACT  N  B
     23  1   23  ACT  Y  C
    161  2  161  SBY  N  -
    162  3  162  ACT  N  -
"""

C_SWITCHED_PAST_THE_SPARE_THAT_IS_DOWN = """
     20  1   20  ACT  Y  A
     21  1   21  ACT  N  B
     23  1   23  SBY  N  C
    161  2  161  SBY  N  -
    162  3  162  ACT  Y  C
"""

B_WAITS_AND_KEEPS_ITS_ROW = """
     20  1   20  ACT  Y  A
     21  1   21  SBY  Y  B
     23  1   23  SBY  N  C
    161  2  161  SBY  N  -
    162  3  162  ACT  Y  C
"""

B_GOT_THE_SPARE_THAT_CAME_BACK = """
     20  1   20  ACT  Y  A
     21  1   21  SBY  N  B
     23  1   23  SBY  N  C
    161  2  161  ACT  Y  B
    162  3  162  ACT  Y  C
"""

C_HAS_RETURNED = """
     20  1   20  ACT  Y  A
     21  1   21  SBY  N  B
     23  1   23  ACT  Y  C
    161  2  161  ACT  Y  B
    162  3  162  ACT  N  -
"""

AT_REST = """
     20  1   20  ACT  N  A
     21  1   21  ACT  N  B
     23  1   23  ACT  N  C
    161  2  161  ACT  N  -
    162  3  162  ACT  N  -
"""


def parse(table):
    return [line.split() for line in table.strip().splitlines()]


def rows(node):
    return [
        [
            str(link["own_port"]),
            str(link["priority"]),
            str(link["peer_port"]),
            link["condition"],
            "Y" if link["in_use"] else "N",
            link["process"] or "-",
        ]
        for link in node.peer()["links"]
    ]


class Example:
    """The two nodes, and the ends of the three applications."""

    def __init__(self, lab):
        self.lab = lab
        self.nodes = start_pair(lab, PROCESSES, links=LINKS, health=PATIENT)
        self.servers = {name: StreamServer(lab, "osaka", port=7001 + i) for i, name in enumerate(PROCESSES)}
        self.streams = {}

    def open(self, name):
        port = 7010 + list(PROCESSES).index(name)
        self.streams[name] = CheckedStream(self.lab, "tokyo", port=port, rate=1_000_000)
        self.streams[name].wait_moving(self.servers[name])

    def cut(self, port):
        self.lab.cut_link("line", "tokyo", "osaka", (port, port))

    def repair(self, port):
        self.lab.heal_link("line", "tokyo", "osaka", (port, port))

    def settles_as(self, table):
        for node in self.nodes:
            self.lab.wait_for(f"{node.name} has the table{table}", lambda node=node: rows(node) == parse(table))

    def state(self, process):
        return [node.user(process)["state"] for node in self.nodes]

    def told(self, process, kind):
        """The notices of one kind that each node gave about a process."""
        return [node.events(kind, process=process) for node in self.nodes]


def fail_161_and_23(example):
    example.open("A")
    example.open("C")
    example.cut(161)
    example.settles_as(BEFORE)
    example.cut(23)
    example.settles_as(C_SWITCHED_PAST_THE_SPARE_THAT_IS_DOWN)
    example.streams["C"].wait_moving(example.servers["C"])
    for [notice] in example.told("C", "switch"):
        assert (notice["from"], notice["to"]) == ("line:23-23", "line:162-162")
        assert (notice["own_port"], notice["peer_port"]) == (162, 162)


def fail_21_while_b_uses_it(example):
    example.open("B")
    example.cut(21)
    example.settles_as(B_WAITS_AND_KEEPS_ITS_ROW)
    assert example.state("B") == ["waiting", "waiting"]
    assert all(notices for notices in example.told("B", "no_link"))


def repair_161(example):
    example.repair(161)
    example.settles_as(B_GOT_THE_SPARE_THAT_CAME_BACK)
    assert example.state("B") == ["spare", "spare"]
    example.streams["B"].wait_moving(example.servers["B"])


def repair_23(example):
    example.repair(23)
    example.settles_as(C_HAS_RETURNED)
    example.streams["C"].wait_moving(example.servers["C"])
    for node in example.nodes:
        kinds = [event["event"] for event in node.events(process="C")]
        assert "recovery" in kinds and kinds.index("recovery") < kinds.index("restore")
        [restore] = node.events("restore", process="C")
        assert (restore["own_port"], restore["peer_port"]) == (23, 23)


def test_the_worked_example_and_its_continuation():
    with Lab(lines={"line": ("tokyo", "osaka")}) as lab:
        example = Example(lab)
        example.settles_as(AT_REST)
        fail_161_and_23(example)
        fail_21_while_b_uses_it(example)
        repair_161(example)
        repair_23(example)
        example.repair(21)
        for stream in example.streams.values():
            stream.finish()
        example.settles_as(AT_REST)
        assert all(notices for process in PROCESSES for notices in example.told(process, "release"))


def test_a_process_that_waits_also_takes_the_spare_freed_by_another():
    """The third way out of B's wait: 23 comes back, C returns to it, and that frees 162."""
    with Lab(lines={"line": ("tokyo", "osaka")}) as lab:
        example = Example(lab)
        fail_161_and_23(example)
        fail_21_while_b_uses_it(example)
        example.repair(23)
        example.settles_as("""
             20  1   20  ACT  Y  A
             21  1   21  SBY  N  B
             23  1   23  ACT  Y  C
            161  2  161  SBY  N  -
            162  3  162  ACT  Y  B
        """)
        for name, stream in example.streams.items():
            stream.wait_moving(example.servers[name])
            stream.finish()


def test_a_process_that_waits_returns_to_its_own_link():
    """The first way out: 21 itself comes back."""
    with Lab(lines={"line": ("tokyo", "osaka")}) as lab:
        example = Example(lab)
        fail_161_and_23(example)
        fail_21_while_b_uses_it(example)
        example.repair(21)
        example.settles_as("""
             20  1   20  ACT  Y  A
             21  1   21  ACT  Y  B
             23  1   23  SBY  N  C
            161  2  161  SBY  N  -
            162  3  162  ACT  Y  C
        """)
        for stream in example.streams.values():
            stream.finish()


def test_establishment_skips_a_dedicated_link_that_is_down():
    """S2, S3: the process asks while its own link is down, and the best spare is down too."""
    with Lab(lines={"line": ("tokyo", "osaka")}) as lab:
        example = Example(lab)
        example.cut(23)
        example.cut(161)
        example.open("C")
        example.settles_as("""
             20  1   20  ACT  N  A
             21  1   21  ACT  N  B
             23  1   23  SBY  N  C
            161  2  161  SBY  N  -
            162  3  162  ACT  Y  C
        """)
        for [notice] in example.told("C", "assign"):
            assert (notice["own_port"], notice["peer_port"]) == (162, 162)
            assert (notice["own_address"], notice["peer_address"]) in (
                ("10.77.1.1", "10.77.1.2"),
                ("10.77.1.2", "10.77.1.1"),
            )
        example.streams["C"].finish()
