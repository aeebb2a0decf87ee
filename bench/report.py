# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What a measurement has to say, as text for a terminal and as a page of the documentation."""

import dataclasses

INTRODUCTION = """# Benchmarks

Written by `make bench`'s program on a {machine}. Both hosts are network namespaces on it, joined by veth pairs, and
everything that is compared was measured in turn in one run. Ratios travel to other machines, absolute figures do not.

```
{command}
```

With `QUICK=1` in its environment it measures less, for a first look."""


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
        parts = [part.text() if isinstance(part, Table) else part for part in self.parts]
        return "\n\n".join([f"## {self.title}", *parts])


def page(sections, machine, command):
    texts = [INTRODUCTION.format(machine=machine, command=command), *(section.text() for section in sections)]
    return "\n\n".join(texts) + "\n"
