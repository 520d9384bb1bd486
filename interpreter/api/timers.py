"""When executions are to be woken: one heap and one timer of the loop for all of them."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

from interpreter.clock import Clock

AT_ONCE = 50
"""Keys that are woken before the loop's other work has a turn."""

_SPARE = 1000
"""Stale entries that are tolerated before the heap is cleaned."""


class Timers:
    """Calls ``wake(key)`` at or after the instant that was last set for a key. Instants are seconds since 1970."""

    def __init__(self, wake: Callable[[str], None], clock: Clock) -> None:
        self._wake = wake
        self._clock = clock
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []
        self._handle: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._due)

    def set(self, key: str, instant: float) -> None:
        """Wake ``key`` at ``instant``, and no more when it was to be woken before."""
        if self._due.get(key) == instant:
            return
        self._due[key] = instant
        heapq.heappush(self._heap, (instant, key))
        if len(self._heap) > 2 * len(self._due) + _SPARE:
            self._heap = [(due, name) for name, due in self._due.items()]
            heapq.heapify(self._heap)
        if self._heap[0][0] >= instant:
            self._arm()

    def clear(self, key: str) -> None:
        self._due.pop(key, None)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _arm(self) -> None:
        self.stop()
        if self._heap:
            # A loop's timer takes at most a day: longer ones overflow on some systems, and the clock may be changed.
            delay = min(self._clock.delay_until(self._heap[0][0]), 86_400.0)
            self._handle = asyncio.get_running_loop().call_later(delay, self._fire)

    def _fire(self) -> None:
        now = self._clock.now()
        try:
            for _ in range(AT_ONCE):
                if not self._heap or self._heap[0][0] > now:
                    break
                instant, key = heapq.heappop(self._heap)
                if self._due.get(key) == instant:
                    del self._due[key]
                    self._wake(key)
        finally:  # one that can't be woken holds up no other
            self._arm()
