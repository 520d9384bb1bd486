"""Time as a port: what "now" is, and whether waiting takes real time.

A :class:`Clock` answers ``now()`` in seconds since 1970. The engine asks ``skips`` whether it may jump: with a
:class:`VirtualClock` it jumps to the earliest timer whenever nothing real (a coroutine, a thread, a process) is in
flight.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

SEEDED_START = datetime(2024, 1, 1, tzinfo=UTC).timestamp()
"""Where virtual time starts for a run with a seed, so that its timestamps are the same every time."""


class Clock(Protocol):
    @property
    def skips(self) -> bool:
        """Whether waiting takes no time."""
        ...

    def now(self) -> float: ...

    def delay_until(self, instant: float) -> float:
        """Real seconds from now until ``instant``, never negative."""
        ...

    def jump_to(self, instant: float) -> None:
        """Make it ``instant``; only asked of a clock that skips, and never backwards."""
        ...


class VirtualClock:
    """Simulated time. It starts at ``start`` (now, in whole milliseconds, if not given) and moves only in jumps.

    ``skipped`` counts the seconds that were jumped over.
    """

    skips = True

    def __init__(self, start: float | datetime | None = None) -> None:
        if isinstance(start, datetime):
            start = start.timestamp()
        self._now = round(time.time(), 3) if start is None else float(start)
        self.skipped = 0.0

    def now(self) -> float:
        return self._now

    def delay_until(self, instant: float) -> float:
        return max(0.0, instant - self._now)

    def jump_to(self, instant: float) -> None:
        if instant > self._now:
            self.skipped += instant - self._now
            self._now = instant


class SystemClock:
    """Real time. With ``scale`` below 1 waiting is shorter than the workflow thinks: 0.1 makes an hour six minutes."""

    skips = False

    def __init__(self, scale: float = 1.0) -> None:
        if not scale > 0:
            raise ValueError(f"scale must be a positive number, not {scale!r}")
        self._scale = scale
        self._origin = time.time()
        self._started = time.monotonic()

    def now(self) -> float:
        return self._origin + (time.monotonic() - self._started) / self._scale

    def delay_until(self, instant: float) -> float:
        return max(0.0, (instant - self.now()) * self._scale)

    def jump_to(self, instant: float) -> None:
        raise RuntimeError("a SystemClock can't jump")
