# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Circuits in every form that a file may give them (S20)."""

import signal

import pytest

from lab import CheckedStream, Node, StreamServer
from lab.pair import configs, start_pair, wait_agreed, wait_all_act
from lab.stream import ONE_MEGABIT

APP = {"app": {"listen": "127.0.0.1:7000", "target": "127.0.0.1:7001", "wait_to_restore": "500ms"}}


def start(lab, files):
    nodes = [Node(lab, name, config).start() for name, config in files.items()]
    wait_all_act(lab, *nodes)
    return nodes


def survives_a_cut(lab, nodes):
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    lab.cut("fiber")
    for node in nodes:
        lab.wait_for("the process is on its spare", lambda node=node: node.user("app")["link"] == "lte/1")
    stream.wait_moving(server)
    lab.heal()
    wait_agreed(lab, *nodes, app="dedicated")
    stream.finish()
    assert server.report()["ok"]


def test_ipv6_circuits(lab):
    nodes = start_pair(lab, APP, ipv6=True)
    assert nodes[0].link("fiber/app")["peer_address"] == lab.address("fiber", "osaka", ipv6=True)
    survives_a_cut(lab, nodes)


def test_ipv4_and_ipv6_circuits_and_ipv6_applications(lab):
    process = {"app": {**APP["app"], "listen": "[::1]:7000", "target": "[::1]:7001"}}
    files = configs(lab, process)
    for here, there in (("tokyo", "osaka"), ("osaka", "tokyo")):
        table = files[here]["peer"][there]["circuits"][1]
        table |= {"local": lab.address("lte", here, ipv6=True), "remote": lab.address("lte", there, ipv6=True)}
    start(lab, files)
    server = StreamServer(lab, "osaka", "::1")
    stream = CheckedStream(lab, "tokyo", "::1", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    lab.cut("fiber")
    stream.wait_moving(server)
    stream.finish()


def test_without_local_addresses(lab):
    files = configs(lab, APP)
    for circuit in files["tokyo"]["peer"]["osaka"]["circuits"]:
        del circuit["local"]
    survives_a_cut(lab, start(lab, files))


def test_a_dialled_node_without_local_addresses_listens_on_all(lab):
    files = configs(lab, APP)
    for circuit in files["osaka"]["peer"]["tokyo"]["circuits"]:
        del circuit["local"]
    survives_a_cut(lab, start(lab, files))


def test_a_peer_whose_address_is_not_known_beforehand(lab):
    files = configs(lab, APP)
    for circuit in files["osaka"]["peer"]["tokyo"]["circuits"]:
        circuit["remote"] = "any"
    nodes = start(lab, files)
    assert "any" in nodes[1].process.log(), "it is warned of at each start while security is plain"
    survives_a_cut(lab, nodes)


def test_a_circuit_bound_to_a_device(lab):
    files = configs(lab, APP)
    for here, there in (("tokyo", "osaka"), ("osaka", "tokyo")):
        for circuit in files[here]["peer"][there]["circuits"]:
            circuit["device"] = circuit["name"]
    survives_a_cut(lab, start(lab, files))


def test_ports_of_a_circuit_and_of_a_peer(lab):
    files = configs(lab, APP)
    for here, there in (("tokyo", "osaka"), ("osaka", "tokyo")):
        files[here]["peer"][there]["port"] = 8000
        files[here]["peer"][there]["circuits"][1]["port"] = 8001
    nodes = start(lab, files)
    assert [link["peer_port"] for link in nodes[0].peer()["links"]] == [8000, 8001, 8000]
    survives_a_cut(lab, nodes)


def test_host_names_are_resolved_again_at_each_dial(lab):
    """Names in the namespace's own hosts file, which `ip netns exec` puts in place of the system's."""
    with lab.hosts_file("tokyo") as hosts:
        hosts.write_text(f"{lab.address('lte', 'osaka')} fiber.example\n")
        files = configs(lab, APP)
        files["tokyo"]["peer"]["osaka"]["circuits"][0]["remote"] = "fiber.example"
        nodes = [Node(lab, name, config).start() for name, config in files.items()]
        lab.wait_for("lte works", lambda: nodes[0].link("lte/1")["condition"] == "ACT")
        assert nodes[0].link("fiber/app")["condition"] == "SBY", "the name leads to a wrong address as yet"
        hosts.write_text(f"{lab.address('fiber', 'osaka')} fiber.example\n")
        wait_all_act(lab, *nodes)


@pytest.mark.parametrize("absent", ["tokyo", "osaka"])
def test_an_address_that_is_absent_at_the_start_is_told_and_used_once_it_is_there(lab, absent):
    lab.remove_address("fiber", absent)
    nodes = {name: Node(lab, name, config).start() for name, config in configs(lab, APP).items()}
    lab.wait_for("the others work", lambda: nodes["tokyo"].link("lte/1")["condition"] == "ACT")
    lab.wait_for(
        "an event tells that the address is not there",
        lambda: any("not available" in event.get("cause", "") for event in nodes[absent].events("error")),
    )
    assert nodes[absent].link("fiber/app")["condition"] == "SBY"
    server = StreamServer(lab, "osaka")
    stream = CheckedStream(lab, "tokyo", rate=ONE_MEGABIT)
    stream.wait_moving(server)
    lab.give_address("fiber", absent)
    wait_agreed(lab, *nodes.values(), app="dedicated")
    stream.finish()


KERNEL_SAYS = {
    "interface-down": (lambda lab: lab.interface_down("fiber", "tokyo"), "interface fiber is down"),
    "no-carrier": (lambda lab: lab.interface_down("fiber", "osaka"), "interface fiber has no carrier"),
    "address-removed": (lambda lab: lab.remove_address("fiber", "tokyo"), "was removed"),
}


@pytest.mark.parametrize("fault", KERNEL_SAYS)
def test_what_the_kernel_says_of_an_own_address_counts_without_any_watchdog(lab, fault):
    """Nothing is in use, so no test is sent, and the other node is stopped: only the kernel can have told."""
    strike, cause = KERNEL_SAYS[fault]
    quiet = {"interval": "500ms", "idle_interval": "off"}
    tokyo, osaka = start_pair(lab, APP, health=quiet)
    osaka.signal(signal.SIGSTOP)
    strike(lab)
    lab.wait_for(
        f"an event says: {cause}",
        lambda: any(cause in event.get("cause", "") for event in tokyo.events("link_down", link="fiber/app")),
    )
    assert tokyo.link("lte/1")["condition"] == "ACT"
    osaka.signal(signal.SIGCONT)
