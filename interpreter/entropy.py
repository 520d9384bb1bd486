"""Randomness that follows from a seed and a count of draws, so that a repeated step draws the same again.

The generator is SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interpreter.execution import Execution

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def mix(seed: int, draw: int) -> int:
    """The ``draw``-th 64-bit number of the stream that ``seed`` starts."""
    z = (seed + (draw + 1) * _GOLDEN) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def uuid_from(seed: int, draw: int) -> str:
    """A version 4 UUID made of two draws."""
    bits = (mix(seed, draw) << 64) | mix(seed, draw + 1)
    bits = bits & ~(0xF << 76) & ~(0x3 << 62) | (0x4 << 76) | (0x2 << 62)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class ExecutionEntropy:
    """Draws for one execution; the count of draws is part of its data."""

    __slots__ = ("_execution",)

    def __init__(self, execution: Execution) -> None:
        self._execution = execution

    def random(self) -> float:
        """A number in [0, 1) with 53 random bits."""
        return (self._draw(1) >> 11) * 2.0**-53

    def uuid(self) -> str:
        execution = self._execution
        draw = execution.draws
        execution.draws += 2
        return uuid_from(execution.seed, draw)

    def _draw(self, count: int) -> int:
        execution = self._execution
        draw = execution.draws
        execution.draws += count
        return mix(execution.seed, draw)
