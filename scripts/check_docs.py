#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
"""Checks that README and docs name things that exist: the programs' options, files, and the tests of each rule.

An option counts as ours when it follows one of our programs' names in the same command, or stands alone in a
code span. Files count when a link or a code span names them from the tree's root or from the page's folder. A test that
docs/rules.md has in the row of a rule must name that rule. The mutants of docs/reliability.md are those of the sources.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = {name: ROOT / "build/bin" / name for name in ("warmspared", "warmspare")}
OPTION = r"--[a-z][a-z0-9-]*"
FOLDERS = r"(?:src|tests|docs|scripts|bench|demo|include|packaging|web)/[\w./-]*\w"


def help_text(command):
    result = subprocess.run(command + ["--help"], capture_output=True, text=True, timeout=10)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} --help ended with {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def subcommands(text):
    _, found, rest = text.partition("Subcommands:")
    return re.findall(r"^  ([a-z][a-z-]*)\b", rest, re.MULTILINE) if found else []


def known_options():
    """Program name -> the options that it or any of its subcommands has."""
    known = {}
    for name, path in PROGRAMS.items():
        text = help_text([path])
        texts = [text] + [help_text([path, sub]) for sub in subcommands(text)]
        known[name] = {option for text in texts for option in re.findall(OPTION, text)}
    return known


def options_named(line):
    """Yields (program or None, option): None is an option that stands alone in a code span."""
    for match in re.finditer(r"(?<![\w./-])(?:build/bin/)?(warmspared?)\b(?!\.)([^|;&`#]*)", line):
        for option in re.findall(r"(?<!\S)" + OPTION, match[2]):
            yield match[1], option
    for match in re.finditer(r"`(" + OPTION + r")\b[^`]*`", line):
        yield None, match[1]


def check_options(line, known):
    for program, option in options_named(line):
        having = known[program] if program else set().union(*known.values())
        if option not in having:
            yield f"{program or 'neither program'} has {'no ' if program else ''}{option}"


def check_files(line, page):
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", line):
        if not (page.parent / target).exists():
            yield f"links to {target}, which does not exist"
    for name in re.findall(r"`(" + FOLDERS + r")(?::\d+)?`", line):
        if not (ROOT / name).exists() and not (page.parent / name).exists():
            yield f"names {name}, which does not exist"


def check_rule(line):
    """A row of docs/rules.md: its number first, its tests in the last column."""
    row = re.match(r"\| (S\d+) \|.*\|([^|]*)\|$", line)
    if not row:
        return
    for name in re.findall(r"`([\w*]+_test)`", row[2]):
        files = [*(ROOT / "tests/unit").rglob(f"{name}.cpp")]
        if not any(re.search(rf"(?<![A-Za-z0-9]){row[1]}(?!\d)", file.read_text()) for file in files):
            yield f"has {name} as a test of {row[1]}, " + ("which it does not name" if files else "which does not exist")


def check_mutants(page):
    """Each fault that the sources can be built with has a row, and each row is one of them."""
    text = "".join(file.read_text() for file in (ROOT / "src").rglob("*.cpp"))
    built = {name.lower() for name in re.findall(r"WARMSPARE_MUTANT_([A-Z0-9_]+)", text)}
    _, _, section = page.read_text().partition("### Mutants")
    listed = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    for name in sorted(built - listed):
        yield f"has no row for the mutant {name}"
    for name in sorted(listed - built):
        yield f"has a row for the mutant {name}, which does not exist"


def main():
    pages = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
    known = known_options()
    mistakes = []
    for page in pages:
        for number, line in enumerate(page.read_text().splitlines(), 1):
            for mistake in [*check_options(line, known), *check_files(line, page), *check_rule(line)]:
                mistakes.append(f"{page.relative_to(ROOT)}:{number}: {mistake}")
    reliability = ROOT / "docs/reliability.md"
    mistakes += [f"{reliability.relative_to(ROOT)}: {mistake}" for mistake in check_mutants(reliability)]
    print("\n".join(mistakes) or f"{len(pages)} pages name what exists")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
