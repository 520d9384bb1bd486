"""The steps of a path that is more than a plain reference.

A path is a tuple of segments: a ``str`` is a property, an ``int`` an array index, and the classes here are the rest.
A path is definite when each of its segments picks one node; :class:`Names` does so only at the end, where it makes
one object of the named properties.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from asl.types import Json


@dataclass(frozen=True, slots=True)
class Names:
    """``['a','b']``: one object with those of the properties that exist."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indexes:
    """``[0,2]``: several elements."""

    indexes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """``[start:stop:step]`` with the meaning that it has in Python."""

    start: int | None
    stop: int | None
    step: int | None


@dataclass(frozen=True, slots=True)
class Wildcard:
    """``[*]``: every element or property value."""


@dataclass(frozen=True, slots=True)
class Descend:
    """``..``: the node and everything below it, each before what it holds."""


@dataclass(frozen=True, slots=True)
class Filter:
    """``[?(...)]``: the nodes for which ``test(node, document)`` holds."""

    test: Callable[[Json, Json], bool]


Segment: TypeAlias = str | int | Names | Indexes | Slice | Wildcard | Descend | Filter


def is_definite(segments: tuple[Segment, ...]) -> bool:
    """Whether the segments pick exactly one node (or none)."""
    return all(
        isinstance(segment, str | int) or (isinstance(segment, Names) and position == len(segments))
        for position, segment in enumerate(segments, start=1)
    )
