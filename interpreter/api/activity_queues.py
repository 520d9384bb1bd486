"""Activity tasks that wait for a worker, and workers that wait for a task, by activity."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asl.types import Json
from interpreter.api.errors import ApiError

if TYPE_CHECKING:
    from interpreter.api.live import Live

POLLERS_LIMIT = 1000
"""Workers that may poll one activity at a time."""


@dataclass(frozen=True, slots=True)
class ActivityTask:
    """One attempt that a worker may take."""

    live: Live
    frame: int
    ticket: int
    token: str
    input: Json

    @property
    def is_wanted(self) -> bool:
        """Whether the execution still waits for this attempt."""
        frame = self.live.execution.frames.get(self.frame)
        return frame is not None and frame.ticket == self.ticket


class ActivityQueues:
    """First task first, first worker first."""

    def __init__(self) -> None:
        self._tasks: dict[str, deque[ActivityTask]] = defaultdict(deque)
        self._workers: dict[str, deque[asyncio.Future[ActivityTask | None]]] = defaultdict(deque)

    def offer(self, activity_arn: str, task: ActivityTask) -> None:
        """Give a task to the worker that has waited longest, or let it wait."""
        workers = self._workers[activity_arn]
        while workers:
            worker = workers.popleft()
            if not worker.done():
                worker.set_result(task)
                return
        self._tasks[activity_arn].append(task)

    async def take(self, activity_arn: str, seconds: float) -> ActivityTask | None:
        """The next task that is still wanted, waiting up to ``seconds`` for one."""
        tasks = self._tasks[activity_arn]
        while tasks:
            task = tasks.popleft()
            if task.is_wanted:
                return task
        return await self._wait(activity_arn, seconds)

    async def _wait(self, activity_arn: str, seconds: float) -> ActivityTask | None:
        workers = self._workers[activity_arn]
        if len(workers) >= POLLERS_LIMIT:
            message = f"Activity Worker Limit Exceeded: '{POLLERS_LIMIT} workers poll {activity_arn}'"
            raise ApiError("ActivityWorkerLimitExceeded", message)
        worker: asyncio.Future[ActivityTask | None] = asyncio.get_running_loop().create_future()
        workers.append(worker)
        try:
            return await asyncio.wait_for(asyncio.shield(worker), seconds)
        except TimeoutError:
            return worker.result() if worker.done() else None
        except asyncio.CancelledError:
            self._take_back(activity_arn, worker)
            raise
        finally:
            if worker in workers:
                workers.remove(worker)

    def _take_back(self, activity_arn: str, worker: asyncio.Future[ActivityTask | None]) -> None:
        """The worker is gone: what it was given is for the next one."""
        if worker.done():
            task = worker.result()
            if task is not None:
                self.offer(activity_arn, task)
        else:
            worker.cancel()

    def drop(self, execution_arn: str) -> None:
        """Take back the tasks of an execution that left memory."""
        for arn, tasks in self._tasks.items():
            if any(task.live.arn == execution_arn for task in tasks):
                self._tasks[arn] = deque(task for task in tasks if task.live.arn != execution_arn)

    def end_polls(self) -> None:
        """Send every waiting worker home without a task."""
        for workers in self._workers.values():
            for worker in workers:
                if not worker.done():
                    worker.set_result(None)
