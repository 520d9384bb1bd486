"""CPU time of the hand-written code and of ours: in one process, one after the other in turns, medians."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from statistics import median
from time import process_time
from typing import Any, NamedTuple

from workloads import Workload, document, ours

Once = Callable[[Any], Awaitable[Any]]


SAMPLE = 0.02
"""Seconds that a sample lasts, far above the clock's resolution."""


class Measured(NamedTuple):
    """Seconds of CPU time that one execution takes."""

    hand_written: float
    ours: float

    @property
    def ratio(self) -> float:
        return self.ours / self.hand_written


async def measured(workload: Workload, budget: float) -> Measured:
    """Check both results, then time them in turns until about ``budget`` seconds of CPU time are used."""
    value, expected = document(workload.name, "input"), document(workload.name, "expected")
    sides = workload.hand_written, ours(workload)
    for side in sides:
        output = await side(value)
        assert output == expected, f"{workload.name}: wrong result: {str(output)[:200]}"
    repeats = [await _repeats(side, value) for side in sides]
    samples: tuple[list[float], list[float]] = [], []
    ends = process_time() + budget
    while process_time() < ends or len(samples[0]) < 5:
        for side, repeat, taken in zip(sides, repeats, samples, strict=True):
            taken.append(await _timed(side, value, repeat) / workload.executions)
    return Measured(*map(median, samples))


async def _repeats(side: Once, value: Any) -> int:
    """How many runs a sample needs to last as long as the other side's, so that both start equally cold."""
    return max(1, round(SAMPLE / max(await _timed(side, value, 5), 1e-6)))


async def _timed(side: Once, value: Any, repeat: int) -> float:
    """The mean of ``repeat`` runs in a row, beginning without garbage that others left."""
    gc.collect()
    started = process_time()
    for _ in range(repeat):
        await side(value)
    return (process_time() - started) / repeat
