"""What a run came to: status, output or error, the path taken and the whole history."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from asl.types import Json, JsonObject
from interpreter.execution import Execution, Status
from interpreter.history import Row, events

if TYPE_CHECKING:
    from interpreter.inspection import StateInspection


class Result:
    """The end of one execution (or its state so far, if it still runs)."""

    def __init__(self, execution: Execution, rows: list[Row], inspection: list[StateInspection] | None = None) -> None:
        self._execution = execution
        self._rows = rows
        self.inspection = inspection
        """What every state visit saw, step by step; None unless the run was asked to inspect."""

    @property
    def status(self) -> Status:
        """``"SUCCEEDED"``, ``"FAILED"``, ``"TIMED_OUT"`` or ``"ABORTED"``."""
        return self._execution.status

    @property
    def succeeded(self) -> bool:
        return self.status == Status.SUCCEEDED

    @property
    def output(self) -> Json:
        """The decoded output; None unless the execution succeeded."""
        return self._execution.output

    @property
    def error(self) -> str | None:
        return self._execution.error

    @property
    def cause(self) -> str | None:
        return self._execution.cause

    @property
    def execution_arn(self) -> str:
        return self._execution.arn

    @property
    def name(self) -> str:
        return self._execution.name

    @cached_property
    def history(self) -> list[JsonObject]:
        """The events in GetExecutionHistory's shape, timestamps as aware datetimes."""
        return events(self._rows)

    @property
    def path(self) -> list[str]:
        """The names of the states entered, in order."""
        return [details[0] for event_type, _, _, details in self._rows if event_type.endswith("StateEntered")]

    @property
    def rows(self) -> list[Row]:
        """The history as the machine's compact rows, for tools that read many."""
        return self._rows

    @property
    def duration(self) -> float:
        """Seconds of workflow time from start to end."""
        return (self._execution.stopped or self._execution.started) - self._execution.started

    def __repr__(self) -> str:
        shown = f"output={self.output!r}" if self.succeeded else f"error={self.error!r}, cause={self.cause!r}"
        return f"<Result {self.status} {shown}>"
