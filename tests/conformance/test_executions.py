"""Every recorded execution gives what AWS gave: status, output, error, cause and, event by event, the history."""

from __future__ import annotations

from typing import Any

import pytest
from replay import compare, load_cases, needs_recordings, run_case

NO_REDRIVE_COUNT = "recorded in 2023, before the context object had RedriveCount"
KNOWN_GAPS = {
    "scenarios/lambda_invoke_with_retry_extended_input": NO_REDRIVE_COUNT,
    "scenarios/lambda_service_invoke_with_retry_extended_input": NO_REDRIVE_COUNT,
}

CASES = load_cases("execution")


def _parameter(case: dict[str, Any]) -> Any:
    reason = KNOWN_GAPS.get(case["id"])
    marks = [] if reason is None else [pytest.mark.xfail(strict=True, reason=reason)]
    return pytest.param(case, id=case["id"], marks=marks)


@needs_recordings
@pytest.mark.parametrize("case", [_parameter(case) for case in CASES])
def test_a_recorded_execution_runs_as_it_ran_on_aws(case: dict[str, Any]) -> None:
    report = compare(case, run_case(case))
    assert report.ok, str(report)


@needs_recordings
@pytest.mark.parametrize("language", ["jsonpath", "jsonata"])
def test_histories_are_exact_in_nine_cases_of_ten_and_every_outcome_is_right(language: str) -> None:
    cases = [case for case in CASES if language in _languages(case)]
    reports = [(case, compare(case, run_case(case))) for case in cases if not _is_distributed(case)]
    with_history = [report.level for case, report in reports if case["expect"].get("history")]
    assert all(report.level != "fail" for _, report in reports)
    assert sum(report.ok for _, report in reports) >= 0.97 * len(reports)
    assert with_history.count("exact") >= 0.9 * len(with_history)


def _languages(case: dict[str, Any]) -> set[str]:
    return {"jsonata"} if "jsonata" in case["features"] else {"jsonpath"}


def _is_distributed(case: dict[str, Any]) -> bool:
    return bool({"distributed-map", "s3"} & set(case.get("needs") or ()))
