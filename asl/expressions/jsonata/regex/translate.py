"""A pattern's tree as a pattern of Python's ``re``, where that means the same and can't run away."""

from __future__ import annotations

from collections.abc import Callable

from asl.expressions.jsonata.regex.syntax import (
    INFINITE,
    LINE_ENDS,
    WORDS,
    BackReference,
    Chars,
    Choice,
    Edge,
    Group,
    Look,
    Pattern,
    Ranges,
    Repeat,
    Sequential,
)

_MANY = 16


class UntranslatableError(Exception):
    """The pattern needs our own matcher."""


def translate(pattern: Pattern, *, multiline: bool) -> str:
    """The pattern for ``re``, or :class:`UntranslatableError`."""
    return _Translation(multiline).text(pattern)


def repeats(pattern: Pattern) -> int:
    """How many quantifiers can each try many lengths; raises :class:`UntranslatableError` if one contains another."""
    if isinstance(pattern, Repeat):
        inner = repeats(pattern.body)
        if pattern.high < _MANY:
            return inner * max(pattern.high, 1) + _is_choice(pattern)
        if inner or not _is_fixed(pattern.body):
            raise UntranslatableError
        return 1
    if isinstance(pattern, (Group, Look)):
        return repeats(pattern.body)
    if isinstance(pattern, Sequential):
        return sum(map(repeats, pattern.items))
    return max(map(repeats, pattern.options)) if isinstance(pattern, Choice) else 0


def _is_choice(pattern: Repeat) -> int:
    return 0 if pattern.high in (pattern.low, 1) else 1


def _is_fixed(pattern: Pattern) -> bool:
    """True of what matches in one way only: characters, in sequence or grouped."""
    if isinstance(pattern, Group):
        return _is_fixed(pattern.body)
    if isinstance(pattern, Sequential):
        return all(map(_is_fixed, pattern.items))
    return isinstance(pattern, (Chars, Edge))


class _Translation:
    def __init__(self, multiline: bool) -> None:
        self.multiline = multiline
        self.closed: set[int] = set()
        self.repeating = 0

    def text(self, pattern: Pattern) -> str:
        return _TEXTS[type(pattern)](self, pattern)

    def chars(self, pattern: Chars) -> str:
        return _set_text(pattern.ranges, pattern.negated)

    def edge(self, pattern: Edge) -> str:
        if pattern.kind in "bB":
            word = _set_text(WORDS)
            inside = f"(?<={word})(?={word})|(?<!{word})(?!{word})"
            return f"(?:{inside})" if pattern.kind == "B" else f"(?!{inside})"
        line = _set_text(LINE_ENDS)
        if pattern.kind == "^":
            return f"(?:\\A|(?<={line}))" if self.multiline else r"\A"
        return f"(?:\\Z|(?={line}))" if self.multiline else r"\Z"

    def group(self, pattern: Group) -> str:
        if pattern.number is None:
            return f"(?:{self.text(pattern.body)})"
        if self.repeating:
            raise UntranslatableError
        body = self.text(pattern.body)
        self.closed.add(pattern.number)
        return f"({body})"

    def back_reference(self, pattern: BackReference) -> str:
        if pattern.number not in self.closed:
            return "(?:)"
        return f"(?({pattern.number})\\{pattern.number}|)"

    def look(self, pattern: Look) -> str:
        if not pattern.ahead:
            if not _is_fixed(pattern.body):
                raise UntranslatableError
            return f"(?<{'!' if pattern.negative else '='}{self.text(pattern.body)})"
        return f"(?{'!' if pattern.negative else '='}{self.text(pattern.body)})"

    def repeat(self, pattern: Repeat) -> str:
        capturing = pattern.last > pattern.first and not isinstance(pattern.body, Group)
        if capturing or (pattern.last - pattern.first > 1 and pattern.high > 1):
            raise UntranslatableError
        high = "" if pattern.high >= INFINITE else str(pattern.high)
        return f"(?:{self.text(pattern.body)}){{{pattern.low},{high}}}{'?' if pattern.lazy else ''}"

    def sequence(self, pattern: Sequential) -> str:
        return "".join(map(self.text, pattern.items))

    def choice(self, pattern: Choice) -> str:
        return "(?:" + "|".join(map(self.text, pattern.options)) + ")"


def _set_text(ranges: Ranges, negated: bool = False) -> str:
    if not ranges:
        return r"[\s\S]" if negated else "(?!)"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1] and not negated:
        return _escape(ranges[0][0])
    return ("[^" if negated else "[") + "".join(f"{_escape(low)}-{_escape(high)}" for low, high in ranges) + "]"


def _escape(code: int) -> str:
    letter = chr(code)
    return letter if letter.isascii() and letter.isalnum() else f"\\U{code:08x}"


_TEXTS: dict[type, Callable[..., str]] = {
    Chars: _Translation.chars, Edge: _Translation.edge, Group: _Translation.group,
    BackReference: _Translation.back_reference, Look: _Translation.look, Repeat: _Translation.repeat,
    Sequential: _Translation.sequence, Choice: _Translation.choice,
}  # fmt: skip
