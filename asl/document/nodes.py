"""The positioned tree: JSON data in which every value and key knows its place in the source text.

The tree is what templates are resolved on, so that a definition that was put together from several files still leads
each of its values back to the line that a person wrote. Plain definitions get by without it until a position is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from asl.diagnostics import Position
from asl.document.string_places import characters_of
from asl.document.text import MappedText, Text
from asl.types import Json, Pointer

Style = Literal["container", "literal", "json", "plain", "single", "double", "block", "placeholder", "made"]
"""How a value is written: ``json`` and ``double`` strings have escapes, ``block`` is YAML's ``|`` and ``>``, a
``placeholder`` is ``${Name}`` without quotes where JSON wants a value, ``made`` values stand nowhere as they are."""


@dataclass(slots=True, eq=False)
class Node:
    """A value: ``dict`` of nodes, ``list`` of nodes or a scalar, from ``start`` to ``end`` of ``text``.

    ``keys`` holds the nodes of an object's keys, ``repeated`` those of keys that it has once more. ``mapped`` is set
    where a string is made from several places, ``decoded`` where a string is the JSON text of a tree.
    """

    value: Any
    text: Text
    start: int
    end: int
    style: Style = "literal"
    keys: dict[str, Node] = field(default_factory=dict)
    mapped: MappedText | None = None
    repeated: tuple[Node, ...] = ()
    decoded: Node | None = None

    @property
    def is_object(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_array(self) -> bool:
        return isinstance(self.value, list)

    @property
    def is_string(self) -> bool:
        return isinstance(self.value, str)

    def get(self, key: str) -> Node | None:
        """The member of an object; ``None`` when there is none or this is no object."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def items(self) -> list[tuple[str, Node]]:
        """The members of an object, none for any other value."""
        return list(self.value.items()) if isinstance(self.value, dict) else []

    def elements(self) -> list[Node]:
        """The items of an array, none for any other value."""
        return list(self.value) if isinstance(self.value, list) else []

    def locate(self) -> tuple[str, Position]:
        return self.text.locate(self.start)

    def characters(self) -> MappedText:
        """The characters of a string value, each leading to its place in the source."""
        if self.mapped is None:
            self.mapped = characters_of(self.value, self.style, self.text, self.start, self.end)
        return self.mapped

    def with_value(self, value: Any, *, keys: dict[str, Node] | None = None) -> Node:
        """A node for another value that stands in the same place."""
        style: Style = "container" if isinstance(value, dict | list) else "made"
        keys = self.keys if keys is None else keys
        return Node(value, self.text, self.start, self.end, style, keys, repeated=self.repeated)


def plain(node: Node) -> Json:
    """The tree as plain JSON data. A node that stands in several places (a YAML alias) becomes one shared value."""
    return _plain(node, {})


def _plain(node: Node, seen: dict[int, Json]) -> Json:
    value = node.value
    if not isinstance(value, dict | list):
        return value
    if id(node) not in seen:
        seen[id(node)] = (
            {key: _plain(child, seen) for key, child in value.items()}
            if isinstance(value, dict)
            else [_plain(child, seen) for child in value]
        )
    return seen[id(node)]


def walk(root: Node) -> Iterator[tuple[Pointer, Node]]:
    """Every object and array under ``root`` with its pointer, the outer before the inner."""
    stack: list[tuple[Pointer, Node]] = [((), root)]
    while stack:
        pointer, node = stack.pop()
        yield pointer, node
        members: Iterable[tuple[str | int, Node]] = node.items() if node.is_object else enumerate(node.elements())
        stack.extend(((*pointer, part), child) for part, child in members if isinstance(child.value, dict | list))


def find(root: Node, pointer: Pointer, *, key: bool = False) -> tuple[Node, bool]:
    """The node at ``pointer`` (with ``key``, its key's) or its nearest ancestor that exists; whether it was found."""
    node, key_node = root, None
    for part in pointer:
        child, key_node = _child(node, part)
        if child is None:
            return node, False
        node = child
    return (key_node if key and key_node is not None else node), True


def _child(node: Node, part: str | int) -> tuple[Node | None, Node | None]:
    if isinstance(node.value, dict) and isinstance(part, str):
        return node.value.get(part), node.keys.get(part)
    if isinstance(node.value, list) and isinstance(part, int) and 0 <= part < len(node.value):
        return node.value[part], None
    return None, None
