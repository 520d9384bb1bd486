"""Turns the segments of a path into a small callable that works on plain JSON.

A definite path gives its value or raises :class:`~asl.errors.PathError` in the words of the library that AWS uses.
An indefinite one gives a list and passes over whatever does not fit, so it never fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from asl.errors import PathError
from asl.expressions.jsonpath.segments import (
    Descend,
    Filter,
    Indexes,
    Names,
    Segment,
    Slice,
    Wildcard,
    fragment,
    location,
)
from asl.expressions.texts import java_text
from asl.types import Json

Read: TypeAlias = Callable[..., Json]
"""Takes the value of the path's root, and as a second argument the scope, which it ignores (so that a path from ``$``
needs no call in between)."""
_Nodes: TypeAlias = list[Json]
_Step: TypeAlias = Callable[[_Nodes, Json], _Nodes]


class IndexBeyondEndError(PathError):
    """The last segment is an index past the end of an array that exists; payload templates read it as null."""


def reader(segments: tuple[Segment, ...], definite: bool) -> Read:
    """The callable that takes the value of the path's root and gives what the path selects."""
    if not definite:
        return _reader_of_many(segments)
    if not segments:
        return _itself
    if all(isinstance(segment, str) for segment in segments):
        return _reader_of_names(segments)
    if all(isinstance(segment, str | int) for segment in segments):
        return _reader_of_keys(segments)
    return lambda root, scope=None: follow(root, segments)


def _itself(root: Json, scope: object = None) -> Json:
    return root


def _reader_of_names(names: tuple[Any, ...]) -> Read:
    """Property names only. Subscripting does it: what is no object refuses a name, and :func:`follow` says why."""
    by_depth = {1: _depth_1, 2: _depth_2, 3: _depth_3}
    return by_depth.get(len(names), _any_depth)(names)


def _depth_1(names: tuple[Any, ...]) -> Read:
    (first,) = names

    def read(root: Json, scope: object = None) -> Json:
        try:
            return root[first]
        except (KeyError, TypeError):
            return follow(root, names)

    return read


def _depth_2(names: tuple[Any, ...]) -> Read:
    first, second = names

    def read(root: Json, scope: object = None) -> Json:
        try:
            return root[first][second]
        except (KeyError, TypeError):
            return follow(root, names)

    return read


def _depth_3(names: tuple[Any, ...]) -> Read:
    first, second, third = names

    def read(root: Json, scope: object = None) -> Json:
        try:
            return root[first][second][third]
        except (KeyError, TypeError):
            return follow(root, names)

    return read


def _any_depth(names: tuple[Any, ...]) -> Read:
    def read(root: Json, scope: object = None) -> Json:
        node = root
        try:
            for name in names:
                node = node[name]
        except (KeyError, TypeError):
            return follow(root, names)
        return node

    return read


def _reader_of_keys(keys: tuple[Any, ...]) -> Read:
    """Names and indexes mixed; only an index could succeed on what it should not, a string."""

    def read(root: Json, scope: object = None) -> Json:
        node = root
        try:
            for key in keys:
                if key.__class__ is int and not isinstance(node, list):
                    break
                node = node[key]
            else:
                return node
        except (KeyError, TypeError, IndexError):
            pass
        return follow(root, keys)

    return read


def follow(root: Json, segments: tuple[Any, ...]) -> Json:
    """Walk a definite path.

    Raises :class:`PathError` where it ends nowhere, worded as AWS words it.
    """
    node = root
    for position, segment in enumerate(segments):
        if isinstance(segment, int):
            node = _element(node, segments, position)
        elif isinstance(segment, Names):
            node = _picked(node, segments, position)
        else:
            node = _property(node, segments, position)
    return node


def _property(node: Json, segments: tuple[Any, ...], position: int) -> Json:
    if not isinstance(node, dict):
        raise PathError(f"Property {fragment(segments[position])} not found in path {location(segments[:position])}")
    name = segments[position]
    if name in node:
        return node[name]
    if position == len(segments) - 1:
        raise PathError(f"No results for path: {location(segments)}")
    raise PathError(f"Missing property in path {location(segments[: position + 1])}")


def _element(node: Json, segments: tuple[Any, ...], position: int) -> Json:
    index = segments[position]
    if node is None:
        raise PathError(f"The path {location(segments[:position])} is null")
    if not isinstance(node, list):
        raise PathError(f"Filter: [{index}] can only be applied to arrays. Current context is: {java_text(node)}")
    if -len(node) <= index < len(node):
        return node[index]
    error = IndexBeyondEndError if position == len(segments) - 1 else PathError
    raise error(f"Index out of bounds when evaluating path {location(segments[: position + 1])}")


def _picked(node: Json, segments: tuple[Any, ...], position: int) -> Json:
    if not isinstance(node, dict):
        return _property(node, segments, position)
    return {name: node[name] for name in segments[position].names if name in node}


def _reader_of_many(segments: tuple[Segment, ...]) -> Read:
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
