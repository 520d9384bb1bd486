"""An execution as plain data: what is needed to go on with it after any step, here or elsewhere.

A :class:`Frame` is one thread of control: the machine's own, a Parallel branch's or a Map iteration's. In memory a
frame holds its parent and its state's plan directly; :mod:`interpreter.saved` writes and reads the form with names
and numbers.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from asl.types import Json
from interpreter.entropy import uuid_from

if TYPE_CHECKING:
    from interpreter.map_run import MapRun
    from interpreter.plan import StatePlan


class Status(StrEnum):
    """Execution statuses, as DescribeExecution names them."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"


class _Phases:
    """What a frame does next, or waits for.

    Plain strings, because hashing an Enum is too slow for the machine's tables, and on an instance, because Python
    reads a constant from there several times as fast as from a class.
    """

    def __init__(self) -> None:
        self.ENTER: Final = "enter"  # ready: enter its state
        self.AGAIN: Final = "again"  # ready: try its state again, without a new Entered event
        self.START: Final = "start"  # ready: its task is scheduled, start it
        self.SETTLE: Final = "settle"  # ready: its task has ended, take the result or the failure
        self.TASK: Final = "task"  # waits for its task
        self.TIMER: Final = "timer"  # a Wait state waits for its time
        self.BACKOFF: Final = "backoff"  # waits before a retry
        self.JOIN: Final = "join"  # waits for its children
        self.DONE: Final = "done"  # over; its output waits for the join


Phase: Final = _Phases()
RUNNING: Final = Status.RUNNING
READY_PHASES = frozenset({Phase.ENTER, Phase.AGAIN, Phase.START, Phase.SETTLE})


class Join:
    """A Parallel or Map that waits for its children.

    ``outputs`` is filled by index and ``size`` bounds their bytes. ``children`` are all frames started so far, the
    ended ones too, ``running`` those that go on, by index. ``items``, ``keys`` (of an object), ``selected`` (the
    effective input, which ItemSelector sees) and ``limit`` (how many may run at once) serve a Map.
    """

    __slots__ = (
        "children",
        "items",
        "keys",
        "limit",
        "next_index",
        "outputs",
        "remaining",
        "running",
        "selected",
        "size",
    )

    def __init__(self, total: int) -> None:
        self.outputs: list[Json] = [None] * total
        self.remaining = total
        self.next_index = 0
        self.running: dict[int, Frame] = {}
        self.children: list[Frame] = []
        self.items: list[Json] = []
        self.keys: list[str] | None = None
        self.selected: Json = None
        self.limit = total
        self.size = 0


class Frame:
    """One thread of control.

    ``input`` is the raw input of the current state and ``size`` an upper bound of its bytes as JSON. ``ticket``
    numbers the waits; a message with another number is late. ``previous`` is the id that the next event points back
    to and ``entered`` that of the current state's Entered event, ``came_from`` what that event points back to.
    ``timeout`` and ``heartbeat`` are an attempt's limits in seconds, ``due`` and ``heartbeat_due`` the instants at
    which they end. ``invocation`` numbers the attempt among all attempts of its state in the execution.
    """

    __slots__ = (
        "assigned", "came_from", "due", "entered", "entered_at", "failure", "goto", "heartbeat",
        "heartbeat_due", "id", "index", "input", "invocation", "item", "join", "map_run", "parent", "phase",
        "previous", "retries", "retry_counts", "size", "started", "state", "submitted", "text", "ticket",
        "timed_out", "timeout", "token", "variables", "work",
    )  # fmt: skip

    def __init__(
        self, number: int, parent: Frame | None, index: int, state: StatePlan, value: Json, size: int, previous: int
    ) -> None:
        self.id = number
        self.parent = parent
        self.index = index
        self.state = state
        self.input = value
        self.size = size
        self.previous = previous
        self.variables: dict[str, Json] = parent.variables if parent is not None else {}
        self.phase: str = Phase.ENTER
        self.ticket = self.retries = self.invocation = self.entered = self.came_from = 0
        self.entered_at = 0.0
        self.retry_counts: dict[int, int] | None = None
        self.join: Join | None = None
        self.map_run: MapRun | None = None
        self.work: Any = None
        self.failure: tuple[str | None, str | None] | None = None
        self.timed_out = self.submitted = self.started = False
        self.token: str | None = None
        self.due: float | None = None
        self.timeout: float | None = None
        self.heartbeat: float | None = None
        self.heartbeat_due: float | None = None
        self.text: str | None = None
        self.item: tuple[int, Json, str | None] | None = None
        self.goto: StatePlan | None = None
        self.assigned: dict[str, Json] | None = None


class Execution:
    """One execution. Time is in seconds since 1970, UTC.

    ``events`` holds the history rows since the last :meth:`take_events`; ``event_base`` counts those taken before.
    ``draws`` counts the random numbers drawn from ``seed``, ``invocations`` the attempts of each Task state.
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        machine_arn: str,
        arn: str | None = None,
        role_arn: str,
        input: Json,
        started: float,
        seed: int,
        type: str = "STANDARD",
        input_text: str | None = None,
        sync: bool = False,
    ) -> None:
        if name is not None:
            self.name = name
        if arn is not None:
            self.arn = arn
        self.machine_arn = machine_arn
        self.role_arn = role_arn
        self.type = type
        self.sync = sync
        self.input = input
        self.input_text = input_text
        self.started = started
        self.seed = seed
        self.draws = 0
        self.invocations: dict[str, int] = {}
        self.status: Status = RUNNING
        self.output: Json = None
        self.error: str | None = None
        self.cause: str | None = None
        self.stopped: float | None = None
        self.deadline: float | None = None
        self.redrive_count = 0
        self.events: list[tuple[Any, ...]] = []
        self.event_base = 0
        self.frames: dict[int, Frame] = {}
        self.ready: deque[Frame] = deque()
        self.next_frame = 1
        self.transitions = 0

    @cached_property
    def name(self) -> str:
        """As given, or drawn from the seed when somebody asks for it, which takes longer than a state."""
        return uuid_from(self.seed, -2)

    @cached_property
    def arn(self) -> str:
        """As given, or made of the machine's and the name."""
        prefix, machine = self.machine_arn.split(":stateMachine:")
        if self.type == "EXPRESS":
            return f"{prefix}:express:{machine}:{self.name}:{uuid_from(self.seed, -4)}"
        return f"{prefix}:execution:{machine}:{self.name}"

    @property
    def is_closed(self) -> bool:
        return self.status is not RUNNING

    @property
    def main(self) -> Frame | None:
        """The frame of the machine's own ``States``."""
        return self.frames.get(1)

    @property
    def last_event_id(self) -> int:
        return self.event_base + len(self.events)

    def take_events(self) -> list[tuple[Any, ...]]:
        """The rows written since the last call, which are then forgotten here."""
        events, self.events = self.events, []
        self.event_base += len(events)
        return events
