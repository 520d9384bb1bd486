"""Results as plain JSON data."""

from __future__ import annotations

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.stringify import number_text
from asl.expressions.jsonata.values import UNDEFINED, Value, is_function

_SCALARS = frozenset((str, int, bool, type(None)))


class UnsupportedResultError(JsonataError):
    """A result that is or contains a function, which JSON can't hold."""

    def __init__(self) -> None:
        super().__init__("U1002", message="The expression returned an unsupported result type.")


def plain(value: Value) -> Value:
    """The result with nothing left that only the engine knows; shared as it is where nothing has to change.

    Collected sequences become lists, undefined items null, and infinite numbers the strings that AWS makes of them.
    Raises :class:`UnsupportedResultError` if a function is inside. ``UNDEFINED`` itself stays.
    """
    return value if value is UNDEFINED else _plain(value)


def _plain(value: Value) -> Value:
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is float:
        return value if value - value == 0 else number_text(value)
    if isinstance(value, dict):
        return _plain_object(value)
    if isinstance(value, list):
        return _plain_array(value)
    if value is UNDEFINED:
        return None
    if is_function(value):
        raise UnsupportedResultError
    return value


def _plain_object(value: dict[str, Value]) -> dict[str, Value]:
    result = value
    for key, item in value.items():
        if type(item) in _SCALARS:
            continue
        clean = _plain(item)
        if clean is not item:
            result = dict(value) if result is value else result
            result[key] = clean
    return result


def _plain_array(value: list[Value]) -> list[Value]:
    result = value if type(value) is list else list(value)
    for index, item in enumerate(value):
        if type(item) in _SCALARS:
            continue
        clean = _plain(item)
        if clean is not item:
            result = list(value) if result is value else result
            result[index] = clean
    return result
