# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What a measurement has to say, as text for a terminal and as a page of the documentation."""

import dataclasses
import textwrap

INTRODUCTION = """# Benchmarks

Measured on a {machine}.
Both hosts are network namespaces on it, joined by veth pairs, and everything that is compared was measured in turn
in one run. Ratios travel to other machines, absolute figures do not.

```
{command}
```

With `QUICK=1` in the environment less is measured, for a first look."""


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
    return "\n\n".join(textwrap.fill(text, 116, break_on_hyphens=False) for text in paragraphs.split("\n\n"))


def page(sections, machine, command):
    texts = [INTRODUCTION.format(machine=machine, command=command), *(section.text() for section in sections)]
    return "\n\n".join(texts) + "\n"
