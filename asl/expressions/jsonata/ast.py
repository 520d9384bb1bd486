"""The tree of an expression.

One class serves every kind of node, since the second pass of the parser turns nodes of one kind into another (an
infix dot becomes a path, a string inside a path becomes a name). ``kind`` says which fields count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from asl.expressions.jsonata.signature import Signature


@dataclass(slots=True, eq=False)
class Ancestor:
    """A use of ``%``: ``label`` names the binding that has the parent, ``level`` says how many steps up it still is."""

    label: str
    level: int = 1


@dataclass(slots=True, eq=False)
class SortTerm:
    """One term of an order-by clause."""

    expression: Node
    descending: bool


@dataclass(slots=True, eq=False)
class Grouping:
    """The pairs of ``{key: value, ...}`` that follow a step."""

    pairs: list[tuple[Node, Node]]
    position: int


@dataclass(slots=True, eq=False)
class Stage:
    """What happens to a step's result: a predicate (``kind`` = filter) or the binding of its index."""

    kind: str
    position: int
    expression: Node | None = None
    name: str = ""


@dataclass(slots=True, eq=False)
class Node:
    """One node; ``position`` is the offset just behind its token.

    Raw infix nodes use ``left`` and ``right``; ``items`` has arguments, array items, block expressions or path steps;
    ``pairs`` an object's; ``terms`` an order-by clause's.
    """

    kind: str
    position: int
    value: Any = None
    left: Node | None = None
    right: Node | None = None
    third: Node | None = None
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    terms: list[SortTerm] = field(default_factory=list)
    signature: Signature | None = None
    keep_array: bool = False
    keep_singleton: bool = False
    cons_array: bool = False
    predicates: list[Stage] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    group: Grouping | None = None
    focus: str | None = None
    index: str | None = None
    is_tuple: bool = False
    ancestor: Ancestor | None = None
    seeking: list[Ancestor] = field(default_factory=list)
    slot: Ancestor | None = None
