# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Measures warmspare against what one would use instead. Needs root; leaves nothing behind.

    run.py [pause] [throughput] [--write] [--against BUILD]
"""

import argparse
import os
import pathlib
import sys

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import machine  # noqa: E402
import pause  # noqa: E402
import report  # noqa: E402
import throughput  # noqa: E402
from lab import settings  # noqa: E402
from lab.host import LabError  # noqa: E402

SUBJECTS = {"pause": pause, "throughput": throughput}
PAGE = ROOT / "docs" / "benchmarks.md"
COMMAND = """sudo make bench                             # prints
sudo /usr/bin/python3 bench/run.py --write  # writes this page"""


def arguments():
    parser = argparse.ArgumentParser(description="Measures warmspare. QUICK=1 in the environment: less of it.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)} (default: all)")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)} (all subjects)")
    parser.add_argument("--against", type=pathlib.Path, metavar="BUILD", help="also measure another build folder")
    chosen = parser.parse_args()
    if unknown := set(chosen.subjects) - set(SUBJECTS):
        parser.error(f"no subject {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    if chosen.write and (chosen.subjects or chosen.against):
        parser.error("--write goes with all subjects and nothing else")
    return chosen


def main():
    chosen = arguments()
    subjects = [SUBJECTS[name] for name in chosen.subjects or SUBJECTS]
    if os.geteuid() != 0:
        print("The benchmarks make network namespaces, so they need root: sudo make bench", file=sys.stderr)
        return 1
    if missing := settings.missing(tools={tool for subject in subjects for tool in subject.TOOLS}):
        print(f"Missing: {', '.join(missing)}. make bench installs and builds them.", file=sys.stderr)
        return 1
    quick = os.environ.get("QUICK", "") not in ("", "0")
    sections = [subject.measure(quick, chosen.against) for subject in subjects]
    for section in sections:
        print("\n" + section.text())
    if chosen.write:
        PAGE.write_text(report.page(sections, machine.describe(), COMMAND))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (AssertionError, LabError) as error:
        print(f"\nThe benchmark failed: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nInterrupted; everything has been removed.", file=sys.stderr)
        sys.exit(130)
