"""Intrinsic functions: the text of a call becomes a callable, made once when the definition is loaded.

Each call is a closure over the closures of its arguments. What goes wrong when it runs is told in AWS's words, with the
text of the call as it stands in the definition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from asl.errors import PathError, StateError
from asl.expressions.intrinsics.format_ import filled, pieces
from asl.expressions.intrinsics.functions import FUNCTIONS, IntrinsicError, random_bounds, whole
from asl.expressions.intrinsics.grammar import Argument, Call, Constant, Text, parse_call
from asl.expressions.intrinsics.java import JavaRandom
from asl.expressions.jsonpath import CompiledPath, Evaluate
from asl.expressions.scope import Scope
from asl.expressions.texts import java_text, json_text
from asl.types import Json


@dataclass(frozen=True, slots=True)
class CompiledIntrinsic:
    """A call ready to run.

    ``evaluate`` raises :class:`StateError` (``States.Runtime``). ``roots`` has what its paths start from: ``"$"``,
    ``"$$"`` and names of variables. ``size`` is how many bytes the result has at most as JSON, ``None`` where that
    depends on the arguments.
    """

    text: str
    evaluate: Evaluate
    roots: frozenset[str]
    size: int | None

    @property
    def variables(self) -> frozenset[str]:
        """The names of the variables that the call reads."""
        return self.roots - {"$", "$$"}


@lru_cache(maxsize=4096)
def compile_intrinsic(text: str) -> CompiledIntrinsic:
    """Compile a call such as ``States.Format('{}!', $.name)``.

    Raises :class:`ExpressionSyntaxError` with the offset in ``text``. A wrong number or type of arguments is found only
    when the call is evaluated, as on AWS.
    """
    call = parse_call(text, _NAMES)
    return CompiledIntrinsic(text, _compiled(call), _roots(call), _SIZES.get(call.name))


def _roots(argument: Argument) -> frozenset[str]:
    if isinstance(argument, CompiledPath):
        return argument.roots
    if isinstance(argument, Call):
        return frozenset().union(*map(_roots, argument.arguments))
    return frozenset()


def _compiled(argument: Argument) -> Evaluate:
    if isinstance(argument, CompiledPath):
        return argument.evaluate_or_null
    if isinstance(argument, Call):
        return _SPECIAL.get(argument.name, _function)(argument)
    constant = argument.value
    return lambda value, scope: constant


class _Failure:
    """Says what went wrong in one call."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def explain(self, error: Exception, value: Json, scope: Scope) -> NoReturn:
        """Raise the :class:`StateError` for an error that the call met when applied to ``value``."""
        if isinstance(error, IntrinsicError):
            self.invalid(error.detail)
        paths = [argument for argument in self._call.arguments if isinstance(argument, CompiledPath)]
        missing = next(path.text for path in paths if _misses(path, value, scope))
        raise _runtime(
            f"The function '{self._call.text}' had the following error: "
            f"The JsonPath argument for the field '{missing}' could not be found in the input '{json_text(value)}'"
        ) from error

    def invalid(self, detail: str | None = None) -> NoReturn:
        raise _runtime(
            f"There was an error while evaluating the intrinsic function: {self._call.text}. "
            f"{detail or f'Invalid arguments in {self._call.name}'}"
        ) from None


def _misses(path: CompiledPath, value: Json, scope: Scope) -> bool:
    try:
        path.evaluate_or_null(value, scope)
    except PathError:
        return True
    return False


def _runtime(cause: str) -> StateError:
    return StateError("States.Runtime", cause, located=True)


def _function(call: Call) -> Evaluate:
    """A call of a function of its arguments alone."""
    arity, function = FUNCTIONS[call.name]
    if len(call.arguments) != arity:
        return _always_invalid(call)
    evaluate = _BY_ARITY[arity](function, [_compiled(argument) for argument in call.arguments], _Failure(call))
    return _folded(evaluate) if all(isinstance(argument, Text | Constant) for argument in call.arguments) else evaluate


def _folded(evaluate: Evaluate) -> Evaluate:
    """A call of literals is made once and for all, unless it fails: failing has to wait until the state runs."""
    nothing: Any = None
    try:
        constant = evaluate(nothing, nothing)
    except StateError:
        return evaluate
    return lambda value, scope: constant


def _always_invalid(call: Call) -> Evaluate:
    failure = _Failure(call)
    return lambda value, scope: failure.invalid()


def _of_one(function: Callable[..., Json], arguments: list[Evaluate], failure: _Failure) -> Evaluate:
    (first,) = arguments

    def evaluate(value: Json, scope: Scope) -> Json:
        try:
            return function(first(value, scope))
        except (IntrinsicError, PathError) as error:
            failure.explain(error, value, scope)

    return evaluate


def _of_two(function: Callable[..., Json], arguments: list[Evaluate], failure: _Failure) -> Evaluate:
    first, second = arguments

    def evaluate(value: Json, scope: Scope) -> Json:
        try:
            return function(first(value, scope), second(value, scope))
        except (IntrinsicError, PathError) as error:
            failure.explain(error, value, scope)

    return evaluate


def _of_three(function: Callable[..., Json], arguments: list[Evaluate], failure: _Failure) -> Evaluate:
    first, second, third = arguments

    def evaluate(value: Json, scope: Scope) -> Json:
        try:
            return function(first(value, scope), second(value, scope), third(value, scope))
        except (IntrinsicError, PathError) as error:
            failure.explain(error, value, scope)

    return evaluate


_BY_ARITY = {1: _of_one, 2: _of_two, 3: _of_three}


def _array(call: Call) -> Evaluate:
    items = [_compiled(argument) for argument in call.arguments]
    failure = _Failure(call)

    def evaluate(value: Json, scope: Scope) -> Json:
        try:
            return [item(value, scope) for item in items]
        except PathError as error:
            failure.explain(error, value, scope)

    return evaluate


def _format(call: Call) -> Evaluate:
    if not call.arguments:
        return _always_invalid(call)
    template, *arguments = call.arguments
    values = [_compiled(argument) for argument in arguments]
    texts = _literal_pieces(template)
    if texts is not None and len(texts) == len(values) + 1:
        return _format_literal(texts, values, _Failure(call))
    read_template = (lambda value, scope: template.raw) if isinstance(template, Text) else _compiled(template)
    failure = _Failure(call)

    def evaluate(value: Json, scope: Scope) -> Json:
        try:
            return filled(pieces(read_template(value, scope)), [argument(value, scope) for argument in values])
        except (IntrinsicError, PathError) as error:
            failure.explain(error, value, scope)

    return evaluate


def _literal_pieces(template: Argument) -> list[str] | None:
    """A literal template is taken apart now, unless it is wrong: failing has to wait until the state runs."""
    try:
        return pieces(template.raw) if isinstance(template, Text) else None
    except IntrinsicError:
        return None


def _format_literal(texts: list[str], values: list[Evaluate], failure: _Failure) -> Evaluate:
    skeleton = [text for piece in texts for text in (piece, "")]
    slots = list(zip(range(1, len(skeleton), 2), values, strict=False))

    def evaluate(value: Json, scope: Scope) -> Json:
        parts = skeleton.copy()
        try:
            for position, argument in slots:
                given = argument(value, scope)
                parts[position] = given if given.__class__ is str else java_text(given)
        except PathError as error:
            failure.explain(error, value, scope)
        return "".join(parts)

    return evaluate


def _uuid(call: Call) -> Evaluate:
    """AWS takes no notice of arguments."""
    return lambda value, scope: scope.entropy.uuid()


def _math_random(call: Call) -> Evaluate:
    if len(call.arguments) not in (2, 3):
        return _always_invalid(call)
    bounds = [_compiled(argument) for argument in call.arguments]
    failure = _Failure(call)

    def evaluate(value: Json, scope: Scope) -> Json:
        try:
            start, end, *seed = [bound(value, scope) for bound in bounds]
            low, high = random_bounds(start, end)
            if seed:
                return low + JavaRandom(whole(seed[0])).next_int(high - low)
            return low + int(scope.entropy.random() * (high - low))
        except (IntrinsicError, PathError) as error:
            failure.explain(error, value, scope)

    return evaluate


_SPECIAL: dict[str, Callable[[Call], Evaluate]] = {
    "States.Array": _array,
    "States.Format": _format,
    "States.MathRandom": _math_random,
    "States.UUID": _uuid,
}
_NAMES = frozenset(FUNCTIONS) | frozenset(_SPECIAL)

_SIZES = {
    "States.ArrayContains": len("false"),
    "States.ArrayLength": len("2147483647"),
    "States.Hash": 2 + 512 // 4,
    "States.MathAdd": len("-2147483648"),
    "States.MathRandom": len("-2147483648"),
    "States.UUID": 2 + 36,
}
