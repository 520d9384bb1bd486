"""Payload templates, whose keys ending in ``.$`` are evaluated (JSONPath), and the paths of all other fields."""

from __future__ import annotations

from asl.types import Json
from asl.validation.context import Context
from asl.validation.expressions import (
    Problem,
    dynamic_value_problem,
    path_problem,
    reference_path_problem,
    result_path_problem,
)
from asl.validation.findings import Findings, gather, wrong
from asl.validation.values import wrong_type


def payload_template(value: Json, context: Context) -> Findings | None:
    """Every ``.$`` key at every depth has a path or a call, and no key is given twice, with and without ``.$``."""
    if type(value) is dict:
        return _object(value, context)
    return _array(value, context) if type(value) is list else None


def object_template(value: Json, context: Context) -> Findings | None:
    """A payload template that must be an object."""
    return _object(value, context) if type(value) is dict else wrong_type("Object", value)


def _object(template: dict[str, Json], context: Context) -> Findings | None:
    found: Findings | None = None
    for key, value in template.items():
        if key[-2:] == ".$":
            found = gather(found, _dynamic(key, value), key)
            if key[:-2] in template:
                found = gather(found, _twice(key), key)
        elif type(value) is dict:
            found = gather(found, _object(value, context), key)
        elif type(value) is list:
            found = gather(found, _array(value, context), key)
    return found


def _array(template: list[Json], context: Context) -> Findings | None:
    found: Findings | None = None
    for index, value in enumerate(template):
        if type(value) is dict:
            found = gather(found, _object(value, context), index)
        elif type(value) is list:
            found = gather(found, _array(value, context), index)
    return found


def _dynamic(key: str, value: Json) -> Findings | None:
    if type(value) is not str:
        return wrong(_not_dynamic(key), above=1, hint=f"leave out the '.$' of {key!r} to pass the value as it is")
    problem = dynamic_value_problem(value)
    return None if problem is None else wrong(_not_dynamic(key), above=1, hint=problem.reason, offset=problem.offset)


def _not_dynamic(key: str) -> str:
    return f"The value for the field '{key}' must be a valid JSONPath or a valid intrinsic function call"


def _twice(key: str) -> Findings:
    plain = key[:-2]
    return wrong(f"The field '{plain}' is given twice, as '{plain}' and as '{key}'", above=1)


def nullable_path(value: Json, context: Context) -> Findings | None:
    """InputPath and OutputPath: a path, or null for no data at all."""
    return None if value is None else path(value, context)


def path(value: Json, context: Context) -> Findings | None:
    if type(value) is not str:
        return wrong_type("String", value)
    problem = path_problem(value)
    return None if problem is None else _misread("Value is not a valid JSONPath", problem)


def reference_path(value: Json, context: Context) -> Findings | None:
    if type(value) is not str:
        return wrong_type("String", value)
    problem = reference_path_problem(value)
    return None if problem is None else _misread("Value is not a Reference Path", problem)


def result_path(value: Json, context: Context) -> Findings | None:
    """A reference path below ``$``, or null to drop the result."""
    if value is None:
        return None
    if type(value) is not str:
        return wrong_type("String", value)
    problem = result_path_problem(value)
    return None if problem is None else _misread("Value is not a Reference Path", problem)


def path_or_call(value: Json, context: Context) -> Findings | None:
    """ErrorPath and CausePath of a Fail state: a reference path or an intrinsic call."""
    if type(value) is not str:
        return wrong_type("String", value)
    problem = dynamic_value_problem(value)
    return None if problem is None else _misread("Value is not a Reference Path or an intrinsic function call", problem)


def _misread(message: str, problem: Problem) -> Findings:
    return wrong(message, hint=problem.reason, offset=problem.offset)
