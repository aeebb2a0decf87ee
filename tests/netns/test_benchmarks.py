# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What the benchmarks do with what they find: go on where they were, get over a step that fails, judge and compare.
No namespace and no figure of this machine is in it."""

import contextlib
import importlib
import sys
import types

import pytest

from lab import settings

sys.path.insert(0, str(settings.ROOT / "bench"))

import figures  # noqa: E402
import regression  # noqa: E402
import run  # noqa: E402
import steps  # noqa: E402

QUICK = {"name": "quick", "against": "", "commit": "c0ffee", "programs": "1"}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "quick.jsonl"


def subject(count, stages, fails=()):
    """Measures each step's own number."""

    @contextlib.contextmanager
    def stage(setup):
        stages.append(setup)
        yield

    def measure(_, step):
        assert step.run not in fails, "it went wrong\nand more of it"
        return {"value": step.run}

    made = [steps.Step("it", "case", run=number) for number in range(count)]
    return types.SimpleNamespace(NAME="it", steps=lambda plan: made, stage=stage, measure=measure)


def values_after(file, made, identity=QUICK):
    store = steps.Store(file, identity)
    steps.Runner(steps.Plan("quick"), store, file.with_suffix(".log")).run([made])
    return steps.Results(store.records)


def test_a_run_goes_on_where_it_was(file):
    stages = []
    values_after(file, subject(2, stages))
    with open(file, "a") as torn:
        torn.write('{"of": {"name": "qui')
    with open(file, "a") as next_line:
        next_line.write("\n")
    results = values_after(file, subject(4, stages))
    assert results.values("value") == [0, 1, 2, 3]
    assert len(stages) == 2
    values_after(file, subject(4, stages))
    assert len(stages) == 2


def test_a_run_of_another_commit_begins_anew(file):
    stages = []
    values_after(file, subject(2, stages))
    results = values_after(file, subject(2, stages), {**QUICK, "commit": "decade"})
    assert results.values("value") == [0, 1]
    assert len(stages) == 2


def test_a_step_that_fails_is_a_result_and_the_rest_goes_on_on_a_new_stage(file):
    stages = []
    results = values_after(file, subject(4, stages, fails=[1]))
    assert results.values("value") == [0, 2, 3]
    assert [record["failed"] for record in results.failed()] == ["it went wrong"]
    assert len(stages) == 2


def test_what_was_not_measured_is_neither_reached_nor_missed_and_what_failed_is_missed(file):
    results = values_after(file, subject(2, [], fails=[0, 1]))
    failed = figures.pause_figure(results, "it", {"subject": "it"}, 15)
    missing = figures.pause_figure(results, "other", {"subject": "other"}, 15)
    assert (failed.reached, missing.reached) == (False, None)


@pytest.mark.parametrize(("now", "verdict"), [(1.0, "as before"), (1.05, "as before"), (1.5, "WORSE"), (0.5, "better")])
def test_a_ratio_is_worse_if_it_is_beyond_its_spread(now, verdict):
    committed = regression.record([figures.Ratio("pause", [0.99, 1.0, 1.0, 1.01, 1.0])])
    verdicts = regression.compare([figures.Ratio("pause", [now] * 5)], committed)
    assert verdicts.rows[0][-1] == verdict
    assert verdicts.worse == (verdict == "WORSE")


def test_a_wide_spread_makes_no_verdict():
    committed = regression.record([figures.Ratio("speed", [0.5, 1.0, 1.5, 2.0], higher_is_better=True)])
    verdicts = regression.compare([figures.Ratio("speed", [0.4, 0.8, 1.2, 1.6], higher_is_better=True)], committed)
    assert verdicts.rows[0][-1] == "as before"


@pytest.mark.parametrize("name", run.SUBJECTS)
def test_a_subject_has_something_to_say_of_nothing(name, tmp_path):
    """Steps of every plan differ from each other, and a page can be made while nothing was measured."""
    module = importlib.import_module(f"subjects.{name}")
    for plan in ("quick", "full", "long"):
        made = list(module.steps(steps.Plan(plan)))
        assert len(made) == len(set(made))
    nothing = steps.Results([])
    assert all(figure.reached is None for figure in module.figures(nothing))
    assert not any(ratio.values for ratio in module.ratios(nothing))
    list(module.sections(nothing))
