"""Break and shorten texts so that they fit into boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BREAKS = re.compile(r"(?<=[-_./:,])|(?<=[a-z0-9])(?=[A-Z])")


def wrapped(text: str, width: int, limit: int | None = None) -> tuple[str, ...]:
    """Break a text into lines of at most ``width`` characters: at spaces; long words at punctuation or camelCase humps.

    At most ``limit`` lines are kept, the last of them ending in ``…`` if some were cut.
    """
    lines = [""]
    for piece in _pieces(text, width):
        if lines[-1] and len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    lines = [line.strip() for line in lines if line.strip()] or [""]
    if limit is not None and len(lines) > limit:
        lines = [*lines[: limit - 1], lines[limit - 1][: width - 1] + "…"]
    return tuple(lines)


def _pieces(text: str, width: int) -> Iterator[str]:
    for word in text.split():
        parts = [word] if len(word) <= width else _BREAKS.split(word)
        cut = [part[start : start + width] for part in parts for start in range(0, len(part), width)]
        yield from cut[:-1]
        yield cut[-1] + " "


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters of a text, ending in ``…`` if it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
