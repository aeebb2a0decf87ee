# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What a measurement has to say, as text for a terminal and as a page of the documentation."""

import dataclasses
import textwrap

INTRODUCTION = """# Benchmarks

Measured on a {machine}, at commit {commit}.
Both hosts are network namespaces on it, joined by veth pairs, and everything that is compared was measured in turn
in one run: {counts}. Ratios travel to other machines, absolute figures do not.

```
sudo make bench            # measures all of this and writes this page; goes on where it was if it was interrupted
sudo make bench FRESH=1    # forgets what was measured before
sudo make bench QUICK=1    # a first look, under 5 minutes; writes build/bench/benchmarks.md
sudo make bench-long       # the long forms, which this page then shows too
```"""


@dataclasses.dataclass
class Table:
    columns: list
    rows: list

    def text(self):
        """The columns are aligned, so that the page reads well as plain text too."""
        cells = [[str(cell) for cell in row] for row in [self.columns, *self.rows]]
        widths = [max(len(row[column]) for row in cells) for column in range(len(self.columns))]
        lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in cells]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join(lines)


@dataclasses.dataclass
class Section:
    """`parts` are paragraphs and tables in their order."""

    title: str
    parts: list

    def text(self):
        parts = [part.text() if isinstance(part, Table) else wrapped(part) for part in self.parts]
        return "\n\n".join([f"## {self.title}", *parts])


def wrapped(paragraphs):
    return "\n\n".join(textwrap.fill(" ".join(text.split()), 116, break_on_hyphens=False) if text[:3] != "```" else text
                       for text in paragraphs.split("\n\n"))


def page(sections, **facts):
    texts = [INTRODUCTION.format(**facts), *(section.text() for section in sections)]
    return "\n\n".join(texts) + "\n"


FIGURES = """Pauses are median / 95th percentile / maximum, and in brackets the number of runs. *Undisturbed* is the longest gap
that the same streams had while nothing was wrong with them: what the scheduler of this machine does. *Reached* is
computed from what was measured; a step that failed makes it *no*."""


def figure_section(figures, obstacles):
    """The table of figures to reach, and for each that is not, what was tried and what stands in the way."""
    table = Table(["what", "target", "measured", "undisturbed", "reached"], [figure.cells() for figure in figures])
    missed = [figure.what for figure in figures if figure.reached is False]
    reasons = [f"**{what}**: {obstacles[what]}" for what in missed if what in obstacles]
    return Section("Figures to reach", [FIGURES, table, *(["Not reached:"] if reasons else []), *reasons])


def failure_section(results):
    """Steps without a result, and why."""
    rows = [[r["subject"], r["case"], r["load"], r["system"], r["failed"].replace("|", "/")[:160]] for r in results.failed()]
    if not rows:
        return []
    return [Section("Steps that failed", [Table(["subject", "case", "load", "system", "reason"], rows)])]
