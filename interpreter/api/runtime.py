"""The durable engine: step, commit, perform, for every execution of the server.

An execution is in memory while it does something or waits for a task; one that merely waits for the time or for its
task token is rows in the store and an entry in the timers. After a crash everything goes on from the last commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asl.json_text import to_text
from asl.types import JsonObject
from interpreter.api.children import ServedChildren, child_closed
from interpreter.api.errors import ApiError
from interpreter.api.live import Live, parked, saved_change
from interpreter.api.map_runs import MapRuns
from interpreter.api.performing import Performer
from interpreter.api.timers import Timers
from interpreter.clock import Clock
from interpreter.commands import StartTimer
from interpreter.execution import Execution, Status
from interpreter.messages import Message, Resume, Start, TimerFired
from interpreter.saved import load_execution, load_frames, pending_commands
from interpreter.step import SLICE, step
from interpreter.store.port import ExecutionChange, ExecutionRecord, RecordChange, Store, StoreError

if TYPE_CHECKING:
    from interpreter.api.metrics import Metrics
    from interpreter.history import Row
    from interpreter.plan import Plan
    from interpreter.tasks.port import TaskHandler

RETRY_SECONDS = 1.0
"""Pause after a commit that the store refused; nothing was performed, so the same commit is tried again."""

NOT_NOW = (StoreError, ApiError)
"""Why an execution can't go on for the moment: the store or its mock file has to be put right first."""

TAKE_UP_SLICE = 50
"""Executions that are taken up after a restart before requests get a turn."""

log = logging.getLogger("interpreter.api.runtime")


class Runtime:
    """Moves executions. ``plan_of`` and ``handler_of`` say what an execution's face stands for (None: any).

    ``on_events`` is told what every commit added to an execution's history.
    """

    def __init__(
        self,
        store: Store,
        metrics: Metrics,
        *,
        plan_of: Callable[[ExecutionRecord], Plan],
        handler_of: Callable[[ExecutionRecord | None], TaskHandler],
        on_events: Callable[[ExecutionRecord, int, list[Row]], None],
        clock: Clock,
        wait_scale: float = 1.0,
        activity_exists: Callable[[str], bool] | None = None,
    ) -> None:
        self.store = store
        self.now = clock.now
        self.map_runs = MapRuns(store)
        self._metrics = metrics
        self._activity_exists = activity_exists
        self.plan_of = plan_of
        self._handler_of = handler_of
        self._on_events = on_events
        self._live: dict[str, Live] = {}
        self._parked: set[str] = set()
        self._timers = Timers(self._time_came, clock)
        self._performer = Performer(self.post, ServedChildren(self), wait_scale, clock)
        self._starting: dict[str, asyncio.Future[None]] = {}
        self._closings: dict[str, list[asyncio.Future[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self.activities = self._performer.activities

    @property
    def plain_handler(self) -> TaskHandler:
        """What answers tasks outside of any execution."""
        return self._handler_of(None)

    # Starting and finding executions

    async def start(
        self, record: ExecutionRecord, execution: Execution, *, durable: bool = True, insist: bool = False
    ) -> Live:
        """Begin an execution: its first slice and its face are one commit. When this returns it is permanent.

        StoreError: the store refused, and nothing has begun; with ``insist`` the store is asked until it agrees.
        One that is not ``durable`` lives in memory only.
        """
        live = Live(self.plan_of(record), execution, record, self._handler_of(record), durable)
        return await self._begin(live, Start(), insist)

    async def reopen(self, record: ExecutionRecord, execution: Execution) -> Live:
        """Go on with a closed execution that was made ready again; permanent when this returns."""
        live = Live(self.plan_of(record), execution, record, self._handler_of(record))
        if execution.deadline is not None:
            self._performer.set_timers(live, [StartTimer(None, 0, execution.deadline)])
        return await self._begin(live, Resume())

    async def _begin(self, live: Live, message: Message, insist: bool = False) -> Live:
        self._live[live.arn] = live
        self._starting[live.arn] = begun = asyncio.get_running_loop().create_future()
        live.inbox.append((message, None))
        live.is_driven = True
        try:
            await self._turn(live, is_new=True, insist=insist)
        except BaseException:
            del self._live[live.arn]
            raise
        finally:
            del self._starting[live.arn]
            begun.set_result(None)
        log.info("execution started", extra={"execution": live.arn})
        self._go_on(live)
        return live

    async def settled(self, arn: str) -> None:
        """Return when no execution of that ARN is just being started."""
        while (begun := self._starting.get(arn)) is not None:
            await begun

    @property
    def open_count(self) -> int:
        return len(self._live) + len(self._parked)

    def live(self, arn: str) -> Live | None:
        """An open execution, taken into memory if it is not there; None when it is closed or unknown."""
        live = self._live.get(arn)
        if live is None:
            live = self._load(arn)
        return None if live is None or live.execution.is_closed else live

    def is_open(self, arn: str) -> bool:
        """Whether an execution goes on, or its end is not permanent yet."""
        return arn in self._live or self.store.running(arn) is not None

    def _load(self, arn: str) -> Live | None:
        running = self.store.running(arn)
        record = self.store.execution(arn)
        if running is None or record is None:
            return None
        frames = self.store.frames(arn)
        execution = load_execution(running.state)
        plan = self.plan_of(record)
        load_frames(plan, execution, frames.values(), running.state["ready"])
        live = self._live[arn] = Live(plan, execution, record, self._handler_of(record))
        self._parked.discard(arn)
        self.map_runs.attach(live)
        commands = pending_commands(execution)
        self._performer.set_timers(live, commands)
        self._performer.perform(live, commands, again=True)
        self._set_timer(live)
        return live

    def take_up(self) -> None:
        """Go on with every execution that was open when the last server ended."""
        others = []
        for found in self.store.open_executions():
            if found.running.parked and found.running.wake is not None:
                self._timers.set(found.record.arn, found.running.wake)
                self._parked.add(found.record.arn)
            else:
                others.append(found.record.arn)
        self.spawn(self._take_up(others))

    async def _take_up(self, arns: list[str]) -> None:
        while arns and not self._stopping:
            arns = await self._taken_up(arns)
            if arns:
                await asyncio.sleep(RETRY_SECONDS)

    async def _taken_up(self, arns: list[str]) -> list[str]:
        """Take executions up; those that can't be now."""
        waiting = []
        for number, arn in enumerate(arns, 1):
            try:
                live = self.live(arn)
                if live is not None:
                    self.post(live, Resume())
            except NOT_NOW as error:
                log.error("%s waits: %s", arn, error)
                waiting.append(arn)
            except Exception:
                log.exception("%s can't be taken up", arn)
            if number % TAKE_UP_SLICE == 0:
                await asyncio.sleep(0)
        return waiting

    # Talking to executions

    def post(self, live: Live, message: Message, taken: asyncio.Future[None] | None = None) -> None:
        """Deliver a message; ``taken`` is settled when what it did is permanent."""
        live.inbox.append((message, taken))
        self._drive(live)

    async def deliver(self, live: Live, message: Message) -> None:
        """Deliver a message and return when what it did is permanent."""
        taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.post(live, message, taken)
        await taken

    async def closed(self, arn: str) -> None:
        """Return when an execution is closed and that is permanent."""
        if self.is_open(arn):
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._closings.setdefault(arn, []).append(future)
            await future

    def _time_came(self, arn: str) -> None:
        try:
            live = self.live(arn)
        except NOT_NOW as error:
            log.error("%s waits: %s", arn, error)
            self._timers.set(arn, self.now() + RETRY_SECONDS)
            return
        if live is None:
            return
        live.inbox.extend((TimerFired(frame, ticket), None) for frame, ticket in live.due_timers(self.now()))
        if live.has_work:
            self._drive(live)
        else:
            self._set_timer(live)

    # Driving

    def _drive(self, live: Live) -> None:
        if not live.is_driven:
            live.is_driven = True
            self.spawn(self._drive_on(live))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Have work done on the side."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _go_on(self, live: Live) -> None:
        """After a turn: the next one if there is something to do, else rest."""
        if live.has_work:
            self.spawn(self._drive_on(live))
        else:
            self._rest(live)

    async def _drive_on(self, live: Live) -> None:
        try:
            while live.has_work:
                await asyncio.sleep(live.patience)
                await self._turn(live)
        except Exception:
            log.exception("%s failed inside the server and is read again when something happens to it", live.arn)
            self._drop(live)
        else:
            self._rest(live)

    async def _turn(self, live: Live, *, is_new: bool = False, insist: bool = True) -> None:
        """One step, made permanent, then performed."""
        inbox, live.inbox = live.inbox, []
        execution = live.execution
        first = execution.event_base + 1
        messages = [message for message, _ in inbox]
        outcome = step(live.plan, execution, messages, self.now(), SLICE, self._activity_exists)
        rows = execution.take_events()
        is_closed = execution.is_closed
        if is_closed:
            live.record = closed_record(live.record, execution)
        self._performer.set_timers(live, outcome.commands)
        if live.durable:
            record = live.record if is_new or is_closed else None
            records = self.map_runs.changes(live, rows, first)
            await self._commit(saved_change(live, outcome, rows, first, record), records, retry=insist)
        self._report(live, first, rows)
        for _, taken in inbox:
            if taken is not None and not taken.done():
                taken.set_result(None)
        self._performer.perform(live, outcome.commands)

    def _report(self, live: Live, first: int, rows: list[Row]) -> None:
        try:
            self._on_events(live.record, first, rows)
        except Exception:
            log.exception("what happened to %s can't be reported", live.arn)

    async def _commit(self, change: ExecutionChange, records: list[RecordChange], *, retry: bool) -> None:
        while True:
            try:
                await self.store.commit([change], records)
            except StoreError as error:
                if not retry or self._stopping:
                    raise
                log.error("%s waits for the store: %s", change.arn, error)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    def _rest(self, live: Live) -> None:
        live.is_driven = False
        if live.execution.is_closed:
            self._end(live)
        elif live.durable and not live.tasks and parked(live):
            self._park(live)
        else:
            self._set_timer(live)

    def _park(self, live: Live) -> None:
        self._set_timer(live)
        self._drop(live)
        self._parked.add(live.arn)

    def _set_timer(self, live: Live) -> None:
        wake = live.wake
        if wake is not None:
            self._timers.set(live.arn, wake)

    def _end(self, live: Live) -> None:
        self._drop(live)
        self._timers.clear(live.arn)
        status = str(live.execution.status)
        self._metrics.count_end(status)
        log.info("execution ended", extra={"execution": live.arn, "status": status, "error": live.execution.error})
        for future in self._closings.pop(live.arn, ()):
            if not future.done():
                future.set_result(None)
        if "parent" in live.record.details:
            child_closed(self, live.record, live.execution)

    def _drop(self, live: Live) -> None:
        """Forget what is in memory; who waits for a message to be taken learns that nobody is left to take it."""
        self._live.pop(live.arn, None)
        self._performer.give_up(live)
        for _, taken in live.inbox:
            if taken is not None and not taken.done():
                taken.set_result(None)
        live.inbox.clear()

    # The server's end

    def summary(self) -> JsonObject:
        """How many executions are where, for operators."""
        return {
            "executions_in_memory": len(self._live),
            "executions_parked": len(self._parked),
            "timers": len(self._timers),
        }

    def end_polls(self) -> None:
        """Answer the long polls now: the server is to stop."""
        self.activities.end_polls()

    async def stop(self, seconds: float) -> None:
        """Let the tasks and turns that are under way end, for so many seconds at most, and begin no other."""
        self._timers.stop()
        await self._performer.finish(seconds)
        self._stopping = True
        for live in list(self._live.values()):
            self._performer.give_up(live)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)


def closed_record(record: ExecutionRecord, execution: Execution) -> ExecutionRecord:
    """The face of an execution that has just ended."""
    details = dict(record.details)
    if execution.status is Status.SUCCEEDED:
        details["output"] = to_text(execution.output)
    if execution.error is not None:
        details["error"] = execution.error
    if execution.cause is not None:
        details["cause"] = execution.cause
    return replace(record, status=str(execution.status), stopped=execution.stopped, details=details)
