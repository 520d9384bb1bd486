"""The choice rules of JSONPath mode: And, Or, Not and the 39 comparison operators.

A comparison with a value of another type than the operator's is false. A path that finds nothing fails the state,
whatever the operator; only IsPresent asks whether it does.
"""

from __future__ import annotations

import operator
from array import array
from collections.abc import Callable
from typing import Any, TypeAlias

from asl.errors import ExpressionSyntaxError, PathError, StateError
from asl.expressions.jsonpath import Evaluate, compile_path
from asl.expressions.scope import Scope
from asl.timestamps import parse_timestamp
from asl.types import Json, JsonObject

Rule: TypeAlias = Callable[[Json, Scope], bool]
_Compare: TypeAlias = Callable[[Any, Any], bool]
_Convert: TypeAlias = Callable[[Json], Any]
"""Gives what is compared, or ``None`` for a value of another type."""


def compile_choice_rule(rule: JsonObject) -> Rule:
    """Compile a rule (its Next, Assign and Output aside) into a callable of the state's input and the scope.

    The callable raises :class:`StateError` (``States.Runtime``) for a path that finds nothing. Raises
    :class:`ExpressionSyntaxError` for a rule without an operator and for what should be a path and is none.
    """
    if not isinstance(rule, dict):
        raise ExpressionSyntaxError(f"A choice rule must be an object, not {rule!r}")
    for key, operand in rule.items():
        if key in _BOOLEANS:
            return _BOOLEANS[key](operand)
        if key in OPERATORS:
            return OPERATORS[key](_path(rule.get("Variable")), operand)
    raise ExpressionSyntaxError("A choice rule must have a comparison operator, or And, Or or Not")


def _path(text: Json) -> str:
    if not isinstance(text, str):
        raise ExpressionSyntaxError(f"A choice rule needs a path to compare, not {text!r}")
    compile_path(text)
    return text


def _each(rules: Json) -> list[Rule]:
    if not isinstance(rules, list):
        raise ExpressionSyntaxError(f"And and Or take an array of choice rules, not {rules!r}")
    return [compile_choice_rule(rule) for rule in rules]


def _and(rules: Json) -> Rule:
    compiled = _each(rules)
    return lambda value, scope: all(rule(value, scope) for rule in compiled)


def _or(rules: Json) -> Rule:
    compiled = _each(rules)
    return lambda value, scope: any(rule(value, scope) for rule in compiled)


def _not(rule: Json) -> Rule:
    compiled = compile_choice_rule(rule)
    return lambda value, scope: not compiled(value, scope)


_BOOLEANS: dict[str, Callable[[Json], Rule]] = {"And": _and, "Or": _or, "Not": _not}


def _invalid(path: str) -> StateError:
    cause = f"Invalid path '{path}': The choice state's condition path references an invalid value."
    return StateError("States.Runtime", cause, located=True)


def _with_literal(convert: _Convert, compare: _Compare) -> Callable[[str, Json], Rule]:
    def compiled(variable: str, operand: Json) -> Rule:
        read = compile_path(variable).evaluate
        right = convert(operand)
        if right is None:
            return _with_test(lambda left: False)(variable, True)

        def rule(value: Json, scope: Scope) -> bool:
            try:
                left = convert(read(value, scope))
            except PathError as error:
                raise _invalid(variable) from error
            return left is not None and compare(left, right)

        return rule

    return compiled


def _with_path(convert: _Convert, compare: _Compare, convert_right: _Convert) -> Callable[[str, Json], Rule]:
    def compiled(variable: str, operand: Json) -> Rule:
        read_left, read_right = _required(variable), _required(_path(operand))

        def rule(value: Json, scope: Scope) -> bool:
            left, right = convert(read_left(value, scope)), convert_right(read_right(value, scope))
            return left is not None and right is not None and compare(left, right)

        return rule

    return compiled


def _required(path: str) -> Evaluate:
    read = compile_path(path).evaluate

    def required(value: Json, scope: Scope) -> Json:
        try:
            return read(value, scope)
        except PathError as error:
            raise _invalid(path) from error

    return required


def _with_test(test: Callable[[Json], bool]) -> Callable[[str, Json], Rule]:
    def compiled(variable: str, operand: Json) -> Rule:
        read = _required(variable)
        return lambda value, scope: test(read(value, scope)) is operand

    return compiled


def _is_present(variable: str, operand: Json) -> Rule:
    read = compile_path(variable).evaluate

    def rule(value: Json, scope: Scope) -> bool:
        try:
            read(value, scope)
        except PathError:
            return operand is False
        return operand is True

    return rule


def _string_matches(variable: str, pattern: Json) -> Rule:
    matches = wildcard(pattern) if isinstance(pattern, str) else None
    return _with_test(lambda value: isinstance(value, str) and matches is not None and matches(value))(variable, True)


def wildcard(pattern: str) -> Callable[[str], bool]:
    r"""A test for a whole string: ``*`` stands for any characters, ``\*`` for itself, ``\\`` for a backslash."""
    first, *rest = _literals(pattern)
    if not rest:
        return lambda text: text == first
    *middle, last = rest

    def matches(text: str) -> bool:
        end = len(text) - len(last)
        position = len(first)
        if end < position or not text.startswith(first) or not text.endswith(last):
            return False
        for literal in middle:
            found = text.find(literal, position, end)
            if found < 0:
                return False
            position = found + len(literal)
        return True

    return matches


def _literals(pattern: str) -> list[str]:
    """The text between the wildcards of a pattern."""
    literals = [""]
    characters = iter(pattern)
    for character in characters:
        if character == "*":
            literals.append("")
        else:
            literals[-1] += next(characters, "\\") if character == "\\" else character
    return literals


def _number(value: Json) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _number_on_the_right(value: Json) -> Any:
    """In the Path operators AWS reads what is no number as 0, on the right side alone."""
    number = _number(value)
    return 0 if number is None else number


def _string(value: Json) -> Any:
    return value if isinstance(value, str) else None


def _code_units(value: Json) -> Any:
    """A string that sorts as Java sorts it, by UTF-16 code units."""
    if not isinstance(value, str) or value.isascii():
        return _string(value)
    return "".join(map(chr, array("H", value.encode("utf-16", "surrogatepass")[2:])))


def _boolean(value: Json) -> Any:
    return value if isinstance(value, bool) else None


_COMPARISONS: dict[str, _Compare] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_TYPES: dict[str, tuple[_Convert, _Convert, tuple[str, ...]]] = {
    "String": (_code_units, _code_units, tuple(_COMPARISONS)),
    "Numeric": (_number, _number_on_the_right, tuple(_COMPARISONS)),
    "Timestamp": (parse_timestamp, parse_timestamp, tuple(_COMPARISONS)),
    "Boolean": (_boolean, _boolean, ("Equals",)),
}
_TESTS: dict[str, Callable[[Json], bool]] = {
    "IsNull": lambda value: value is None,
    "IsString": lambda value: isinstance(value, str),
    "IsNumeric": lambda value: _number(value) is not None,
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: parse_timestamp(value) is not None,
}


def _operators() -> dict[str, Callable[[str, Json], Rule]]:
    table: dict[str, Callable[[str, Json], Rule]] = {"StringMatches": _string_matches, "IsPresent": _is_present}
    for type_name, (convert, convert_right, comparisons) in _TYPES.items():
        for name in comparisons:
            table[f"{type_name}{name}"] = _with_literal(convert, _COMPARISONS[name])
            table[f"{type_name}{name}Path"] = _with_path(convert, _COMPARISONS[name], convert_right)
    return table | {name: _with_test(test) for name, test in _TESTS.items()}


OPERATORS = _operators()
"""Every comparison operator, as ``(Variable, operand) -> rule``."""
