"""One event loop for all tests of a process: making one for each would cost more than most workflows."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Coroutine
from typing import Any, TypeVar

__tracebackhide__ = True
T = TypeVar("T")
_loops: list[asyncio.AbstractEventLoop] = []


class KitError(AssertionError):
    """A test that can't go on: the message alone says why, so it is raised without the engine's part of the
    traceback.
    """


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end and return the result; from inside of a running loop (an async test) in a thread of its own."""
    try:
        if not _is_inside_a_loop():
            return _loop().run_until_complete(work)
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as threads:
            return threads.submit(asyncio.run, work).result()
    except KitError as error:
        raise error.with_traceback(None) from None


def _is_inside_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _loop() -> asyncio.AbstractEventLoop:
    if not _loops or _loops[0].is_closed():
        _loops[:] = [asyncio.new_event_loop()]
        atexit.register(_loops[0].close)
    return _loops[0]
