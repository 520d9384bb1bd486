"""Shows a place in a source file: ``file:line:column``, the line, and a caret under it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from asl.diagnostics import Position

_WIDTH = 110


def pointed_at(source: str, position: Position | None, field: str | None = None) -> Iterator[str]:
    """The place, with the name of the field that is there, and below it the line with its caret."""
    suffix = f"  {field}" if field else ""
    if position is None:
        yield f"  at {source}{suffix}"
        return
    yield f"  at {source}:{position.line}:{position.column}{suffix}"
    yield from caret_lines(source, position)


def caret_lines(source: str, position: Position) -> Iterator[str]:
    """The line of a file and a caret under the column; nothing where the file can't be read."""
    lines = _lines_of(Path(source))
    if not 1 <= position.line <= len(lines):
        return
    start = max(0, position.column - _WIDTH + 20)
    shown = lines[position.line - 1][start : start + _WIDTH].replace("\t", " ")
    number = f"{position.line:>5} | "
    yield f"{number}{shown}"
    yield " " * (len(number) - 2) + "| " + " " * _cells(shown, position.column - 1 - start) + "^"


def _cells(line: str, length: int) -> int:
    """How many cells of a terminal the first ``length`` characters of a line take; the place may be after its end."""
    before = line[:length]
    if before.isascii():
        return length
    from unicodedata import combining, east_asian_width

    wide = sum(east_asian_width(char) in "WF" for char in before)
    return length + wide - sum(combining(char) > 0 for char in before)


def _lines_of(path: Path) -> list[str]:
    try:
        return _lines(path.absolute(), path.stat().st_mtime_ns)
    except OSError:
        return []


@lru_cache(maxsize=8)
def _lines(path: Path, changed: int) -> list[str]:
    return path.read_text("utf-8-sig", errors="replace").splitlines()
