"""Fail: ends its scope with an error name and a cause, fixed or computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from asl.errors import StateError
from asl.expressions.jsonpath import Evaluate
from asl.expressions.scope import Scope
from asl.json_text import to_text
from asl.types import Json
from interpreter.execution import Frame
from interpreter.states.base import Behaviour, runtime_error

if TYPE_CHECKING:
    from interpreter.machine import Machine
    from interpreter.plan import StatePlan


class Fail(Behaviour):
    def __init__(self, state: StatePlan, siblings: Mapping[str, StatePlan]) -> None:
        super().__init__(state, siblings)
        self._error = _compile(state, "Error")
        self._cause = _compile(state, "Cause")

    def enter(self, machine: Machine, frame: Frame) -> Json:
        error = None if self._error is None else self._error(frame.input, machine)
        cause = None if self._cause is None else self._cause(frame.input, machine)
        raise StateError(error, cause)


def _compile(state: StatePlan, field: str) -> Evaluate | None:
    definition = state.definition
    if state.language == "JSONata":
        from asl.dataflow_jsonata import compile_text

        return compile_text(definition[field], field) if field in definition else None
    if f"{field}Path" in definition:
        return _compile_path(definition[f"{field}Path"], f"{field}Path")
    if field not in definition:
        return None
    text = definition[field]
    return lambda _value, _scope: text


def _compile_path(path: str, field: str) -> Evaluate:
    """ErrorPath and CausePath: a path or an intrinsic function that gives a string."""
    from asl.expressions.payload_template import compile_text_field

    read = compile_text_field(path, field)

    def text(value: Json, scope: Scope) -> Json:
        found = read(value, scope)
        if not isinstance(found, str):
            shown = f'The {field} field refers to value "{to_text(found)}" which is not a valid string: {path}'
            raise runtime_error(shown)
        return found

    return text
