"""Runs one pytest test under many schedules, and shrinks the first that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from _pytest.runner import runtestprotocol

from interpreter.testing.schedules import Schedule, shrink

if TYPE_CHECKING:
    from collections.abc import Callable


def run_under_schedules(
    item: pytest.Item, nextitem: pytest.Item | None, number: int, use: Callable[[Schedule | None], None]
) -> list[pytest.TestReport]:
    """The reports of the test as it is, and if it passes, of the first of ``number`` schedules under which it fails."""
    use(None)
    reports = _run(item, nextitem)
    if not _passed(reports):
        return reports
    for seed in range(1, number + 1):
        schedule = Schedule(seed)
        use(schedule)
        tried = _run(item, nextitem)
        if not _passed(tried):
            return _smallest(item, nextitem, schedule, use)
    return reports


def _smallest(
    item: pytest.Item, nextitem: pytest.Item | None, schedule: Schedule, use: Callable[[Schedule | None], None]
) -> list[pytest.TestReport]:
    last: list[pytest.TestReport] = []

    def fails(smaller: Schedule) -> bool:
        use(smaller)
        last[:] = _run(item, nextitem)
        return not _passed(last)

    smallest = shrink(schedule, fails)
    for report in last:
        if report.failed:
            report.sections.append(("workflow schedule", describe(smallest)))
    return last


def describe(schedule: Schedule) -> str:
    """How to repeat it, and what in it made the test fail."""
    notes = [f"  {number}: {text}" for number, text in sorted(schedule.notes.items())]
    return "\n".join(
        [f"fails under a schedule; repeat it with --asl-schedule={schedule}", "what made the difference:", *notes]
    )


def _run(item: pytest.Item, nextitem: pytest.Item | None) -> list[pytest.TestReport]:
    if isinstance(item, pytest.Function):
        item._initrequest()  # a test that is run again needs its fixtures anew, as reruns do
    return runtestprotocol(item, log=False, nextitem=nextitem)


def _passed(reports: list[pytest.TestReport]) -> bool:
    return not any(report.failed for report in reports)
