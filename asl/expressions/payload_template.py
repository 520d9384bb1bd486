"""Payload templates: Parameters, ItemSelector, ResultSelector, Assign and the like in JSONPath mode.

A key that ends in ``.$`` takes the value of a path or an intrinsic function; everything else is literal and shared with
the definition, never copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from asl.errors import ExpressionSyntaxError, PathError, StateError
from asl.expressions.jsonpath import CompiledPath, Evaluate, compile_path
from asl.expressions.scope import Scope
from asl.expressions.texts import json_text
from asl.types import Json, JsonObject

if TYPE_CHECKING:
    from asl.expressions.intrinsics import CompiledIntrinsic

_INPUT = frozenset({"$"})
_NO_INPUT = "Unable to apply Path transformation to null or empty input."


class SizeBound(NamedTuple):
    """The result has at most ``multiple * size($) + constant`` bytes as JSON."""

    multiple: int
    constant: int


class CompiledTemplate(NamedTuple):
    """A template ready to run.

    ``evaluate`` raises :class:`StateError` (``States.Runtime``) where a path finds nothing. ``size`` is ``None`` where
    no bound is known, ``variables`` has the names of the variables that the template reads.
    """

    evaluate: Evaluate
    size: SizeBound | None
    variables: frozenset[str]


class _Literal:
    """Evaluates to a part of the definition."""

    __slots__ = ("value",)

    def __init__(self, value: Json) -> None:
        self.value = value

    def __call__(self, value: Json, scope: Scope) -> Json:
        return self.value


def compile_template(template: Json, field: str) -> CompiledTemplate:
    """Compile the template that stands in ``field``.

    Raises :class:`ExpressionSyntaxError` for a ``.$`` key without a path or call and for keys that come out equal.
    """
    if isinstance(template, dict):
        return _object(template, field)
    if isinstance(template, list):
        return _array(template, field)
    return _literal(template, _size(template))


def compile_text_field(text: str, field: str) -> Evaluate:
    """Compile a path or intrinsic function that is itself the value of ``field``, such as ErrorPath.

    A path that finds nothing raises :class:`StateError` naming ``field``. Raises :class:`ExpressionSyntaxError`.
    """
    compiled = _expression(text, field)
    if not isinstance(compiled, CompiledPath):
        return compiled.evaluate
    read = _read(compiled)

    def evaluate(value: Json, scope: Scope) -> Json:
        try:
            return read(value, scope)
        except PathError as error:
            raise _miss(compiled, field, value) from error

    return evaluate


def _read(path: CompiledPath) -> Evaluate:
    """A path as templates read it: an index past the end is null, and AWS takes no path from an input that is null.

    A path that leads into the input misses there by itself.
    """
    if path.roots != _INPUT or (path.definite and path.segments):
        return path.evaluate_or_null
    read = path.evaluate

    def evaluate(value: Json, scope: Scope) -> Json:
        if value is None:
            raise _runtime(_NO_INPUT)
        return read(value, scope)

    return evaluate


def _miss(path: CompiledPath, field: str, value: Json) -> StateError:
    if value is None and path.roots == _INPUT:
        return _runtime(_NO_INPUT)
    what = f"The JSONPath '{path.text}' specified for the field '{field}'"
    return _runtime(f"{what} could not be found in the input '{json_text(value)}'")


def _runtime(cause: str) -> StateError:
    return StateError("States.Runtime", cause, located=True)


def _expression(text: Json, field: str) -> CompiledPath | CompiledIntrinsic:
    """A path or a call; what calls need is loaded when the first one appears."""
    message = f"The value for the field '{field}' must be a valid JSONPath or a valid intrinsic function call"
    if not isinstance(text, str):
        raise ExpressionSyntaxError(message)
    try:
        if text.startswith("$"):
            return compile_path(text)
        from asl.expressions.intrinsics import compile_intrinsic

        return compile_intrinsic(text)
    except ExpressionSyntaxError as error:
        raise ExpressionSyntaxError(message, error.position) from error


def _literal(value: Json, size: int) -> CompiledTemplate:
    return CompiledTemplate(_Literal(value), SizeBound(0, size), frozenset())


def _dynamic(text: Json, field: str) -> CompiledTemplate:
    compiled = _expression(text, field)
    if isinstance(compiled, CompiledPath):
        return CompiledTemplate(_read(compiled), _size_of_path(compiled), compiled.variables)
    size = None if compiled.size is None else SizeBound(0, compiled.size)
    return CompiledTemplate(compiled.evaluate, size, compiled.variables)


def _object(template: JsonObject, field: str) -> CompiledTemplate:
    parts: dict[str, CompiledTemplate] = {}
    for key, item in template.items():
        name = key.removesuffix(".$")
        if name in parts:
            raise ExpressionSyntaxError(f"The field {name!r} is given twice in {field}, as {name!r} and '{name}.$'")
        parts[name] = compile_template(item, field) if name == key else _dynamic(item, key)
    punctuation = 2 + sum(_size(name) + 2 for name in parts)
    evaluators = {name: part.evaluate for name, part in parts.items()}
    return _together(template, list(parts.values()), punctuation, _object_evaluator(evaluators, template))


def _object_evaluator(evaluators: dict[str, Evaluate], template: JsonObject) -> Evaluate:
    """Copies an object that has the literals in it already, and fills in the rest."""
    skeleton = {
        name: evaluate.value if isinstance(evaluate, _Literal) else None for name, evaluate in evaluators.items()
    }
    dynamic = [(name, evaluate) for name, evaluate in evaluators.items() if not isinstance(evaluate, _Literal)]

    def evaluate(value: Json, scope: Scope) -> Json:
        result = skeleton.copy()
        for name, read in dynamic:
            try:
                result[name] = read(value, scope)
            except PathError as error:
                key = f"{name}.$"
                raise _miss(compile_path(template[key]), key, value) from error
        return result

    return evaluate


def _array(template: list[Json], field: str) -> CompiledTemplate:
    parts = [compile_template(item, field) for item in template]
    dynamic = [(index, part.evaluate) for index, part in enumerate(parts) if not isinstance(part.evaluate, _Literal)]

    def evaluate(value: Json, scope: Scope) -> Json:
        result = template.copy()
        for index, read in dynamic:
            result[index] = read(value, scope)
        return result

    return _together(template, parts, 2 + len(parts), evaluate)


def _together(template: Json, parts: list[CompiledTemplate], punctuation: int, evaluate: Evaluate) -> CompiledTemplate:
    """An object or array out of its parts; one of literals alone is a literal itself."""
    size = _sum(parts, punctuation)
    if all(isinstance(part.evaluate, _Literal) for part in parts):
        return CompiledTemplate(_Literal(template), size, frozenset())
    return CompiledTemplate(evaluate, size, frozenset().union(*(part.variables for part in parts)))


def _sum(parts: list[CompiledTemplate], punctuation: int) -> SizeBound | None:
    sizes = [part.size for part in parts if part.size is not None]
    if len(sizes) < len(parts):
        return None
    return SizeBound(sum(size.multiple for size in sizes), punctuation + sum(size.constant for size in sizes))


def _size_of_path(path: CompiledPath) -> SizeBound | None:
    """What a path from ``$`` picks is part of ``$``; null stands in where an index is past the end.

    ``..`` and ``[0,0]`` can pick the same part again and again.
    """
    if path.roots != _INPUT:
        return None
    if path.definite:
        return SizeBound(1, len("null"))
    from asl.expressions.jsonpath.segments import Descend, Indexes

    return None if any(isinstance(segment, Descend | Indexes) for segment in path.segments) else SizeBound(2, 2)


def _size(literal: Json) -> int:
    return len(json_text(literal).encode("utf-8", "surrogatepass"))
