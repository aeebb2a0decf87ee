# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Compares ratios with those of an earlier run: never absolute times, for those say more of the machine.

A median is known only as well as its runs agree: within 1.57 interquartile ranges over the square root of their number,
the notch of a box plot. Two medians differ if they are further apart than both notches together, and than a tenth of the
former: less is not established on a machine whose speed drifts."""

import dataclasses
import math
import statistics

from report import Table

NOTCH = 1.57
LEAST = 0.10


@dataclasses.dataclass
class Verdicts:
    rows: list
    worse: int

    def text(self):
        if not self.rows:
            return "No ratio has been committed yet."
        table = Table(["ratio", "then", "now", "tolerance", "verdict"], self.rows)
        summary = f"{self.worse} of {len(self.rows)} ratios are worse than the committed ones."
        return f"{table.text()}\n\n{summary}"


def record(ratios):
    """What is committed: names are the keys."""
    return {ratio.name: {"ratio": round(statistics.median(ratio.values), 4), "notch": round(notch(ratio.values), 4),
                         "runs": len(ratio.values)} for ratio in ratios}


def compare(ratios, committed):
    rows = [row(ratio, committed[ratio.name]) for ratio in ratios if ratio.name in committed]
    return Verdicts(rows, sum(row[-1] == "WORSE" for row in rows))


def row(ratio, then):
    now = statistics.median(ratio.values)
    tolerance = max(then["notch"] + notch(ratio.values), LEAST * then["ratio"])
    better = (now - then["ratio"]) * (1 if ratio.higher_is_better else -1)
    verdict = "as before" if abs(better) <= tolerance else "better" if better > 0 else "WORSE"
    return [ratio.name, f"{then['ratio']:.2f}", f"{now:.2f}", f"± {tolerance:.2f}", verdict]


def notch(values):
    """Of fewer than four values nothing is known: their whole range, or for a single one half of it."""
    if len(values) < 4:
        return max(values) - min(values) if len(values) > 1 else values[0] / 2
    quarters = statistics.quantiles(values, n=4)
    return NOTCH * (quarters[2] - quarters[0]) / math.sqrt(len(values))
