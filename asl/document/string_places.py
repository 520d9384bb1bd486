r"""Where each character of a string stands in its source: past escapes, indentation and folded lines.

JSON strings and YAML's flow scalars are followed escape by escape and fold by fold, block scalars line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from asl.document.text import MappedText, Text, joined

_SURROGATES = r"u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w"
_ESCAPE = rf"\\(?:{_SURROGATES}|u\w{{4}}|U\w{{8}}|x\w\w|\r?\n[ \t]*|.)"
_FOLD = r"[ \t]*\r?\n[ \t\r\n]*"
_SPECIAL = {
    "json": (re.compile(_ESCAPE, re.DOTALL), 1),
    "double": (re.compile(f"{_ESCAPE}|{_FOLD}", re.DOTALL), 1),
    "single": (re.compile(f"''|{_FOLD}"), 1),
    "plain": (re.compile(_FOLD), 0),
    "placeholder": (re.compile(_FOLD), 0),
}
"""What stands for other characters than itself in a style, and the width of its quotes."""

Part = tuple[int, int]
"""``(offset in the value, offset in the source)`` where a run that is the same in both begins."""


def characters_of(value: str, style: str, text: Text, start: int, end: int) -> MappedText:
    """``value`` with the places of its characters, given how it is written from ``start`` to ``end`` of ``text``."""
    if style not in _SPECIAL and style != "block":
        return joined([(value, text, start, False)])
    raw = text.content[start:end]
    parts = list(_block_parts(value, raw) if style == "block" else _flow_parts(raw, *_SPECIAL[style]))
    bounds = [offset for offset, _ in parts[1:]] + [len(value)]
    runs = zip(parts, bounds, strict=True)
    return joined((value[at:bound], text, start + place, True) for (at, place), bound in runs)


def _flow_parts(raw: str, special: re.Pattern[str], quotes: int) -> Iterator[Part]:
    at, place = 0, quotes
    yield at, place
    for match in special.finditer(raw, quotes, max(len(raw) - quotes, quotes)):
        at += match.start() - place
        yield at, match.start()
        at += _length_of(match[0])
        place = match.end()
        yield at, place


def _length_of(special: str) -> int:
    """How many characters an escape, a doubled quote or a folded line break gives."""
    if special.startswith("\\"):
        return 0 if special.lstrip("\\\r").startswith("\n") else 1
    return max(special.count("\n") - 1, 1)


def _block_parts(value: str, raw: str) -> Iterator[Part]:
    """Each source line's text is looked for in the value, in order, which holds for ``|`` and ``>`` alike."""
    yield 0, raw.find("\n") + 1
    at, place = 0, raw.find("\n") + 1
    for line in raw[place:].splitlines(keepends=True):
        content = line.strip()
        found = value.find(content, at) if content else -1
        if found >= 0:
            yield found, place + line.index(content)
            at = found + len(content)
        place += len(line)
