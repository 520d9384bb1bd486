"""What happens to an execution from outside: the only things that make it move.

``frame`` and ``ticket`` name one wait of one frame. A message for a wait that is over is ignored, so late and
doubled messages do no harm.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from asl.types import Json, JsonObject


class Start(NamedTuple):
    """Begin the execution: enter the first state."""


class Resume(NamedTuple):
    """Go on with what is ready: after a slice ran to its limit, a load from a store, or a pause."""


class TaskStarted(NamedTuple):
    """A worker took an activity task (``worker`` is its name)."""

    frame: int
    ticket: int
    worker: str | None = None


class TaskSubmitted(NamedTuple):
    """The request of a ``.sync`` or ``.waitForTaskToken`` task was accepted; its end comes later."""

    frame: int
    ticket: int
    output: Json


class TaskSucceeded(NamedTuple):
    frame: int
    ticket: int
    output: Json


class TaskFailed(NamedTuple):
    """``error`` and ``cause`` may be missing, as SendTaskFailure allows."""

    frame: int
    ticket: int
    error: str | None
    cause: str | None


class TaskHeartbeat(NamedTuple):
    frame: int
    ticket: int


class ChildClosed(NamedTuple):
    """Child number ``child`` of a Map Run is over; ``record`` describes it as a ResultWriter's files do."""

    frame: int
    ticket: int
    child: int
    status: str
    output: Json
    record: JsonObject


class TimerFired(NamedTuple):
    """A timer of a frame came due; frame 0 is the execution's own time limit."""

    frame: int
    ticket: int


class Stop(NamedTuple):
    """StopExecution: abort everything, with an optional error and cause."""

    error: str | None = None
    cause: str | None = None


Message: TypeAlias = (
    Start
    | Resume
    | TaskStarted
    | TaskSubmitted
    | TaskSucceeded
    | TaskFailed
    | TaskHeartbeat
    | ChildClosed
    | TimerFired
    | Stop
)
