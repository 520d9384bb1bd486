"""Text to tokens, one at a time, since only the parser knows whether ``/`` divides or opens a regular expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isinf

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.values import Value, normal

_BLANK = re.compile(r"[ \t\n\r\v]+")
_DOUBLE_OPERATORS = frozenset(("..", ":=", "!=", ">=", "<=", "**", "~>"))
_OPERATORS = frozenset(".[]{}(),@#;:?+-*/%|=<>^&!~")
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?")
_NAME = re.compile(r"[^ \t\n\r\v.\[\]{}(),@#;:?+\-*/%|=<>^&!~]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_HEX4 = re.compile(r"[0-9a-fA-F]{4}")
_PLAIN = {quote: re.compile(rf"[^\\{quote}]*") for quote in "\"'"}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORD_VALUES: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_WORD_OPERATORS = frozenset(("or", "in", "and"))


@dataclass(slots=True)
class Token:
    """``kind`` is operator, string, number, value, name, variable, regex or end; ``position`` is just behind it."""

    kind: str
    value: Value
    position: int


class Tokenizer:
    """Reads one expression from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def next(self, *, after_operand: bool) -> Token:
        """The next token; a slash divides only when an operand stands in front of it."""
        self._skip_blanks()
        text, start = self.text, self.position
        if start >= len(text):
            return Token("end", "(end)", len(text))
        first = text[start]
        if first == "/" and not after_operand:
            return self._regex()
        if text[start : start + 2] in _DOUBLE_OPERATORS:
            return self._token("operator", text[start : start + 2], start + 2)
        if first in _OPERATORS:
            return self._token("operator", first, start + 1)
        if first in _PLAIN:
            return self._string(first)
        if first == "`":
            return self._quoted_name()
        number = _NUMBER.match(text, start)
        return self._number(number) if number else self._word()

    def _token(self, kind: str, value: Value, end: int) -> Token:
        self.position = end
        return Token(kind, value, end)

    def _skip_blanks(self) -> None:
        while True:
            blank = _BLANK.match(self.text, self.position)
            if blank:
                self.position = blank.end()
            if not self.text.startswith("/*", self.position):
                return
            end = self.text.find("*/", self.position + 2)
            if end < 0:
                raise JsonataError("S0106", position=self.position)
            self.position = end + 2

    def _string(self, quote: str) -> Token:
        pieces: list[str] = []
        at = self.position + 1
        while True:
            plain = _PLAIN[quote].match(self.text, at)
            assert plain is not None
            pieces.append(plain.group())
            at = plain.end()
            if at >= len(self.text):
                raise JsonataError("S0101", position=at)
            if self.text[at] == quote:
                return self._token("string", join_surrogates("".join(pieces)), at + 1)
            piece, at = self._escape(at + 1)
            pieces.append(piece)

    def _escape(self, at: int) -> tuple[str, int]:
        letter = self.text[at : at + 1]
        if letter in _ESCAPES:
            return _ESCAPES[letter], at + 1
        if letter != "u":
            raise JsonataError("S0103", position=at, token=letter)
        digits = _HEX4.match(self.text, at + 1)
        if not digits:
            raise JsonataError("S0104", position=at)
        return chr(int(digits.group(), 16)), at + 5

    def _quoted_name(self) -> Token:
        start = self.position + 1
        end = self.text.find("`", start)
        if end < 0:
            raise JsonataError("S0105", position=len(self.text))
        return self._token("name", self.text[start:end], end + 1)

    def _number(self, match: re.Match[str]) -> Token:
        value = float(match.group())
        if isinf(value):
            raise JsonataError("S0102", position=self.position, token=match.group())
        return self._token("number", normal(value), match.end())

    def _word(self) -> Token:
        match = _NAME.match(self.text, self.position)
        assert match is not None
        word, end = match.group(), match.end()
        if word.startswith("$"):
            return self._token("variable", word[1:], end)
        if word in _WORD_OPERATORS:
            return self._token("operator", word, end)
        if word in _WORD_VALUES:
            return self._token("value", _WORD_VALUES[word], end)
        return self._token("name", word, end)

    def _regex(self) -> Token:
        start = at = self.position + 1
        depth = 0
        text = self.text
        while at < len(text):
            letter = text[at]
            escaped = text[at - 1] == "\\" and text[at - 2] != "\\"
            if letter == "/" and not escaped and depth == 0:
                return self._regex_end(start, at)
            if not escaped:
                depth += (letter in "([{") - (letter in ")]}")
            at += 1
        raise JsonataError("S0302", position=at)

    def _regex_end(self, start: int, end: int) -> Token:
        pattern = self.text[start:end]
        if not pattern:
            raise JsonataError("S0301", position=end)
        at = end + 1
        while at < len(self.text) and self.text[at] in "im":
            at += 1
        return self._token("regex", (pattern, self.text[end + 1 : at]), at)


def join_surrogates(text: str) -> str:
    """Escaped surrogate pairs become the one character that they stand for."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
