"""A recorded execution as mocks: what each attempt of each Task was called with and what it answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asl.types import Json
from interpreter.history import Row
from interpreter.testing.history_file import RecordedHistory
from interpreter.testing.visits import Attempt, Visit, visits_of

if TYPE_CHECKING:
    from asl.graph import StateGraph

_STATUSES = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


@dataclass(slots=True)
class TaskCall:
    """One attempt of a Task. ``outcome`` is ``succeeded``, ``failed``, ``timed out``, or else it never ended.

    ``overlaps``: it ran in a Map or Parallel beside other attempts. ``seconds`` is how long it took.
    """

    state: str
    input: Json
    outcome: str
    output: Json = None
    submitted: Json = None
    worker: str | None = None
    error: str | None = None
    cause: str | None = None
    seconds: float = 0.0
    overlaps: bool = False


@dataclass(slots=True)
class Recording:
    """What one execution was given, what its Tasks answered, and how it ended; ``calls`` are in the order of their
    start.
    """

    input: Json
    status: str
    output: Json
    error: str | None
    cause: str | None
    started: float
    rows: list[Row]
    visits: list[Visit]
    calls: dict[str, list[TaskCall]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, graph: StateGraph | None = None) -> Recording:
        """Read a history's file; with ``graph`` it must be of that machine. Raises HistoryError."""
        history = RecordedHistory.load(path)
        if graph is not None:
            history.check_machine(graph)
        return cls.of(history, graph)

    @classmethod
    def of(cls, history: RecordedHistory, graph: StateGraph | None = None) -> Recording:
        rows = history.rows
        visits = visits_of(rows, branches_of(graph) if graph is not None else lambda _state: None)
        event_type, _, _, details = rows[-1]
        status = _STATUSES.get(event_type, "RUNNING")
        output = details[0] if status == "SUCCEEDED" else None
        error, cause = (None, None) if status == "SUCCEEDED" else (*details, None, None)[:2]
        recording = cls(rows[0][3][0], status, output, error, cause, rows[0][2], rows, visits)
        for call in (*_calls(visits), *_calls_of_children(visits, graph)):
            recording.calls.setdefault(call.state, []).append(call)
        return recording

    @property
    def path(self) -> list[str]:
        return [visit.state for visit in self.visits]

    @property
    def is_sequential(self) -> bool:
        """Whether nothing ran side by side, so that the path is the same every time."""
        return all(visit.parent is None for visit in self.visits)


def branches_of(graph: StateGraph) -> Any:
    """In which branch of its Parallel a state stands."""
    branches = {name: scope.index for scope in graph.scopes if scope.kind == "branch" for name in scope.states}
    return branches.get


def _calls(visits: list[Visit]) -> Iterator[TaskCall]:
    for visit, attempt in sorted(_attempts(visits), key=lambda each: each[1].scheduled):
        ended = attempt.ended if attempt.ended is not None else attempt.started
        yield TaskCall(
            visit.state, attempt.input, attempt.outcome, attempt.output, attempt.submitted, attempt.worker,
            attempt.error, attempt.cause, round(ended - attempt.started, 3), visit.parent is not None,
        )  # fmt: skip


def _calls_of_children(visits: list[Visit], graph: StateGraph | None) -> Iterator[TaskCall]:
    """Calls in the child executions of distributed Maps; with which input is not recorded."""
    if graph is None:
        return
    from interpreter.testing.unrecorded_children import results_of_children

    for _, task, results in results_of_children(graph, visits):
        yield from (TaskCall(task, None, "succeeded", result) for result in results)


def _attempts(visits: list[Visit]) -> Iterator[tuple[Visit, Attempt]]:
    for visit in visits:
        if visit.kind == "Task":
            yield from ((visit, attempt) for attempt in visit.attempts)
