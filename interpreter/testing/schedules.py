"""Seeded schedules: which ready branch or iteration goes first, and how long each Task takes.

A schedule is a list of decisions that follow from a seed. Each can be taken back to what happens without a schedule,
so that a failing one is shrunk to the decisions that matter. ``"7"`` names the whole schedule of seed 7, ``"7:2,5"``
only its decisions 2 and 5.
"""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from interpreter.entropy import mix
from interpreter.errors import SettingsError
from interpreter.tasks.port import After, TaskError, TaskRequest

if TYPE_CHECKING:
    from interpreter.engine import Run
    from interpreter.execution import Frame

LONGEST_LATENCY = 2.0
"""Seconds that a Task takes at most; never more than half of its own time limits."""


class Schedule:
    """``only`` are the numbers of the decisions that count, None for all; ``notes`` says what they were."""

    def __init__(self, seed: int, only: frozenset[int] | None = None) -> None:
        self.seed = seed
        self.only = only
        self.notes: dict[int, str] = {}
        self._decisions = 0

    @classmethod
    def parse(cls, text: str) -> Schedule:
        """``"7"`` or ``"7:2,5"``. Raises SettingsError."""
        seed, colon, numbers = text.partition(":")
        try:
            return cls(int(seed), frozenset(int(each) for each in numbers.split(",") if each) if colon else None)
        except ValueError:
            raise SettingsError(f"{text!r} is no schedule", "A schedule is a seed, such as 7, or 7:2,5.") from None

    def repeat(self, only: Iterable[int] | None = None) -> Schedule:
        """The same schedule from its beginning, or only some of its decisions."""
        return Schedule(self.seed, self.only if only is None else frozenset(only))

    def __str__(self) -> str:
        return str(self.seed) if self.only is None else f"{self.seed}:{','.join(map(str, sorted(self.only)))}"

    def take_over(self, run: Run) -> None:
        """Decide from now on which of an execution's ready frames is served first. To be called before its first
        step.
        """
        run.execution.ready = _Shuffled(self)

    def delayed(self, request: TaskRequest, value: Any) -> Any:
        """An answer that comes a little later; one that waits for others, or is awaited, is left alone."""
        if inspect.isawaitable(value) or (isinstance(value, After) and (value.seconds is None or value.seconds > 0)):
            return value
        latency = self._latency(request)
        if not latency:
            return value
        if isinstance(value, TaskError):
            return After(latency, None, value)
        return value._replace(seconds=latency) if isinstance(value, After) else After(latency, value)

    def _latency(self, request: TaskRequest) -> float:
        limits = [each / 2 for each in (request.timeout_seconds, request.heartbeat_seconds) if each is not None]
        number, draw = self._decide()
        if number is None:
            return 0.0
        latency = round(min([LONGEST_LATENCY, *limits]) * draw, 3)
        self.notes[number] = f"the Task {request.state_name!r} took {latency:g} s"
        return latency

    def choose(self, frames: deque[Frame]) -> int:
        """Which of several ready frames goes first."""
        number, draw = self._decide()
        index = 0 if number is None else int(draw * len(frames))
        if number is not None and index:
            self.notes[number] = f"{_place(frames[index])} went before {_place(frames[0])}"
        return index

    def _decide(self) -> tuple[int | None, float]:
        number = self._decisions
        self._decisions += 1
        if self.only is not None and number not in self.only:
            return None, 0.0
        return number, (mix(self.seed, number) >> 11) * 2.0**-53


def _place(frame: Frame) -> str:
    return f"{frame.state.name!r}" if frame.parent is None else f"{frame.state.name!r} [{frame.index}]"


class _Shuffled(deque["Frame"]):
    """Ready frames, served in the order that a schedule chooses."""

    def __init__(self, schedule: Schedule) -> None:
        super().__init__()
        self._schedule = schedule

    def popleft(self) -> Frame:
        if len(self) > 1 and (index := self._schedule.choose(self)):
            frame = self[index]
            del self[index]
            return frame
        return super().popleft()


def first_failure(test: Callable[[Schedule], object], number: int = 20) -> Schedule | None:
    """The smallest schedule under which a test fails (raises AssertionError), of ``number`` seeds; None if it never
    does.
    """

    def fails(schedule: Schedule) -> bool:
        try:
            test(schedule)
        except AssertionError:
            return True
        return False

    schedules = (Schedule(seed) for seed in range(1, number + 1))
    found = next((schedule for schedule in schedules if fails(schedule)), None)
    return None if found is None else shrink(found, fails)


def shrink(schedule: Schedule, fails: Callable[[Schedule], bool], most_tries: int = 60) -> Schedule:
    """The smallest part of a failing schedule that still fails, by leaving out halves, then single decisions.

    ``fails`` repeats the test under a schedule. Stops after ``most_tries`` repetitions with the smallest found so far.
    """
    numbers = sorted(schedule.notes)
    size = max(1, len(numbers) // 2)
    tries = 0
    while numbers and tries < most_tries:
        kept = _without_a_part(schedule, numbers, size, fails)
        tries += -(-len(numbers) // size)
        if kept is not None:
            numbers = kept
        elif size == 1:
            break
        size = max(1, min(size, len(numbers)) // 2 if kept is None else min(size, len(numbers)))
    smallest = schedule.repeat(numbers)
    fails(smallest)
    return smallest


def _without_a_part(
    schedule: Schedule, numbers: list[int], size: int, fails: Callable[[Schedule], bool]
) -> list[int] | None:
    for start in range(0, len(numbers), size):
        rest = numbers[:start] + numbers[start + size :]
        if fails(schedule.repeat(rest)):
            return rest
    return None
