"""Runs a definition on a recorded execution's task results, and finds the first place where it goes another way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeAlias

from asl.types import Json
from interpreter.clock import VirtualClock
from interpreter.testing.explanation import described
from interpreter.testing.loop import drive
from interpreter.testing.matching import differences
from interpreter.testing.recorded_answers import RecordedAnswers, UnrecordedTaskError
from interpreter.testing.recording import Recording, branches_of
from interpreter.testing.visits import Attempt, Visit, visits_of

if TYPE_CHECKING:
    from asl.diagram import Overlay
    from asl.state_machine import StateMachine
    from interpreter.engine import Engine, Run

Thread: TypeAlias = tuple[Any, ...]
"""A line of control: the Map or Parallel visits that it is inside of, each with its attempt and index."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where the replay first differs: in which state (None: at the end), and in words how.

    ``is_an_end``: there is less of the replay than of the recording.
    """

    state: str | None
    text: str
    is_an_end: bool = False


@dataclass(slots=True)
class Replay:
    """A replay beside its recording: the visits of both, told apart by the branches of the machine that was run.

    ``missing`` is the Task that the recording had no answer for.
    """

    recording: Recording
    run: Run
    recorded: list[Visit]
    visits: list[Visit]
    missing: UnrecordedTaskError | None = None

    def divergence(self) -> Divergence | None:
        """The first difference in the order of the recording, or None."""
        recorded, replayed = _threads(self.recorded), _threads(self.visits)
        found = [
            (order, divergence)
            for thread, visits in recorded.items()
            for order, divergence in _differences(visits, replayed.get(thread, []), self.recorded)
            if self.missing is None or not divergence.is_an_end
        ]
        new = [(len(self.recorded), _added(visits[0])) for thread, visits in replayed.items() if thread not in recorded]
        first = min([*found, *new], key=lambda each: each[0], default=None)
        return first[1] if first is not None else self._other_end()

    def _other_end(self) -> Divergence | None:
        if self.missing is not None:
            return Divergence(self.missing.state, str(self.missing))
        execution, recording = self.run.execution, self.recording
        if execution.status != recording.status or (execution.error, execution.cause) != (
            recording.error,
            recording.cause,
        ):
            now = f"{execution.status} {described(execution.error, execution.cause)}".strip()
            then = f"{recording.status} {described(recording.error, recording.cause)}".strip()
            return Divergence(None, f"it ends {now}; recorded was {then}")
        changes = list(differences(execution.output, recording.output, at="output"))
        return Divergence(None, f"the output differs: {'; '.join(changes[:3])}") if changes else None

    def overlay(self, machine: StateMachine) -> Overlay:
        """The replay painted, with the state where it diverges marked."""
        from dataclasses import replace

        from interpreter.overlay import overlay_of

        overlay = overlay_of(machine.graph, self.run.history())
        divergence = self.divergence()
        if divergence is None or divergence.state is None:
            return overlay
        marked = replace(overlay.state(divergence.state), status="changed", notes=("first divergence",))
        return replace(overlay, states={**overlay.states, divergence.state: marked})


def replay(machine: StateMachine, recording: Recording) -> Replay:
    """Run a machine with the recorded input, Tasks answered as recorded and taking as long."""
    from interpreter.engine import Engine
    from interpreter.running import plan_of

    engine = Engine(clock=VirtualClock(recording.started), handler=RecordedAnswers(recording))
    run = engine.start(plan_of(machine), recording.input, seed=0, type=machine.type)
    missing = None
    try:
        drive(_to_the_end(engine, run, recording))
    except UnrecordedTaskError as error:
        missing = error
    rows = [*run.rows, *run.execution.events]
    branch_of = branches_of(machine.graph)
    return Replay(recording, run, visits_of(recording.rows, branch_of), visits_of(rows, branch_of), missing)


async def _to_the_end(engine: Engine, run: Run, recording: Recording) -> None:
    """Skip from timer to timer; where the recorded execution was stopped, stop it at the same instant."""
    stops = recording.rows[-1][2] if recording.status == "ABORTED" else float("inf")
    await engine.settle()
    while not run.execution.is_closed and (timer := engine.next_timer) is not None and timer < stops:
        engine.skip_to(timer)
        await engine.settle()
    if stops < float("inf"):
        engine.skip_to(stops)
        engine.stop(run, recording.error, recording.cause)
        await engine.settle()


def _threads(visits: list[Visit]) -> dict[Thread, list[Visit]]:
    threads: dict[Thread, list[Visit]] = {}
    numbers: dict[int, tuple[Thread, int]] = {}
    for visit in visits:
        parent = () if visit.parent is None else (*numbers[id(visit.parent)], visit.in_attempt, visit.index)
        line = threads.setdefault(parent, [])
        numbers[id(visit)] = (parent, len(line))
        line.append(visit)
    return threads


def _differences(recorded: list[Visit], replayed: list[Visit], order: list[Visit]) -> Iterator[tuple[int, Divergence]]:
    """The first difference of one thread, with its place in the recording."""
    for before, (old, new) in enumerate(zip_longest(recorded, replayed), -1):
        divergence = _compare(old, new, recorded[before].state if before >= 0 else None)
        if divergence is not None:
            place = order.index(old) if old is not None else order.index(recorded[-1])
            yield place, divergence
            return


def _compare(old: Visit | None, new: Visit | None, before: str | None) -> Divergence | None:
    place = f"after {before!r}" if before is not None else "at the start"
    if old is None and new is not None:
        return Divergence(new.state, f"{place} it enters {new.state!r}; recorded was the end")
    if old is None or new is None:
        return (
            None if old is None else Divergence(before, f"{place} it ends; recorded was {old.state!r}", is_an_end=True)
        )
    if old.state != new.state:
        return Divergence(new.state, f"{place} it enters {new.state!r}; recorded was {old.state!r}")
    return _compare_data(old, new)


def _compare_data(old: Visit, new: Visit) -> Divergence | None:
    pairs = zip(new.attempts, old.attempts, strict=False)
    calls = (check for number, pair in enumerate(pairs, 1) for check in _attempt_checks(number, *pair))
    outputs = [("its output", new.output, old.output)] if new.has_left and old.has_left else []
    return (
        _first_change(new.state, [("its input", new.input, old.input), *calls])
        or _other_attempts(old, new)
        or _first_change(new.state, outputs)
    )


def _first_change(state: str, checks: Iterable[tuple[str, Json, Json]]) -> Divergence | None:
    for what, now, then in checks:
        changes = list(differences(now, then, at="$"))
        if changes and not _differs_by_name_only(changes):
            return Divergence(state, f"{state!r}: {what} differs: {'; '.join(changes[:3])}")
    return None


def _other_attempts(old: Visit, new: Visit) -> Divergence | None:
    tried, recorded = len(new.attempts), len(old.attempts)
    if tried != recorded:
        return Divergence(new.state, f"{new.state!r} is tried {tried} times; recorded were {recorded}")
    if new.status == "running":
        return Divergence(new.state, f"{new.state!r} does not end; recorded was {old.status}", is_an_end=True)
    if new.status != old.status:
        now, then = described(new.error, new.cause), described(old.error, old.cause)
        return Divergence(new.state, f"{new.state!r} {new.status} {now}; recorded was {old.status} {then}")
    return None


def _attempt_checks(number: int, new: Attempt, old: Attempt) -> Iterator[tuple[str, Json, Json]]:
    yield f"what call {number} is made with", new.input, old.input
    yield f"the error of call {number}", new.error, old.error


_MADE_ANEW = re.compile(r"arn:aws:states:|YXJuOmF3c|AQC[A-Z]|\d{4}-\d\d-\d\dT\d\d:\d\d|[0-9a-f]{8}-[0-9a-f]{4}-")
"""In both of two values that differ: execution ARNs, task tokens, instants and UUIDs, which every execution has of
its own.
"""


def _differs_by_name_only(changes: list[str]) -> bool:
    return all(len(_MADE_ANEW.findall(change)) >= 2 for change in changes)


def _added(visit: Visit) -> Divergence:
    return Divergence(visit.state, f"it enters {visit.state!r}, where nothing was recorded")
