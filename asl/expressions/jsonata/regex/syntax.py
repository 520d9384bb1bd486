"""JavaScript's regular expression syntax, parsed to a small tree (the dialect without the ``u`` flag)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from asl.expressions.jsonata.errors import JsonataError

Ranges: TypeAlias = tuple[tuple[int, int], ...]

DIGITS: Ranges = ((48, 57),)
WORDS: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
SPACES: Ranges = (
    (9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
    (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
LINE_ENDS: Ranges = ((10, 10), (13, 13), (0x2028, 0x2029))
_LAST = 0x10FFFF
_CONTROLS = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
INFINITE = 1 << 30
_MAX_DEPTH = 60


def complement(ranges: Ranges) -> Ranges:
    """Every other character."""
    result, start = [], 0
    for low, high in sorted(ranges):
        if low > start:
            result.append((start, low - 1))
        start = max(start, high + 1)
    if start <= _LAST:
        result.append((start, _LAST))
    return tuple(result)


_CLASSES = {"d": DIGITS, "w": WORDS, "s": SPACES}
_CLASSES |= {letter.upper(): complement(ranges) for letter, ranges in _CLASSES.items()}
_LOOKS = (("?=", True, False), ("?!", True, True), ("?<=", False, False), ("?<!", False, True))


@dataclass(slots=True, frozen=True)
class Chars:
    """One character out of ranges, or outside of them all."""

    ranges: Ranges
    negated: bool = False


@dataclass(slots=True, frozen=True)
class Edge:
    """A place: ``^``, ``$``, ``b`` (word boundary) or ``B``."""

    kind: str


@dataclass(slots=True)
class Group:
    """Parentheses; ``number`` is None where nothing is captured."""

    body: Pattern
    number: int | None


@dataclass(slots=True)
class BackReference:
    """What a group captured; ``name`` until it is known which."""

    number: int
    name: str = ""


@dataclass(slots=True)
class Look:
    """A look-around."""

    body: Pattern
    ahead: bool
    negative: bool


@dataclass(slots=True)
class Repeat:
    """A quantified thing; groups from ``first`` to ``last`` (exclusive) are forgotten at each turn."""

    body: Pattern
    low: int
    high: int
    lazy: bool
    first: int
    last: int


@dataclass(slots=True)
class Sequential:
    """One thing after the other."""

    items: list[Pattern] = field(default_factory=list)


@dataclass(slots=True)
class Choice:
    """Alternatives, the first that leads to a match wins."""

    options: list[Pattern]


Pattern: TypeAlias = Chars | Edge | Group | BackReference | Look | Repeat | Sequential | Choice


class RegexParser:
    """Parses one pattern; ``groups`` is how many it captures, ``names`` the named ones."""

    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0
        self.groups = 0
        self.depth = 0
        self.names: dict[str, int] = {}
        self._references: list[BackReference] = []
        self._total = _count_groups(pattern)

    def parse(self) -> Pattern:
        """The pattern's tree; a syntax error is ``S0301``-like and has no position of its own."""
        tree = self._choice()
        if self.at < len(self.text):
            raise self._error("Unmatched ')'")
        for reference in self._references:
            if reference.name:
                if reference.name not in self.names:
                    raise self._error("Invalid named reference")
                reference.number = self.names[reference.name]
        return tree

    def _error(self, reason: str) -> JsonataError:
        return JsonataError("S0201", token=self.text, message=f"Invalid regular expression: /{self.text}/: {reason}")

    def _peek(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _take(self, text: str) -> bool:
        if not self._peek(text):
            return False
        self.at += len(text)
        return True

    def _choice(self) -> Pattern:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise self._error("Nested too deep")
        options = [self._sequence()]
        while self._take("|"):
            options.append(self._sequence())
        self.depth -= 1
        return options[0] if len(options) == 1 else Choice(options)

    def _sequence(self) -> Pattern:
        items: list[Pattern] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            first = self.groups + 1
            item = self._atom()
            items.append(self._quantified(item, first))
        return items[0] if len(items) == 1 else Sequential(items)

    def _quantified(self, item: Pattern, first: int) -> Pattern:
        bounds = self._bounds()
        if bounds is None:
            return item
        if isinstance(item, Edge) or (isinstance(item, Look) and not item.ahead):
            raise self._error("Nothing to repeat")
        lazy = self._take("?")
        return Repeat(item, bounds[0], bounds[1], lazy, first, self.groups + 1)

    def _bounds(self) -> tuple[int, int] | None:
        if self._take("*"):
            return 0, INFINITE
        if self._take("+"):
            return 1, INFINITE
        if self._take("?"):
            return 0, 1
        return self._braces()

    def _braces(self) -> tuple[int, int] | None:
        if not self._peek("{"):
            return None
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : end].partition(",")
        if end < 0 or not _digits(low) or (comma and high and not _digits(high)):
            return None
        self.at = end + 1
        least = min(int(low), INFINITE)
        most = min(int(high), INFINITE) if high else INFINITE if comma else least
        if most < least:
            raise self._error("numbers out of order in {} quantifier")
        return least, most

    def _atom(self) -> Pattern:
        letter = self.text[self.at]
        self.at += 1
        if letter == "(":
            return self._group()
        if letter == "[":
            return self._set()
        if letter == ".":
            return Chars(LINE_ENDS, negated=True)
        if letter in "^$":
            return Edge(letter)
        if letter == "\\":
            return self._escape()
        if letter in "*+?":
            raise self._error("Nothing to repeat")
        if letter == "{":
            self.at -= 1
            if self._braces() is not None:
                raise self._error("Nothing to repeat")
            self.at += 1
        return _single(letter)

    def _group(self) -> Pattern:
        for opening, ahead, negative in _LOOKS:
            if self._take(opening):
                return Look(self._closed(), ahead, negative)
        if self._take("?:"):
            return Group(self._closed(), None)
        self.groups += 1
        number = self.groups
        if self._take("?<"):
            end = self.text.find(">", self.at)
            name = self.text[self.at : end] if end >= 0 else ""
            if not name.isidentifier() or name in self.names:
                raise self._error("Invalid capture group name")
            self.names[name] = number
            self.at = end + 1
        elif self._peek("?"):
            raise self._error("Invalid group")
        return Group(self._closed(), number)

    def _closed(self) -> Pattern:
        body = self._choice()
        if not self._take(")"):
            raise self._error("Unterminated group")
        return body

    def _escape(self) -> Pattern:
        if self.at >= len(self.text):
            raise self._error("\\ at end of pattern")
        letter = self.text[self.at]
        if letter in "bB":
            self.at += 1
            return Edge(letter)
        if letter in _CLASSES:
            self.at += 1
            return Chars(_CLASSES[letter])
        if letter == "k" and "(?<" in self.text and self._peek("k<"):
            end = self.text.find(">", self.at)
            reference = BackReference(0, self.text[self.at + 2 : end])
            self.at = end + 1
            self._references.append(reference)
            return reference
        if letter in "123456789":
            return self._number()
        return _single(self._character())

    def _number(self) -> Pattern:
        end = self.at
        while end < len(self.text) and _digits(self.text[end]):
            end += 1
        number = int(self.text[self.at : end])
        if number <= self._total:
            self.at = end
            return BackReference(number)
        return _single(self._character())

    def _character(self) -> str:
        """The character that an escape stands for; ``at`` is behind the backslash."""
        letter = self.text[self.at]
        self.at += 1
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter in "xu":
            width = 2 if letter == "x" else 4
            digits = self.text[self.at : self.at + width]
            if len(digits) == width and all(digit in "0123456789abcdefABCDEF" for digit in digits):
                self.at += width
                return chr(int(digits, 16))
            return letter
        if letter == "c" and self.text[self.at : self.at + 1].isalpha():
            self.at += 1
            return chr(ord(self.text[self.at - 1]) % 32)
        if letter in "01234567":
            return self._octal(letter)
        return letter

    def _octal(self, first: str) -> str:
        digits = first
        while (more := self.text[self.at : self.at + 1]) and more in "01234567" and int(digits + more, 8) < 256:
            digits += more
            self.at += 1
        return chr(int(digits, 8))

    def _set(self) -> Pattern:
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        while not self._take("]"):
            if self.at >= len(self.text):
                raise self._error("Unterminated character class")
            low = self._member()
            if self._peek("-") and not self._peek("-]") and self.at + 1 < len(self.text):
                self.at += 1
                ranges.extend(self._range(low, self._member()))
            else:
                ranges.extend(low)
        return Chars(tuple(ranges), negated)

    def _range(self, low: Ranges, high: Ranges) -> Ranges:
        if len(low) > 1 or len(high) > 1 or low[0][0] != low[0][1] or high[0][0] != high[0][1]:
            return (*low, (45, 45), *high)
        if low[0][0] > high[0][0]:
            raise self._error("Range out of order in character class")
        return ((low[0][0], high[0][0]),)

    def _member(self) -> Ranges:
        if self.at >= len(self.text):
            raise self._error("Unterminated character class")
        letter = self.text[self.at]
        self.at += 1
        if letter != "\\":
            return ((ord(letter), ord(letter)),)
        if self.at >= len(self.text):
            raise self._error("\\ at end of pattern")
        escaped = self.text[self.at]
        if escaped in _CLASSES:
            self.at += 1
            return _CLASSES[escaped]
        if escaped == "b":
            self.at += 1
            return ((8, 8),)
        code = ord(self._character())
        return ((code, code),)


def _single(letter: str) -> Chars:
    return Chars(((ord(letter), ord(letter)),))


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _count_groups(pattern: str) -> int:
    count = at = 0
    in_set = False
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\":
            at += 1
        elif letter == "[":
            in_set = True
        elif letter == "]":
            in_set = False
        elif letter == "(" and not in_set:
            named = pattern.startswith("(?<", at) and pattern[at + 3 : at + 4] not in ("=", "!")
            count += named or not pattern.startswith("(?", at)
        at += 1
    return count
