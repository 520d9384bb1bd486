"""The drawing of a definition before any file format: boxes in panels in frames, and arrows between them.

It decides what is shown (words, marks, which arrows are joined) and leaves how it looks to the theme and the writers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from asl.diagram import words
from asl.diagram.crowding import told_in_words
from asl.diagram.overlay import Overlay, Status
from asl.diagram.words import Line
from asl.graph import GraphScope, StateGraph, StateNode, Transition, TransitionKind
from asl.types import JsonObject, Pointer

REFERENCES = 4
"""How many arrows that are not drawn a state tells of."""
_Ends: TypeAlias = tuple[str, str, TransitionKind, Status | None]


@dataclass(frozen=True, slots=True)
class Box:
    """A state without children. ``kind`` is its ``Type``, ``Missing`` for a target that no state has."""

    key: str
    name: str
    kind: str
    lines: tuple[Line, ...] = ()
    tooltip: str = ""
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One ``States`` block; ``start`` is the key of its first state, ``ends`` those of its terminal ones.

    ``caption`` says what it is to its frame: ``branch 2`` or ``each item``.
    """

    key: str
    members: tuple[Box | Frame, ...]
    start: str | None
    ends: tuple[str, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A Parallel with its branches or a Map with its processor."""

    key: str
    name: str
    kind: str
    lines: tuple[Line, ...]
    panels: tuple[Panel, ...]
    tooltip: str = ""
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """One drawn edge: all transitions of one kind between two states.

    ``labels`` has the text of each transition; ``taken`` how often they were taken, ``None`` without an overlay.
    A hidden arrow is told in words inside its source and only keeps its target in place.
    """

    tail: str
    head: str
    kind: TransitionKind
    labels: tuple[str, ...] = ()
    tooltip: str = ""
    taken: int | None = None
    status: Status | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole drawing; with an overlay, ``unmarked`` is the status of what the overlay says nothing of."""

    root: Panel
    arrows: tuple[Arrow, ...]
    heading: str | None = None
    unmarked: Status | None = None

    def members(self) -> Iterator[Box | Frame]:
        """Every box and frame, outer before inner."""
        yield from _members(self.root)


def _members(panel: Panel) -> Iterator[Box | Frame]:
    for member in panel.members:
        yield member
        for inner in member.panels if isinstance(member, Frame) else ():
            yield from _members(inner)


def picture_of(graph: StateGraph, overlay: Overlay | None = None) -> Picture:
    """Compose the drawing of a graph, painted with an overlay where one is given."""
    return _Composer(graph, overlay).compose()


class _Composer:
    def __init__(self, graph: StateGraph, overlay: Overlay | None) -> None:
        self._graph = graph
        self._overlay = overlay
        self._keys = _unique_keys(graph)
        self._nodes = {node.pointer: node for node in graph.states()}
        self._numbers = {id(scope): number for number, scope in enumerate(graph.scopes)}
        self._missing: dict[int, list[str]] = {}
        self._arrows = [self._arrow(ends, group) for ends, group in self._grouped().items()]
        starts = (scope.start_at for scope in graph.scopes)
        self._told = told_in_words(self._arrows, starts)
        self._sources = Counter(arrow.head for arrows in self._told.values() for arrow in arrows)

    def compose(self) -> Picture:
        hidden = {id(arrow) for arrows in self._told.values() for arrow in arrows}
        arrows = tuple(replace(arrow, hidden=id(arrow) in hidden) for arrow in self._arrows)
        root, overlay = self._panel(self._graph.scopes[0]), self._overlay
        if overlay is None:
            return Picture(root, arrows)
        return Picture(root, arrows, overlay.heading, overlay.unmarked)

    def _panel(self, scope: GraphScope) -> Panel:
        number = self._numbers[id(scope)]
        members: list[Box | Frame] = [self._member(node) for node in scope.states.values()]
        members += [Box(_missing_key(number, name), name, "Missing") for name in self._missing.get(number, ())]
        start = scope.states.get(scope.start_at)
        ends = tuple(self._keys[node.pointer] for node in scope.states.values() if node.is_terminal)
        return Panel(str(number), tuple(members), self._keys[start.pointer] if start else None, ends, _caption(scope))

    def _member(self, node: StateNode) -> Box | Frame:
        key = self._keys[node.pointer]
        state = self._overlay.state(node.name) if self._overlay else None
        own = (line for line in words.state_lines(node) if state is None or line.text != state.error)
        lines = (*own, *self._references(key), *(words.overlay_lines(state) if state else ()))
        tooltip = words.state_tooltip(node, state)
        status = state.status if state else None
        panels = tuple(self._panel(scope) for scope in self._graph.scopes_of(node))
        if panels:
            return Frame(key, node.name, node.type, lines, panels, tooltip, status)
        return Box(key, node.name, node.type, lines, tooltip, status)

    def _references(self, key: str) -> Iterator[Line]:
        """What takes the place of arrows that are not drawn: where they go, and how many come in."""
        told = self._told.get(key, ())
        for arrow in told[:REFERENCES]:
            yield words.reference(arrow.kind, arrow.labels, arrow.head, arrow.taken)
        if len(told) > REFERENCES:
            yield Line(f"… {len(told) - REFERENCES} more", "link")
        if count := self._sources.get(key):
            yield Line(f"← from {count} more", "link")

    def _grouped(self) -> dict[_Ends, list[Transition]]:
        """Transitions by what one arrow can show; what a comparison marks differently is drawn apart."""
        groups: dict[_Ends, list[Transition]] = {}
        for transition in self._graph.transitions:
            source = self._nodes[transition.pointer[: -1 if transition.index is None else -3]]
            ends = self._keys[source.pointer], self._target_key(source.scope, transition.target)
            groups.setdefault((*ends, transition.kind, self._mark(transition)), []).append(transition)
        return groups

    def _mark(self, transition: Transition) -> Status | None:
        status = self._overlay.transition(transition).status if self._overlay else None
        return status if status in ("added", "removed", "changed") else None

    def _target_key(self, number: int, target: str) -> str:
        node = self._graph.scopes[number].states.get(target) or self._graph.find(target)
        if node is not None:
            return self._keys[node.pointer]
        names = self._missing.setdefault(number, [])
        if target not in names:
            names.append(target)
        return _missing_key(number, target)

    def _arrow(self, ends: _Ends, group: list[Transition]) -> Arrow:
        tail, head, kind, status = ends
        entries = [self._entry(transition) for transition in group]
        labels = tuple(words.transition_label(kind, entry) for entry in entries)
        tooltip = "\n".join(words.transition_tooltip(kind, entry) for entry in entries)
        if self._overlay is None:
            return Arrow(tail, head, kind, labels, tooltip)
        taken = sum(self._overlay.transition(transition).taken for transition in group)
        return Arrow(
            tail, head, kind, labels, tooltip, taken, status or ("succeeded" if taken else self._overlay.unmarked)
        )

    def _entry(self, transition: Transition) -> JsonObject:
        if transition.index is None:
            return {}
        owner = self._nodes[transition.pointer[:-3]].definition
        found: JsonObject = owner[str(transition.pointer[-3])][transition.index]
        return found


def _caption(scope: GraphScope) -> str:
    return {"branch": f"branch {scope.index + 1}", "processor": "each item"}.get(scope.kind, "")


def _unique_keys(graph: StateGraph) -> dict[Pointer, str]:
    """State names are keys; a name that a wrong definition has twice gets a number the second time."""
    seen: dict[str, int] = {}
    keys: dict[Pointer, str] = {}
    for node in graph.states():
        seen[node.name] = seen.get(node.name, 0) + 1
        keys[node.pointer] = node.name if seen[node.name] == 1 else f"{node.name} ({seen[node.name]})"
    return keys


def _missing_key(number: int, target: str) -> str:
    return f"{target} (missing in {number})"
