"""Source text: which line and column an offset is, in the file that a person wrote.

A definition may be a string inside a template, and that string may be joined from parts. :class:`MappedText` remembers
where each part came from, so that an offset in the joined text leads back to the file, through any number of layers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from asl.diagnostics import Position

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Text(Protocol):
    """Characters that know where they come from."""

    @property
    def content(self) -> str: ...

    @property
    def file(self) -> FileText:
        """The file that the text, or its beginning, is in."""
        ...

    def locate(self, offset: int) -> tuple[str, Position]:
        """The name of the file and the place in it of the character at ``offset``."""
        ...


@dataclass(frozen=True)
class FileText:
    """The text of a file, or of a definition that was given as text. ``source`` is the name that diagnostics show."""

    source: str
    content: str

    @property
    def file(self) -> FileText:
        return self

    @cached_property
    def line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_BREAK.finditer(self.content))]

    def locate(self, offset: int) -> tuple[str, Position]:
        offset = min(max(offset, 0), len(self.content))
        line = bisect_right(self.line_starts, offset)
        return self.source, Position(line, offset - self.line_starts[line - 1] + 1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of a mapped text: where it starts there, and where it stands in ``base``.

    A ``verbatim`` piece stands in the base character by character; any other as a whole comes from one place, as the
    value of a placeholder does.
    """

    start: int
    base: Text
    offset: int
    verbatim: bool = True


@dataclass(frozen=True)
class MappedText:
    """Text made from pieces of other texts: an unescaped string, a block scalar, a substituted template."""

    content: str
    pieces: tuple[Piece, ...]

    @property
    def file(self) -> FileText:
        return self.pieces[0].base.file

    @cached_property
    def _starts(self) -> list[int]:
        return [piece.start for piece in self.pieces]

    def locate(self, offset: int) -> tuple[str, Position]:
        piece = self.pieces[max(bisect_right(self._starts, offset) - 1, 0)]
        return piece.base.locate(piece.offset + (max(offset - piece.start, 0) if piece.verbatim else 0))


def joined(parts: Iterable[tuple[str, Text, int, bool]]) -> MappedText:
    """One text from ``(content, base, offset in base, verbatim)`` parts in order; empty parts may be left in."""
    contents, pieces, length = [], [], 0
    for content, base, offset, verbatim in parts:
        pieces.append(Piece(length, base, offset, verbatim))
        contents.append(content)
        length += len(content)
    return MappedText("".join(contents), tuple(pieces))
