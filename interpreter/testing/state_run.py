"""What one state did in a run, as tests ask for it: ``run["Charge card"].attempts``."""

from __future__ import annotations

from datetime import timedelta

from asl.types import Json
from interpreter.testing.loop import KitError
from interpreter.testing.visits import Visit


class StateRun:
    """What one state did in a run, over all its visits (loops, Map iterations). False if it was never entered."""

    def __init__(self, name: str, visits: list[Visit]) -> None:
        self.name = name
        self.visits = visits

    @property
    def attempts(self) -> int:
        """Tries of its work: one a visit, and one for each retry."""
        return sum(max(1, len(visit.attempts)) for visit in self.visits)

    @property
    def iterations(self) -> int:
        """How many items a Map ran with, over its visits."""
        return sum(visit.items or 0 for visit in self.visits)

    @property
    def inputs(self) -> list[Json]:
        """The raw input of each visit, in the order of entry."""
        return [visit.input for visit in self.visits]

    @property
    def outputs(self) -> list[Json]:
        return [visit.output for visit in self.visits]

    @property
    def input(self) -> Json:
        """The raw input of the last visit."""
        return self._last().input

    @property
    def output(self) -> Json:
        return self._last().output

    @property
    def status(self) -> str:
        """Of the last visit: ``succeeded``, ``failed``, ``caught``, ``aborted`` or ``running``; ``not reached``
        without one.
        """
        return self.visits[-1].status if self.visits else "not reached"

    @property
    def error(self) -> str | None:
        """The error of the last visit, also of one that was caught."""
        return self._last().error

    @property
    def cause(self) -> str | None:
        return self._last().cause

    @property
    def duration(self) -> timedelta:
        """Workflow time spent in it, over all visits that ended."""
        return timedelta(seconds=sum((visit.ended or visit.started) - visit.started for visit in self.visits))

    def _last(self) -> Visit:
        if not self.visits:
            raise KitError(f"the state {self.name!r} was never entered")
        return self.visits[-1]

    def __bool__(self) -> bool:
        return bool(self.visits)

    def __repr__(self) -> str:
        return (
            f"<{self.name!r} {self.status}, {len(self.visits)} visits, {self.attempts if self.visits else 0} attempts>"
        )
