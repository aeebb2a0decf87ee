# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""The main job, shown: a download that does not notice that the line under it is cut.

Two hosts are played by two network namespaces with three circuits between them. Needs root, no configuration, and
less than a minute; leaves no process, no namespace and no file behind.
"""

import os
import pathlib
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests"))

from lab import Lab, Node, settings  # noqa: E402
from lab.host import LabError  # noqa: E402
from lab.pair import all_act, configs  # noqa: E402
from lab.web import Download, WebServer  # noqa: E402

SIZE = 300_000_000
MEGABITS = 160
URL = "http://127.0.0.1:8080/large"
PROCESSES = {"web": {"listen": "127.0.0.1:8080", "target": "127.0.0.1:80"}}
NOTICES = ("assign", "switch", "resumed", "recovery", "restore")


class Show:
    """Numbers the steps and indents what programs print."""

    def __init__(self):
        self._started = time.monotonic()
        self._step = 0

    def step(self, text):
        self._step += 1
        clock = f"{time.monotonic() - self._started:5.1f} s"
        line = f"[{clock}] {self._step}. {text}"
        print(f"\n\033[1m{line}\033[0m" if sys.stdout.isatty() else f"\n{line}", flush=True)

    def command(self, node, *words, keep=lambda line: True):
        """Shows what the command line of a node prints, or those lines of it that matter here."""
        print(f"    {node.name}$ warmspare {' '.join(words)}")
        for line in node.cli(*words).splitlines():
            if keep(line):
                print("    " + line, flush=True)

    @staticmethod
    def text(text):
        for line in text.strip().splitlines():
            print("    " + line, flush=True)


def is_notice(line):
    """2026-01-01T00:00:00.000000Z switch: ..."""
    return any(f" {kind}:" in line for kind in NOTICES)


def start_nodes(lab, show):
    show.step(f"Two hosts, tokyo and osaka; three circuits of {MEGABITS} Mbit/s. warmspared starts on each; tokyo's file:")
    nodes = [Node(lab, name, config) for name, config in configs(lab, PROCESSES, health={}).items()]
    show.text(nodes[0].file.read_text())
    for node in nodes:
        node.start()
    lab.wait_for("every link is ACT at both", lambda: all(all_act(node) for node in nodes))
    return nodes


def start_download(lab, show, nodes):
    show.step(f"nginx runs at osaka; curl at tokyo downloads {SIZE // 1_000_000} MB from 127.0.0.1:8080. Neither knows of us.")
    server = WebServer(lab, "osaka", SIZE)
    server.wait_answers("osaka", "http://127.0.0.1:80/large")
    download = Download(lab, "tokyo", URL, "download")
    lab.wait_for("a part has arrived", lambda: download.size() > SIZE // 20)
    show.command(nodes[0], "status")
    return server, download


def cut(lab, show, nodes, download):
    show.step(f"After {percent(download)} of the file, fiber becomes a black hole: no reset, no error, only silence.")
    lab.cut("fiber")
    lab.wait_for("there was a switch and bytes flow again", lambda: all(n.events("resumed") for n in nodes))
    seen = download.size()
    lab.wait_for("bytes arrive", lambda: download.size() > seen)
    show.step("The stream is on the best free spare, at the exact byte. curl noticed nothing, and the table says:")
    show.command(nodes[0], "status")
    show.command(nodes[0], "events", keep=is_notice)


def repair(lab, show, nodes, download):
    show.step(f"After {percent(download)}, fiber is repaired. It must stay ACT for 5 s (wait_to_restore) before it is trusted.")
    lab.heal()
    lab.wait_for("the stream has returned", lambda: all(node.events("restore") for node in nodes))
    show.step(f"After {percent(download)}, the stream has returned to its own link:")
    show.command(nodes[0], "status")
    show.command(nodes[0], "events", keep=is_notice)


def percent(download):
    return f"{100 * download.size() // SIZE} %"


def verify(show, server, download):
    show.step("curl finishes; the checksums of what nginx had and of what curl got:")
    status = download.process.wait()
    arrived = download.digest()
    show.text(f"curl's exit status  {status}\nsent      SHA-256  {server.digest}\nreceived  SHA-256  {arrived}")
    same = status == 0 and arrived == server.digest
    show.step("Equal: not a byte lost, and no reconnect." if same else "NOT EQUAL: this is a bug, please report it.")
    return same


def main():
    if os.geteuid() != 0:
        print("The demo makes network namespaces and cuts the lines between them, so it needs root: sudo make demo")
        return 1
    missing = settings.missing(programs=(settings.DAEMON, settings.CLI), tools=(*settings.TOOLS, "nginx", "curl"))
    if missing:
        print(f"Missing: {', '.join(missing)}. make deps and make build provide them.")
        return 1
    show = Show()
    with Lab() as lab:
        for line in lab.lines:
            lab.limit(line, MEGABITS)
        nodes = start_nodes(lab, show)
        server, download = start_download(lab, show, nodes)
        cut(lab, show, nodes, download)
        repair(lab, show, nodes, download)
        same = verify(show, server, download)
    print("\nAll processes, namespaces and files of the demo are gone.")
    return 0 if same else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (AssertionError, LabError) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nInterrupted; everything has been removed.", file=sys.stderr)
        sys.exit(130)
