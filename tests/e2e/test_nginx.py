# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""nginx, curl and wrk as Debian has them: a file of 200 MB while the links under it are cut in turn, by its SHA-256;
and many connections at once while links are cut and repaired at random."""

import contextlib
import hashlib
import threading

import pytest

from lab import settings
from lab.pair import start_pair, wait_agreed
from lab.saboteur import Saboteur
from lab.web import Download, PipedDownload, WebServer

PROCESS = {"web": {"listen": "127.0.0.1:8080", "target": "127.0.0.1:80", "wait_to_restore": "300ms"}}
URL = "http://127.0.0.1:8080/large"
SMALL = "http://127.0.0.1:8080/small"
SIZE = 200_000_000

# As on any real line.
RATE = 40_000_000
STEP = 50_000_000


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


def wait_both_use(lab, nodes, line):
    lab.wait_for(
        f"both nodes use {line}",
        lambda: all((node.user("web")["link"] or "").startswith(line) for node in nodes),
    )


def test_a_download_while_links_are_cut_in_turn(web):
    lab, nodes, server = web
    *former, last = lab.lines
    with contextlib.closing(PipedDownload(lab, "tokyo", URL, "pipe")) as download:
        for line in former:
            wait_both_use(lab, nodes, line)
            cutting = threading.Thread(target=lab.cut, args=(line,))
            cutting.start()
            # Far more than is under way: the rest of it comes by the next link.
            download.read(STEP)
            cutting.join()
        wait_both_use(lab, nodes, last)
        lab.cut(last)
        lab.wait_for("all are down", lambda: all(node.user("web")["state"] == "waiting" for node in nodes))
        lab.heal()
        download.read(SIZE - len(former) * STEP)
        assert download.process.wait() == 0, f"{download.process.log()}\n{lab.describe()}"
        assert download.digest() == server.digest
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


def in_parts(lab, run, count):
    """As many curls at once, each of which wants another part of the file; all of them, when they have ended."""
    length = SIZE // count
    parts = [(i * length, (i + 1) * length - 1) for i in range(count)]
    downloads = [
        Download(lab, "tokyo", URL, f"part-{run}-{i}", rate=1_000_000, part=part) for i, part in enumerate(parts)
    ]
    for download in downloads:
        assert download.process.wait() == 0, f"{download.process.log()}\n{lab.describe()}"
    return downloads


def test_fifty_downloads_at_once(web, switches):
    lab, nodes, server = web
    with Saboteur(lab, nodes) as saboteur:
        for run in saboteur.until(switches):
            whole = hashlib.sha256()
            for download in in_parts(lab, run, 50):
                whole.update(download.target.read_bytes())
                download.target.unlink()
            assert whole.hexdigest() == server.digest


def test_many_requests(web, switches):
    lab, nodes, _ = web
    settings.require("wrk")
    with Saboteur(lab, nodes) as saboteur:
        for run in saboteur.until(switches):
            wrk = lab.spawn("tokyo", f"wrk-{run}", "wrk", "-t", 2, "-c", 32, "-d", 3, "--timeout", 300, SMALL)
            assert wrk.wait() == 0, wrk.log()
            report = wrk.output()
            assert " requests in " in report and "Socket errors" not in report and "Non-2xx" not in report, report
