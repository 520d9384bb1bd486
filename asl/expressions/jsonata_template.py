"""A JSONata field compiled: any JSON value in which every string ``{% ... %}`` is an expression.

The rest of the value is literal; a value without expressions is handed out as it stands. Failures are worded as AWS
words them and name the field, such as ``Output/total``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from asl.errors import ExpressionSyntaxError, StateError
from asl.expressions.jsonata import (
    UNDEFINED,
    Expression,
    JsonataError,
    UnsupportedResultError,
    compile,
)
from asl.expressions.scope import Scope
from asl.json_text import to_text
from asl.types import Json, JsonObject

States: TypeAlias = JsonObject
"""The members of ``$states``: ``input``, and where the field may see them ``result`` and ``errorOutput``."""

EvaluateStates: TypeAlias = Callable[[States, Scope], Json]
_Bound: TypeAlias = Callable[[JsonObject, Scope], Json]

QUERY_ERROR = "States.QueryEvaluationError"


def is_expression(value: Json) -> bool:
    """Whether this string is evaluated: it starts with ``{%`` and ends with ``%}``, exactly."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}") and len(value) >= 4


def expression_text(value: str) -> str:
    """What stands between ``{%`` and ``%}``."""
    return value[2:-2].strip()


def query_error(cause: str, field: str) -> StateError:
    """``States.QueryEvaluationError`` at a field; an empty field stands for the state's input itself."""
    return StateError(QUERY_ERROR, cause, located=True, field=field)


def unexpected_type(text: str, field: str, expected: str, value: Json) -> StateError:
    """The failure of an expression that gave another type than its field takes."""
    return query_error(
        f"The JSONata expression '{text}' specified for the field '{field}' returned an unexpected result type. "
        f"Expected '{expected}', but was '{type_name(value)}' for value: {to_text(value)}",
        field,
    )


def type_name(value: Json) -> str:
    """The type of a JSON value as AWS names it in causes."""
    if value is None:
        return "null"
    names: dict[type, str] = {bool: "boolean", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "number")


def compile_template(value: Json, field: str) -> EvaluateStates:
    """Compile a field's value; raises :class:`ExpressionSyntaxError` for an expression that can't be parsed."""
    expressions: list[Expression] = []
    evaluate = _compile(value, field, expressions)
    if evaluate is None:
        return lambda _states, _scope: value
    if not any(_sees_context(expression) for expression in expressions):
        return lambda states, scope: evaluate({**scope.variables, "states": states}, scope)
    return lambda states, scope: evaluate({**scope.variables, "states": {**states, "context": scope.context}}, scope)


def _sees_context(expression: Expression) -> bool:
    return any(path[0] == "states" and path[1:2] in ((), ("context",)) for path in expression.references)


@lru_cache(maxsize=8_192)
def compiled(text: str) -> Expression:
    """The compiled expression of a text, shared by all who need it; raises :class:`JsonataError`."""
    return compile(text)


def _compile(value: Json, field: str, expressions: list[Expression]) -> _Bound | None:
    if is_expression(value):
        return _compile_expression(expression_text(value), field, expressions)
    if isinstance(value, dict):
        return _compile_object(value, field, expressions)
    if isinstance(value, list):
        return _compile_array(value, field, expressions)
    return None


def _compile_object(value: JsonObject, field: str, expressions: list[Expression]) -> _Bound | None:
    parts = {key: _compile(entry, f"{field}/{key}", expressions) for key, entry in value.items()}
    if not any(parts.values()):
        return None
    entries = [(key, part or _literal(value[key])) for key, part in parts.items()]
    return lambda bindings, scope: {key: part(bindings, scope) for key, part in entries}


def _compile_array(value: list[Json], field: str, expressions: list[Expression]) -> _Bound | None:
    parts = [_compile(entry, f"{field}[{index}]", expressions) for index, entry in enumerate(value)]
    if not any(parts):
        return None
    entries = [part or _literal(entry) for part, entry in zip(parts, value, strict=True)]
    return lambda bindings, scope: [part(bindings, scope) for part in entries]


def _literal(value: Json) -> _Bound:
    return lambda _bindings, _scope: value


def _compile_expression(text: str, field: str, expressions: list[Expression]) -> _Bound:
    try:
        expression = compiled(text)
    except JsonataError as error:
        raise ExpressionSyntaxError(error.message, error.position or 0) from None
    expressions.append(expression)
    evaluate = expression.result
    where = f"The JSONata expression '{text}' specified for the field '{field}'"

    def result(bindings: JsonObject, scope: Scope) -> Json:
        try:
            value = evaluate(bindings, clock=lambda: scope.now, entropy=scope.entropy)
            if value is UNDEFINED:
                raise query_error(f"{where} returned nothing (undefined).", field)
            return value
        except JsonataError as error:
            raise query_error(f"{where} {_reason(error)}", field) from None

    return result


def _reason(error: JsonataError) -> str:
    if isinstance(error, UnsupportedResultError):
        return "returned an unsupported result type."
    return f"threw an error during evaluation. {error.code}: {error.message}"
