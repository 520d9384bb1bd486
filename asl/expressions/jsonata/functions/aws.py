"""The functions that Step Functions adds: ``$partition $range $hash $random $uuid $parse``."""

from __future__ import annotations

from math import isfinite

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.registry import library
from asl.expressions.jsonata.functions.stringify import parse_json
from asl.expressions.jsonata.runtime import Runtime
from asl.expressions.jsonata.values import UNDEFINED, Sequence, Value

_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_JAVA_MULTIPLIER = 0x5DEECE66D
_JAVA_MASK = (1 << 48) - 1
_LONG = 1 << 64


@library("partition", "<(a)n?:a<a>>", 2, runtime=True)
def partition(rt: Runtime, items: Value = UNDEFINED, size: Value = UNDEFINED) -> Value:
    """An array in chunks; one chunk without a size, undefined for a size below one."""
    if items is UNDEFINED:
        return UNDEFINED
    if size is UNDEFINED:
        return [items]
    if not isfinite(size) or int(size) < 1:
        return UNDEFINED
    rt.array_of(len(items))
    step = int(size)
    return [items[at : at + step] for at in range(0, len(items), step)]


@library("range", "<n?n?n?:a<n>>", 3, runtime=True)
def range_(rt: Runtime, first: Value = UNDEFINED, last: Value = UNDEFINED, step: Value = UNDEFINED) -> Value:
    """Integers from first to last, inclusive; fractions are cut off; undefined if one is missing or the step is 0."""
    if UNDEFINED in (first, last, step) or not all(map(isfinite, (first, last, step))) or int(step) == 0:
        return UNDEFINED
    start, end, stride = int(first), int(last), int(step)
    numbers = range(start, end + (1 if stride > 0 else -1), stride)
    count = (end - start) // stride + 1
    rt.array_of(max(count, 0))
    return Sequence(numbers)


@library("hash", "<s-s?:s>", 2)
def hash_(text: Value = UNDEFINED, algorithm: Value = UNDEFINED) -> Value:
    """The digest of a string in lowercase hex."""
    if text is UNDEFINED or algorithm is UNDEFINED:
        return UNDEFINED
    if algorithm not in _ALGORITHMS:
        raise JsonataError("T0410", value=algorithm, index=2)
    import hashlib

    digest = hashlib.new(_ALGORITHMS[algorithm], text.encode("utf-8", "replace"), usedforsecurity=False)
    return digest.hexdigest()


def java_random(seed: int) -> float:
    """``new java.util.Random(seed).nextDouble()``."""
    state = (seed ^ _JAVA_MULTIPLIER) & _JAVA_MASK
    drawn = []
    for bits in (26, 27):
        state = (state * _JAVA_MULTIPLIER + 0xB) & _JAVA_MASK
        drawn.append(state >> (48 - bits))
    return ((drawn[0] << 27) + drawn[1]) * 2.0**-53


@library("random", "<n?:n>", 0, runtime=True)
def random(rt: Runtime, seed: Value = UNDEFINED) -> Value:
    """A number in [0, 1), always the same for the same seed."""
    if seed is UNDEFINED:
        return rt.entropy.random()
    return java_random(int(seed) % _LONG if isfinite(seed) else 0)


@library("uuid", "<:s>", 0, runtime=True)
def uuid(rt: Runtime) -> Value:
    """A version 4 UUID."""
    return rt.entropy.uuid()


@library("parse", "<s-:x>", 1)
def parse(text: Value = UNDEFINED) -> Value:
    """JSON text as a value."""
    if text is UNDEFINED:
        return UNDEFINED
    try:
        return parse_json(text)
    except (ValueError, RecursionError):
        raise JsonataError("D3137", value=text, message=f"Unable to parse the text as JSON: {text[:100]!r}") from None
