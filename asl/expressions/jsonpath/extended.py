"""Paths that are more than a plain reference: rewritten for jsonpath-ng, parsed by it, and read back as segments.

jsonpath-ng decides structure and operators; what it cannot read, or reads in another way than AWS does, never reaches
it: names, literals and regular expressions travel as numbered stand-ins (``k0``, ``v1``), ``.[`` becomes ``[``,
``[(@.length-1)]`` becomes ``[-1]`` and a bare word in a comparison becomes a string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from asl.errors import ExpressionSyntaxError
from asl.expressions.jsonpath.filters import predicate
from asl.expressions.jsonpath.plain import NAME
from asl.expressions.jsonpath.segments import Descend, Filter, Indexes, Names, Segment, Slice, Wildcard

_DOTTED = re.compile(NAME)
_DOTTED_IN_FILTER = re.compile(r"[^\s.\[\]()'\",*=!<>&|~?:+]+")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_COMMA = re.compile(r"\s*,\s*")
_SPACES = re.compile(r"\s*")
_INT = r"-?[0-9]{1,9}"
_SLICE = rf"(?:{_INT})?\s*:\s*(?:{_INT})?(?:\s*:\s*(?:-?[1-9][0-9]{{0,8}})?)?"
_NUMBERS = re.compile(rf"({_INT}(?:\s*,\s*{_INT})*|{_SLICE}|\*)\s*\]")
_FROM_END = re.compile(r"\(\s*@\.length\s*-\s*([0-9]{1,9})\s*\)\s*\]")
_OPERATOR = re.compile(r"\s*(&&|\|\||==|!=|<=|>=|=~|<|>|!|\(|\))\s*")
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/([a-zA-Z]*)")
_FLAGS = {"i": re.I, "m": re.M, "s": re.S, "u": re.U, "x": re.X}
_WORD = re.compile(r"[^\s()\[\]'\"&|=!<>]+")
_WORDS = {"true": True, "false": False, "null": None}


def parse_extended(text: str, start: int) -> tuple[Segment, ...]:
    """The segments of ``text[start:]``, which follows the root of the path.

    Raises :class:`ExpressionSyntaxError` with the offset in ``text``.
    """
    scanner = _Scanner(text, start)
    try:
        scanner.path(_DOTTED)
        if scanner.position < len(text):
            raise scanner.unexpected()
        return _Reading(scanner.names, scanner.literals).segments(_parsed("$" + "".join(scanner.output), text))
    except RecursionError:
        raise ExpressionSyntaxError("the path has too many steps or filters", start) from None


def _parsed(normalised: str, text: str) -> Any:
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.ext.parser import parse

    try:
        return parse(normalised)
    except JSONPathError as error:
        raise ExpressionSyntaxError(f"{text!r} is not a valid JSONPath", 0) from error


class _Scanner:
    """Reads a path from left to right and writes what jsonpath-ng gets to see into ``output``."""

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.output: list[str] = []
        self.names: list[str | tuple[str, ...]] = []
        self.literals: list[Any] = []

    def unexpected(self) -> ExpressionSyntaxError:
        found = self.text[self.position : self.position + 1]
        reason = f"unexpected {found!r} in" if found else "unexpected end of"
        return ExpressionSyntaxError(f"{reason} the path {self.text!r}", self.position)

    def path(self, name: re.Pattern[str]) -> None:
        """Every segment from here on, up to the first character that belongs to none."""
        while True:
            if self._take(".."):
                self._after_dots("..", name)
            elif self._take("."):
                self._after_dots(".", name)
            elif self._take("["):
                self._bracket(".")
            else:
                return

    def _after_dots(self, dots: str, name: re.Pattern[str]) -> None:
        if self._take("["):
            self._bracket(dots)
        elif self._take("*"):
            self.output.append(dots + "*")
        else:
            self._name(dots, self._match(name)[0])

    def _bracket(self, dots: str) -> None:
        self._try(_SPACES)
        if self._take("?"):
            return self._filter(dots)
        if self.text[self.position : self.position + 1] in ("'", '"'):
            return self._quoted_names(dots)
        self.output.append("" if dots == "." else dots)
        if match := self._try(_FROM_END):
            self.output.append(f"[-{match[1]}]")
        else:
            self.output.append(f"[{self._match(_NUMBERS)[1]}]".replace(" ", ""))
        return None

    def _quoted_names(self, dots: str) -> None:
        names = [_unquoted(self._match(_QUOTED))]
        while self._try(_COMMA):
            names.append(_unquoted(self._match(_QUOTED)))
        self._try(_SPACES)
        if not self._take("]"):
            raise self.unexpected()
        self._name(dots, names[0] if len(names) == 1 else tuple(dict.fromkeys(names)))

    def _name(self, dots: str, name: str | tuple[str, ...]) -> None:
        self.output.append(f"{dots}k{len(self.names)}")
        self.names.append(name)

    def _filter(self, dots: str) -> None:
        self.output.append("[?" if dots == "." else "..[?")
        while not self._take("]"):
            self._filter_token()
            self._try(_SPACES)
        self.output.append("]")

    def _filter_token(self) -> None:
        if match := self._try(_OPERATOR):
            self.output.append(f" {match[1]} ")
        elif self.text[self.position : self.position + 1] in ("@", "$"):
            self.output.append(self.text[self.position])
            self.position += 1
            self.path(_DOTTED_IN_FILTER)
        elif match := self._try(_REGEX):
            self._literal(_regex(match))
        elif match := self._try(_QUOTED):
            self._literal(_unquoted(match))
        else:
            self._literal(_word(self._match(_WORD)[0]))

    def _literal(self, value: Any) -> None:
        self.output.append(f'"v{len(self.literals)}"')
        self.literals.append(value)

    def _take(self, token: str) -> bool:
        found = self.text.startswith(token, self.position)
        if found:
            self.position += len(token)
        return found

    def _try(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.position)
        if match:
            self.position = match.end()
        return match

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = self._try(pattern)
        if not match:
            raise self.unexpected()
        return match


def _unquoted(match: re.Match[str]) -> str:
    """A quoted name. The library of AWS keeps backslashes as they are, but for one in front of a quote."""
    single, double = match.groups()
    return str(double).replace('\\"', '"') if single is None else str(single).replace("\\'", "'")


def _regex(match: re.Match[str]) -> re.Pattern[str]:
    try:
        flags = re.RegexFlag(0)
        for letter in match[2]:
            flags |= _FLAGS[letter]
        return re.compile(match[1].replace("\\/", "/"), flags)
    except (re.error, KeyError) as error:
        raise ExpressionSyntaxError(f"{match[0]} is not a valid regular expression", match.start()) from error


def _word(word: str) -> Any:
    """A literal without quotes: a number, ``true``, ``false``, ``null``, or else a string (people leave quotes out)."""
    if word in _WORDS:
        return _WORDS[word]
    try:
        return json.loads(word, parse_constant=str)
    except ValueError:
        return word


class _Reading:
    """Reads jsonpath-ng's tree back, giving the stand-ins their meaning."""

    def __init__(self, names: list[str | tuple[str, ...]], literals: list[Any]) -> None:
        self._names = names
        self._literals = literals

    def segments(self, node: Any) -> tuple[Segment, ...]:
        """A (sub)tree as a flat row of segments, so that it no longer matters how the grammar nests ``..``."""
        return _NODES[type(node).__name__](self, node)

    def none(self, node: Any) -> tuple[Segment, ...]:
        return ()

    def child(self, node: Any) -> tuple[Segment, ...]:
        return (*self.segments(node.left), *self.segments(node.right))

    def descendants(self, node: Any) -> tuple[Segment, ...]:
        return (*self.segments(node.left), Descend(), *self.segments(node.right))

    def fields(self, node: Any) -> tuple[Segment, ...]:
        name = self._names[int(node.fields[0][1:])]
        return (name if isinstance(name, str) else Names(name),)

    def index(self, node: Any) -> tuple[Segment, ...]:
        return (node.indices[0] if len(node.indices) == 1 else Indexes(tuple(node.indices)),)

    def slice(self, node: Any) -> tuple[Segment, ...]:
        return (Slice(node.start, node.end, node.step),)

    def wildcard(self, node: Any) -> tuple[Segment, ...]:
        return (Wildcard(),)

    def filter(self, node: Any) -> tuple[Segment, ...]:
        return (Filter(predicate(node.expressions, self.segments, self._literals)),)


_NODES: dict[str, Callable[[_Reading, Any], tuple[Segment, ...]]] = {
    "Root": _Reading.none,
    "This": _Reading.none,
    "Child": _Reading.child,
    "Descendants": _Reading.descendants,
    "Fields": _Reading.fields,
    "Index": _Reading.index,
    "Slice": _Reading.slice,
    "Wildcard": _Reading.wildcard,
    "Filter": _Reading.filter,
}
