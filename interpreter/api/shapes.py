"""Requests checked and responses shaped by botocore's own model of the service; no shape is written by hand.

botocore's validator knows neither maximum nor enum nor pattern, so the shapes are walked here: each is compiled once
into a function, when its operation is first called. Problems are worded as AWS words them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

from asl.types import Json, JsonObject
from interpreter.api.errors import ApiError, validation

SERVICE = "stepfunctions"
TARGET_PREFIX = "AWSStepFunctions."
NO_LIMIT = 1 << 62

Problems: TypeAlias = list[str]
Check: TypeAlias = Callable[[Json, str, Problems], None]
Shaper: TypeAlias = Callable[[Any], Json]

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


@lru_cache(maxsize=1)
def service_model() -> Any:
    """botocore's model of Step Functions, loaded once."""
    try:
        from botocore.loaders import Loader
        from botocore.model import ServiceModel
    except ImportError as error:
        message = "the API server needs botocore: pip install 'asl-interpreter[server]'"
        raise ModuleNotFoundError(message, name="botocore") from error
    return ServiceModel(Loader().load_service_model(SERVICE, "service-2"))


class Operation:
    """One operation of the service: what it takes and what it gives."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._model = service_model().operation_model(name)

    @cached_property
    def _check(self) -> Check:
        return _check_of(self._model.input_shape)

    @cached_property
    def _shape(self) -> Shaper:
        return _shaper_of(self._model.output_shape)

    def checked(self, request: Json) -> JsonObject:
        """``request`` without its nulls, when the model allows it; otherwise every problem in one error."""
        problems: Problems = []
        self._check(request, "", problems)
        if problems:
            count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
            raise validation(count + "; ".join(problems))
        return {key: value for key, value in request.items() if value is not None}

    def shaped(self, response: JsonObject) -> JsonObject:
        """``response`` with what the model knows of it, without what is None."""
        shaped: JsonObject = self._shape(response)
        return shaped


@lru_cache(maxsize=1)
def operation_names() -> frozenset[str]:
    return frozenset(service_model().operation_names)


@lru_cache(maxsize=64)
def operation(name: str) -> Operation:
    return Operation(name)


def _check_of(shape: Any) -> Check:
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
    return _check_of(member)


def _check_list(shape: Any) -> Check:
    member = _check_of(shape.member)
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


def _shaper_of(shape: Any) -> Shaper:
    if shape is None:
        return lambda value: {}
    return _SHAPERS.get(shape.type_name, lambda _: _as_is)(shape)


def _as_is(value: Json) -> Json:
    return value


def _structure_shaper(shape: Any) -> Shaper:
    shapes = shape.members
    members: dict[str, Shaper | None] = dict.fromkeys(shapes)

    def shaped(value: Any) -> Json:
        out: JsonObject = {}
        for name, member in value.items():
            if member is None or name not in members:
                continue
            shaper = members[name]
            if shaper is None:
                shaper = members[name] = _shaper_of(shapes[name])
            out[name] = member if shaper is _as_is else shaper(member)
        return out

    return shaped


def _list_shaper(shape: Any) -> Shaper:
    member = _shaper_of(shape.member)
    return lambda value: [member(item) for item in value]


def _map_shaper(shape: Any) -> Shaper:
    member = _shaper_of(shape.value)
    return lambda value: {key: member(item) for key, item in value.items()}


def _timestamp_shaper(shape: Any) -> Shaper:
    return epoch_seconds


def epoch_seconds(instant: float) -> float:
    """An instant as the wire shows it: seconds since 1970 with milliseconds."""
    return round(instant, 3)


_SHAPERS: dict[str, Callable[[Any], Shaper]] = {
    "structure": _structure_shaper,
    "list": _list_shaper,
    "map": _map_shaper,
    "timestamp": _timestamp_shaper,
}
