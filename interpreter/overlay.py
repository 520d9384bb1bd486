"""What a history says about the states of a definition: the :class:`asl.diagram.Overlay` of one execution.

Branches and iterations interleave in a history, so events are told apart by their ``previousEventId``: each event
belongs to the visit (one stay in one state) of the event that it follows. Visits are then summed by state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from asl.diagram.overlay import Overlay, StateOverlay, Status, TransitionOverlay
from asl.diagram.wrapping import shortened
from asl.graph import StateGraph, Transition
from asl.labels import duration_label
from asl.types import JsonObject

_WORST_FIRST: tuple[Status, ...] = ("failed", "running", "caught", "retried", "succeeded", "aborted", "not reached")
_ENDINGS = {
    "ExecutionSucceeded": "succeeded",
    "ExecutionFailed": "failed",
    "ExecutionTimedOut": "timed out",
    "ExecutionAborted": "aborted",
}


class HistoryError(Exception):
    """What was given is not a history; the message says which event and why."""


def overlay_of(graph: StateGraph, history: Iterable[JsonObject]) -> Overlay:
    """Read events in the shape of GetExecutionHistory's ``events``, in any order, into an overlay for ``graph``.

    Timestamps may be datetimes, ISO 8601 texts or epoch seconds. Raises HistoryError for anything that is no event.
    """
    reading = _Reading(graph)
    for event in sorted(_checked(history), key=lambda event: event["id"]):
        reading.read(event)
    return reading.overlay()


def _checked(history: Iterable[JsonObject]) -> Iterator[JsonObject]:
    for number, event in enumerate(history, 1):
        if not _is_event(event):
            raise HistoryError(f"event {number} of the history is none: {shortened(repr(event), 80)}")
        yield event


def _is_event(event: object) -> bool:
    if not isinstance(event, Mapping) or not isinstance(event.get("type"), str):
        return False
    return isinstance(event.get("id"), int) and isinstance(event.get("previousEventId", 0), int)


@dataclass(slots=True, eq=False)
class _Visit:
    """One stay in a state, from Entered to Exited; ``parent`` is that of the Map or Parallel around it.

    ``has_children``: its items ran as child executions. ``failing``: its last attempt failed. ``closed``: it has exited
    or, as a Map or Parallel, failed. ``left``: it has exited.
    """

    name: str
    kind: str
    parent: _Visit | None
    entered: datetime | None
    input: str | None
    attempts: int = 0
    length: int | None = None
    iterations: int = 0
    failed_iterations: int = 0
    has_children: bool = False
    failing: bool = False
    closed: bool = False
    left: bool = False
    status: Status = "running"
    ended: datetime | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    inner: list[_Visit] = field(default_factory=list)

    def outwards(self) -> Iterator[_Visit]:
        """The visit, then each one around it."""
        visit: _Visit | None = self
        while visit is not None:
            yield visit
            visit = visit.parent

    def inside(self) -> Iterator[_Visit]:
        """Every visit within it, at any depth."""
        for visit in self.inner:
            yield visit
            yield from visit.inside()

    def start_attempt(self) -> None:
        self.attempts += 1
        self.failing, self.closed, self.status = False, False, "running"
        self.error = self.cause = self.ended = None

    def fail(self, details: JsonObject) -> None:
        self.failing = True
        self.error, self.cause = details.get("error", self.error), details.get("cause", self.cause)

    def end(self, status: Status, now: datetime | None) -> None:
        if self.status == "running":
            self.status, self.ended = status, now


class _Reading:
    """One pass over a history; ``_at`` says for each event id whose visit its thread of control was in after it."""

    def __init__(self, graph: StateGraph) -> None:
        self._transitions: dict[tuple[str, str], list[Transition]] = {}
        for transition in graph.transitions:
            self._transitions.setdefault((transition.source, transition.target), []).append(transition)
        self._at: dict[int, _Visit | None] = {}
        self._visits: list[_Visit] = []
        self._taken: dict[Transition, int] = {}
        self._began: datetime | None = None
        self._now: datetime | None = None
        self._ending: tuple[str, str | None] = ("running", None)

    def read(self, event: JsonObject) -> None:
        kind, details = str(event["type"]), _details(event)
        visit = self._at.get(event.get("previousEventId", 0))
        self._now = _instant(event.get("timestamp"))
        self._began = self._began or self._now
        if kind.endswith("StateEntered"):
            visit = self._enter(kind.removesuffix("StateEntered"), details, visit)
        elif kind.endswith("StateExited"):
            visit = self._exit(details, visit)
        elif kind in _ENDINGS:
            self._end(kind, details, visit)
        elif kind == "EvaluationFailed":
            visit = self._evaluation_failed(details, visit)
        elif visit is not None and kind in _HANDLERS:
            visit = _HANDLERS[kind](self, visit, details)
        self._at[event["id"]] = visit

    def overlay(self) -> Overlay:
        by_state: dict[str, list[_Visit]] = {}
        for visit in self._visits:
            by_state.setdefault(visit.name, []).append(visit)
        states = {name: _summed(visits) for name, visits in by_state.items()}
        transitions = {transition: TransitionOverlay(count, "succeeded") for transition, count in self._taken.items()}
        return Overlay(states, transitions, self._heading())

    def _heading(self) -> str:
        word, error = self._ending
        text = f"{word}: {error}" if error else word
        took = _seconds(self._began, self._now)
        return f"{text} · {duration_label(took)}" if took else text

    def _enter(self, kind: str, details: JsonObject, before: _Visit | None) -> _Visit:
        """A state entered from the one that its thread has left, or as the first inside the container it is in."""
        name = str(details.get("name"))
        parent = before.parent if before is not None and before.left else before
        visit = _Visit(name, kind, parent, self._now, details.get("input"))
        self._visits.append(visit)
        if parent is not None:
            parent.inner.append(visit)
        if before is not None and before.left:
            self._take(before, name)
        return visit

    def _take(self, before: _Visit, target: str) -> None:
        """Count the transition. A Catch is told from a Next to the same state by the failure before it."""
        found = self._transitions.get((before.name, target), [])
        found = sorted(found, key=lambda transition: (transition.kind == "Catch") != (before.status == "caught"))
        if found:
            self._taken[found[0]] = self._taken.get(found[0], 0) + 1
            if found[0].kind == "Catch":
                before.status = "caught"

    def _exit(self, details: JsonObject, inside: _Visit | None) -> _Visit | None:
        visit = self._named(str(details.get("name")), inside)
        if visit is None:
            return inside
        visit.end("caught" if visit.failing else "retried" if visit.attempts > 1 else "succeeded", self._now)
        visit.left = visit.closed = True
        visit.output = details.get("output")
        self._abort(visit.inside())
        return visit

    def _named(self, name: str, inside: _Visit | None) -> _Visit | None:
        around = inside.outwards() if inside is not None else iter(())
        found = next((visit for visit in around if visit.name == name and not visit.left), None)
        return found or next((visit for visit in reversed(self._visits) if visit.name == name and not visit.left), None)

    def _evaluation_failed(self, details: JsonObject, before: _Visit | None) -> _Visit | None:
        visit = self._named(str(details.get("state")), before) or before
        if visit is not None:
            visit.fail(details)
        return visit

    def _end(self, kind: str, details: JsonObject, visit: _Visit | None) -> None:
        self._ending = _ENDINGS[kind], details.get("error")
        if kind == "ExecutionTimedOut":
            details = {"error": "States.Timeout", **details}
        if visit is not None and kind != "ExecutionAborted" and not visit.left:
            self._fail_up_to(visit, None)
            main = list(visit.outwards())[-1]
            main.fail(details)
        self._abort(self._visits)

    def _fail_up_to(self, visit: _Visit, container: _Visit | None) -> None:
        for failed in visit.outwards():
            if failed is container:
                return
            failed.end("failed", self._now)

    def _abort(self, visits: Iterable[_Visit]) -> None:
        for visit in visits:
            visit.end("aborted", self._now)

    def container_started(self, kind: str, visit: _Visit, details: JsonObject) -> _Visit:
        """The first start of a Map or Parallel, or a retry of it after something inside failed."""
        container = _container(visit, kind)
        container.start_attempt()
        container.length, container.iterations, container.failed_iterations = details.get("length"), 0, 0
        if container.attempts > 1:
            self._fail_up_to(visit, container)
            self._abort(container.inside())
            for failed in container.inside():
                failed.status = "retried" if failed.status == "failed" else failed.status
        return container

    def container_failed(self, kind: str, visit: _Visit) -> _Visit:
        container = _container(visit, kind)
        if visit is not container:
            self._fail_up_to(visit, container)
            container.fail({"error": visit.error, "cause": visit.cause})
        container.failing = container.closed = True
        self._abort(container.inside())
        return container

    def iteration_started(self, visit: _Visit, details: JsonObject) -> _Visit:
        container = self._named(str(details.get("name")), visit) or visit
        container.iterations += 1
        return container

    def iteration_failed(self, visit: _Visit, details: JsonObject) -> _Visit:
        container = self._named(str(details.get("name")), visit)
        if container is not None and container is not visit:
            container.failed_iterations += 1
            self._fail_up_to(visit, container)
        return visit


def _container(visit: _Visit, kind: str) -> _Visit:
    """The innermost Map or Parallel around (or at) a visit that is still at work."""
    return next((around for around in visit.outwards() if around.kind == kind and not around.closed), visit)


def _scheduled(reading: _Reading, visit: _Visit, details: JsonObject) -> _Visit:
    visit.start_attempt()
    return visit


def _run_started(reading: _Reading, visit: _Visit, details: JsonObject) -> _Visit:
    visit.has_children = True
    return visit


def _failed(reading: _Reading, visit: _Visit, details: JsonObject) -> _Visit:
    visit.fail(details)
    return visit


_Handler: TypeAlias = "Callable[[_Reading, _Visit, JsonObject], _Visit]"
_HANDLERS: dict[str, _Handler] = {
    **dict.fromkeys(("TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled"), _scheduled),
    **{
        f"{service}{ending}": _failed
        for service in ("Task", "LambdaFunction", "Activity")
        for ending in ("Failed", "TimedOut", "ScheduleFailed", "StartFailed", "SubmitFailed")
    },
    "MapRunStarted": _run_started,
    "MapRunFailed": _failed,
    "MapStateStarted": lambda reading, visit, details: reading.container_started("Map", visit, details),
    "ParallelStateStarted": lambda reading, visit, details: reading.container_started("Parallel", visit, details),
    "MapStateFailed": lambda reading, visit, details: reading.container_failed("Map", visit),
    "ParallelStateFailed": lambda reading, visit, details: reading.container_failed("Parallel", visit),
    "MapStateSucceeded": lambda reading, visit, details: _container(visit, "Map"),
    "ParallelStateSucceeded": lambda reading, visit, details: _container(visit, "Parallel"),
    "MapIterationStarted": lambda reading, visit, details: reading.iteration_started(visit, details),
    "MapIterationSucceeded": lambda reading, visit, details: _container(visit, "Map"),
    "MapIterationFailed": lambda reading, visit, details: reading.iteration_failed(visit, details),
}


def _summed(visits: Sequence[_Visit]) -> StateOverlay:
    status = min((visit.status for visit in visits), key=_WORST_FIRST.index)
    last = visits[-1]
    unhappy = next((visit for visit in reversed(visits) if visit.status == status and visit.error), None)
    iterations = sum(visit.iterations or visit.length or 0 for visit in visits)
    has_children = any(visit.has_children for visit in visits)
    return StateOverlay(
        status,
        visits=len(visits),
        failed_visits=sum(visit.status in ("failed", "caught") for visit in visits),
        attempts=sum(visit.attempts for visit in visits),
        iterations=iterations if last.kind == "Map" and (iterations or not has_children) else None,
        failed_iterations=sum(visit.failed_iterations for visit in visits),
        duration=sum(_seconds(visit.entered, visit.ended) or 0.0 for visit in visits),
        error=unhappy.error if unhappy else None,
        cause=unhappy.cause if unhappy else None,
        input=last.input,
        output=last.output,
        notes=("items ran as child executions",) if has_children else (),
    )


def _details(event: JsonObject) -> JsonObject:
    found = next((value for key, value in event.items() if key.endswith("EventDetails")), None)
    return found if isinstance(found, dict) else {}


def _instant(value: object) -> datetime | None:
    """A timestamp in any of the forms that tools write; ``None`` for one that can't be read."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        if isinstance(value, str):
            return _instant(datetime.fromisoformat(value))
        return datetime.fromtimestamp(value, UTC) if isinstance(value, (int, float)) else None
    except (ValueError, OverflowError, OSError):
        return None


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None
