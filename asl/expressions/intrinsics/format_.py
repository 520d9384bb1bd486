"""The template of ``States.Format``: text with ``{}`` where the arguments go."""

from __future__ import annotations

import re

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
    return texts[0] + "".join(java_text(value) + text for value, text in zip(values, texts[1:], strict=True))


def _unmatched(brace: str) -> str:
    other = "}" if brace == "{" else "{"
    return f"Invalid template in States.Format: matching '{other}' not found for '{brace}'."
