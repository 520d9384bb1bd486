"""An execution in memory, and the form in which it goes into the store."""

from __future__ import annotations

import asyncio
import heapq
from typing import TYPE_CHECKING, Any

from interpreter.execution import Execution, Frame, Phase
from interpreter.messages import ChildClosed, Message
from interpreter.saved import save_execution, save_frame, save_row
from interpreter.store.port import ExecutionChange, ExecutionRecord, Running

if TYPE_CHECKING:
    from interpreter.history import Row
    from interpreter.machine import Outcome
    from interpreter.map_run import MapRun
    from interpreter.plan import Plan
    from interpreter.tasks.port import TaskHandler

_RESTING = frozenset({Phase.TIMER, Phase.BACKOFF, Phase.JOIN, Phase.DONE})
ITEMS_PER_SECOND = 20_000
LONGEST_PATIENCE = 0.5
_MANY_FRAMES = 64
"""Above this an execution is not looked through to see whether it may leave memory."""


class Live:
    """What only matters while an execution is in memory.

    ``inbox`` holds messages with the future of whoever waits until they are permanent; ``timers`` is a heap of
    (instant, frame, ticket); ``tasks`` are the attempts in flight by frame, ``submitting`` those of them that ask for a
    callback and have no response yet; ``claimed`` are the waits (frame, ticket, and the child's number for a Map Run)
    whose end has been accepted. ``children`` are the ARNs of a Map Run's open children by frame, ``map_runs`` the Map
    Runs under way by their first event. ``has_offers`` says that activity tasks of it may wait for a worker.
    """

    __slots__ = (
        "arn",
        "children",
        "claimed",
        "durable",
        "execution",
        "handler",
        "has_offers",
        "inbox",
        "is_driven",
        "map_runs",
        "plan",
        "record",
        "submitting",
        "tasks",
        "timers",
    )

    def __init__(
        self, plan: Plan, execution: Execution, record: ExecutionRecord, handler: TaskHandler, durable: bool = True
    ) -> None:
        self.arn = execution.arn
        self.plan = plan
        self.execution = execution
        self.record = record
        self.handler = handler
        self.durable = durable
        self.inbox: list[tuple[Message, asyncio.Future[None] | None]] = []
        self.timers: list[tuple[float, int, int]] = []
        self.tasks: dict[int, asyncio.Future[Any]] = {}
        self.submitting: dict[int, asyncio.Future[Any]] = {}
        self.claimed: set[tuple[int, ...]] = set()
        self.children: dict[int, set[str]] = {}
        self.map_runs: dict[int, MapRun] = {}
        self.is_driven = False
        self.has_offers = False

    @property
    def has_work(self) -> bool:
        """Whether another turn would do something."""
        return not self.execution.is_closed and bool(self.inbox or self.execution.ready)

    @property
    def patience(self) -> float:
        """Seconds to wait for more before the next turn.

        A turn of a Map Run writes all of it, so that the ends of its children are better taken many at a time. Nothing
        is lost meanwhile: they are permanent in the children.
        """
        first = self.inbox[0][0] if self.inbox else None
        if not isinstance(first, ChildClosed) or not all(isinstance(entry[0], ChildClosed) for entry in self.inbox):
            return 0.0
        frame = self.execution.frames.get(first.frame)
        run = None if frame is None else frame.map_run
        if run is None or len(self.inbox) * 4 >= run.running:
            return 0.0
        return min(len(run.inputs) / ITEMS_PER_SECOND, LONGEST_PATIENCE)

    @property
    def wake(self) -> float | None:
        """When the earliest timer is due, or was."""
        return self.timers[0][0] if self.timers else None

    def due_timers(self, now: float) -> list[tuple[int, int]]:
        """Take out the timers that are due; frame and ticket of those that still mean something."""
        due = []
        while self.timers and self.timers[0][0] <= now:
            _, number, ticket = heapq.heappop(self.timers)
            frame = self.execution.frames.get(number)
            if number == 0 or (frame is not None and frame.ticket == ticket):
                due.append((number, ticket))
        return due


def parked(live: Live) -> bool:
    """Whether the execution waits for nothing that needs it in memory: the time, or a token that was handed out."""
    frames = live.execution.frames
    if live.execution.ready or live.map_runs or len(frames) > _MANY_FRAMES:
        return False
    return all(frame.phase in _RESTING or _waits_for_token(frame) for frame in frames.values())


def _waits_for_token(frame: Frame) -> bool:
    if frame.phase != Phase.TASK or not frame.submitted:
        return False
    return bool(frame.state.behaviour.resource.pattern == ".waitForTaskToken")


def saved_change(
    live: Live, outcome: Outcome, rows: list[Row], first: int, record: ExecutionRecord | None
) -> ExecutionChange:
    """What a step changed, for one commit. The timers that it started must be set before."""
    execution = live.execution
    frames: dict[int, Any] = dict.fromkeys(outcome.removed)
    present = execution.frames
    frames.update((number, save_frame(present[number])) for number in outcome.touched if number in present)
    saved_rows = [[number, save_row(row)] for number, row in enumerate(rows, first)]
    running = None if execution.is_closed else Running(save_execution(execution), live.wake, parked(live))
    return ExecutionChange(live.arn, record, running, frames, saved_rows, first)
