"""The values of JSON text at the C parser's speed; :mod:`asl.document.json_reader` scans for places and mistakes."""

from __future__ import annotations

import json
from typing import NoReturn

from asl.types import Json

MAX_DEPTH = 200
"""How deep objects and arrays may nest in a definition or template: well under Python's recursion limit."""

_NESTS = frozenset((dict, list))


class DuplicatesSeen:
    """An ``object_pairs_hook`` that keeps the last of equal keys, as AWS does, and notices that there were some."""

    def __init__(self) -> None:
        self.any = False

    def __call__(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        members = dict(pairs)
        if len(members) != len(pairs):
            self.any = True
        return members


def read_json(content: str) -> tuple[Json, bool] | None:
    """The value of a JSON text, and whether an object in it has a key twice; ``None`` when only the scanner can tell.

    NaN, Infinity and what nests too deep are left to the scanner; integers are exact.
    """
    duplicates = DuplicatesSeen()
    try:
        value = json.loads(content, object_pairs_hook=duplicates, parse_constant=_refuse, parse_float=finite)
    except (ValueError, RecursionError):
        return None
    return None if nests_too_deep(value) else (value, duplicates.any)


class NestedTooDeeplyError(ValueError):
    """JSON that nests deeper than Python can follow."""


def strict_json(text: str) -> Json:
    """The value of a JSON text that people or programs wrote.

    Raises ValueError, :class:`json.JSONDecodeError` where a place can be told, for what is no JSON, for NaN, Infinity
    and numbers that no float holds, and for what nests deeper than Python can follow.
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=finite)
    except RecursionError:
        raise NestedTooDeeplyError("it is nested too deeply") from None


def nests_too_deep(value: Json) -> bool:
    """Whether objects and arrays nest deeper than MAX_DEPTH; walked level by level, so that depth costs no stack."""
    level = [value] if type(value) in _NESTS else []
    for _ in range(MAX_DEPTH):
        if not level:
            return False
        level = [c for n in level for c in (n.values() if type(n) is dict else n) if type(c) in _NESTS]
    return bool(level)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def finite(number: str) -> float:
    """A JSON number with a fraction or exponent. Raises ValueError for one that no float can hold."""
    value = float(number)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{number:.40} is too large for a number")
    return value
