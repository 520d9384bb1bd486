"""The data flow of a JSONata state, compiled once: Arguments, Output, Assign and the fields that take an expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asl.dataflow import After, DataFlow, Observe
from asl.expressions.jsonata_template import (
    compile_template,
    expression_text,
    is_expression,
    query_error,
    unexpected_type,
)
from asl.expressions.jsonpath import Evaluate
from asl.expressions.scope import Scope
from asl.json_text import to_text
from asl.timestamps import parse_timestamp
from asl.types import Json, JsonObject

if TYPE_CHECKING:
    from asl.errors import StateError

WITH_RESULT = frozenset({"Task", "Parallel", "Map"})
"""State types whose Output and Assign see ``$states.result``."""

LARGEST_NUMBER = 99_999_999


def compile_jsonata_dataflow(state: JsonObject, observe: Observe | None) -> DataFlow:
    """Compile Arguments, Output and Assign; the sizes of what they make are always measured."""
    has_result = state.get("Type") in WITH_RESULT
    before = compile_value(state["Arguments"], "Arguments") if "Arguments" in state else None
    if before is not None and observe is not None:
        before = _observed(before, observe)
    after = _compile_after(state["Output"], "Output", has_result) if "Output" in state else None
    if observe is not None and has_result:
        after = _observed_result(after, observe)
    assign = _compile_after(state["Assign"], "Assign", has_result) if state.get("Assign") else None
    before_bound = (1, 0) if before is None else None
    return DataFlow(before, before_bound, after, (0, 1, 0) if after is None else None, assign)


def compile_value(value: Json, field: str) -> Evaluate:
    """A field that sees only ``$states.input`` and ``$states.context``; called with the state's raw input."""
    evaluate = compile_template(value, field)
    return lambda raw, scope: evaluate({"input": raw}, scope)


def _observed(before: Evaluate, observe: Observe) -> Evaluate:
    def observed(raw: Json, scope: Scope) -> Json:
        value = before(raw, scope)
        observe(scope, "afterArguments", value)
        return value

    return observed


def _observed_result(after: After | None, observe: Observe) -> After:
    def observed(raw: Json, result: Json, scope: Scope) -> Json:
        observe(scope, "result", result)
        return result if after is None else after(raw, result, scope)

    return observed


def _compile_after(value: Json, field: str, has_result: bool) -> After:
    evaluate = compile_template(value, field)
    if has_result:
        return lambda raw, result, scope: evaluate({"input": raw, "result": result}, scope)
    return lambda raw, _result, scope: evaluate({"input": raw}, scope)


def compile_jsonata_catcher(entry: JsonObject, index: int) -> tuple[After, After | None]:
    """A catcher's Output (by default the error output) and Assign."""
    assign = _compile_caught(entry["Assign"], f"Catch[{index}]/Assign") if entry.get("Assign") else None
    if "Output" in entry:
        return _compile_caught(entry["Output"], f"Catch[{index}]/Output"), assign
    return (lambda _raw, error, _scope: error), assign


def _compile_caught(value: Json, field: str) -> After:
    evaluate = compile_template(value, field)
    return lambda raw, error, scope: evaluate({"input": raw, "errorOutput": error}, scope)


def compile_rule_fields(rule: JsonObject, index: int) -> tuple[After | None, After | None]:
    """A choice rule's own Output and Assign."""
    place = f"Choices[{index}]"
    output = _compile_after(rule["Output"], f"{place}/Output", False) if "Output" in rule else None
    assign = _compile_after(rule["Assign"], f"{place}/Assign", False) if rule.get("Assign") else None
    return output, assign


def compile_condition(condition: Json, index: int) -> Callable[[Json, Scope], bool]:
    """A rule's Condition: an expression that must give a boolean, or a literal boolean."""
    if isinstance(condition, bool):
        return lambda _raw, _scope: condition
    return _typed(condition, f"Choices[{index}]/Condition", "boolean", lambda value: isinstance(value, bool))


def compile_items(value: Json) -> Evaluate:
    """Items of a Map: an array, or an expression that gives one."""
    if is_expression(value):
        return _typed(value, "Items", "array", lambda items: isinstance(items, list))
    return compile_value(value, "Items")


def compile_text(value: Json, field: str) -> Evaluate:
    """Error and Cause of a Fail state, RoleArn of Credentials: a string."""
    if is_expression(value):
        return _typed(value, field, "string", lambda text: isinstance(text, str))
    return lambda _raw, _scope: value


def compile_number(
    value: str, field: str, *, place: str = "", largest: int = LARGEST_NUMBER, real: bool = False
) -> Callable[[Json, Scope], float]:
    """A number from 0 to ``largest``, such as TimeoutSeconds or MaxConcurrency; whole unless it may be ``real``.

    ``place`` is the object that has the field, such as ``ItemBatcher/``.
    """
    where = place + field
    evaluate = _typed(value, where, "number", _is_number)

    def number(raw: Json, scope: Scope) -> float:
        found: float = evaluate(raw, scope)
        if not real and found != int(found):
            raise query_error(f"The {field} field cannot be parsed as an integer: {to_text(found)}", where)
        if not 0 <= found <= largest:
            raise query_error(f"{field} must be between 0 and {largest} but was: {to_text(found)}", where)
        return found if real else int(found)

    return number


def compile_wait(definition: JsonObject) -> Callable[[Any, Json], float]:
    """When a Wait ends, from its Seconds or Timestamp; called with the scope and the raw input."""
    if "Seconds" in definition:
        return _compile_seconds(definition["Seconds"])
    evaluate = _compile_timestamp(definition["Timestamp"])
    return lambda scope, raw: evaluate(raw, scope)


def _compile_seconds(value: Json) -> Callable[[Any, Json], float]:
    if not is_expression(value):
        return lambda scope, _raw: float(scope.now + value)
    seconds = compile_number(value, "Seconds")
    return lambda scope, raw: float(scope.now + seconds(raw, scope))


def _compile_timestamp(value: str) -> Callable[[Json, Scope], float]:
    evaluate = compile_text(value, "Timestamp")

    def instant(raw: Json, scope: Scope) -> float:
        text = evaluate(raw, scope)
        nanoseconds = parse_timestamp(text)
        if nanoseconds is None:
            cause = (
                f"The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {text}"
            )
            raise query_error(cause, "Timestamp")
        return nanoseconds / 1e9

    return instant


def map_input_error(value: Json) -> StateError:
    """A Map without Items whose input is no array."""
    return query_error(f"Map state input must be an array but was: {to_text(value)}", "")


def _typed(value: str, field: str, expected: str, fits: Callable[[Json], bool]) -> Callable[[Json, Scope], Any]:
    evaluate = compile_value(value, field)
    text = expression_text(value)

    def typed(raw: Json, scope: Scope) -> Json:
        found = evaluate(raw, scope)
        if not fits(found):
            raise unexpected_type(text, field, expected, found)
        return found

    return typed


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
