"""Runs plain functions off the loop, so that one that hangs does not hang the program.

Calls are made one after the other, in the order in which they were asked for: overlapping them would make the order
of events depend on the machine. Code that should overlap is written ``async``. Threads are daemons: a call that was
given up does not keep the process alive.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable

from asl.types import Json
from interpreter.tasks.port import Answer, TaskRequest


class SerialThreads:
    """Makes one call at a time; a call that is cancelled is given up and the next one starts."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    def wrap(self, call: Answer) -> Answer:
        """An answer that makes ``call`` in a thread when its turn comes."""

        async def answer(request: TaskRequest) -> Json:
            async with self._turn:
                result = await _in_thread(call, request)
            return await result if isinstance(result, Awaitable) else result

        return answer


async def _in_thread(call: Answer, request: TaskRequest) -> object:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[object] = loop.create_future()

    def settle(result: object, error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def work() -> None:
        result: object = None
        error: BaseException | None = None
        try:
            result = call(request)
        except BaseException as caught:
            error = caught
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:
            return  # the loop is closed: nobody waits for this call any more

    threading.Thread(target=work, name=f"task {request.state_name}", daemon=True).start()
    return await done
