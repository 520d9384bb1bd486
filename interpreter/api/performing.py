"""Performs what a step asked for: dispatches tasks, sets timers, and turns what comes back into messages."""

from __future__ import annotations

import asyncio
import heapq
import inspect
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from asl.types import Json
from interpreter.api.activity_queues import ActivityQueues, ActivityTask
from interpreter.clock import Clock
from interpreter.commands import CancelTask, Command, ScheduleTask, StartChild, StartTimer
from interpreter.context_object import context_object
from interpreter.execution import Frame, Phase
from interpreter.messages import Message, TaskFailed, TaskHeartbeat, TaskStarted, TaskSubmitted, TaskSucceeded
from interpreter.tasks.port import After, TaskError, TaskRequest

if TYPE_CHECKING:
    from interpreter.api.live import Live

log = logging.getLogger("interpreter.api.runtime")
ABANDONED = "abandoned"
"""Why an attempt is cancelled that its execution does not want any more, unlike one that the server lets go of."""

Post = Callable[["Live", Message], None]


@dataclass(slots=True, eq=False)
class ServedRequest(TaskRequest):
    """``key`` names the attempt and is the same when it is dispatched again after a restart."""

    key: str = ""
    is_again: bool = False


class Children(Protocol):
    """Who runs the children of distributed Maps."""

    def start(self, live: Live, command: StartChild) -> None: ...

    def stop(self, live: Live, frame: int) -> None: ...


class Performer:
    """Posts messages to executions with ``post``. ``wait_scale`` multiplies the time of Wait states."""

    def __init__(self, post: Post, children: Children, wait_scale: float, clock: Clock) -> None:
        self._post = post
        self._children = children
        self._wait_scale = wait_scale
        self._clock = clock
        self._working: set[asyncio.Future[Any]] = set()
        self._ends = False
        self.activities = ActivityQueues()

    def set_timers(self, live: Live, commands: Iterable[Command]) -> None:
        """Note when the execution is to be woken; no wake-up happens before the runtime sets its own timer."""
        for command in commands:
            if isinstance(command, StartTimer):
                number = 0 if command.frame is None else command.frame.id
                heapq.heappush(live.timers, (self._instant(command), number, command.ticket))

    def _instant(self, command: StartTimer) -> float:
        frame = command.frame
        if frame is None or frame.phase != Phase.TIMER or self._wait_scale == 1.0:
            return command.at
        return frame.entered_at + (command.at - frame.entered_at) * self._wait_scale

    def perform(self, live: Live, commands: Iterable[Command], *, again: bool = False) -> None:
        """Dispatch and cancel tasks; ``again`` after a restart, when they may have been dispatched before."""
        for command in commands:
            if isinstance(command, ScheduleTask):
                self._schedule(live, command, again)
            elif isinstance(command, StartChild):
                self._children.start(live, command)
            elif isinstance(command, CancelTask):
                self._cancel(live, command.frame.id, ABANDONED)
                self._children.stop(live, command.frame.id)

    async def finish(self, seconds: float) -> None:
        """Dispatch nothing more, and let the work in flight end, for so many seconds at most."""
        self._ends = True
        if self._working:
            await asyncio.wait(self._working, timeout=seconds)

    def give_up(self, live: Live) -> None:
        """Nobody waits for the execution's tasks in this process any more."""
        for number in list(live.tasks):
            self._cancel(live, number)
        if live.has_offers:
            self.activities.drop(live.arn)

    def _cancel(self, live: Live, number: int, reason: str | None = None) -> None:
        task = live.tasks.pop(number, None)
        if task is not None:
            task.cancel(reason)

    def _schedule(self, live: Live, command: ScheduleTask, again: bool) -> None:
        if self._ends:
            return
        frame = command.frame
        resource = command.resource
        answer = live.handler.answer_for(command.state.name, resource)
        if again and frame.submitted and resource.pattern == ".waitForTaskToken":
            return
        if answer is None and resource.kind == "activity":
            task = ActivityTask(live, frame.id, command.ticket, frame.token or "", command.input)
            live.has_offers = True
            self.activities.offer(resource.arn, task)
        elif answer is None:
            cause = f"Nothing answers {resource.arn} here. Mock the state or name what answers it with --task."
            self._post(live, TaskFailed(frame.id, command.ticket, "States.Runtime", cause))
        else:
            self._call(live, frame, command.ticket, answer, self._request(live, command, again))

    def _call(
        self, live: Live, frame: Frame, ticket: int, answer: Callable[[TaskRequest], Any], request: TaskRequest
    ) -> None:
        """Ask the answer off the loop unless it is a coroutine function, since it may block."""
        try:
            work = answer(request) if _is_quick(answer) else asyncio.to_thread(answer, request)
        except Exception as failure:
            self._post(live, self._failed(live, frame.id, ticket, failure))
            return
        if inspect.isawaitable(work):
            task = asyncio.ensure_future(_finished(work))
            live.tasks[frame.id] = task
            if getattr(answer, "submits", False):
                live.submitting[frame.id] = task
            if not request.resource.pattern:
                self._working.add(task)
                task.add_done_callback(self._working.discard)
            task.add_done_callback(partial(self._done, live, frame.id, ticket))
        else:
            self._take(live, frame.id, ticket, work)

    def _failed(self, live: Live, number: int, ticket: int, failure: BaseException) -> TaskFailed:
        if isinstance(failure, TaskError):
            return TaskFailed(number, ticket, failure.error, failure.cause)
        log.error("a task of %s failed inside the server", live.arn, exc_info=failure)
        return TaskFailed(number, ticket, "States.Runtime", f"{type(failure).__name__}: {failure}")

    def _request(self, live: Live, command: ScheduleTask, again: bool) -> ServedRequest:
        frame, ticket = command.frame, command.ticket
        execution = live.execution
        return ServedRequest(
            state_name=command.state.name,
            resource=command.resource,
            input=command.input,
            execution_arn=execution.arn,
            execution_name=execution.name,
            retry_count=frame.retries,
            invocation=frame.invocation,
            token=frame.token,
            timeout_seconds=command.timeout,
            heartbeat_seconds=command.heartbeat,
            heartbeat=lambda: self._post(live, TaskHeartbeat(frame.id, ticket)),
            submitted=lambda output: self._post(live, TaskSubmitted(frame.id, ticket, output)),
            started=lambda worker: self._post(live, TaskStarted(frame.id, ticket, worker)),
            context=partial(context_object, execution, frame),
            key=f"{execution.arn}#{frame.id}#{ticket}",
            is_again=again,
        )

    def _done(self, live: Live, number: int, ticket: int, task: asyncio.Future[Any]) -> None:
        for tasks in (live.tasks, live.submitting):
            if tasks.get(number) is task:
                del tasks[number]
        if task.cancelled():
            return
        failure = task.exception()
        if failure is not None:
            self._post(live, self._failed(live, number, ticket, failure))
        else:
            self._take(live, number, ticket, task.result())

    def _take(self, live: Live, number: int, ticket: int, value: Json | After) -> None:
        if not isinstance(value, After):
            self._post(live, TaskSucceeded(number, ticket, value))
        elif value.seconds is not None:
            seconds = self._clock.delay_until(self._clock.now() + value.seconds)
            task = asyncio.ensure_future(_later(value, seconds))
            live.tasks[number] = task
            task.add_done_callback(partial(self._done, live, number, ticket))


def _is_quick(answer: object) -> bool:
    return bool(getattr(answer, "is_quick", False)) or inspect.iscoroutinefunction(answer)


async def _finished(work: Any) -> Any:
    result = await work
    return await result if inspect.isawaitable(result) else result


async def _later(answer: After, seconds: float) -> Json:
    await asyncio.sleep(seconds)
    if answer.failure is not None:
        raise answer.failure
    return answer.result
