"""Places in JSON text known to be right: one level at a time, inner values skipped at the C parser's speed."""

from __future__ import annotations

import json
from json.decoder import scanstring  # type: ignore[attr-defined]

from asl.document.json_reader import skip_space
from asl.types import Pointer

Place = tuple[int, int, int]
"""``(offset of the key or -1, offset of the value, offset after the value)``."""


class JsonPlaces:
    """Offsets of values and keys, looked up by pointer; each object or array is looked through once, when first met."""

    def __init__(self, content: str) -> None:
        self._content = content
        self._scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
        self._levels: dict[int, dict[str | int, Place]] = {}

    def find(self, pointer: Pointer) -> tuple[Place, bool]:
        """The place of the value at ``pointer`` or of its nearest ancestor that exists, and whether it was found."""
        start = skip_space(self._content, 1 if self._content.startswith("\ufeff") else 0)
        place: Place = (-1, start, -1)
        for part in pointer:
            inner = self._members(place[1]).get(part)
            if inner is None:
                return place, False
            place = inner
        return place, True

    def _members(self, start: int) -> dict[str | int, Place]:
        if start not in self._levels:
            opener = self._content[start]
            self._levels[start] = self._scan_level(start + 1, opener == "{") if opener in "{[" else {}
        return self._levels[start]

    def _scan_level(self, at: int, is_object: bool) -> dict[str | int, Place]:
        content, members = self._content, dict[str | int, Place]()
        at = skip_space(content, at)
        while content[at] not in "}]":
            part: str | int = len(members)
            key_at = -1
            if is_object:
                key_at = at
                part, at = scanstring(content, at + 1, True)
                at = skip_space(content, skip_space(content, at) + 1)
            end = self._scan(content, at)[1]
            members[part] = (key_at, at, end)
            at = skip_space(content, end)
            if content[at] == ",":
                at = skip_space(content, at + 1)
        return members
