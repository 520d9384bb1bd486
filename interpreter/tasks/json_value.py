"""The border between an execution's shared values and people's code: what goes out is a copy, what comes in is JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from asl.types import Json

if TYPE_CHECKING:
    from decimal import Decimal

_SCALARS = frozenset({str, int, bool, type(None)})
_CONTAINERS = frozenset({dict, list})


class NotJsonError(ValueError):
    """A value that JSON has no form for; the message names its type and its place."""


def own_copy(value: Json) -> Json:
    """The same JSON value in containers of its own, for code that may change what it is given."""
    kind = type(value)
    if kind is dict:
        copied = value.copy()
        for key, entry in value.items():
            if type(entry) in _CONTAINERS:
                copied[key] = own_copy(entry)
        return copied
    if kind is list:
        return [own_copy(entry) if type(entry) in _CONTAINERS else entry for entry in value]
    return value


def to_json(value: object) -> Json:
    """A copy of the value as JSON: code that goes on changing what it returned changes no execution.

    Tuples become arrays, ``Decimal`` a number, and keys that are numbers, booleans or null their JSON text, as Lambda's
    runtime does. Raises :class:`NotJsonError` for anything else, NaN and Infinity included.
    """
    try:
        return _copied(value)
    except _OddError:
        return _converted(value, "$")
    except RecursionError:
        raise NotJsonError("the value is nested too deeply or contains itself") from None


class _OddError(Exception):
    """Something in a value is not JSON as it stands."""


def _copied(value: Any) -> Json:
    kind = type(value)
    if kind is dict:
        copied = value.copy()
        for key, entry in value.items():
            if type(key) is not str:
                raise _OddError
            if type(entry) not in _SCALARS:
                copied[key] = _copied(entry)
        return copied
    if kind is list:
        return [entry if type(entry) in _SCALARS else _copied(entry) for entry in value]
    if kind in _SCALARS or (kind is float and value - value == 0):
        return value
    raise _OddError


def _converted(value: Any, place: str) -> Json:
    if isinstance(value, Mapping):
        return {_key(key, place): _converted(entry, f"{place}.{key}") for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_converted(entry, f"{place}[{index}]") for index, entry in enumerate(value)]
    return _scalar(value, place)


def _scalar(value: Any, place: str) -> Json:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) or _is_decimal(value):
        return _number(value, place)
    raise NotJsonError(f"Object of type {type(value).__name__} at {place} is not JSON serializable")


def _number(value: float | Decimal, place: str) -> int | float:
    number = float(value)
    if number - number != 0:
        raise NotJsonError(f"{number!r} at {place} is not a JSON number")
    return int(value) if _is_decimal(value) and number.is_integer() else number


def _is_decimal(value: object) -> bool:
    """No value is a Decimal while the module is not even loaded, which costs more than everything else here."""
    decimal = sys.modules.get("decimal")
    return decimal is not None and isinstance(value, decimal.Decimal)


def _key(key: object, place: str) -> str:
    if isinstance(key, str):
        return str.__str__(key)
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    if isinstance(key, (int, float)):
        return repr(key)
    raise NotJsonError(f"the key {key!r} at {place} is not a string")
