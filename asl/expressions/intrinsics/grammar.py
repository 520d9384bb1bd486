"""Reads an intrinsic function call, such as ``States.Format('{} of {}', $.name, States.UUID())``, into a small tree.

Everything that AWS refuses when a state machine is created is refused here: an unknown function, unbalanced
parentheses, an unterminated string, an escape other than ``\\'``, ``\\{``, ``\\}`` and a doubled backslash.
Counts and types of arguments are not looked at: they fail when the call is made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from asl.errors import ExpressionSyntaxError
from asl.expressions.jsonpath import CompiledPath, compile_path

MAX_NESTING = 10


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal: its value, and its ``raw`` form, in which ``\\{`` still differs from ``{``."""

    raw: str
    value: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, ``true``, ``false`` or ``null``."""

    value: Any


@dataclass(frozen=True, slots=True)
class Call:
    """A call; ``text`` is how it stands in the definition."""

    name: str
    arguments: tuple[Argument, ...]
    text: str


Argument: TypeAlias = Text | Constant | CompiledPath | Call

_SPACES = re.compile(r"\s*")
_CALL = re.compile(r"(States\.[A-Za-z0-9]+)\s*\(")
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,308})(\.[0-9]+)?([eE][+-]?[0-9]+)?(?=\s*[,)])")
_WORD = re.compile(r"(true|false|null)(?=\s*[,)])")
_WORDS = {"true": True, "false": False, "null": None}
_PATH_PIECE = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^'\"()\[\],]+")


def parse_call(text: str, known: frozenset[str] | set[str]) -> Call:
    """The call that is the whole of ``text``, of one of the ``known`` functions.

    Raises :class:`ExpressionSyntaxError` with the offset in ``text``.
    """
    parser = _Parser(text, known)
    call = parser.call(1)
    if call is None or parser.position < len(text):
        raise parser.unexpected()
    return call


class _Parser:
    def __init__(self, text: str, known: frozenset[str] | set[str]) -> None:
        self.text = text
        self.known = known
        self.position = 0

    def unexpected(self) -> ExpressionSyntaxError:
        if self.position >= len(self.text):
            return ExpressionSyntaxError("the intrinsic function call ends too early", self.position)
        found = self.text[self.position]
        return ExpressionSyntaxError(f"unexpected {found!r} in an intrinsic function call", self.position)

    def call(self, depth: int) -> Call | None:
        start = self.position
        match = self._try(_CALL)
        if not match:
            return None
        if match[1] not in self.known:
            raise ExpressionSyntaxError(f"{match[1]!r} is not an intrinsic function", start)
        if depth > MAX_NESTING:
            raise ExpressionSyntaxError(f"intrinsic functions can be nested {MAX_NESTING} deep at most", start)
        arguments = self._arguments(depth)
        return Call(match[1], arguments, self.text[start : self.position])

    def _arguments(self, depth: int) -> tuple[Argument, ...]:
        arguments: list[Argument] = []
        self._try(_SPACES)
        if self._take(")"):
            return ()
        while True:
            arguments.append(self._argument(depth))
            self._try(_SPACES)
            if self._take(")"):
                return tuple(arguments)
            if not self._take(","):
                raise self.unexpected()
            self._try(_SPACES)

    def _argument(self, depth: int) -> Argument:
        if match := self._try(_STRING):
            return Text(match[1], unescape(match[1], match.start(1)))
        if match := self._try(_NUMBER):
            return Constant(float(match[0]) if match[1] or match[2] else int(match[0]))
        if match := self._try(_WORD):
            return Constant(_WORDS[match[0]])
        if self.text.startswith("$", self.position):
            return self._path()
        call = self.call(depth + 1)
        if call is None:
            raise self.unexpected()
        return call

    def _path(self) -> CompiledPath:
        start = self.position
        depth = 0
        while depth or not self.text.startswith((",", ")"), self.position):
            if not self._try(_PATH_PIECE):
                character = self.text[self.position : self.position + 1]
                if character not in ("(", ")", "[", "]", ","):
                    raise self.unexpected()
                depth += {"(": 1, "[": 1, ",": 0}.get(character, -1)
                self.position += 1
        try:
            return compile_path(self.text[start : self.position].rstrip())
        except ExpressionSyntaxError as error:
            raise ExpressionSyntaxError(error.message, start + error.position) from error

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


def unescape(raw: str, start: int) -> str:
    """The value of a string literal. Raises :class:`ExpressionSyntaxError` for an escape that does not exist."""
    for match in _ESCAPE.finditer(raw):
        if match[1] not in "'{}\\":
            raise ExpressionSyntaxError(f"{match[0]!r} is not an escape of intrinsic functions", start + match.start())
    return _ESCAPE.sub(r"\1", raw)
