# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""rsync as Debian has it, daemon and client: a tree goes there and comes back while links are cut and repaired at
random, and is what it was."""

import hashlib
import os
import random

import pytest

from lab import settings
from lab.pair import start_pair
from lab.saboteur import Saboteur

PORT = 8730
PROCESS = {"rsync": {"listen": f"127.0.0.1:{PORT}", "target": "127.0.0.1:873", "wait_to_restore": "300ms"}}

CONFIG = """
address = 127.0.0.1
use chroot = no
munge symlinks = no
uid = root
gid = root
max connections = 0
log file = {folder}/rsyncd.log
[trees]
    path = {folder}/there
    read only = no
"""

# In KiB/s: so slow that much can happen to one tree.
RATE = 20_000


def make_tree(root):
    """Many small files, some large ones, an empty one, odd names, an empty folder and a link."""
    chance = random.Random(1)
    for number in range(300):
        folder = root / f"folder {number % 17}" / f"{number % 5}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"file-{number}").write_bytes(chance.randbytes(chance.randrange(20_000)))
    for number in range(4):
        (root / f"large-{number}").write_bytes(os.urandom(7_000_000))
    (root / "empty").touch()
    (root / "what's \\in a näme?").write_text("a rose")
    (root / "nothing here").mkdir()
    (root / "link").symlink_to("large-0")


def contents(root):
    """All that is in a tree: for each path its kind, mode and digest."""
    found = {}
    for path in root.rglob("*"):
        if path.is_symlink():
            what = "link", os.readlink(path)
        elif path.is_dir():
            what = "folder", path.stat().st_mode
        else:
            what = "file", path.stat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest()
        found[path.relative_to(root)] = what
    return found


@pytest.fixture
def rsync(lab):
    """A daemon at osaka; a function that starts rsync at tokyo; both nodes."""
    settings.require("rsync")
    (lab.folder / "there").mkdir()
    config = lab.folder / "rsyncd.conf"
    config.write_text(CONFIG.format(folder=lab.folder))
    lab.spawn("osaka", "rsyncd", "rsync", "--daemon", "--no-detach", "--config", config)
    nodes = start_pair(lab, PROCESS)
    modules = ["rsync", f"rsync://127.0.0.1:{PORT}/"]
    lab.wait_for("the daemon answers", lambda: "trees" in lab.run("tokyo", *modules, check=False))

    def copy(name, source, target):
        process = lab.spawn("tokyo", name, "rsync", "-a", f"--bwlimit={RATE}", f"{source}/", f"{target}/")
        assert process.wait() == 0, f"{process.log()}\n{lab.describe()}"

    return lab, nodes, copy


def test_a_tree_goes_there_and_comes_back(rsync, switches):
    lab, nodes, copy = rsync
    make_tree(lab.folder / "tree")
    expected = contents(lab.folder / "tree")
    with Saboteur(lab, nodes) as saboteur:
        for run in saboteur.until(switches):
            remote = f"rsync://127.0.0.1:{PORT}/trees/{run}"
            copy(f"to-{run}", lab.folder / "tree", remote)
            copy(f"from-{run}", remote, lab.folder / f"back-{run}")
            assert contents(lab.folder / "there" / str(run)) == expected
            assert contents(lab.folder / f"back-{run}") == expected
