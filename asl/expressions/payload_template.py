"""Payload templates: Parameters, ItemSelector, ResultSelector, Assign and the like in JSONPath mode.

A key that ends in ``.$`` takes the value of a path or an intrinsic function; everything else is literal and shared with
the definition, never copied.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from asl.errors import ExpressionSyntaxError, PathError, StateError
from asl.expressions.intrinsics import CompiledIntrinsic, compile_intrinsic
from asl.expressions.jsonpath import CompiledPath, Evaluate, compile_path
from asl.expressions.jsonpath.segments import Descend, Indexes
from asl.expressions.scope import Scope
from asl.expressions.texts import json_text
from asl.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class SizeBound:
    """The result has at most ``multiple * size($) + constant`` bytes as JSON."""

    multiple: int
    constant: int


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """A template ready to run.

    ``evaluate`` raises :class:`StateError` (``States.Runtime``) where a path finds nothing. ``size`` is ``None`` where
    no bound is known, ``variables`` has the names of the variables that the template reads.
    """

    evaluate: Evaluate
    size: SizeBound | None
    variables: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Part:
    """A compiled piece of a template; ``evaluate`` is ``None`` for a literal."""

    literal: Json
    evaluate: Evaluate | None = None
    size: SizeBound | None = None
    variables: frozenset[str] = field(default_factory=frozenset)


_Compiled: TypeAlias = CompiledPath | CompiledIntrinsic


def compile_template(template: Json, field: str) -> CompiledTemplate:
    """Compile the template that stands in ``field``.

    Raises :class:`ExpressionSyntaxError` for a ``.$`` key without a path or call and for keys that come out equal.
    """
    part = _part(template, field)
    return CompiledTemplate(part.evaluate or _constant(part.literal), part.size, part.variables)


def compile_text_field(text: str, field: str) -> Evaluate:
    """Compile a path or intrinsic function that is itself the value of ``field``, such as ErrorPath.

    A path that finds nothing raises :class:`StateError` naming ``field``. Raises :class:`ExpressionSyntaxError`.
    """
    compiled = _expression(text, field)
    if isinstance(compiled, CompiledIntrinsic):
        return compiled.evaluate
    read = compiled.evaluate_or_null

    def evaluate(value: Json, scope: Scope) -> Json:
        try:
            return read(value, scope)
        except PathError as error:
            raise _miss(text, field, value) from error

    return evaluate


def _miss(path: str, field: str, value: Json) -> StateError:
    what = f"The JSONPath '{path}' specified for the field '{field}'"
    return StateError("States.Runtime", f"{what} could not be found in the input '{json_text(value)}'", located=True)


def _constant(literal: Json) -> Evaluate:
    return lambda value, scope: literal


def _expression(text: Json, field: str) -> _Compiled:
    """A path or a call."""
    message = f"The value for the field '{field}' must be a valid JSONPath or a valid intrinsic function call"
    if not isinstance(text, str):
        raise ExpressionSyntaxError(message)
    try:
        return compile_path(text) if text.startswith("$") else compile_intrinsic(text)
    except ExpressionSyntaxError as error:
        raise ExpressionSyntaxError(message, error.position) from error


def _part(node: Json, field: str) -> _Part:
    if isinstance(node, dict):
        return _object(node, field)
    if isinstance(node, list):
        return _array(node, field)
    return _literal(node)


def _literal(node: Json) -> _Part:
    return _Part(node, size=SizeBound(0, _size(node)))


def _dynamic(text: Json, field: str) -> _Part:
    compiled = _expression(text, field)
    if isinstance(compiled, CompiledIntrinsic):
        return _Part(None, compiled.evaluate, None, compiled.variables)
    return _Part(None, compiled.evaluate_or_null, _size_of_path(compiled), compiled.variables)


def _object(node: JsonObject, field: str) -> _Part:
    skeleton: JsonObject = {}
    parts: dict[str, _Part] = {}
    for key, item in node.items():
        name = key.removesuffix(".$")
        if name in parts:
            raise ExpressionSyntaxError(f"The field {name!r} is given twice in {field}, as {name!r} and '{name}.$'")
        parts[name] = _part(item, field) if name == key else _dynamic(item, key)
        skeleton[name] = parts[name].literal
    dynamic = [(name, part.evaluate) for name, part in parts.items() if part.evaluate is not None]
    size = _together(parts.values(), 2 + sum(_size(name) + 2 for name in parts))
    if not dynamic:
        return _Part(node, size=size)
    paths = {name: node[f"{name}.$"] for name, _ in dynamic if f"{name}.$" in node}
    return _Part(None, _object_evaluator(skeleton, dynamic, paths), size, _variables(parts.values()))


def _object_evaluator(skeleton: JsonObject, dynamic: list[tuple[str, Evaluate]], paths: dict[str, str]) -> Evaluate:
    def evaluate(value: Json, scope: Scope) -> Json:
        result = skeleton.copy()
        for name, read in dynamic:
            try:
                result[name] = read(value, scope)
            except PathError as error:
                raise _miss(paths[name], f"{name}.$", value) from error
        return result

    return evaluate


def _array(node: list[Json], field: str) -> _Part:
    parts = [_part(item, field) for item in node]
    dynamic = [(index, part.evaluate) for index, part in enumerate(parts) if part.evaluate is not None]
    size = _together(parts, 2 + len(parts))
    if not dynamic:
        return _Part(node, size=size)

    def evaluate(value: Json, scope: Scope) -> Json:
        result = node.copy()
        for index, read in dynamic:
            result[index] = read(value, scope)
        return result

    return _Part(None, evaluate, size, _variables(parts))


def _variables(parts: Any) -> frozenset[str]:
    return frozenset().union(*(part.variables for part in parts))


def _together(parts: Any, constant: int) -> SizeBound | None:
    multiple = 0
    for part in parts:
        if part.size is None:
            return None
        multiple += part.size.multiple
        constant += part.size.constant
    return SizeBound(multiple, constant)


def _size_of_path(path: CompiledPath) -> SizeBound | None:
    """What a path from ``$`` picks is part of ``$``; null stands in where an index is past the end.

    ``..`` and ``[0,0]`` can pick the same part again and again.
    """
    if path.roots != {"$"} or any(isinstance(segment, Descend | Indexes) for segment in path.segments):
        return None
    return SizeBound(1, len("null")) if path.definite else SizeBound(2, 2)


def _size(literal: Json) -> int:
    return len(json_text(literal).encode("utf-8", "surrogatepass"))
