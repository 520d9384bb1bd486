"""What of a definition tests can cover, and on which line of its file each thing stands.

Every state, its transition, every choice rule, Default, Retrier, Catcher and time limit is a line; a line has at most
two exits, which is what coverage.py's HTML can show: a rule is taken or not, a Retrier is used or exhausted, a Map
gets items or none, and of items one or many. Things that share a line are covered together, when all of them are.
Where states, rules, Retriers or Catchers share lines (a definition without line breaks), the listing is the
definition indented.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from asl.types import JsonObject, Pointer

if TYPE_CHECKING:
    from asl.document.document import Document
    from asl.graph import StateGraph, StateNode
    from asl.state_machine import StateMachine

Hit: TypeAlias = tuple[Any, ...]
"""What happened, and where in the definition: ``("entered", pointer)``, ``("rule taken", pointer, 0)`` ..."""

TIME_LIMITS = {
    "TimeoutSeconds": "timed out",
    "TimeoutSecondsPath": "timed out",
    "HeartbeatSeconds": "heartbeat missed",
    "HeartbeatSecondsPath": "heartbeat missed",
}
_NEED_LINES = frozenset({"state", "rule", "retrier", "catcher"})


@dataclass(slots=True)
class Exit:
    """One way on from a line. ``target`` is the line that it leads to, or minus the line itself."""

    target: int
    hit: Hit
    text: str


@dataclass(slots=True)
class Item:
    """One thing to cover. It is covered by ``hit``; ``text`` says what it is."""

    line: int
    kind: str
    text: str
    hit: Hit
    exits: list[Exit] = field(default_factory=list)


@dataclass(slots=True)
class Listing:
    """The items of one state machine in a file; ``source`` is the text that lines count in, where it isn't the
    file's.
    """

    path: str
    name: str
    items: list[Item]
    source: str | None = None


def listing_of(machine: StateMachine) -> Listing:
    """What there is to cover in a machine that was loaded from a file."""
    path = machine.document.source
    items = list(_Items(machine.graph, machine.document).all())
    if not _shares_lines(items):
        return Listing(path, machine.name, items)
    from asl.document import parse_document

    source = json.dumps(machine.definition, indent=2, ensure_ascii=False)
    document = parse_document(source, source=path, syntax="json")
    return Listing(path, machine.name, list(_Items(machine.graph, document).all()), source)


def _shares_lines(items: list[Item]) -> bool:
    lines = Counter(item.line for item in items if item.kind in _NEED_LINES)
    return any(count > 1 for count in lines.values())


class _Items:
    def __init__(self, graph: StateGraph, document: Document) -> None:
        self._graph = graph
        self._document = document

    def all(self) -> Iterator[Item]:
        if "TimeoutSeconds" in self._definition(()):
            yield Item(self._line(("TimeoutSeconds",)), "time limit", "the machine's TimeoutSeconds", ("timed out", ()))
        for node in self._graph.states():
            yield from self._of(node)

    def _definition(self, pointer: Pointer) -> JsonObject:
        value: Any = self._document.value
        for part in pointer:
            value = value[part]
        return dict(value)

    def _line(self, pointer: Pointer, *, key: bool = True) -> int:
        return self._document.locate(pointer, key=key)[1].line

    def _of(self, node: StateNode) -> Iterator[Item]:
        pointer, name = node.pointer, node.name
        yield Item(self._line(pointer), "state", f"{name!r} entered", ("entered", pointer))
        yield from self._transition(node)
        yield from self._rules(node)
        yield from self._handlers(node)
        for limit in TIME_LIMITS.keys() & node.definition.keys():
            yield Item(
                self._line((*pointer, limit)),
                "time limit",
                f"{name!r} {TIME_LIMITS[limit]}",
                (TIME_LIMITS[limit], pointer),
            )
        if node.type == "Map":
            yield from self._map(node)

    def _transition(self, node: StateNode) -> Iterator[Item]:
        fields = [each for each in ("Next", "End") if each in node.definition and node.type != "Choice"]
        for each in fields:
            goal = f"-> {node.definition['Next']!r}" if each == "Next" else "ended"
            yield Item(self._line((*node.pointer, each)), "transition", f"{node.name!r} {goal}", ("left", node.pointer))

    def _rules(self, node: StateNode) -> Iterator[Item]:
        if node.type != "Choice":
            return
        pointer, rules = node.pointer, node.definition["Choices"]
        lines = [self._line((*pointer, "Choices", index), key=False) for index in range(len(rules))]
        default = self._line((*pointer, "Default")) if "Default" in node.definition else None
        for index, (line, rule) in enumerate(zip(lines, rules, strict=True)):
            following = lines[index + 1] if index + 1 < len(lines) else default
            text = f"{node.name!r} rule {index} -> {rule['Next']!r}"
            taken = Exit(self._state_line(node, rule["Next"]), ("rule taken", pointer, index), f"{text} taken")
            passed = Exit(following or -line, ("rule not taken", pointer, index), f"{text} not taken")
            yield Item(line, "rule", text, ("rule", pointer, index), [taken, passed])
        if default is not None:
            yield Item(
                default, "default", f"{node.name!r} Default -> {node.definition['Default']!r}", ("default", pointer)
            )

    def _state_line(self, node: StateNode, target: str) -> int:
        return self._line(self._graph.scopes[node.scope].states[target].pointer)

    def _handlers(self, node: StateNode) -> Iterator[Item]:
        pointer, start = node.pointer, self._line(node.pointer)
        for index, entry in enumerate(node.definition.get("Retry", ())):
            line = self._line((*pointer, "Retry", index), key=False)
            text = f"{node.name!r} Retry {', '.join(entry['ErrorEquals'])}"
            used = Exit(start, ("retried", pointer, index), f"{text} used")
            exhausted = Exit(-line, ("exhausted", pointer, index), f"{text} exhausted")
            exits = [] if entry.get("MaxAttempts") == 0 else [used, exhausted]
            yield Item(line, "retrier", text, ("retry", pointer, index), exits)
        for index, entry in enumerate(node.definition.get("Catch", ())):
            line = self._line((*pointer, "Catch", index), key=False)
            text = f"{node.name!r} Catch {', '.join(entry['ErrorEquals'])} -> {entry['Next']!r}"
            yield Item(line, "catcher", text, ("caught", pointer, index))

    def _map(self, node: StateNode) -> Iterator[Item]:
        pointer, (scope, *_) = node.pointer, self._graph.scopes_of(node)
        processor, start = self._line(scope.pointer), self._line((*scope.pointer, "StartAt"))
        first = self._line(scope.states[scope.start_at].pointer)
        some = Exit(start, ("items", pointer), f"{node.name!r} with items")
        none = Exit(-processor, ("no items", pointer), f"{node.name!r} with no items")
        yield Item(processor, "map", f"{node.name!r} ran", ("mapped", pointer), [some, none])
        one = Exit(first, ("one item", pointer), f"{node.name!r} with one item")
        many = Exit(-start, ("many items", pointer), f"{node.name!r} with many items")
        yield Item(start, "map", f"{node.name!r} with items", ("items", pointer), [one, many])
