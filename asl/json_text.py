"""JSON as AWS writes it, and how many bytes it takes.

Text is compact, keeps key order and non-ASCII characters, and refuses NaN and Infinity.
"""

from __future__ import annotations

import json
import marshal

from asl.types import Json

PAYLOAD_LIMIT = 262_144
"""Largest input, result or output in bytes of UTF-8 (AWS quota, 256 KiB)."""

# Values are trees: looking for cycles would take as long again as writing.
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False).encode

# A JSON text is never longer than this many times the marshalled form: the worst is a control character,
# one byte there and six here.
_WORST_RATIO = 6


def to_text(value: Json) -> str:
    """The compact JSON text of a value."""
    return _encode(value)


def byte_length(value: Json) -> int:
    """Bytes of the value's compact JSON text in UTF-8."""
    return utf8_length(_encode(value))


def utf8_length(text: str) -> int:
    """Bytes of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def byte_bound(value: Json) -> int:
    """An upper bound of :func:`byte_length`, exact where the bound would exceed :data:`PAYLOAD_LIMIT`.

    Marshalling is several times quicker than writing JSON, and most values are far below the limit.
    """
    try:
        bound = _WORST_RATIO * len(marshal.dumps(value, 2))
    except ValueError:
        return byte_length(value)
    return bound if bound <= PAYLOAD_LIMIT else byte_length(value)
