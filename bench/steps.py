# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A measurement in steps: each is one run of one system under one load and fault, in an order in which everything
that is compared is measured in turn. What a step found is written down at once, and never measured again for the same
commit and programs, so that an interrupted run goes on where it was."""

import dataclasses
import hashlib
import itertools
import json
import subprocess
import time
import traceback

from lab import settings


@dataclasses.dataclass(frozen=True)
class Step:
    """Steps with the same `setup` share what its subject starts for it (its stage)."""

    subject: str
    case: str
    load: str = ""
    system: str = "warmspare"
    run: int = 0
    setup: str = ""

    def __str__(self):
        return ", ".join(filter(None, (self.subject, self.case, self.load, self.system, f"run {self.run + 1}")))


@dataclasses.dataclass(frozen=True)
class Plan:
    """How much is measured; `against` is the folder of another build that is measured too."""

    name: str
    against: str = ""

    def pick(self, quick, full, long):
        return {"quick": quick, "full": full, "long": long}[self.name]


def in_turn(items, number):
    """Each round starts with another one, so that none has always the same one before it."""
    first = number % len(items)
    return items[first:] + items[:first]


def identity_of(plan):
    """What results are of: they may be gone on with only if all of it is the same."""
    programs = hashlib.sha256()
    for program in (settings.DAEMON, settings.STREAM_CHECK):
        programs.update(program.read_bytes())
    words = ["git", "-C", settings.ROOT, "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    return {**dataclasses.asdict(plan), "commit": commit, "programs": programs.hexdigest()[:12]}


class Store:
    """A file of JSON lines. `wanted` says of which identity the records are to be; None: of the last one."""

    def __init__(self, file, wanted=None, fresh=False):
        self.file = file
        if fresh:
            file.unlink(missing_ok=True)
        records = list(_whole_lines(file))
        self.identity = wanted or (records[-1]["of"] if records else None)
        self.records = [record for record in records if record["of"] == self.identity]
        self._done = {_step_of(record) for record in self.records}

    def has(self, step):
        return step in self._done

    def add(self, step, took, **outcome):
        """`outcome` is a `result`, or the reason why there is none, `failed`."""
        record = {"of": self.identity, **dataclasses.asdict(step), "took": round(took, 2), **outcome}
        self.records.append(record)
        self._done.add(step)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with open(self.file, "a") as file:
            file.write(json.dumps(record) + "\n")


def _whole_lines(file):
    """The last line may be torn, and then is of no use."""
    if file.exists():
        for line in file.read_text().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _step_of(record):
    return Step(**{field.name: record[field.name] for field in dataclasses.fields(Step)})


class Runner:
    """Runs what is left of each subject. A step that fails is a result too, and the rest goes on on a new stage."""

    def __init__(self, plan, store, log):
        self._plan = plan
        self._store = store
        self._log = log
        self._left = 0

    def run(self, subjects):
        waiting = [(s, [step for step in s.steps(self._plan) if not self._store.has(step)]) for s in subjects]
        self._left = sum(len(steps) for _, steps in waiting)
        for subject, steps in waiting:
            for _, group in itertools.groupby(steps, key=lambda step: step.setup):
                self._run_group(subject, list(group))

    def _run_group(self, subject, steps):
        """All steps that need the same stage."""
        while steps:
            begin = time.monotonic()
            before = len(steps)
            try:
                with subject.stage(steps[0].setup) as stage:
                    while steps and self._run_step(subject, stage, steps.pop(0), begin):
                        begin = time.monotonic()
            except Exception as error:  # Whatever is wrong with a stage, other stages may stand.
                self._fail(Step(subject.NAME, "the stage", steps[0].setup if steps else "", run=len(steps)), begin, error)
                if len(steps) == before:
                    return

    def _run_step(self, subject, stage, step, begin):
        """Whether it went well. The first step of a stage took as long as it took to build."""
        try:
            result = subject.measure(stage, step)
        except Exception as error:  # See above.
            self._fail(step, begin, error)
            return False
        self._store.add(step, time.monotonic() - begin, result=result)
        self._tell(step, time.monotonic() - begin)
        return True

    def _fail(self, step, begin, error):
        reason = str(error).partition("\n")[0][:300] or type(error).__name__
        self._store.add(step, time.monotonic() - begin, failed=reason)
        self._tell(step, time.monotonic() - begin, f"FAILED: {reason}")
        with open(self._log, "a") as log:
            log.write(f"{step}\n{traceback.format_exc()}\n")

    def _tell(self, step, took, more=""):
        self._left = max(0, self._left - 1)
        print(f"[{self._left} left] {step}: {took:.1f} s {more}", flush=True)


class Results:
    """The records of one or more stores, to be asked for those whose fields have given values."""

    def __init__(self, records):
        self.records = records

    def of(self, **match):
        return [record for record in self.records if "result" in record and _matches(record, match)]

    def failed(self, **match):
        return [record for record in self.records if "failed" in record and _matches(record, match)]

    def values(self, key, **match):
        """One value a run, without those that had none."""
        found = (record["result"].get(key) for record in self.of(**match))
        return [value for value in found if value is not None]

    def ratios(self, key, top, bottom, **match):
        """Run by run, since the speed of a machine drifts more between runs than within one."""
        return self.ratios_of((key, top), (key, bottom), **match)

    def ratios_of(self, top, bottom, **match):
        """The same of two (key, match) pairs."""
        values = [{self._run(r): r["result"].get(key) for r in self.of(**match, **more)} for key, more in (top, bottom)]
        both = [(value, values[1].get(run)) for run, value in values[0].items()]
        return [value / other for value, other in both if value is not None and other]

    @staticmethod
    def _run(record):
        return record["of"]["name"], record["run"]


def _matches(record, match):
    return all(record[key] in value if isinstance(value, tuple) else record[key] == value for key, value in match.items())
