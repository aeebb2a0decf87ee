# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Median, spread and ratios, and the rows of the table of figures to reach."""

import dataclasses
import statistics


def median(values):
    return statistics.median(values)


def percentile(values, part):
    """The smallest value that at least this part of all values does not exceed."""
    ordered = sorted(values)
    position = -(-part * len(ordered) // 100)
    return ordered[max(0, int(position) - 1)]


def with_range(values, digits):
    """Median, and the smallest and largest in brackets."""
    if not values:
        return "-"
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def three(values, digits=0):
    """Median, 95th percentile and maximum."""
    if not values:
        return "-"
    return " / ".join(f"{value:.{digits}f}" for value in (median(values), percentile(values, 95), max(values)))


@dataclasses.dataclass
class Figure:
    """One row of the table. `reached` is None if it was not measured."""

    what: str
    target: str
    measured: str = "not measured"
    undisturbed: str = ""
    reached: bool | None = None

    def cells(self):
        verdict = {True: "yes", False: "**no**", None: "-"}[self.reached]
        return [self.what, self.target, self.measured, self.undisturbed, verdict]


def figure(results, what, target, match, judge):
    """`judge` makes (measured, undisturbed, reached) of the results that match, if there are any. What failed counts
    as not reached."""
    failed = len(results.failed(**match))
    if not results.of(**match):
        return Figure(what, target, f"{failed} failed", reached=False) if failed else Figure(what, target)
    try:
        measured, undisturbed, reached = judge()
    except statistics.StatisticsError:  # What it is compared with is missing.
        return Figure(what, target, f"incomplete; {failed} failed", reached=False if failed else None)
    measured += f"; {failed} failed" if failed else ""
    return Figure(what, target, measured, undisturbed, bool(reached) and not failed)


def pause_figure(results, what, match, median_ms, high_ms=None):
    """A pause in ms whose median, and perhaps 95th percentile, must not be above what is given."""
    target = f"median ≤ {median_ms:g} ms" + (f", 95th percentile ≤ {high_ms:g} ms" if high_ms else "")

    def judge():
        pauses = results.values("pause", **match)
        reached = median(pauses) <= median_ms and (high_ms is None or percentile(pauses, 95) <= high_ms)
        return f"{three(pauses)} ms ({len(pauses)})", f"{three(results.values('undisturbed', **match))} ms", reached

    return figure(results, what, target, match, judge)


@dataclasses.dataclass
class Ratio:
    """A ratio that is compared with the one of an earlier run: one value a run, and which way is better."""

    name: str
    values: list
    higher_is_better: bool = False
