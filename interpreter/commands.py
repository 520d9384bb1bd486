"""What a step asks the outside to do. The engine performs commands after the step is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from asl.types import Json

if TYPE_CHECKING:
    from interpreter.execution import Frame
    from interpreter.plan import StatePlan
    from interpreter.tasks.port import Resource


class ScheduleTask(NamedTuple):
    """Have one attempt answered; the answer comes back as a message with this frame's id and ``ticket``."""

    frame: Frame
    ticket: int
    state: StatePlan
    input: Json
    timeout: float | None
    heartbeat: float | None
    resource: Resource


class StartTimer(NamedTuple):
    """Send ``TimerFired`` at ``at`` (seconds since 1970), if the frame still waits on ``ticket`` then."""

    frame: Frame | None
    ticket: int
    at: float


class StartChild(NamedTuple):
    """Start child number ``child`` of the frame's Map Run: an execution of its own over scope number ``scope``."""

    frame: Frame
    ticket: int
    child: int
    scope: int
    input: Json


class CancelTask(NamedTuple):
    """Nobody waits for this attempt, or for the children of this Map Run, any more."""

    frame: Frame
    ticket: int


Command: TypeAlias = ScheduleTask | StartTimer | StartChild | CancelTask
