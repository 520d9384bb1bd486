"""Function signatures such as ``<s-n?:s>``: which arguments fit, which come from the context, which become arrays."""

from __future__ import annotations

import re
from dataclasses import dataclass

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.values import UNDEFINED, ConsArray, Sequence, TupleStream, Undefined, Value

_LETTERS = {
    str: "s", int: "n", float: "n", bool: "b", type(None): "l", dict: "o", Undefined: "m",
    list: "a", Sequence: "a", ConsArray: "a", TupleStream: "a",
}  # fmt: skip
_PATTERNS = {letter: f"[{letter}m]" for letter in "snblo"}
_PATTERNS |= {"a": "[asnblfom]", "f": "f", "j": "[asnblom]", "x": "[asnblfom]"}
_PLURALS = {"a": "arrays", "b": "booleans", "f": "functions", "n": "numbers", "o": "objects", "s": "strings"}
_CLOSING = {"<": ">", "(": ")"}
_CHECKS_KEPT = 64


def type_letter(value: Value) -> str:
    """The letter that signatures use for a value's type."""
    letter = _LETTERS.get(type(value))
    if letter is not None:
        return letter
    return "a" if isinstance(value, list) else "o" if isinstance(value, dict) else "f"


@dataclass(slots=True)
class _Parameter:
    kind: str
    pattern: str
    context: bool = False
    subtype: str | None = None


class Signature:
    """A parsed signature; how it treats each combination of argument types is worked out once and remembered."""

    __slots__ = ("_checks", "_parameters", "_pattern", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._parameters = _parse(text)
        self._pattern: re.Pattern[str] | None = None
        self._checks: dict[str, tuple[tuple[int, str], ...]] = {}

    def apply(self, arguments: list[Value], context: Value) -> list[Value]:
        """The arguments as the function receives them, or ``T0410``/``T0411``/``T0412`` without position and token."""
        if len(arguments) == 1:
            letters = _LETTERS.get(type(arguments[0])) or type_letter(arguments[0])
        else:
            letters = "".join([_LETTERS.get(type(argument)) or type_letter(argument) for argument in arguments])
        checks = self._checks.get(letters)
        if checks is not None:
            for at, letter in checks:
                if not _items_fit(arguments[at], letter):
                    break
            else:
                return arguments
        return self._fit(arguments, letters, context)

    def _fit(self, arguments: list[Value], letters: str, context: Value) -> list[Value]:
        if self._pattern is None:
            self._pattern = re.compile("".join(f"({parameter.pattern})" for parameter in self._parameters))
        match = self._pattern.fullmatch(letters)
        if match is None:
            raise self._mismatch(arguments, letters)
        taken = match.groups()
        if len(self._checks) < _CHECKS_KEPT and self._passes_through(taken):
            self._checks[letters] = tuple(check for check in self._subtypes() if check[0] < len(letters))
        fitted: list[Value] = []
        at = 0
        for parameter, part in zip(self._parameters, taken, strict=True):
            if not part:
                fitted.append(_missing(parameter, arguments, at, context))
                at += not parameter.context
            elif parameter.kind == "a":
                fitted += [_array_argument(parameter, arguments, at + index, part) for index in range(len(part))]
                at += len(part)
            else:
                fitted += [arguments[at]] * len(part)
                at += len(part)
        return fitted

    def _passes_through(self, taken: tuple[str, ...]) -> bool:
        """Whether arguments of these types go to the function as they are, but for the types of items."""
        given = "".join(taken)
        return all(
            part == given[index : index + 1]
            and (part == "a" or parameter.kind != "a" or not part)
            and not (parameter.context and not part)
            for index, (parameter, part) in enumerate(zip(self._parameters, taken, strict=True))
        )

    def _subtypes(self) -> tuple[tuple[int, str], ...]:
        return tuple(
            (index, parameter.subtype[0])
            for index, parameter in enumerate(self._parameters)
            if parameter.kind == "a" and parameter.subtype
        )

    def _mismatch(self, arguments: list[Value], letters: str) -> JsonataError:
        good, pattern = 0, ""
        for parameter in self._parameters:
            pattern += parameter.pattern
            match = re.match(pattern, letters)
            if match is None:
                break
            good = match.end()
        value = arguments[good] if good < len(arguments) else UNDEFINED
        return JsonataError("T0410", value=value, index=good + 1)


def _missing(parameter: _Parameter, arguments: list[Value], at: int, context: Value) -> Value:
    if not parameter.context:
        return arguments[at] if at < len(arguments) else UNDEFINED
    if re.match(parameter.pattern.rstrip("?"), type_letter(context)):
        return context
    raise JsonataError("T0411", value=context, index=at + 1)


def _array_argument(parameter: _Parameter, arguments: list[Value], at: int, taken: str) -> Value:
    value = arguments[at]
    letter = type_letter(value)
    if letter == "m":
        return UNDEFINED
    subtype = parameter.subtype
    if subtype is not None and not (_items_fit(value, subtype[0]) if letter == "a" else taken == subtype):
        raise JsonataError("T0412", value=value, index=at + 1, type=_PLURALS.get(subtype))
    return value if letter == "a" else [value]


def _items_fit(items: list[Value], letter: str) -> bool:
    return all(_LETTERS.get(kind) == letter for kind in set(map(type, items))) or all(
        type_letter(item) == letter for item in items
    )


def _parse(text: str) -> list[_Parameter]:
    parameters: list[_Parameter] = []
    at = 1
    while at < len(text) and text[at] != ":":
        symbol = text[at]
        if symbol == "-":
            parameters[-1].context = True
            parameters[-1].pattern += "?"
        elif symbol in "?+":
            parameters[-1].pattern += symbol
        elif symbol == "(":
            at, choice = _enclosed(text, at)
            if "<" in choice:
                raise JsonataError("S0402", position=at, value=choice)
            parameters.append(_Parameter(f"({choice})", f"[{choice}m]"))
        elif symbol == "<":
            if parameters[-1].kind not in "af":
                raise JsonataError("S0401", position=at, value=parameters[-1].kind)
            at, parameters[-1].subtype = _enclosed(text, at)
        elif symbol in _PATTERNS:
            parameters.append(_Parameter(symbol, _PATTERNS[symbol]))
        at += 1
    return parameters


def _enclosed(text: str, start: int) -> tuple[int, str]:
    opening = text[start]
    closing = _CLOSING[opening]
    depth, at = 1, start
    while depth and at + 1 < len(text):
        at += 1
        depth += (text[at] == opening) - (text[at] == closing)
    return at, text[start + 1 : at]
