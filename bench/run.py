# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Measures warmspare against what one would use instead. Needs root; leaves nothing behind but results.

    run.py [SUBJECT...] [--plan quick|full|long] [--against BUILD] [--page]

Each finished step is kept in build/bench, and a run of all subjects makes a page of them; --page does only that. In
the environment: QUICK=1 is --plan quick, FRESH=1 forgets what was measured before.
"""

import argparse
import importlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tomllib

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import machine  # noqa: E402
import regression  # noqa: E402
import report  # noqa: E402
from lab import settings  # noqa: E402
from lab.host import LabError  # noqa: E402
from steps import Plan, Results, Runner, Store, identity_of  # noqa: E402

SUBJECTS = ("pause", "again", "comparison", "steady", "throughput", "many", "connections", "links", "memory", "endurance")
RESULTS = ROOT / "build" / "bench"
OBSTACLES = ROOT / "bench" / "obstacles.toml"


def arguments():
    parser = argparse.ArgumentParser(description="Measures warmspare. QUICK=1, FRESH=1 in the environment: see above.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)} (default: all)")
    usual = "quick" if wished("QUICK") else "full"
    parser.add_argument("--plan", choices=("quick", "full", "long"), default=usual)
    parser.add_argument("--against", default="", metavar="BUILD", help="also measure the throughput of another build")
    parser.add_argument("--page", action="store_true", help="measure nothing, make the page of what was measured last")
    chosen = parser.parse_args()
    if unknown := set(chosen.subjects) - set(SUBJECTS):
        parser.error(f"no subject {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    return chosen


def wished(name):
    return os.environ.get(name, "") not in ("", "0")


def main():
    chosen = arguments()
    subjects = [importlib.import_module(f"subjects.{name}") for name in chosen.subjects or SUBJECTS]
    plan = Plan(chosen.plan, str(pathlib.Path(chosen.against).resolve()) if chosen.against else "")
    if not chosen.page and (complaint := complaint_about_host(subjects)):
        print(complaint, file=sys.stderr)
        return 1
    name = f"{plan.name}{'-against' if plan.against else ''}"
    file = RESULTS / f"{name}.jsonl"
    if wished("FRESH"):
        (RESULTS / "failures.log").unlink(missing_ok=True)
    store = Store(file, None if chosen.page else identity_of(plan), fresh=wished("FRESH") and not chosen.page)
    if not chosen.page:
        Runner(plan, store, RESULTS / "failures.log").run(subjects)
    if not store.records:
        print(f"Nothing has been measured: {file} has no results.", file=sys.stderr)
        return 1
    results = Results(records_with_other_plans(store))
    whole = not chosen.subjects and not plan.against and any(r["of"]["name"] == "full" for r in results.records)
    return tell(subjects, results, store.identity, ROOT / "docs" if whole else RESULTS)


def complaint_about_host(subjects):
    if os.geteuid() != 0:
        return "The benchmarks make network namespaces, so they need root: sudo make bench"
    if missing := settings.missing(tools={tool for subject in subjects for tool in subject.TOOLS}):
        return f"Missing: {', '.join(missing)}. make bench installs and builds them."
    return None


def tell(subjects, results, identity, folder):
    """Prints everything and writes the page, its plots and its ratios into the folder. The exit status: 1 if a ratio of a full run is
    worse than the committed one."""
    figures = [figure for subject in subjects for figure in subject.figures(results)]
    ratios = [ratio for subject in subjects for ratio in subject.ratios(results) if ratio.values]
    sections = [
        report.figure_section(figures, tomllib.loads(OBSTACLES.read_text())),
        *(section for subject in subjects for section in subject.sections(results)),
        *report.failure_section(results),
    ]
    facts = {"machine": machine.describe(), "commit": identity["commit"], "counts": counts(results)}
    page = report.page(sections, **facts)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks.md").write_text(page)
    for subject in subjects:
        subject.plots(results, folder / "benchmarks")
    verdicts = regression.compare(ratios, committed_ratios())
    (folder / "benchmarks.json").write_text(json.dumps(regression.record(ratios), indent=1) + "\n")
    print(f"\n{page}\n{took(results)}\n\n{verdicts.text()}\n\nWritten: {(folder / 'benchmarks.md').relative_to(ROOT)}")
    return 1 if verdicts.worse and identity["name"] != "quick" else 0


def records_with_other_plans(store):
    """What the full and the long plan found at one commit belongs together."""
    other = {"full": "long", "long": "full"}.get(store.identity["name"])
    if not other or store.identity["against"]:
        return store.records
    return store.records + Store(RESULTS / f"{other}.jsonl", {**store.identity, "name": other}).records


def committed_ratios():
    """As they are in the last commit, however often this run has written them already."""
    words = ["git", "-C", ROOT, "show", "HEAD:docs/benchmarks.json"]
    shown = subprocess.run(words, capture_output=True, text=True, check=False)
    return json.loads(shown.stdout) if shown.returncode == 0 else {}


def counts(results):
    return f"{len(results.records)} steps, {sum(record['took'] for record in results.records) / 60:.0f} minutes"


def took(results):
    rows = []
    for subject in dict.fromkeys(record["subject"] for record in results.records):
        records = [record for record in results.records if record["subject"] == subject]
        failed = sum("failed" in record for record in records)
        rows.append([subject, len(records), failed, f"{sum(record['took'] for record in records):.0f}"])
    return report.Table(["subject", "steps", "failed", "seconds"], rows).text()


def end(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    # Whoever ends this, with a key or a signal, finds everything removed.
    signal.signal(signal.SIGTERM, end)
    try:
        sys.exit(main())
    except LabError as error:
        print(f"\nThe benchmark failed: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nInterrupted; everything has been removed. The same command goes on from here.", file=sys.stderr)
        sys.exit(130)
