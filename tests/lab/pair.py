# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Two nodes that carry some processes over all lines of their laboratory: the usual case, written once."""

from lab.node import Node

# Patient enough for a busy machine, quick enough that nothing has to be waited for.
QUICK = {"interval": "300ms"}
# For what must not depend on how busy the machine is: which link is chosen, not how fast.
PATIENT = {"interval": "500ms", "watchdog": "200ms"}


def circuits(lab, here, there, lines=None, ipv6=False):
    """The circuits between two nodes as `here` writes them."""
    lines = lines or [line for line, members in lab.lines.items() if here in members and there in members]
    return [
        {"name": line, "local": lab.address(line, here, ipv6), "remote": lab.address(line, there, ipv6)}
        for line in lines
    ]


def peer(lab, here, there, dial, lines=None, ipv6=False, **keys):
    """A `[peer.THERE]` table for `here`."""
    return {"dial": dial, "security": "plain", "circuits": circuits(lab, here, there, lines, ipv6), **keys}


def configs(lab, processes, health=None, lines=None, ipv6=False, nodes=None, links=None):
    """The files of two nodes, the first of which dials. A process's `listen` goes to the first, its `target` to
    the second, unless they are written as `second_listen` and `first_target`; other keys go to both. `links`
    are rows as the first writes them."""
    one, two = nodes or lab.nodes
    result = {}
    for here, there, position in ((one, two, "first"), (two, one, "second")):
        table = peer(lab, here, there, dial=here == one, lines=lines, ipv6=ipv6)
        if links:
            table["link"] = links if here == one else [_mirrored(row) for row in links]
        result[here] = {
            "node": here,
            "health": dict(QUICK if health is None else health),
            "peer": {there: table},
            "process": {name: {"peer": there, **_share(keys, position)} for name, keys in processes.items()},
        }
    return result


def start_pair(lab, processes, **options):
    """Starts both nodes and waits until every link is ACT at both ends."""
    nodes = [Node(lab, name, config) for name, config in configs(lab, processes, **options).items()]
    for node in nodes:
        node.start()
    wait_all_act(lab, *nodes)
    return nodes


def all_act(node):
    links = [link for peer in node.status()["peers"] for link in peer["links"]]
    return bool(links) and all(link["condition"] == "ACT" for link in links)


def wait_all_act(lab, *nodes):
    lab.wait_for("every link is ACT at every node", lambda: all(all_act(node) for node in nodes))


def assignments(node, peer=None):
    """What both ends must agree on at rest."""
    table = node.peer(peer)
    links = {link["name"]: (link["condition"], link["in_use"], link["process"]) for link in table["links"]}
    users = {user["id"]: (user["state"], user["link"]) for user in table["processes"]}
    return links, users


def wait_agreed(lab, one, other, **users):
    """Waits until all links are ACT, both tables are equal, and the named processes have the given state."""

    def agreed():
        here, there = assignments(one, other.name), assignments(other, one.name)
        healthy = all(condition == "ACT" for condition, *_ in here[0].values())
        return healthy and here == there and all(here[1][user][0] == state for user, state in users.items())

    lab.wait_for(f"both nodes agree, every link is ACT and {users}", agreed)


def _share(keys, position):
    """The part of a process's keys that one of the two nodes writes."""
    own = {"first": {"listen": "listen", "first_target": "target"}}
    own["second"] = {"target": "target", "second_listen": "listen"}
    sided = {"listen", "target", "first_target", "second_listen"}
    shared = {key: value for key, value in keys.items() if key not in sided}
    return shared | {name: keys[key] for key, name in own[position].items() if key in keys}


def _mirrored(row):
    return {**row, "own_port": row["peer_port"], "peer_port": row["own_port"]}
