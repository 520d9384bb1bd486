"""Scanning JSON for places, duplicate keys and what is wrong, in the words of Jackson, AWS's parser.

Runs only when a place is asked for or the text is wrong.
"""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import NoReturn

from asl.diagnostics import Diagnostic, Severity
from asl.document.json_values import MAX_DEPTH, finite
from asl.document.nodes import Node
from asl.document.text import FileText, Text
from asl.errors import DefinitionError

TOO_DEEP = f"The definition is nested more than {MAX_DEPTH} levels deep"

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
_WORD = re.compile(r"\w[\w$]*")
_PLACEHOLDER = re.compile(r"\$\{[^{}\"\n]*\}")
_CONTROL = re.compile(r"[\x00-\x1f]")
_LITERALS = {"true": True, "false": False, "null": None}
_TYPES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_SHOWN = 500

_HINTS = (
    ("Unrecognized token 'NaN'", "JSON has no NaN or Infinity; use a string or a plain number"),
    ("Unrecognized token", "Put strings in double quotes"),
    ("Unexpected character ('}' (code 125)): was expecting double-quote", "Remove the comma before this bracket"),
    ("Unexpected character (']' (code 93)): expected a valid value", "Remove the comma before this bracket"),
    ("Unexpected character ('/'", "JSON has no comments; use a Comment field"),
    ("Unexpected character (''' (code 39))", "JSON strings stand in double quotes"),
    ("Unexpected character ('$' (code 36))", "Put the placeholder in quotes, or load the file with substitutions"),
    ("was expecting comma", "Put a comma between this and what is before it"),
    ("Unexpected end-of-input", "Close the bracket or quote that is still open"),
    ("Illegal unquoted character", r"Write a line break inside a string as \n and a tab as \t"),
    ("Unrecognized character escape", r"Write a backslash inside a string as \\"),
)


class JsonScanner:
    """Reads JSON text into positioned nodes without recursion; what it can't read it reports as Jackson does.

    With ``placeholders``, ``${Name}`` may stand without quotes where a value is expected, as templates have it.
    """

    def __init__(self, text: Text, *, placeholders: bool = False) -> None:
        self.text = text
        self.content = text.content
        self.placeholders = placeholders
        self._at = 1 if self.content.startswith("\ufeff") else 0
        self._open: list[Node] = []

    def scan(self) -> Node:
        """The value at the start of the text. Raises DefinitionError in Jackson's words, with the place."""
        root = self._value()
        while self._open:
            self._member()
        return root

    def rest(self) -> int | None:
        """Where text follows the value that was read, which AWS's parser ignores; ``None`` if there is none."""
        return self._at if self._next() else None

    def _next(self) -> str:
        self._at = skip_space(self.content, self._at)
        return self.content[self._at : self._at + 1]

    def _member(self) -> None:
        container = self._open[-1]
        is_object = container.is_object
        char = self._next()
        if char == ("}" if is_object else "]"):
            self._at += 1
            container.end = self._at
            self._open.pop()
        elif not char:
            self._unclosed(container)
        elif char in ("}", "]"):
            self._mismatched(container, char)
        else:
            self._comma(container, char, is_object)
            self._pair(container) if is_object else container.value.append(self._value())

    def _comma(self, container: Node, char: str, is_object: bool) -> None:
        if not container.value:
            return
        kind = "Object" if is_object else "Array"
        if char != ",":
            self._unexpected(char, f"was expecting comma to separate {kind} entries")
        self._at += 1
        if not self._next():
            self._fail(f"Unexpected end-of-input within/between {kind} entries")

    def _pair(self, container: Node) -> None:
        char = self._next()
        if char != '"':
            self._unexpected(char, "was expecting double-quote to start field name")
        key = self._string("in field name")
        char = self._next()
        if not char:
            self._fail("Unexpected end-of-input within/between Object entries")
        if char != ":":
            self._unexpected(char, "was expecting a colon to separate field name and value")
        self._at += 1
        if key.value in container.value:
            container.repeated += (key,)
        container.keys[key.value] = key
        container.value[key.value] = self._value()

    def _value(self) -> Node:
        char = self._next()
        if char in ("{", "["):
            return self._container(char)
        if char == '"':
            return self._string(": was expecting closing quote for a string value")
        if not char:
            self._fail(
                "Unexpected end-of-input within/between Object entries"
                if self._open
                else "No content to map due to end-of-input"
            )
        if char == "-" or char.isdigit():
            return self._number(char)
        return self._word(char)

    def _container(self, char: str) -> Node:
        node = Node({} if char == "{" else [], self.text, self._at, self._at + 1, "container")
        if len(self._open) == MAX_DEPTH:
            refuse(self.text, self._at, TOO_DEEP, "Split it into smaller parts", code="TOO_DEEPLY_NESTED")
        self._open.append(node)
        self._at += 1
        return node

    def _string(self, unclosed: str) -> Node:
        start = self._at
        try:
            value, self._at = scanstring(self.content, start + 1, True)
        except json.JSONDecodeError as error:
            self._bad_string(error, start, unclosed)
        return Node(value, self.text, start, self._at, "json")

    def _bad_string(self, error: json.JSONDecodeError, start: int, unclosed: str) -> NoReturn:
        if "Unterminated" in error.msg:
            self._fail(f"Unexpected end-of-input{'' if unclosed.startswith(':') else ' '}{unclosed}", place=start)
        control = _CONTROL.match(self.content, error.pos)
        if control:
            what = f"Illegal unquoted character ((CTRL-CHAR, code {ord(control[0])})): has to be escaped"
            self._fail(f"{what} using backslash to be included in string value", error.pos + 1, error.pos)
        char = self.content[error.pos + 1 : error.pos + 2] or "\\"
        self._fail(f"Unrecognized character escape '{char}' (code {ord(char)})", error.pos + 2, error.pos)

    def _number(self, char: str) -> Node:
        match = _NUMBER.match(self.content, self._at)
        after = self.content[match.end() : match.end() + 1] if match else self.content[self._at + 1 : self._at + 2]
        if match is None:
            what = f"Unexpected character ('{after}' (code {ord(after)}))" if after else "Unexpected end-of-input"
            self._fail(f"{what}: expected digit (0-9) to follow minus sign, for valid numeric value", self._at + 2)
        if after.isdigit():
            self._fail("Invalid numeric value: Leading zeroes not allowed", match.end())
        try:
            value = finite(match[0]) if match[1] or match[2] else int(match[0])
        except ValueError:
            self._fail(f"Numeric value ({match[0][:20]}...) out of range", match.end())
        start, self._at = self._at, match.end()
        return Node(value, self.text, start, self._at)

    def _word(self, char: str) -> Node:
        start = self._at
        if self.placeholders and (match := _PLACEHOLDER.match(self.content, start)):
            self._at = match.end()
            return Node(match[0], self.text, start, self._at, "placeholder")
        match = _WORD.match(self.content, start)
        if match is None:
            self._unexpected(char, f"expected a valid value {_TYPES}")
        if match[0] not in _LITERALS:
            self._fail(f"Unrecognized token '{match[0]}': was expecting {_TYPES}", match.end())
        self._at = match.end()
        return Node(_LITERALS[match[0]], self.text, start, self._at)

    def _unclosed(self, container: Node) -> NoReturn:
        kind = "Object" if container.is_object else "Array"
        start = source_words(self.text, container.start)
        self._fail(f"Unexpected end-of-input: expected close marker for {kind} (start marker at {start})")

    def _mismatched(self, container: Node, char: str) -> NoReturn:
        kind, closer = ("Object", "}") if container.is_object else ("Array", "]")
        start = source_words(self.text, container.start)
        what = f"Unexpected close marker '{char}': expected '{closer}'"
        self._fail(f"{what} (for {kind} starting at {start})", self._at + 1)

    def _unexpected(self, char: str, expected: str) -> NoReturn:
        self._fail(f"Unexpected character ('{char}' (code {ord(char)})): {expected}", self._at + 1)

    def _fail(self, message: str, aws_at: int | None = None, place: int | None = None) -> NoReturn:
        """Raises what AWS says; ``aws_at`` is where Jackson says it is, ``place`` where a person looks for it."""
        where = source_words(self.text, self._at if aws_at is None else aws_at)
        hint = next((hint for words, hint in _HINTS if words in message), None)
        refuse(self.text, self._at if place is None else place, f"{message}\n at {where}", hint, location=where)


def refuse(
    text: Text,
    offset: int,
    message: str,
    hint: str | None = None,
    *,
    code: str = "INVALID_JSON_DESCRIPTION",
    location: str | None = None,
) -> NoReturn:
    """Raises a DefinitionError with one finding at ``offset`` of ``text``."""
    source, position = text.locate(offset)
    raise DefinitionError([Diagnostic(Severity.ERROR, code, message, location, source, position, hint)])


def source_words(text: Text, offset: int) -> str:
    """A place as Jackson writes it, ``[Source: (String)"..."; line: 1, column: 4]``, the text cut at 500 characters."""
    content = text.content
    position = FileText("", content).locate(offset)[1]
    more = f"[truncated {len(content) - _SHOWN} chars]" if len(content) > _SHOWN else ""
    return f'[Source: (String)"{content[:_SHOWN]}"{more}; line: {position.line}, column: {position.column}]'


def skip_space(content: str, at: int) -> int:
    """The offset of the next character that is not JSON white space."""
    match = _SPACE.match(content, at)
    return match.end() if match else at
