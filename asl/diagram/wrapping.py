"""Break and shorten texts so that they fit into boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PUNCTUATION = re.compile(r"(?<=[-_./:,])(?<!\$\.)")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def wrapped(text: str, width: int, limit: int | None = None) -> tuple[str, ...]:
    """Break a text into as few lines of at most ``width`` characters as it needs, of about the same length.

    Breaks are at spaces; in long words at punctuation or camelCase humps. At most ``limit`` lines are kept, the last of
    them ending in ``…`` if some were cut.
    """
    pieces = list(_pieces(text, width))
    lines = _filled(pieces, width)
    if limit is not None and len(lines) > limit:
        return (*lines[: limit - 1], lines[limit - 1][: width - 1] + "…")
    narrower = (_filled(pieces, size) for size in range(len(text) // len(lines), width))
    return next((found for found in narrower if len(found) == len(lines)), lines)


def _filled(pieces: list[str], width: int) -> tuple[str, ...]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return tuple(line.strip() for line in lines)


def _pieces(text: str, width: int) -> Iterator[str]:
    for word in text.split() or [""]:
        *firsts, last = _parts(word, width) or [""]
        yield from firsts
        yield last + " "


def _parts(word: str, width: int) -> list[str]:
    """A word cut where it reads best, and no more than needed: at punctuation, at humps, anywhere."""
    parts = [word] if len(word) <= width else _PUNCTUATION.split(word)
    humps = [hump for part in parts for hump in ([part] if len(part) <= width else _HUMPS.split(part))]
    return [hump[start : start + width] for hump in humps if hump for start in range(0, len(hump), width)]


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters of a text, ending in ``…`` if it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
