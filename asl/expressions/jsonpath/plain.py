"""Plain references, which nearly all paths are: names and indexes in a row, read with one regular expression."""

from __future__ import annotations

import re

from asl.expressions.jsonpath.segments import Segment

NAME = r"[^\s.\[\]()'\",*]+"
"""A property name after a dot: the JSONPath library of AWS takes nearly any character."""
_SEGMENT = rf"\.({NAME})|\[(\d+)\]|\['([^'\\]*)'\]"
_SEGMENTS = re.compile(rf"(?:{_SEGMENT})*")
_EACH = re.compile(_SEGMENT)


def parse_plain(text: str) -> tuple[Segment, ...] | None:
    """The segments of a path's text after its root, or ``None`` when it is more than a plain reference."""
    if not _SEGMENTS.fullmatch(text):
        return None
    return tuple(_segment(match) for match in _EACH.finditer(text))


def _segment(match: re.Match[str]) -> Segment:
    name, index, quoted = match.groups()
    if index is not None:
        return int(index)
    return str(name if quoted is None else quoted)
