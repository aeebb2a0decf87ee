# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""nginx and curl as Debian has them: a 200 MB download while the links under it are cut in turn, by its SHA-256."""

import pytest

from lab.pair import start_pair, wait_agreed
from lab.web import Download, WebServer

PROCESS = {"web": {"listen": "127.0.0.1:8080", "target": "127.0.0.1:80", "wait_to_restore": "300ms"}}
URL = "http://127.0.0.1:8080/large"
SIZE = 200_000_000

# Slow enough that every circuit can be cut while it lasts, as on any real line.
RATE = 40_000_000


@pytest.fixture
def web(lab):
    """nginx at osaka; returns the laboratory, the nodes, and the server."""
    server = WebServer(lab, "osaka", SIZE)
    nodes = start_pair(lab, PROCESS)
    server.wait_answers("tokyo", URL)
    return lab, nodes, server


def arrived_whole(lab, server, download):
    assert download.process.wait() == 0, f"{download.process.log()}\n{lab.describe()}"
    assert download.size() == SIZE and download.digest() == server.digest
    download.target.unlink()


def cut_each_circuit_in_turn(lab, nodes, download):
    for line in lab.lines:
        lab.wait_for(
            f"both nodes use {line}",
            lambda line=line: all((node.user("web")["link"] or "").startswith(line) for node in nodes),
        )
        seen = download.size()
        lab.wait_for("it moves", lambda seen=seen: download.size() > seen or not download.process.running)
        assert download.process.running, f"it ended too early: {download.process.log()}"
        lab.cut(line)
    lab.wait_for("all are down", lambda: all(node.user("web")["state"] == "waiting" for node in nodes))
    lab.heal()


def test_a_download_while_links_are_cut_in_turn(web):
    lab, nodes, server = web
    download = Download(lab, "tokyo", URL, "paced", RATE)
    cut_each_circuit_in_turn(lab, nodes, download)
    arrived_whole(lab, server, download)
    wait_agreed(lab, *nodes, web="idle")
    # To the second circuit, to the third, and out of the wait when all were repaired.
    assert all(len(node.events("switch")) >= 3 for node in nodes)


def test_downloads_at_full_speed_with_a_cut_in_each(web):
    lab, nodes, server = web
    for name in ("first", "second", "third"):
        download = Download(lab, "tokyo", URL, name)
        lab.wait_for("it moves", lambda download=download: download.size() > 0)
        lab.cut("fiber")
        arrived_whole(lab, server, download)
        lab.heal()
        wait_agreed(lab, *nodes, web="idle")


def test_several_downloads_at_once_share_a_link_that_dies(web):
    lab, nodes, server = web
    downloads = [Download(lab, "tokyo", URL, f"part-{i}", RATE) for i in range(3)]
    lab.wait_for("all of them move", lambda: all(download.size() > 1_000_000 for download in downloads))
    lab.cut("fiber")
    for download in downloads:
        arrived_whole(lab, server, download)
