"""The engine: the one place where executions meet time, tasks and each other.

It takes a step, commits what the step did, performs the commands, and turns whatever comes back into messages for the
next step. Executions share one loop: each gets a slice of transitions, then the next one has its turn. With a clock
that skips, time jumps to the earliest timer as soon as no execution is ready and nothing real is in flight.
"""

from __future__ import annotations

import gc
import heapq
import inspect
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from asl.types import Json, JsonObject
from interpreter.clock import Clock, VirtualClock
from interpreter.commands import CancelTask, ScheduleTask, StartChild, StartTimer
from interpreter.context_object import context_object
from interpreter.entropy import mix
from interpreter.errors import UnansweredTask, UnansweredTasksError
from interpreter.execution import RUNNING, Execution, Frame, Status
from interpreter.history import Row, event, events
from interpreter.items.records import child_record
from interpreter.machine import Machine, Outcome
from interpreter.messages import (
    ChildClosed,
    Message,
    Resume,
    Start,
    Stop,
    TaskFailed,
    TaskHeartbeat,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    TimerFired,
)
from interpreter.plan import Plan
from interpreter.result import Result
from interpreter.step import SLICE
from interpreter.tasks.port import After, Answer, TaskError, TaskHandler, TaskRequest

if TYPE_CHECKING:
    import asyncio

ACCOUNT = "123456789012"
REGION = "us-east-1"
_TURN = 0.005
"""Seconds after which the engine lets other coroutines of the loop run."""

_GARBAGE_THRESHOLD = 50_000
"""Objects made between garbage collections while the engine drives. Histories are many small objects that stay, and
the machine makes no cycles: with Python's usual 700 a third of a run is spent on walking over them, to find nothing."""

_JSON_TYPES = frozenset({dict, list, str, int, float, bool, type(None)})


class Run:
    """One execution under way: its plan, its data, the messages that wait for it, and who wants to know its end."""

    __slots__ = (
        "answers", "children", "closed", "done", "execution", "handler", "inbox", "is_queued", "machine", "observe",
        "plan",
        "rows", "tasks",
    )  # fmt: skip

    def __init__(self, plan: Plan, execution: Execution, handler: TaskHandler | None) -> None:
        self.plan = plan
        self.execution = execution
        self.machine: Machine | None = None
        self.handler = handler
        self.inbox: list[Message] = []
        self.answers: dict[tuple[str, str], Answer] = {}
        self.children: dict[int, list[Run]] = {}
        self.closed: Callable[[Run], None] | None = None
        self.tasks: dict[int, asyncio.Future[Any]] = {}
        self.rows: list[Row] = []
        self.observe: Callable[[JsonObject], None] | None = None
        self.done: asyncio.Future[None] | None = None
        self.is_queued = False

    @property
    def status(self) -> Status:
        return self.execution.status

    def history(self) -> list[JsonObject]:
        """The events so far, in GetExecutionHistory's shape."""
        return events([*self.rows, *self.execution.events])

    def result(self) -> Result:
        return Result(self.execution, [*self.rows, *self.execution.events])


Turn: TypeAlias = tuple[Run, Outcome]


class Engine:
    """Runs executions on the running asyncio loop.

    ``clock`` is shared by all of them: a :class:`VirtualClock` skips waiting, a :class:`SystemClock` does not.
    ``handler`` answers the tasks of executions that bring no handler of their own. ``commits``, where set, is awaited
    with every round of turns before their commands are performed: that is where a store writes them.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        handler: TaskHandler | None = None,
        account: str = ACCOUNT,
        region: str = REGION,
        activity_exists: Callable[[str], bool] | None = None,
    ) -> None:
        self.clock: Clock = clock if clock is not None else VirtualClock()
        self.handler = handler
        self.account = account
        self.region = region
        self.activity_exists = activity_exists
        self.commits: Callable[[list[Turn]], Awaitable[None]] | None = None
        self._queue: deque[Run] = deque()
        self._timers: list[_Timer] = []
        self._sequence = count()
        self._in_flight = 0
        self._crash: BaseException | None = None
        self._wake: asyncio.Event | None = None
        self._pumping = False
        self._is_settling = False
        self._pump_task: asyncio.Task[None] | None = None

    # Starting

    async def run(self, plan: Plan, input: Json = None, **options: Any) -> Result:
        """Run one execution to its end; ``options`` are those of :meth:`start`."""
        run = self.start(plan, input, **options)
        await self.wait(run)
        return run.result()

    def start(
        self,
        plan: Plan,
        input: Json = None,
        *,
        input_text: str | None = None,
        name: str | None = None,
        type: str = "STANDARD",
        seed: int | None = None,
        handler: TaskHandler | None = None,
        observe: Callable[[JsonObject], None] | None = None,
        sync: bool = False,
        role_arn: str | None = None,
    ) -> Run:
        """Begin an execution; it moves while somebody awaits :meth:`wait`.

        ``input_text`` is the input as it was sent, which history repeats. ``observe`` is called with every history
        event as it is written.
        """
        seed = int.from_bytes(os.urandom(8), "big") if seed is None else seed & (1 << 64) - 1
        execution = Execution(
            name=name,
            machine_arn=f"arn:aws:states:{self.region}:{self.account}:stateMachine:{plan.name}",
            role_arn=role_arn or f"arn:aws:iam::{self.account}:role/StepFunctionsRole",
            input=input,
            input_text=input_text,
            started=self.clock.now(),
            seed=seed,
            type=type,
            sync=sync,
        )
        run = Run(plan, execution, handler or self.handler)
        run.observe = observe
        self.post(run, Start())
        return run

    def adopt(self, plan: Plan, execution: Execution, *, handler: TaskHandler | None = None) -> Run:
        """Go on with an execution that was saved: timers are set again and running tasks dispatched again."""
        from interpreter.saved import pending_commands

        run = Run(plan, execution, handler or self.handler)
        for command in pending_commands(execution):
            _PERFORMANCES[type(command)](self, run, command)
        self.post(run, Resume())
        return run

    # Talking to executions

    def post(self, run: Run, message: Message) -> None:
        """Deliver a message to an execution, now or as soon as the engine has a turn for it."""
        run.inbox.append(message)
        if not run.is_queued:
            run.is_queued = True
            self._queue.append(run)
        if self._wake is not None:
            self._wake.set()

    def stop(self, run: Run, error: str | None = None, cause: str | None = None) -> None:
        """Abort an execution, as StopExecution does; harmless when it is over."""
        self.post(run, Stop(error, cause))

    async def wait(self, run: Run) -> None:
        """Drive the engine until this execution is over."""
        if run.execution.is_closed:
            return
        if self._pumping:
            await self._closed(run)
            return
        await self._pump(run)
        self._drop_stale_timers()
        has_driver = self._pump_task is not None and not self._pump_task.done()
        if not has_driver and (self._queue or self._timers or self._in_flight):
            import asyncio

            self._pump_task = asyncio.create_task(self._pump_on())

    async def _pump_on(self) -> None:
        """Drive the executions that are left when the one that was waited for is over."""
        if not self._pumping:
            await self._pump(None)

    async def _closed(self, run: Run) -> None:
        if not run.execution.is_closed:
            if run.done is None:
                import asyncio

                run.done = asyncio.get_running_loop().create_future()
            await run.done

    # Turning

    async def _pump(self, until: Run | None, forever: bool = False) -> None:
        self._pumping = True
        turn_ends = time.perf_counter() + _TURN
        threshold = gc.get_threshold()
        if 0 < threshold[0] < _GARBAGE_THRESHOLD:
            gc.set_threshold(_GARBAGE_THRESHOLD, *threshold[1:])
        try:
            while until is None or not until.execution.is_closed:
                if self._queue:
                    await self._round()
                    if time.perf_counter() > turn_ends:
                        import asyncio

                        await asyncio.sleep(0)
                        turn_ends = time.perf_counter() + _TURN
                elif not await self._idle(forever):
                    break
        finally:
            gc.set_threshold(*threshold)
            self._pumping = False
            self._wake = None

    async def serve(self) -> None:
        """Drive executions until cancelled; :meth:`post` and :meth:`start` wake it."""
        await self._pump(None, forever=True)

    async def settle(self) -> None:
        """Drive executions as far as they get without time passing; real work in flight is awaited."""
        self._pumping = self._is_settling = True
        try:
            while self._queue or self._in_flight:
                await (self._round() if self._queue else self._await_wake(None))
                self._raise_crash()
        finally:
            self._pumping = self._is_settling = False

    @property
    def next_timer(self) -> float | None:
        """The instant of the earliest timer that somebody still waits for."""
        self._drop_stale_timers()
        return self._timers[0].at if self._timers else None

    def skip_to(self, instant: float) -> None:
        """Make it ``instant`` and queue what its timers wake; only with a clock that skips."""
        self.clock.jump_to(instant)
        self._fire_timers()

    async def _round(self) -> None:
        """Turns for the executions that are queued, until the loop is due for others."""
        ends = time.perf_counter() + _TURN
        if self.commits is not None:
            await self._committed_round(self.commits, ends)
            return
        queue = self._queue
        while queue:
            run = queue.popleft()
            if not run.execution.is_closed:
                self._drain(run, ends)
            if time.perf_counter() > ends:
                return

    async def _committed_round(self, commits: Callable[[list[Turn]], Awaitable[None]], ends: float) -> None:
        """One turn for each, one commit for all of them, and only then their commands."""
        turns: list[Turn] = []
        while self._queue and time.perf_counter() < ends:
            run = self._queue.popleft()
            run.is_queued = False
            if not run.execution.is_closed:
                turns.append((run, self._step(run)))
        await commits(turns)
        for run, outcome in turns:
            self._performed(run, outcome)
            if run.execution.is_closed:
                self._over(run)
            elif run.execution.ready and not run.inbox:
                self.post(run, Resume())

    def _drain(self, run: Run, ends: float) -> None:
        """Step one execution for as long as it can go on by itself and its turn lasts."""
        execution = run.execution
        while True:
            self._performed(run, self._step(run))
            if execution.status is not RUNNING:
                self._over(run)
                return
            if not run.inbox and not execution.ready and not self._jumps(run):
                run.is_queued = False
                return
            if time.perf_counter() > ends:
                self._queue.append(run)
                return

    def _jumps(self, run: Run) -> bool:
        """Let simulated time pass at once where only this execution waits, and only for time."""
        if self._queue or self._in_flight or self._is_settling or not self.clock.skips:
            return False
        self._drop_stale_timers()
        if not self._timers or self._timers[0].run is not run:
            return False
        self.clock.jump_to(self._timers[0].at)
        self._fire_timers()
        return True

    def _step(self, run: Run) -> Outcome:
        messages, run.inbox = run.inbox, []
        machine = run.machine
        if machine is None:
            machine = run.machine = Machine(run.plan, run.execution, self.activity_exists)
        return machine.step(messages, self.clock.now(), SLICE)

    def _performed(self, run: Run, outcome: Outcome) -> None:
        if run.observe is not None:
            self._report(run)
        for command in outcome.commands:
            _PERFORMANCES[type(command)](self, run, command)

    def _report(self, run: Run) -> None:
        first = run.execution.event_base + 1
        rows = run.execution.take_events()
        run.rows.extend(rows)
        for number, row in enumerate(rows, first):
            run.observe(event(number, row))  # type: ignore[misc]

    def _over(self, run: Run) -> None:
        run.machine = None
        for task in run.tasks.values():
            task.cancel()
        if run.closed is not None:
            run.closed(run)
        if run.done is not None and not run.done.done():
            run.done.set_result(None)

    async def _idle(self, forever: bool) -> bool:
        """Nothing is ready: let time pass until something is. False when nothing ever will be."""
        self._raise_crash()
        self._drop_stale_timers()
        timers = self._timers
        if self._in_flight or (forever and not timers):
            await self._await_wake(self._patience())
            return True
        if not timers:
            return False
        if self.clock.skips:
            self.clock.jump_to(timers[0].at)
        else:
            await self._await_wake(self.clock.delay_until(timers[0].at))
        self._fire_timers()
        return True

    def _raise_crash(self) -> None:
        if self._crash is not None:
            crash, self._crash = self._crash, None
            raise crash

    def _patience(self) -> float | None:
        """Real seconds until the earliest timer, which also bounds real work under a clock that skips."""
        return self.clock.delay_until(self._timers[0].at) if self._timers else None

    async def _await_wake(self, seconds: float | None) -> None:
        import asyncio

        wake = self._wake = asyncio.Event()
        try:
            await asyncio.wait_for(wake.wait(), seconds)
        except TimeoutError:
            if self.clock.skips and self._timers:
                self.clock.jump_to(self._timers[0].at)
            self._fire_timers()
        finally:
            self._wake = None

    def _fire_timers(self) -> None:
        now = self.clock.now()
        while self._timers and self._timers[0].at <= now:
            timer = heapq.heappop(self._timers)
            self.post(timer.run, timer.message)

    def _drop_stale_timers(self) -> None:
        timers = self._timers
        while timers and timers[0].is_stale:
            heapq.heappop(timers)

    # Performing

    def _start_timer(self, run: Run, command: StartTimer) -> None:
        frame = command.frame
        message = TimerFired(0 if frame is None else frame.id, command.ticket)
        self._set_timer(command.at, run, frame, command.ticket, message)

    def _set_timer(self, at: float, run: Run, frame: Frame | None, ticket: int, message: Message) -> None:
        heapq.heappush(self._timers, _Timer(at, next(self._sequence), run, frame, ticket, message))

    def _cancel_task(self, run: Run, command: CancelTask) -> None:
        if (task := run.tasks.pop(command.frame.id, None)) is not None:
            task.cancel()
        for child in run.children.pop(command.frame.id, ()):
            child.closed = None
            self.stop(child)

    def _start_child(self, run: Run, command: StartChild) -> None:
        frame, index = command.frame, command.child
        map_run = frame.map_run
        assert map_run is not None
        parent = run.execution
        child = self.start(
            run.plan.child(command.scope, map_run.label),
            command.input,
            type=map_run.type,
            seed=mix(parent.seed, (frame.id << 32) + (command.ticket << 24) + index),
            handler=run.handler,
            role_arn=parent.role_arn,
        )
        child.closed = partial(self._child_closed, run, frame.id, command.ticket, index)
        run.children.setdefault(frame.id, []).append(child)

    def _child_closed(self, run: Run, number: int, ticket: int, index: int, child: Run) -> None:
        run.children.get(number, []).remove(child)
        ended = child.execution
        self.post(run, ChildClosed(number, ticket, index, str(ended.status), ended.output, child_record(ended)))

    def _schedule_task(self, run: Run, command: ScheduleTask) -> None:
        name = command.state.name
        answer = run.answers.get((name, command.resource.arn)) or self._answer(run, command)
        number, ticket = command.frame.id, command.ticket
        try:
            value = answer(_Attempt(self, run, command))
        except TaskError as failure:
            self.post(run, TaskFailed(number, ticket, failure.error, failure.cause))
            return
        if type(value) in _JSON_TYPES:
            self.post(run, TaskSucceeded(number, ticket, value))
        elif isinstance(value, After):
            self._later(run, command.frame, ticket, value)
        elif inspect.isawaitable(value):
            self._watch(run, command.frame, ticket, value)
        else:
            self.post(run, TaskSucceeded(number, ticket, value))

    def _answer(self, run: Run, command: ScheduleTask) -> Answer:
        name, resource = command.state.name, command.resource
        answer = run.handler.answer_for(name, resource) if run.handler is not None else None
        if answer is None:
            raise UnansweredTasksError([UnansweredTask(name, resource.arn)])
        run.answers[name, resource.arn] = answer
        return answer

    def _later(self, run: Run, frame: Frame, ticket: int, answer: After) -> None:
        now = self.clock.now()
        for seconds in answer.heartbeats:
            self._set_timer(now + seconds, run, frame, ticket, TaskHeartbeat(frame.id, ticket))
        if answer.seconds is not None:
            at = now + answer.seconds
            self._set_timer(at, run, frame, ticket, _ended(frame.id, ticket, answer))

    def _watch(self, run: Run, frame: Frame, ticket: int, work: Awaitable[Any]) -> None:
        import asyncio

        task = asyncio.ensure_future(work)
        run.tasks[frame.id] = task
        self._in_flight += 1
        task.add_done_callback(partial(self._work_done, run, frame, ticket))

    def _work_done(self, run: Run, frame: Frame, ticket: int, task: asyncio.Future[Any]) -> None:
        self._in_flight -= 1
        if run.tasks.get(frame.id) is task:
            del run.tasks[frame.id]
        if not task.cancelled():
            self._take(run, frame, ticket, task)
        if self._wake is not None:
            self._wake.set()

    def _take(self, run: Run, frame: Frame, ticket: int, task: asyncio.Future[Any]) -> None:
        failure = task.exception()
        if isinstance(failure, TaskError):
            self.post(run, TaskFailed(frame.id, ticket, failure.error, failure.cause))
        elif failure is not None:
            self._crash = failure
        elif isinstance(value := task.result(), After):
            self._later(run, frame, ticket, value)
        else:
            self.post(run, TaskSucceeded(frame.id, ticket, value))


class _Attempt(TaskRequest):
    """The request that a command makes; what its receiver reports goes to the run."""

    __slots__ = ("_engine", "_frame", "_run", "_ticket")

    def __init__(self, engine: Engine, run: Run, command: ScheduleTask) -> None:
        frame = command.frame
        self._engine = engine
        self._run = run
        self._frame = frame
        self._ticket = command.ticket
        self.state_name = command.state.name
        self.resource = command.resource
        self.input = command.input
        self.retry_count = frame.retries
        self.invocation = frame.invocation
        self.token = frame.token
        self.timeout_seconds = command.timeout
        self.heartbeat_seconds = command.heartbeat

    @property
    def execution_arn(self) -> str:  # type: ignore[override]  # nobody sets it
        return self._run.execution.arn

    @property
    def execution_name(self) -> str:  # type: ignore[override]  # nobody sets it
        return self._run.execution.name

    def heartbeat(self) -> None:
        self._engine.post(self._run, TaskHeartbeat(self._frame.id, self._ticket))

    def submitted(self, output: Json) -> None:
        self._engine.post(self._run, TaskSubmitted(self._frame.id, self._ticket, output))

    def started(self, worker: str | None) -> None:
        self._engine.post(self._run, TaskStarted(self._frame.id, self._ticket, worker))

    def context(self) -> JsonObject:
        return context_object(self._run.execution, self._frame)


class _Timer(NamedTuple):
    """``message`` is delivered at ``at`` (seconds since 1970), unless the frame has gone on by then."""

    at: float
    sequence: int
    run: Run
    frame: Frame | None
    ticket: int
    message: Message

    @property
    def is_stale(self) -> bool:
        if self.run.execution.is_closed:
            return True
        frame = self.frame
        return frame is not None and (frame.ticket != self.ticket or frame.id not in self.run.execution.frames)


def _ended(number: int, ticket: int, answer: After) -> Message:
    if answer.failure is not None:
        return TaskFailed(number, ticket, answer.failure.error, answer.failure.cause)
    return TaskSucceeded(number, ticket, answer.result)


_PERFORMANCES: dict[type, Callable[[Engine, Run, Any], None]] = {
    ScheduleTask: Engine._schedule_task,
    StartTimer: Engine._start_timer,
    StartChild: Engine._start_child,
    CancelTask: Engine._cancel_task,
}

__all__ = ["Engine", "Run"]
