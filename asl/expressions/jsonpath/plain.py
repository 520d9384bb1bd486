"""Plain references, which nearly all paths are: names and indexes in a row.

They are read with one regular expression and become closures over plain subscripts. What they say when they find
nothing are the words of the JSONPath library that AWS uses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from asl.errors import PathError
from asl.expressions.texts import java_text
from asl.types import Json

Keys: TypeAlias = tuple[Any, ...]
"""The steps of a plain reference: a ``str`` is a property's name, an ``int`` an array's index."""

Read: TypeAlias = Callable[..., Json]
"""Takes the value of the path's root, and as a second argument the scope, which it ignores (so that a path from ``$``
needs no call in between)."""

NAME = r"[^\s.\[\]()'\",*]+"
"""A property name after a dot: the library takes nearly any character."""
_SEGMENT = rf"\.({NAME})|\[([0-9]{{1,9}})\]|\['([^'\\]*)'\]"
_SEGMENTS = re.compile(rf"(?:{_SEGMENT})*")
_EACH = re.compile(_SEGMENT)


class IndexBeyondEndError(PathError):
    """The last segment is an index past the end of an array that exists; payload templates read it as null."""


def parse_plain(text: str) -> Keys | None:
    """The keys in a path's text after its root, or ``None`` when it is more than a plain reference."""
    if not _SEGMENTS.fullmatch(text):
        return None
    return tuple(_key(*match.groups()) for match in _EACH.finditer(text))


def _key(name: str | None, index: str | None, quoted: str | None) -> str | int:
    if index is not None:
        return int(index)
    return str(quoted if name is None else name)


def read_plain(keys: Keys) -> Read:
    """The callable that takes the value of the path's root and gives the value at ``keys``."""
    if not keys:
        return _itself
    if not all(isinstance(key, str) for key in keys):
        return _mixed(keys)
    return {1: _depth_1, 2: _depth_2, 3: _depth_3}.get(len(keys), _mixed)(keys)


def _itself(root: Json, scope: object = None) -> Json:
    return root


def _depth_1(keys: Keys) -> Read:
    """Names alone need no look at types: whatever is no object refuses a name, and :func:`follow` then says why."""
    (first,) = keys

    def read(root: Json, scope: object = None) -> Json:
        try:
            return root[first]
        except (KeyError, TypeError):
            return follow(root, keys)

    return read


def _depth_2(keys: Keys) -> Read:
    first, second = keys

    def read(root: Json, scope: object = None) -> Json:
        try:
            return root[first][second]
        except (KeyError, TypeError):
            return follow(root, keys)

    return read


def _depth_3(keys: Keys) -> Read:
    first, second, third = keys

    def read(root: Json, scope: object = None) -> Json:
        try:
            return root[first][second][third]
        except (KeyError, TypeError):
            return follow(root, keys)

    return read


def _mixed(keys: Keys) -> Read:
    """Any depth, indexes included, of which one could succeed where it should not: on a string."""

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


def follow(root: Json, keys: Keys, last: int | None = None) -> Json:
    """Walk down the keys, ``last`` of which (by default the last one) ends the path.

    Raises :class:`PathError` where there is nothing, worded as AWS words it.
    """
    last = len(keys) - 1 if last is None else last
    node = root
    for position, key in enumerate(keys):
        step = _element if isinstance(key, int) else _property
        node = step(node, keys, position, position == last)
    return node


def _property(node: Json, keys: Keys, position: int, last: bool) -> Json:
    if not isinstance(node, dict):
        raise PathError(f"Property {location(keys[position:][:1])[1:]} not found in path {location(keys[:position])}")
    name = keys[position]
    if name in node:
        return node[name]
    reason = "No results for path:" if last else "Missing property in path"
    raise PathError(f"{reason} {location(keys[: position + 1])}")


def _element(node: Json, keys: Keys, position: int, last: bool) -> Json:
    index = keys[position]
    if node is None:
        raise PathError(f"The path {location(keys[:position])} is null")
    if not isinstance(node, list):
        raise PathError(f"Filter: [{index}] can only be applied to arrays. Current context is: {java_text(node)}")
    if -len(node) <= index < len(node):
        return node[index]
    error = IndexBeyondEndError if last else PathError
    raise error(f"Index out of bounds when evaluating path {location(keys[: position + 1])}")


def location(keys: Keys) -> str:
    """Keys as AWS's messages write them: ``$['a'][0]['b']``."""
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f"['{key}']" for key in keys)
