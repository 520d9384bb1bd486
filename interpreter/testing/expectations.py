"""What a case of a test file expects of its run: one check for each key of ``Expect``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from asl.types import Json, JsonObject
from interpreter.errors import MockError
from interpreter.testing.explanation import described, seconds
from interpreter.testing.matching import differences, value_at

if TYPE_CHECKING:
    from interpreter.testing.workflow_run import WorkflowRun

STATE_LISTS = ("Path", "Visited", "NotVisited")
BY_STATE = ("TaskInputs", "Iterations", "Attempts")


def unmet(run: WorkflowRun, expect: JsonObject) -> Iterator[tuple[str, str]]:
    """Each expectation that the run does not meet: its key, and in words what was found instead."""
    for key, expected in {**_implied(expect), **expect}.items():
        yield from ((key, problem) for problem in CHECKS[key](run, expected))


def _implied(expect: JsonObject) -> JsonObject:
    """Without a word on it an execution is expected to succeed, or to fail where an error is expected."""
    if "Status" in expect:
        return {}
    fails = expect.keys() & {"Error", "Cause", "CauseContains"}
    return {} if fails else {"Status": "SUCCEEDED"}


def _status(run: WorkflowRun, expected: str) -> Iterator[str]:
    if run.status != expected:
        ending = described(run.error, run.cause)
        yield f"expected {expected}, found {run.status}{': ' + ending if ending else ''}"


def _whole(run: WorkflowRun, expected: Json) -> Iterator[str]:
    return differences(run.output, expected)


def _part(run: WorkflowRun, expected: Json) -> Iterator[str]:
    return differences(run.output, expected, partly=True)


def _at(run: WorkflowRun, expected: JsonObject) -> Iterator[str]:
    for place, wanted in expected.items():
        try:
            found = value_at(place, run.output)
        except MockError as error:
            yield error.message
        else:
            yield from differences(found, wanted, at=place)


def _equal(read: Callable[[WorkflowRun], Any]) -> Callable[[WorkflowRun, Any], Iterator[str]]:
    def check(run: WorkflowRun, expected: Any) -> Iterator[str]:
        if read(run) != expected:
            yield f"expected {expected!r}, found {read(run)!r}"

    return check


def _cause_contains(run: WorkflowRun, expected: str) -> Iterator[str]:
    if expected not in (run.cause or ""):
        yield f"expected {expected!r} in it, found {run.cause!r}"


def _visited(run: WorkflowRun, expected: list[str]) -> Iterator[str]:
    path = set(run.path)
    yield from (f"{state!r} was not visited; the path was {_path(run)}" for state in expected if state not in path)


def _not_visited(run: WorkflowRun, expected: list[str]) -> Iterator[str]:
    path = set(run.path)
    yield from (f"{state!r} was visited; the path was {_path(run)}" for state in expected if state in path)


def _path(run: WorkflowRun) -> str:
    return " -> ".join(run.path)


def _path_is(run: WorkflowRun, expected: list[str]) -> Iterator[str]:
    if run.path != expected:
        yield f"expected {' -> '.join(expected)}, found {_path(run)}"


def _task_inputs(run: WorkflowRun, expected: JsonObject) -> Iterator[str]:
    for state, inputs in expected.items():
        received = [call.input for mock in run.mocks for call in mock.calls if call.state == state]
        yield from differences(received, inputs, partly=True, at=state)


def _counts(read: Callable[[WorkflowRun, str], int]) -> Callable[[WorkflowRun, dict[str, int]], Iterator[str]]:
    def check(run: WorkflowRun, expected: dict[str, int]) -> Iterator[str]:
        for state, number in expected.items():
            if (found := read(run, state)) != number:
                yield f"{state!r}: expected {number}, found {found}"

    return check


def _waited(run: WorkflowRun, expected: float) -> Iterator[str]:
    waited = run.waited.total_seconds()
    if abs(waited - expected) > 0.0005:
        yield f"expected {seconds(expected)}, found {seconds(waited)}"


CHECKS: dict[str, Callable[[WorkflowRun, Any], Iterator[str]]] = {
    "Status": _status,
    "Output": _whole,
    "OutputContains": _part,
    "OutputAt": _at,
    "Error": _equal(lambda run: run.error),
    "Cause": _equal(lambda run: run.cause),
    "CauseContains": _cause_contains,
    "Path": _path_is,
    "Visited": _visited,
    "NotVisited": _not_visited,
    "TaskInputs": _task_inputs,
    "Iterations": _counts(lambda run, state: run[state].iterations),
    "Attempts": _counts(lambda run, state: run[state].attempts if run[state] else 0),
    "Waited": _waited,
}
