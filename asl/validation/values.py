"""Checks of plain values: types, ranges, enumerations, timestamps and names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from asl.types import Json
from asl.validation.context import Context
from asl.validation.findings import Check, Findings, wrong

MAX_SECONDS = 99_999_999
MAX_NAME = 80
MAX_LABEL = 40

_TIMESTAMP = re.compile(
    r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?(Z|[+-]\d{2}:\d{2})"
)
_FORBIDDEN_IN_LABEL = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")


def anything(value: Json, context: Context) -> Findings | None:
    """A field that may hold any JSON."""
    return None


def string(value: Json, context: Context) -> Findings | None:
    return None if type(value) is str else wrong_type("String", value)


def boolean(value: Json, context: Context) -> Findings | None:
    return None if type(value) is bool else wrong_type("Boolean", value)


def number(value: Json, context: Context) -> Findings | None:
    return None if is_number(value) else wrong_type("Number", value)


def timestamp(value: Json, context: Context) -> Findings | None:
    if type(value) is not str:
        return wrong_type("String", value)
    if _TIMESTAMP.fullmatch(value):
        return None
    hint = "write it as 2016-03-14T01:59:00Z: upper-case T, and Z or an offset such as +01:00"
    return wrong("String does not match RFC3339 timestamp", hint=hint)


def integer(low: int, high: int) -> Check:
    """An integer from ``low`` to ``high``, both included. 3.0 is an integer, as it is in JSON."""

    def check(value: Json, context: Context) -> Findings | None:
        if type(value) is int and low <= value <= high:
            return None
        if not is_number(value) or value != value // 1:
            return wrong_type("Integer", value)
        return None if low <= value <= high else wrong(f"Value must be between {low} and {high} but was: {value}")

    return check


def decimal(low: float, high: float) -> Check:
    """A number from ``low`` to ``high``, both included."""

    def check(value: Json, context: Context) -> Findings | None:
        if not is_number(value):
            return wrong_type("Number", value)
        if low <= value <= high:
            return None
        top = "" if high == float("inf") else f" and at most {high:g}"
        return wrong(f"Value must be at least {low:g}{top} but was: {value}")

    return check


def one_of(field: str, values: Sequence[str]) -> Check:
    """One of a few constant strings."""
    allowed = frozenset(values)

    def check(value: Json, context: Context) -> Findings | None:
        if type(value) is str and value in allowed:
            return None
        from asl.validation.hints import nearest

        message = f"The field '{field}' should have one of these values: [{', '.join(values)}]"
        return wrong(message, hint=nearest(value, values))

    return check


def true_only(value: Json, context: Context) -> Findings | None:
    """``End``: literally true, since a state that doesn't end says so by naming its Next."""
    if value is True:
        return None
    if type(value) is bool:
        return wrong("The field 'End' should have one of these values: [true]", hint="name the Next state instead")
    return wrong_type("Boolean", value)


def label_problem(value: Json) -> str | None:
    """Why ``value`` can't be the Label of a distributed Map, if it can't."""
    if type(value) is not str:
        return "Expected value of type String"
    if not 1 <= len(value) <= MAX_LABEL:
        return f"Label must have 1 to {MAX_LABEL} characters but has {len(value)}"
    forbidden = _FORBIDDEN_IN_LABEL.search(value)
    return f"Label contains the character {forbidden.group()!r}, which is not allowed" if forbidden else None


def is_number(value: Json) -> bool:
    return isinstance(value, int | float) and type(value) is not bool


def wrong_type(expected: str, value: Json) -> Findings:
    hint = f"it is {_TYPE_NAMES.get(type(value), 'something else')} now"
    return wrong(f"Expected value of type {expected}", hint=hint)


_TYPE_NAMES = {
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
    type(None): "null",
}
