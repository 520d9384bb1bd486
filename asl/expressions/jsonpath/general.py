"""Turns any row of segments into a small callable that works on plain JSON.

A definite path gives its value or raises :class:`~asl.errors.PathError`. An indefinite one gives a list and passes over
whatever does not fit, so it never fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from asl.errors import PathError
from asl.expressions.jsonpath.plain import Read, follow, location, read_plain
from asl.expressions.jsonpath.segments import (
    Descend,
    Filter,
    Indexes,
    Names,
    Segment,
    Slice,
    Wildcard,
    is_definite,
)
from asl.types import Json

_Nodes: TypeAlias = list[Json]
_Step: TypeAlias = Callable[[_Nodes, Json], _Nodes]


def read_any(segments: tuple[Segment, ...]) -> Read:
    """The callable that takes the value of the path's root and gives what the path selects."""
    if not is_definite(segments):
        return read_many(segments)
    if segments and isinstance(segments[-1], Names):
        return _read_names(segments[:-1], segments[-1].names)
    return read_plain(segments)


def _read_names(keys: tuple[Any, ...], names: tuple[str, ...]) -> Read:
    def read(root: Json, scope: object = None) -> Json:
        node = follow(root, keys, last=len(keys))
        if isinstance(node, dict):
            return {name: node[name] for name in names if name in node}
        quoted = ",".join(f"'{name}'" for name in names)
        raise PathError(f"Property [{quoted}] not found in path {location(keys)}")

    return read


def read_many(segments: tuple[Segment, ...]) -> Read:
    """The same for a path that is taken to select any number of nodes."""
    steps = [_step(segments, position) for position in range(len(segments))]

    def read(root: Json, scope: object = None) -> Json:
        nodes = [root]
        for step in steps:
            nodes = step(nodes, root)
        return nodes

    return read


def _step(segments: tuple[Segment, ...], position: int) -> _Step:
    segment = segments[position]
    if isinstance(segment, Names) and position < len(segments) - 1:
        return _each_of_names(segment)
    if isinstance(segment, Filter) and position and isinstance(segments[position - 1], Descend):
        return _filter_itself(segment)
    return _STEPS[type(segment)](segment)


def _name(name: str) -> _Step:
    return lambda nodes, root: [node[name] for node in nodes if isinstance(node, dict) and name in node]


def _names(segment: Names) -> _Step:
    names = segment.names
    return lambda nodes, root: [
        {name: node[name] for name in names if name in node} for node in nodes if isinstance(node, dict)
    ]


def _each_of_names(segment: Names) -> _Step:
    names = segment.names
    return lambda nodes, root: [
        node[name] for node in nodes if isinstance(node, dict) for name in names if name in node
    ]


def _index(index: int) -> _Step:
    return _indexes(Indexes((index,)))


def _indexes(segment: Indexes) -> _Step:
    indexes = segment.indexes
    return lambda nodes, root: [
        node[index] for node in nodes if isinstance(node, list) for index in indexes if -len(node) <= index < len(node)
    ]


def _slice(segment: Slice) -> _Step:
    part = slice(segment.start, segment.stop, segment.step)
    return lambda nodes, root: [element for node in nodes if isinstance(node, list) for element in node[part]]


def _wildcard(segment: Wildcard) -> _Step:
    return lambda nodes, root: [child for node in nodes for child in _children(node)]


def _descend(segment: Descend) -> _Step:
    return lambda nodes, root: [below for node in nodes for below in _descendants(node)]


def _filter(segment: Filter) -> _Step:
    test = segment.test

    def step(nodes: _Nodes, root: Json) -> _Nodes:
        return [item for node in nodes for item in _candidates(node) if test(item, root)]

    return step


def _filter_itself(segment: Filter) -> _Step:
    """After ``..`` every node comes by on its own: a filter that looked into arrays too would find matches twice."""
    test = segment.test
    return lambda nodes, root: [node for node in nodes if isinstance(node, dict | list) and test(node, root)]


def _candidates(node: Json) -> list[Json]:
    """What a filter looks at: the elements of an array, or an object itself."""
    if isinstance(node, list):
        return node
    return [node] if isinstance(node, dict) else []


def _children(node: Json) -> Any:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def _descendants(node: Json) -> Iterator[Json]:
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(list(_children(current))))


_STEPS: dict[type, Callable[[Any], _Step]] = {
    str: _name,
    int: _index,
    Names: _names,
    Indexes: _indexes,
    Slice: _slice,
    Wildcard: _wildcard,
    Descend: _descend,
    Filter: _filter,
}
