"""A history as a tree of visits: each stay in a state with its attempts, its place inside a Map or Parallel, and its
end.

Branches and iterations interleave in a history; events are told apart by the event that each follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from asl.types import Json, JsonObject
from interpreter.history import RawText, Row


@dataclass(slots=True, eq=False)
class Attempt:
    """One try of a state's work, begun by the event ``scheduled``.

    Times are seconds since 1970; ``ended`` is None for one that never ended. ``worker`` took an activity's task; it is
    empty for one without a name.
    """

    number: int
    scheduled: int
    started: float
    input: Json = None
    output: Json = None
    submitted: Json = None
    worker: str | None = None
    error: str | None = None
    cause: str | None = None
    ended: float | None = None
    outcome: str = "running"
    """``succeeded``, ``failed``, ``timed out``, ``aborted`` or ``running``."""

    def end(self, outcome: str, now: float) -> None:
        if self.outcome == "running":
            self.outcome, self.ended = outcome, now


@dataclass(slots=True, eq=False)
class Visit:
    """One stay in a state. ``index`` is the number of the iteration or branch that it is in, None outside of any.

    ``status`` is ``succeeded``, ``failed``, ``caught``, ``aborted`` or ``running``. ``items`` counts what a Map began
    with. ``in_attempt`` is the number of the attempt of the Map or Parallel around it.
    ``is_closed``: a Map or Parallel that has failed for good and can only be caught.
    """

    state: str
    kind: str
    entered: int
    started: float
    input: Json
    parent: Visit | None
    index: int | None
    output: Json = None
    assigned: JsonObject | None = None
    error: str | None = None
    cause: str | None = None
    ended: float | None = None
    status: str = "running"
    items: int | None = None
    is_closed: bool = False
    in_attempt: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    inner: list[Visit] = field(default_factory=list)
    next: Visit | None = None

    @property
    def has_left(self) -> bool:
        return self.status in ("succeeded", "caught")

    def outwards(self) -> Iterator[Visit]:
        """This visit, then each one around it."""
        visit: Visit | None = self
        while visit is not None:
            yield visit
            visit = visit.parent

    def inside(self) -> Iterator[Visit]:
        """Every visit within this one, at any depth."""
        for visit in self.inner:
            yield visit
            yield from visit.inside()

    def fail(self, error: str | None, cause: str | None, outcome: str, now: float) -> None:
        self.error, self.cause = error, cause
        if self.attempts:
            attempt = self.attempts[-1]
            if attempt.outcome == "running":
                attempt.error, attempt.cause = error, cause
            attempt.end(outcome, now)


class _Place(NamedTuple):
    """Where a thread of control is after an event: in a visit and, right after the start of an iteration, in which."""

    visit: Visit | None
    iteration: int | None = None


def visits_of(rows: Iterable[Row], branch_of: Callable[[str], int | None] = lambda _state: None) -> list[Visit]:
    """Every visit in the order of entry. ``branch_of`` says in which branch of its Parallel a state stands."""
    reading = _Reading(branch_of)
    for number, row in enumerate(rows, 1):
        reading.read(number, row)
    return reading.visits


class _Reading:
    def __init__(self, branch_of: Callable[[str], int | None]) -> None:
        self.visits: list[Visit] = []
        self._branch_of = branch_of
        self._at: dict[int, _Place] = {0: _Place(None)}
        self._now = 0.0
        self._number = 0

    def read(self, number: int, row: Row) -> None:
        self._number = number
        event_type, previous, self._now, details = row
        place = self._at.get(previous, self._at[0])
        if event_type.endswith("StateEntered"):
            place = self._enter(number, event_type.removesuffix("StateEntered"), details, place)
        elif event_type.endswith("StateExited"):
            place = self._exit(details, place)
        elif (take := _TAKERS.get(event_type)) is not None:
            place = take(self, place, details)
        self._at[number] = place

    def _enter(self, number: int, kind: str, details: tuple[Any, ...], place: _Place) -> _Place:
        before = place.visit
        left = before is not None and before.has_left
        parent = before.parent if left and before is not None else before
        index = before.index if left and before is not None else place.iteration
        if index is None and parent is not None and parent.kind == "Parallel":
            index = self._branch_of(details[0])
        visit = Visit(details[0], kind, number, self._now, _value(details[1]), parent, index)
        if left and before is not None:
            before.next = visit
        if parent is not None:
            visit.in_attempt = max(0, len(parent.attempts) - 1)
            parent.inner.append(visit)
        self.visits.append(visit)
        return _Place(visit)

    def _exit(self, details: tuple[Any, ...], place: _Place) -> _Place:
        visit = self._find(place, lambda around: around.state == details[0] and not around.has_left)
        if visit is None:
            return place
        visit.status = "caught" if visit.error is not None or _is_failed(visit) else "succeeded"
        visit.output, visit.ended = details[1], self._now
        visit.assigned = details[2] if len(details) > 2 else None
        for attempt in visit.attempts:
            attempt.end("succeeded", self._now)
        self._abort(visit)
        return _Place(visit)

    def _find(self, place: _Place, test: Callable[[Visit], bool]) -> Visit | None:
        around = place.visit.outwards() if place.visit is not None else iter(())
        return next((visit for visit in around if test(visit)), None) or next(
            (visit for visit in reversed(self.visits) if test(visit)), None
        )

    def _abort(self, container: Visit) -> None:
        for visit in container.inside():
            self._stop(visit, "aborted")

    def _stop(self, visit: Visit, status: str) -> None:
        if visit.status == "running":
            visit.status, visit.ended = status, self._now
            for attempt in visit.attempts:
                attempt.end(status, self._now)

    # Tasks

    def scheduled(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        if (visit := place.visit) is not None:
            value = details[3] if len(details) > 3 and isinstance(details[2], str) else details[1]
            visit.attempts.append(Attempt(len(visit.attempts), self._number, self._now, input=value))
            visit.error = visit.cause = None
        return place

    def worker_started(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        if place.visit is not None and place.visit.attempts and details:
            place.visit.attempts[-1].worker = details[0] or ""
        return place

    def submitted(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        if place.visit is not None and place.visit.attempts:
            place.visit.attempts[-1].submitted = details[-1]
        return place

    def succeeded(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        if place.visit is not None and place.visit.attempts:
            attempt = place.visit.attempts[-1]
            attempt.output = details[-1]
            attempt.end("succeeded", self._now)
        return place

    def failed(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        return self._failed(place, details, "failed")

    def timed_out(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        return self._failed(place, details, "timed out")

    def _failed(self, place: _Place, details: tuple[Any, ...], outcome: str) -> _Place:
        if place.visit is not None:
            error, cause = (*details[-2:], None, None)[:2] if details else (None, None)
            place.visit.fail(error, cause, outcome, self._now)
        return place

    def evaluation_failed(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        visit = self._find(place, lambda around: around.state == details[0] and not around.has_left)
        if visit is None:
            return place
        visit.fail(details[1], details[2], "failed", self._now)
        return _Place(visit)

    # Map and Parallel

    def container_started(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        visit = self._find(place, _is_open_container)
        if visit is None:
            return place
        if visit.attempts and place.visit is not None:
            self._fail_up_to(place.visit, visit)
            visit.fail(place.visit.error, place.visit.cause, "failed", self._now)
        visit.attempts.append(Attempt(len(visit.attempts), self._number, self._now))
        visit.error = visit.cause = None
        visit.items = details[0] if details else None
        return _Place(visit)

    def container_failed(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        visit = self._find(place, _is_open_container)
        if visit is None:
            return place
        if place.visit is not None and place.visit is not visit:
            self._fail_up_to(place.visit, visit)
            visit.fail(place.visit.error, place.visit.cause, "failed", self._now)
        visit.is_closed = True
        self._abort(visit)
        return _Place(visit)

    def iteration_started(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        visit = self._find(place, lambda around: around.state == details[0] and around.status == "running")
        return _Place(visit, details[1])

    def iteration_ended(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        visit = self._find(place, lambda around: around.state == details[0] and around.status == "running")
        return _Place(visit or place.visit)

    def iteration_failed(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        visit = self._find(place, lambda around: around.state == details[0] and around.status == "running")
        if visit is not None and place.visit is not None:
            self._fail_up_to(place.visit, visit)
        return place

    def map_run_failed(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        if place.visit is not None:
            error, cause = (*details, None, None)[:2]
            place.visit.fail(error, cause, "failed", self._now)
        return place

    def _fail_up_to(self, visit: Visit, container: Visit) -> None:
        for failed in visit.outwards():
            if failed is container:
                return
            self._stop(failed, "failed")

    # The end

    def execution_failed(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        error, cause = (*details, None, None)[:2]
        if place.visit is not None and not place.visit.has_left:
            for visit in place.visit.outwards():
                if visit.status == "running":
                    visit.fail(error, cause, "failed", self._now)
                self._stop(visit, "failed")
            _name_failures(place.visit, error, cause)
        return self.execution_stopped(place, details)

    def execution_stopped(self, place: _Place, details: tuple[Any, ...]) -> _Place:
        for visit in self.visits:
            self._stop(visit, "aborted")
        return place


_CONTAINERS = frozenset({"Map", "Parallel"})


def _value(payload: Json | RawText) -> Json:
    return payload.value if isinstance(payload, RawText) else payload


def _name_failures(container: Visit, error: str | None, cause: str | None) -> None:
    """History has no error of its own for a Fail state inside a Map or Parallel: it is the execution's."""
    for visit in container.inside():
        if visit.kind == "Fail" and visit.status == "failed":
            visit.error, visit.cause = error, cause


def _is_open_container(visit: Visit) -> bool:
    return visit.kind in _CONTAINERS and visit.status == "running" and not visit.is_closed


def _is_failed(visit: Visit) -> bool:
    return bool(visit.attempts) and visit.attempts[-1].outcome in ("failed", "timed out")


_TAKERS: dict[str, Callable[[_Reading, _Place, tuple[Any, ...]], _Place]] = {
    **dict.fromkeys(("TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled"), _Reading.scheduled),
    "ActivityStarted": _Reading.worker_started,
    "TaskSubmitted": _Reading.submitted,
    **dict.fromkeys(("TaskSucceeded", "LambdaFunctionSucceeded", "ActivitySucceeded"), _Reading.succeeded),
    **dict.fromkeys(
        (
            "TaskFailed", "TaskStartFailed", "TaskSubmitFailed", "LambdaFunctionFailed", "LambdaFunctionScheduleFailed",
            "LambdaFunctionStartFailed", "ActivityFailed", "ActivityScheduleFailed",
        ),
        _Reading.failed,
    ),
    **dict.fromkeys(("TaskTimedOut", "LambdaFunctionTimedOut", "ActivityTimedOut"), _Reading.timed_out),
    "EvaluationFailed": _Reading.evaluation_failed,
    "MapStateStarted": _Reading.container_started,
    "ParallelStateStarted": _Reading.container_started,
    "MapStateFailed": _Reading.container_failed,
    "ParallelStateFailed": _Reading.container_failed,
    "MapIterationStarted": _Reading.iteration_started,
    "MapIterationSucceeded": _Reading.iteration_ended,
    "MapIterationFailed": _Reading.iteration_failed,
    "MapRunFailed": _Reading.map_run_failed,
    "ExecutionFailed": _Reading.execution_failed,
    "ExecutionTimedOut": _Reading.execution_stopped,
    "ExecutionAborted": _Reading.execution_stopped,
}  # fmt: skip
