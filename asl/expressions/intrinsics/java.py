"""What shows through of Java, which AWS's intrinsic functions are written in: its random numbers and its hash order."""

from __future__ import annotations

import struct
from typing import Any

from asl.types import Json

_MULTIPLIER = 0x5DEECE66D
_MASK = (1 << 48) - 1


class JavaRandom:
    """``java.util.Random``: the 48-bit linear congruential generator that its documentation defines."""

    def __init__(self, seed: int) -> None:
        self._state = (seed ^ _MULTIPLIER) & _MASK

    def next_int(self, bound: int) -> int:
        """A number from 0 up to but not including ``bound``, which is positive and fits in 32 bits."""
        if bound & (bound - 1) == 0:
            return (bound * self._next(31)) >> 31
        while True:
            bits = self._next(31)
            value = bits % bound
            if bits - value + bound - 1 < 1 << 31:
                return value

    def next_double(self) -> float:
        """A number in [0, 1)."""
        return float((self._next(26) << 27) + self._next(27)) / (1 << 53)

    def _next(self, bits: int) -> int:
        self._state = (self._state * _MULTIPLIER + 0xB) & _MASK
        return self._state >> (48 - bits)


def in_hash_order(distinct: list[Json], length: int) -> list[Json]:
    """The values in the order in which a ``java.util.HashSet`` made from a list of ``length`` elements gives them.

    That is the order of its buckets, and within a bucket the order of arrival.
    """
    buckets = 16
    while buckets < length / 0.75 + 1:
        buckets *= 2
    return sorted(distinct, key=lambda value: _bucket(_hash(value), buckets))


def _bucket(code: int, buckets: int) -> int:
    return (code ^ (code & 0xFFFFFFFF) >> 16) & (buckets - 1)


def _hash(value: Json) -> int:
    """``hashCode()`` of the value as Java objects: Boolean, Integer, Long, Double, String, List, Map."""
    code: int = _HASHES[type(value)](value)
    return code & 0xFFFFFFFF


def _folded(bits: int) -> int:
    return bits ^ bits >> 32


def _hash_of_number(value: int) -> int:
    return value if -(2**31) <= value < 2**31 else _folded(value & 0xFFFFFFFFFFFFFFFF)


def _hash_of_text(text: str) -> int:
    code = 0
    for (unit,) in struct.iter_unpack("<H", text.encode("utf-16-le", "surrogatepass")):
        code = code * 31 + unit & 0xFFFFFFFF
    return code


def _hash_of_list(items: list[Json]) -> int:
    code = 1
    for item in items:
        code = code * 31 + _hash(item) & 0xFFFFFFFF
    return code


_HASHES: dict[type, Any] = {
    type(None): lambda value: 0,
    bool: lambda value: 1231 if value else 1237,
    int: _hash_of_number,
    float: lambda value: _folded(struct.unpack("<Q", struct.pack("<d", value))[0]),
    str: _hash_of_text,
    list: _hash_of_list,
    dict: lambda value: sum(_hash(key) ^ _hash(item) for key, item in value.items()),
}
