#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""fuzz_corpus.py CONTROL FOLDER MOST: copies few inputs of a fuzz target to FOLDER, at most MOST of them.

CONTROL is what libFuzzer wrote when it merged corpora (-set_cover_merge=1 -merge_control_file): names of inputs, and
for each the features that it covers. The input that adds most comes first, the smaller one of equals. libFuzzer itself
keeps every input that adds anything, which are hundreds that add one edge each.
"""

import pathlib
import shutil
import sys


def read(control):
    """The features of each input."""
    lines = control.read_text().splitlines()
    count = int(lines[0])
    names = [pathlib.Path(name) for name in lines[2 : 2 + count]]
    features = {}
    for line in lines[2 + count :]:
        kind, number, *rest = line.split()
        if kind == "FT":
            features[names[int(number)]] = set(map(int, rest))
    return features


def choose(features, most):
    chosen, covered = [], set()
    while features and len(chosen) < most:
        best = max(features, key=lambda name: (len(features[name] - covered), -name.stat().st_size, name.name))
        if not features[best] - covered:
            break
        covered |= features.pop(best)
        chosen.append(best)
    return chosen


def main(control, folder, most):
    features = read(pathlib.Path(control))
    everything = len(set().union(*features.values()))
    kept = [(name, features[name]) for name in choose(dict(features), int(most))]
    for name, _ in kept:
        shutil.copy(name, folder)
    covered = len(set().union(*(covered for _, covered in kept)))
    size = sum(name.stat().st_size for name, _ in kept)
    print(f"{len(kept)} of {len(features)} inputs kept, {size} bytes: {covered} of {everything} features")


main(*sys.argv[1:])
