# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Many of everything (S9): a branch, a ring, and several processes, peers and circuits at the same time."""

from lab import CheckedStream, Lab, Node, StreamServer
from lab.pair import QUICK, peer, start_pair, wait_agreed, wait_all_act
from lab.stream import ONE_MEGABIT


def branch(lab):
    """A hub that is dialled by two others over the same two lines, so that both come to the same listeners."""
    hub = {"node": "hub", "health": QUICK, "peer": {}, "process": {}}
    configs = {"hub": hub}
    for position, name in enumerate(("east", "west")):
        hub["peer"][name] = peer(lab, "hub", name, dial=False)
        hub["process"][f"from-{name}"] = {"peer": name, "target": f"127.0.0.1:{7001 + position}"}
        configs[name] = {
            "node": name,
            "health": QUICK,
            "peer": {"hub": peer(lab, name, "hub", dial=True)},
            "process": {f"from-{name}": {"peer": "hub", "listen": "127.0.0.1:7000"}},
        }
    return {name: Node(lab, name, config).start() for name, config in configs.items()}


def test_a_branch_shares_one_listener_and_a_cut_to_one_leaves_the_other_alone():
    nodes = ("hub", "east", "west")
    with Lab(nodes, {"bus": nodes, "spare": nodes}) as lab:
        daemons = branch(lab)
        wait_all_act(lab, *daemons.values())
        servers = {"east": StreamServer(lab, "hub", port=7001), "west": StreamServer(lab, "hub", port=7002)}
        streams = {name: CheckedStream(lab, name, rate=ONE_MEGABIT) for name in servers}
        for name, stream in streams.items():
            stream.wait_moving(servers[name])
        lab.cut_between("bus", "hub", "east")
        lab.wait_for("east is on its spare", lambda: daemons["hub"].user("from-east", "east")["state"] == "spare")
        assert daemons["hub"].user("from-west", "west")["link"] == "bus/from-west"
        for name, stream in streams.items():
            stream.wait_moving(servers[name])
        lab.heal()
        wait_agreed(lab, daemons["hub"], daemons["east"], **{"from-east": "dedicated"})
        for stream in streams.values():
            stream.finish()
        assert not daemons["west"].events("switch")


def ring(lab):
    """Three nodes and three sides. Every pair has two circuits: its own side, and the other way round."""
    sides = {("a", "b"): "ab", ("b", "c"): "bc", ("a", "c"): "ca"}
    configs = {name: {"node": name, "health": QUICK, "peer": {}, "process": {}} for name in lab.nodes}
    for port, ((one, two), side) in enumerate(sides.items(), 7001):
        [via] = set(lab.nodes) - {one, two}
        lines = {name: next(line for ends, line in sides.items() if set(ends) == {name, via}) for name in (one, two)}
        round_ends = {name: lab.address(line, name) for name, line in lines.items()}
        lab.route_through(one, round_ends[two], via, lines[one])
        lab.route_through(two, round_ends[one], via, lines[two])
        for here, there in ((one, two), (two, one)):
            table = peer(lab, here, there, dial=here == one, lines=[side])
            round_way = {"name": "round", "local": round_ends[here], "remote": round_ends[there]}
            table["circuits"].append(round_way)
            configs[here]["peer"][there] = table
            end = {"listen": f"127.0.0.1:{port + 100}"} if here == one else {"target": f"127.0.0.1:{port}"}
            configs[here]["process"][f"{one}-{two}"] = {"peer": there, "wait_to_restore": "500ms", **end}
    return {name: Node(lab, name, config).start() for name, config in configs.items()}


def test_a_ring_goes_the_other_way_round_when_a_side_is_cut():
    with Lab(("a", "b", "c"), {"ab": ("a", "b"), "bc": ("b", "c"), "ca": ("a", "c")}) as lab:
        daemons = ring(lab)
        wait_all_act(lab, *daemons.values())
        pairs = {("a", "b"): 7001, ("b", "c"): 7002, ("a", "c"): 7003}
        servers = {pair: StreamServer(lab, pair[1], port=port) for pair, port in pairs.items()}
        streams = {pair: CheckedStream(lab, pair[0], port=port + 100, rate=ONE_MEGABIT) for pair, port in pairs.items()}
        for pair, stream in streams.items():
            stream.wait_moving(servers[pair])
        lab.cut("ab")
        for here, there in (("a", "b"), ("b", "a")):
            lab.wait_for(
                f"{here} goes the other way round to {there}",
                lambda here=here, there=there: daemons[here].user("a-b", there)["link"] == "round/1",
            )
        for pair, stream in streams.items():
            stream.wait_moving(servers[pair])
        # The other pairs' own sides are whole; only their ways round are gone.
        assert daemons["b"].user("b-c", "c")["link"] == "bc/b-c"
        assert daemons["a"].user("a-c", "c")["link"] == "ca/a-c"
        lab.heal()
        wait_agreed(lab, daemons["a"], daemons["b"], **{"a-b": "dedicated"})
        wait_all_act(lab, *daemons.values())
        for stream in streams.values():
            stream.finish()


def test_four_processes_get_four_different_spares(lab):
    processes = {
        f"p{i}": {"listen": f"127.0.0.1:{7010 + i}", "target": f"127.0.0.1:{7001 + i}"} for i in range(4)
    }
    tokyo, osaka = start_pair(lab, processes)
    servers = [StreamServer(lab, "osaka", port=7001 + i) for i in range(4)]
    streams = [CheckedStream(lab, "tokyo", port=7010 + i, rate=ONE_MEGABIT) for i in range(4)]
    for stream, server in zip(streams, servers):
        stream.wait_moving(server)
    lab.cut("fiber")
    best_spares = {f"lte/{n}" for n in range(1, 5)}
    for node in (tokyo, osaka):
        lab.wait_for(
            "every process has a spare of its own on the next circuit",
            lambda node=node: {user["link"] for user in node.peer()["processes"]} == best_spares,
        )
    for stream, server in zip(streams, servers):
        stream.wait_moving(server)
    lab.heal()
    wait_agreed(lab, tokyo, osaka, **{name: "dedicated" for name in processes})
    for stream in streams:
        stream.finish()


def test_many_streams_of_one_process_share_its_link_and_all_move(lab):
    tokyo, osaka = start_pair(lab, {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}})
    server = StreamServer(lab, "osaka")
    streams = [CheckedStream(lab, "tokyo", rate=ONE_MEGABIT) for _ in range(20)]
    for node in (tokyo, osaka):
        lab.wait_for("all streams are open", lambda node=node: node.user("app")["streams"] == 20)
    lab.cut("fiber")
    lab.wait_for("the process is on its spare", lambda: tokyo.user("app")["link"] == "lte/1")
    for stream in streams:
        stream.finish()
    lab.wait_for("the server has checked all", lambda: len(server.reports()) == 20)
    assert all(report["ok"] for report in server.reports())


def test_either_node_may_open_a_stream(lab):
    """The node that is dialled asks, too (S2): its application connects, the other's is the target."""
    both = {"app": {"second_listen": "127.0.0.1:7000", "first_target": "127.0.0.1:7001", "wait_to_restore": "500ms"}}
    tokyo, osaka = start_pair(lab, both)
    server = StreamServer(lab, "tokyo")
    stream = CheckedStream(lab, "osaka")
    stream.wait_moving(server)
    lab.cut("fiber")
    lab.wait_for("the process is on its spare", lambda: osaka.user("app")["link"] == "lte/1")
    stream.wait_moving(server)
    lab.heal()
    wait_agreed(lab, tokyo, osaka, app="dedicated")
    stream.finish()


def test_one_process_may_listen_and_have_a_target_at_both_ends(lab):
    ends = {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001"}
    ends |= {"second_listen": "127.0.0.1:7000", "first_target": "127.0.0.1:7001"}
    start_pair(lab, {"app": ends})
    servers = {name: StreamServer(lab, name) for name in lab.nodes}
    streams = {name: CheckedStream(lab, name, rate=ONE_MEGABIT) for name in lab.nodes}
    streams["tokyo"].wait_moving(servers["osaka"])
    streams["osaka"].wait_moving(servers["tokyo"])
    lab.cut("fiber")
    streams["tokyo"].wait_moving(servers["osaka"])
    streams["osaka"].wait_moving(servers["tokyo"])
    for stream in streams.values():
        stream.finish()
