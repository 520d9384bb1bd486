"""Values made up from what is read of them: the paths that a definition follows, and what it compares the ends with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from asl.types import Json

ANY = -1
"""Any item of an array, in a path."""

ABSENT = "absent"
"""The kind of what should better not be there, such as the token of a next page."""

JSON_TEXT = -2
"""In a path: the value so far is JSON text, and the path goes on in what it says."""

Path: TypeAlias = tuple[str | int, ...]
"""Keys, indexes, :data:`ANY` and :data:`JSON_TEXT`."""

_STEP = re.compile(
    r"\.(?P<name>[^.\[\]()'\"\s,*]+)|\.\*|\.?\[\s*'(?P<single>[^']*)'\s*\]|\[\s*\"(?P<double>[^\"]*)\"\s*\]"
    r"|\.?\[\s*(?P<index>\d+)\s*\]|\.?\[(?P<many>[^\]]*)\]"
)
_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Hint:
    """What the end of a path should be: a ``kind``, and values that lead the workflow on, the best first."""

    kind: str | None = None
    values: tuple[Json, ...] = ()

    def joined(self, other: Hint) -> Hint:
        """Both hints in one; the other's values come after those that are known."""
        news = tuple(value for value in other.values if value not in self.values)
        kind = ABSENT if ABSENT in (self.kind, other.kind) else self.kind or other.kind
        return Hint(kind, self.values + news)


NO_HINT = Hint()


class Needs:
    """Paths that are read of one value, each with its hint."""

    def __init__(self) -> None:
        self.hints: dict[Path, Hint] = {}

    def add(self, path: Path, hint: Hint = NO_HINT) -> bool:
        """Note that a path is read; True where that is news. Very deep paths, as loops make them, are cut off."""
        path = path[:_DEPTH]
        known = self.hints.get(path)
        joined = hint if known is None else known.joined(hint)
        self.hints[path] = joined
        return joined != known

    def value(self, number: int) -> Json:
        """A value in which every path leads somewhere. ``number`` turns through the values of hints, from the best."""
        return _built([(path, hint) for path, hint in self.hints.items()], number, "value")


def _built(reads: list[tuple[Path, Hint]], number: int, name: str) -> Json:
    absent = {path[0] for path, hint in reads if len(path) == 1 and hint.kind == ABSENT}
    heads: dict[str | int, list[tuple[Path, Hint]]] = {}
    own = NO_HINT
    for path, hint in reads:
        if path and path[0] not in absent:
            heads.setdefault(path[0], []).append((path[1:], hint))
        elif not path:
            own = own.joined(hint)
    if absent or any(isinstance(head, str) for head in heads):
        return {head: _built(rest, number, head) for head, rest in heads.items() if isinstance(head, str)}
    if JSON_TEXT in heads:
        return json.dumps(_built(heads[JSON_TEXT], number, name))
    if heads or own.kind == "array":
        return _array(heads, number, name)
    return own.values[number % len(own.values)] if own.values else _plain(own.kind, name)


def _array(heads: Mapping[str | int, list[tuple[Path, Hint]]], number: int, name: str) -> list[Json]:
    common = heads.get(ANY, [])
    indexes = [head for head in heads if isinstance(head, int) and head >= 0]
    return [_built([*heads.get(index, []), *common], number, name) for index in range(max([0, *indexes]) + 1)]


_PLAIN: dict[str | None, Json] = {
    "number": 1,
    "boolean": True,
    "timestamp": "2024-01-01T00:00:00Z",
    "object": {},
    "json": "{}",
}


def _plain(kind: str | None, name: str) -> Json:
    return _PLAIN.get(kind, name)


def parse_path(text: str) -> tuple[str, Path, list[tuple[Path, Hint]]] | None:
    """Take a path apart: its root (``$``, ``$$`` or ``$variable``), its steps, and what its filters read.

    None where the text is no path. ``..`` ends what can be foreseen.
    """
    found = re.match(r"\$\$|\$[A-Za-z_]\w*|\$", text)
    if found is None:
        return None
    steps: list[str | int] = []
    filters: list[tuple[Path, Hint]] = []
    at = found.end()
    while step := _STEP.match(text, at):
        steps.append(_step(step))
        if step["many"] and "@" in step["many"]:
            filters += [((*steps, *path), hint) for path, hint in _filter_reads(step["many"])]
        at = step.end()
    return (found[0], tuple(steps), filters) if at == len(text) or text[at] in ".)" else None


def _step(step: re.Match[str]) -> str | int:
    if step["index"] is not None:
        return int(step["index"])
    return next((text for text in (step["name"], step["single"], step["double"]) if text is not None), ANY)


def _filter_reads(text: str) -> Iterator[tuple[Path, Hint]]:
    for found in re.finditer(r"@((?:\.\w+)+)(?:\s*==\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+)))?", text):
        values = [found[2], found[3], None if found[4] is None else int(found[4])]
        yield tuple(found[1].strip(".").split(".")), Hint(None, tuple(value for value in values if value is not None))
