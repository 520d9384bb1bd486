"""Numbers that a state may give as a literal, by a path or by an expression: time limits, concurrency, tolerances."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from asl.errors import PathError, StateError
from asl.expressions.jsonpath import compile_path
from asl.expressions.scope import Scope
from asl.json_text import to_text
from asl.types import Json, JsonObject
from interpreter.states.base import runtime_error

LARGEST_NUMBER = 99_999_999

Number: TypeAlias = Callable[[Json, Scope], float | None]
"""The value for this effective input, or None where the state does not set it."""


def compile_number(
    definition: JsonObject,
    field: str,
    language: str,
    *,
    minimum: int,
    path_miss: bool = False,
    real: bool = False,
    place: str = "",
    largest: int = LARGEST_NUMBER,
) -> Number:
    """The number in ``field`` or, in JSONPath, at ``field + "Path"``.

    With ``path_miss`` a path that finds nothing is worded as a bad path, else as a value that is no number. ``place``
    and ``largest`` are for JSONata: what comes before the field in a location, and the bound of an expression.
    """
    if language == "JSONata" and isinstance(definition.get(field), str):
        from asl.dataflow_jsonata import compile_number as compile_jsonata_number

        return compile_jsonata_number(definition[field], field, place=place, largest=largest, real=real)
    if f"{field}Path" in definition:
        return _number_path(definition[f"{field}Path"], f"{field}Path", minimum, path_miss, real)
    value = definition.get(field)
    return lambda _value, _scope: value


def _number_path(path: str, field: str, minimum: int, path_miss: bool, real: bool) -> Number:
    evaluate = compile_path(path).evaluate

    def number(value: Json, scope: Scope) -> float | None:
        try:
            found = evaluate(value, scope)
        except PathError as miss:
            if path_miss:
                raise runtime_error(f"Invalid path '{path}' : {miss.detail}") from None
            found = None
        return _checked(found, path, field, minimum, real)

    return number


def _checked(found: Json, path: str, field: str, minimum: int, real: bool) -> float:
    shown = found if isinstance(found, str) else to_text(found)
    try:
        if isinstance(found, bool):
            raise ValueError
        value = float(shown) if real else int(shown)
    except ValueError:
        kind = "float" if real else "integer"
        raise _bad_value(field, shown, kind, path) from None
    if value < minimum:
        raise _bad_value(field, shown, "value", path)
    return value


def _bad_value(field: str, shown: str, kind: str, path: str) -> StateError:
    return runtime_error(f'The {field} field refers to value "{shown}" which is not a valid {kind}: {path}')
