"""Requests against their shapes: each shape is compiled once into a function that finds what AWS would find.

botocore's validator knows neither maximum nor enum nor pattern, so the shapes are walked here. Problems are worded as
AWS words them; a value of the wrong JSON type is AWS's SerializationException.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from asl.types import Json
from interpreter.api.errors import ApiError

NO_LIMIT = 1 << 62

Problems: TypeAlias = list[str]
Check: TypeAlias = Callable[[Json, str, Problems], None]

CHECKED_BY_THE_OPERATION = {
    ("CreateActivityInput", "name"),
    ("CreateStateMachineInput", "name"),
    ("StartExecutionInput", "name"),
    ("StartSyncExecutionInput", "name"),
    ("ValidateStateMachineDefinitionInput", "definition"),
    ("TestStateInput", "definition"),
}
"""Members whose length AWS judges with an error or a diagnostic of its own."""

RECORDED_ENUM_ORDER = {
    "ExecutionStatus": ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"],
}
"""AWS lists the values of an enum in an order of its own; the others were never seen and keep the model's."""


def check_of(shape: Any) -> Check:
    """A function of value, path and problems that adds a sentence for everything that is wrong."""
    return _CHECKS.get(shape.type_name, _check_scalar)(shape)


def _check_structure(shape: Any) -> Check:
    members = {name: _member_check(shape, name, member) for name, member in shape.members.items()}
    required = tuple(shape.required_members)

    def check(value: Json, path: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            raise _serialization(value, "a structure")
        prefix = f"{path}." if path else ""
        for name in required:
            if value.get(name) is None:
                problems.append(f"Value null at '{prefix}{name}' failed to satisfy constraint: Member must not be null")
        for name, member in value.items():
            if member is not None and name in members:
                members[name](member, prefix + name, problems)

    return check


def _member_check(shape: Any, name: str, member: Any) -> Check:
    if (shape.name, name) in CHECKED_BY_THE_OPERATION:
        return _typed("String", (str,))
    return check_of(member)


def _check_list(shape: Any) -> Check:
    member = check_of(shape.member)
    limits = _range(shape, len, "length")
    text = _java_text_of(shape)

    def check(value: Json, path: str, problems: Problems) -> None:
        if not isinstance(value, list):
            raise _serialization(value, "a list")
        _add(problems, limits(value), text, value, path)
        for index, item in enumerate(value, 1):
            if item is not None:
                member(item, f"{path}.{index}.member", problems)

    return check


def _check_string(shape: Any) -> Check:
    typed = _typed("String", (str,))
    rules = [_range(shape, len, "length"), _pattern(shape), _enumerated(shape)]
    text = _hidden if shape.metadata.get("sensitive") else _quoted

    def check(value: Json, path: str, problems: Problems) -> None:
        typed(value, path, problems)
        for rule in rules:
            _add(problems, rule(value), text, value, path)

    return check


def _check_number(shape: Any) -> Check:
    floating = shape.type_name in ("float", "double")
    typed = _typed(shape.type_name.capitalize(), (int, float) if floating else (int,))
    limits = _range(shape, lambda number: number, "value")

    def check(value: Json, path: str, problems: Problems) -> None:
        typed(value, path, problems)
        _add(problems, limits(value), _quoted, value, path)

    return check


def _check_scalar(shape: Any) -> Check:
    return _typed("Boolean", (bool,)) if shape.type_name == "boolean" else _anything


_CHECKS: dict[str, Callable[[Any], Check]] = {
    "structure": _check_structure,
    "list": _check_list,
    "string": _check_string,
    "integer": _check_number,
    "long": _check_number,
    "float": _check_number,
    "double": _check_number,
}


def _anything(value: Json, path: str, problems: Problems) -> None:
    pass


def _typed(wanted: str, types: tuple[type, ...]) -> Check:
    def check(value: Json, path: str, problems: Problems) -> None:
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise _serialization(value, wanted)

    return check


_JSON_KINDS: dict[type, str] = {
    str: "STRING_VALUE",
    int: "NUMBER_VALUE",
    float: "DECIMAL_VALUE",
    bool: "TRUE_VALUE",
    type(None): "NULL_VALUE",
}


def _serialization(value: Json, wanted: str) -> ApiError:
    if isinstance(value, (dict, list)):
        return ApiError("SerializationException", "Start of structure or map found where not expected.")
    if wanted.startswith("a "):
        return ApiError("SerializationException", "Unexpected field type")
    kind = "FALSE_VALUE" if value is False else _JSON_KINDS[type(value)]
    return ApiError("SerializationException", f"{kind} can not be converted to {_article(wanted)} {wanted}")


def _article(word: str) -> str:
    return "an" if word[0] in "AEIOU" else "a"


Rule: TypeAlias = Callable[[Any], str | None]
"""The constraint that a value breaks, in AWS's words, or None."""


def _range(shape: Any, measure: Callable[[Any], float], what: str) -> Rule:
    low, high = shape.metadata.get("min", -NO_LIMIT), shape.metadata.get("max", NO_LIMIT)

    def rule(value: Any) -> str | None:
        size = measure(value)
        if size < low:
            return f"Member must have {what} greater than or equal to {low}"
        return f"Member must have {what} less than or equal to {high}" if size > high else None

    return rule


def _pattern(shape: Any) -> Rule:
    written = shape.metadata.get("pattern")
    if not written:
        return lambda value: None
    compiled = re.compile(written.replace(r"\p{ASCII}", r"[\x00-\x7f]"))

    def rule(value: Any) -> str | None:
        matches = compiled.fullmatch(value)
        return None if matches else f"Member must satisfy regular expression pattern: {written}"

    return rule


def _enumerated(shape: Any) -> Rule:
    values = RECORDED_ENUM_ORDER.get(shape.name, shape.enum)
    listed = f"Member must satisfy enum value set: [{', '.join(values)}]"
    return lambda value: listed if values and value not in values else None


def _add(problems: Problems, broken: str | None, text: Callable[[Json], str], value: Json, path: str) -> None:
    if broken is not None:
        problems.append(f"Value{text(value)} at '{path}' failed to satisfy constraint: {broken}")


def _quoted(value: Json) -> str:
    return f" '{value}'"


def _hidden(value: Json) -> str:
    return ""


def _java_text_of(shape: Any) -> Callable[[Json], str]:
    return lambda value: f" '{_java_text(shape, value)}'"


def _java_text(shape: Any, value: Json) -> str:
    """How Java prints a value, as in ``[RoutingConfigurationListItem(weight=50)]``."""
    if shape.type_name == "list" and isinstance(value, list):
        return "[" + ", ".join(_java_text(shape.member, item) for item in value) + "]"
    if shape.type_name == "structure" and isinstance(value, dict):
        members = (f"{name}={_java_text(m, value.get(name))}" for name, m in shape.members.items())
        return f"{shape.name}({', '.join(members)})"
    return "null" if value is None else str(value)
