"""Regular expressions as the language has them: functions from a string to a match that knows the next one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.stringify import number_text, to_string
from asl.expressions.jsonata.matches import Match, split_surrogates
from asl.expressions.jsonata.regex.matcher import Machine, Registers
from asl.expressions.jsonata.regex.syntax import Pattern, RegexParser
from asl.expressions.jsonata.regex.translate import UntranslatableError, repeats, translate
from asl.expressions.jsonata.runtime import Runtime
from asl.expressions.jsonata.tokenizer import join_surrogates
from asl.expressions.jsonata.values import UNDEFINED, Function, Value

_AFFORDABLE = 20_000_000
_TOO_MANY_REPEATS = 6


class Regex(Function):
    """A regular expression literal."""

    is_true = False

    __slots__ = ("_machine", "_quick", "_repeats", "_tree", "arity", "flags", "groups", "pattern")

    def __init__(self, pattern: str, flags: str, position: int) -> None:
        self.pattern = pattern
        self.flags = flags
        self.arity = 2
        parser = RegexParser(split_surrogates(pattern))
        try:
            self._tree: Pattern = parser.parse()
        except JsonataError as error:
            error.position = position
            raise
        self.groups = parser.groups
        self._quick, self._repeats = self._translate()
        self._machine: Machine | None = None

    def _translate(self) -> tuple[re.Pattern[str] | None, int]:
        try:
            count = repeats(self._tree)
            text = translate(self._tree, multiline="m" in self.flags)
            return re.compile(text, re.IGNORECASE if "i" in self.flags else 0), count
        except (UntranslatableError, re.error, RecursionError, OverflowError):
            return None, 0

    def matches(self, text: str, rt: Runtime) -> Iterator[Match]:
        """All matches from left to right; an empty one is ``D1004`` unless it is the first."""
        units = split_surrogates(text)
        match = self._search(units, 0, rt)
        while match is not None:
            rt.charge(1)
            yield match
            if match.end >= len(units):
                return
            match = self._search(units, match.end, rt)
            if match is not None and match.start == match.end:
                raise JsonataError("D1004", value="")

    def _search(self, units: str, start: int, rt: Runtime) -> Match | None:
        if self._quick is not None and self._is_affordable(len(units) - start):
            found = self._quick.search(units, start)
            return None if found is None else _quick_match(found, units)
        offsets = self._our_machine().search(units, start, rt.charge)
        return None if offsets is None else _as_match(units, offsets)

    def _is_affordable(self, length: int) -> bool:
        """Whether even the worst text of this length costs ``re`` little."""
        return self._repeats == 0 or (
            self._repeats <= _TOO_MANY_REPEATS and float(length) ** (self._repeats + 1) <= _AFFORDABLE
        )

    def _our_machine(self) -> Machine:
        if self._machine is None:
            self._machine = Machine(self._tree, self.groups, ignore_case="i" in self.flags, multiline="m" in self.flags)
        return self._machine

    def __call__(self, rt: Runtime, arguments: list[Value]) -> Value:
        """The regex called as a function: an object that describes the first match."""
        return _described(self.matches(javascript_text(arguments[0] if arguments else UNDEFINED), rt))


def javascript_text(value: Value) -> str:
    """A value as JavaScript's ``String(value)``."""
    if isinstance(value, list):
        return ",".join("" if item is None or item is UNDEFINED else javascript_text(item) for item in value)
    if isinstance(value, dict):
        return "[object Object]"
    if type(value) is float:
        return number_text(value)
    return "undefined" if value is UNDEFINED else to_string(value)


class NextMatch(Function):
    """The ``next`` of a described match."""

    is_true = False

    __slots__ = ("_matches", "arity")

    def __init__(self, matches: Iterator[Match]) -> None:
        self._matches = matches
        self.arity = 0

    def __call__(self, rt: Runtime, arguments: list[Value]) -> Value:
        return _described(self._matches)


def _described(matches: Iterator[Match]) -> Value:
    match = next(matches, None)
    if match is None:
        return UNDEFINED
    result: dict[str, Any] = {"match": match.text, "start": match.start, "end": match.end, "groups": match.groups}
    result["next"] = NextMatch(matches)
    return result


def _quick_match(found: re.Match[str], units: str) -> Match:
    groups: list[Value] = [UNDEFINED if text is None else text for text in found.groups()]
    if units.isascii():
        return Match(found.start(), found.end(), found.group(), groups)
    joined = [text if text is UNDEFINED else join_surrogates(text) for text in groups]
    return Match(found.start(), found.end(), join_surrogates(found.group()), joined)


def _as_match(units: str, offsets: Registers) -> Match:
    texts: list[Value] = [
        join_surrogates(units[offsets[at] : offsets[at + 1]]) if offsets[at] >= 0 else UNDEFINED
        for at in range(0, len(offsets), 2)
    ]
    return Match(offsets[0], offsets[1], texts[0], texts[1:])
