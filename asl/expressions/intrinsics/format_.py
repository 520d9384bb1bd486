"""The template of ``States.Format``: text with ``{}`` where the arguments go."""

from __future__ import annotations

import re
from itertools import chain

from asl.expressions.intrinsics.functions import IntrinsicError
from asl.expressions.texts import java_text
from asl.types import Json

_COUNT = "Invalid arguments in States.Format: number of arguments do not match the occurrences of {}."
_TOKEN = re.compile(r"\\([\\'{}])|(\{\})|([{}])|([^\\{}]+|\\)", re.DOTALL)


def pieces(template: Json) -> list[str]:
    """The literal text before, between and after the ``{}`` of a template, with escapes taken out.

    A template that is no string is taken as its text. Raises :class:`IntrinsicError` for a brace without its other.
    """
    texts = [""]
    for escaped, placeholder, brace, literal in _TOKEN.findall(java_text(template)):
        if brace:
            raise IntrinsicError(_unmatched(brace))
        if placeholder:
            texts.append("")
        texts[-1] += escaped or literal
    return texts


def filled(texts: list[str], values: list[Json]) -> str:
    """The pieces with the arguments between them. Raises :class:`IntrinsicError` when their number differs."""
    if len(texts) != len(values) + 1:
        raise IntrinsicError(_COUNT)
    parts = [*chain.from_iterable(zip(texts, map(java_text, values), strict=False)), texts[-1]]
    return "".join(parts)


def _unmatched(brace: str) -> str:
    other = "}" if brace == "{" else "{"
    return f"Invalid template in States.Format: matching '{other}' not found for '{brace}'."
