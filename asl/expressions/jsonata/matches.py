"""What a regular expression finds."""

from __future__ import annotations

from dataclasses import dataclass

from asl.expressions.jsonata.values import Value


@dataclass(slots=True)
class Match:
    """One match: offsets in UTF-16 units, as the language counts them here, and the groups' texts or ``UNDEFINED``."""

    start: int
    end: int
    text: str
    groups: list[Value]


def split_surrogates(text: str) -> str:
    """The text with each character beyond U+FFFF as the two units that JavaScript sees."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(data[at] | data[at + 1] << 8) for at in range(0, len(data), 2))
