"""One drawing of two definitions: the new one, with what was removed still in it, painted by what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asl.diagram.overlay import Overlay, StateOverlay, Status, TransitionOverlay
from asl.diff import END, DefinitionDiff, StateChange
from asl.diff_fields import LISTS
from asl.graph import StateGraph, StateNode, Transition, TransitionKind
from asl.labels import entries
from asl.types import Json, JsonObject

_OWN_ROUTES: Mapping[str, TransitionKind] = {"Next": "Next", "default": "Default"}
_LISTS_WITH_TARGETS = ("Choices", "Catch")


def comparison(old: JsonObject, new: JsonObject, diff: DefinitionDiff) -> tuple[StateGraph, Overlay]:
    """The graph of both definitions together, and the overlay that says what was added, removed and changed."""
    graph = StateGraph(_Merger(old, diff).machine(new, old))
    painter = _Painter(new, diff)
    painted = {transition: painter.mark(graph, transition) for transition in graph.transitions}
    for transition in list(_gone_routes(graph, diff)):
        graph.transitions.append(transition)
        painted[transition] = TransitionOverlay(0, "removed")
    return graph, Overlay(
        dict(_state_marks(diff)), {key: mark for key, mark in painted.items() if mark.status != "same"}, None, "same"
    )


class _Merger:
    """Puts into the new definition what only the old one had, its targets by their new names."""

    def __init__(self, old: JsonObject, diff: DefinitionDiff) -> None:
        self._old = {node.name: node for node in StateGraph(old).states()}
        self._removed = frozenset(diff.removed)
        self._renamed = diff.renamed
        self._changes = {change.name: change for change in diff.changed}

    def machine(self, new: JsonObject, old: JsonObject) -> JsonObject:
        """The whole machine; a removed state whose block is gone too stands at the top."""
        merged = self.block(new, old)
        placed = {node.name for node in StateGraph(merged).states()}
        homeless = [name for name in self._old if name in self._removed and name not in placed]
        states = {name: self._removed_state(self._old[name].definition) for name in homeless}
        return {**merged, "States": {**states, **merged["States"]}} if states else merged

    def block(self, new: JsonObject, old: JsonObject | None) -> JsonObject:
        """A ``States`` block with its states and the removed ones of the block that it was."""
        old_names = {self._renamed.get(name, name): name for name in self._old}
        states = {
            name: self._state(name, definition, self._old.get(old_names.get(name, name)))
            for name, definition in _objects(new, "States")
        }
        return {**new, "States": {**states, **(self._leftover(old) if old else {})}}

    def _state(self, name: str, definition: JsonObject, old: StateNode | None) -> JsonObject:
        if old is None:
            return definition
        merged = dict(definition)
        for field in _LISTS_WITH_TARGETS:
            gone = list(self._gone_entries(name, field, old.definition))
            if gone:
                merged[field] = [*entries(definition, field), *gone]
        before = list(_blocks(old.definition))
        for key, position, block in _blocks(definition):
            previous = next((found for _, place, found in before if place == position), None)
            merged[key] = _replaced(merged[key], position, self.block(block, previous))
        return merged

    def _gone_entries(self, name: str, field: str, old: JsonObject) -> Iterator[JsonObject]:
        """The old rules or catchers that a state no longer has, or that pointed elsewhere."""
        change = self._changes.get(name)
        gone = {(found.label, found.old) for found in change.transitions} if change else set()
        for entry in entries(old, field):
            renamed = self._with_new_target(entry)
            if (LISTS[field](entry), renamed.get("Next")) in gone:
                yield renamed

    def _leftover(self, block: JsonObject) -> JsonObject:
        """The removed states of an old block, each with what is removed inside it."""
        return {name: self._removed_state(state) for name, state in _objects(block, "States") if name in self._removed}

    def _removed_state(self, definition: JsonObject) -> JsonObject:
        left = {key: self._renamed.get(value, value) if key in ("Next", "Default") else value
                for key, value in definition.items()}  # fmt: skip
        for field in _LISTS_WITH_TARGETS:
            if field in left:
                left[field] = [self._with_new_target(entry) for entry in entries(definition, field)]
        for key, position, block in _blocks(definition):
            left[key] = _replaced(left[key], position, {**block, "States": self._leftover(block)})
        return left

    def _with_new_target(self, entry: JsonObject) -> JsonObject:
        target = entry.get("Next")
        return {**entry, "Next": self._renamed.get(target, target)} if isinstance(target, str) else entry


class _Painter:
    """Says of a transition of the merged graph whether it was added, removed, changed or is the same."""

    def __init__(self, new: JsonObject, diff: DefinitionDiff) -> None:
        self._new = {node.name: node.definition for node in StateGraph(new).states()}
        self._added, self._removed = frozenset(diff.added), frozenset(diff.removed)
        self._changes = {change.name: change for change in diff.changed}

    def mark(self, graph: StateGraph, transition: Transition) -> TransitionOverlay:
        return TransitionOverlay(0, self._status(graph, transition))

    def _status(self, graph: StateGraph, transition: Transition) -> Status:
        if transition.source in self._removed:
            return "removed"
        if transition.source in self._added:
            return "added"
        change = self._changes.get(transition.source)
        return self._changed(graph, transition, change) if change else "same"

    def _changed(self, graph: StateGraph, transition: Transition, change: StateChange) -> Status:
        definition = self._new[transition.source]
        label = next((word for word, kind in _OWN_ROUTES.items() if kind == transition.kind), "")
        if transition.index is not None:
            field = str(transition.pointer[-3])
            known = entries(definition, field)
            if transition.index >= len(known):
                return "removed"
            label = LISTS[field](known[transition.index])
        if any(found.label == label and found.new == transition.target for found in change.transitions):
            return "added"
        return "changed" if any(label in (found.new, found.field) for found in change.fields) else "same"


def _gone_routes(graph: StateGraph, diff: DefinitionDiff) -> Iterator[Transition]:
    """The old ``Next`` and ``Default`` of states that now go elsewhere."""
    for change in diff.changed:
        node = graph.find(change.name)
        for found in change.transitions if node is not None else ():
            kind = _OWN_ROUTES.get(found.label)
            if node is not None and kind is not None and found.old not in (None, END):
                yield Transition(node.name, str(found.old), kind, (*node.pointer, kind))


def _state_marks(diff: DefinitionDiff) -> Iterator[tuple[str, StateOverlay]]:
    yield from ((name, StateOverlay("added")) for name in diff.added)
    yield from ((name, StateOverlay("removed")) for name in diff.removed)
    for change in diff.changed:
        yield change.name, StateOverlay("changed", notes=tuple(_notes(change)))


def _notes(change: StateChange) -> Iterator[str]:
    if change.was is not None:
        yield f"was {change.was}"
    about: list[str] = list(dict.fromkeys(found.group for found in change.fields))
    if change.transitions:
        about.insert(0, "transitions")
    if about:
        yield f"changed: {', '.join(about)}"


def _objects(block: JsonObject, key: str) -> list[tuple[str, JsonObject]]:
    found = block.get(key)
    members = found.items() if isinstance(found, dict) else ()
    return [(name, value) for name, value in members if isinstance(value, dict)]


def _blocks(definition: JsonObject) -> Iterator[tuple[str, int, JsonObject]]:
    """The blocks inside a Parallel or Map: the field, which of its branches, and the block."""
    for key in ("Branches", "ItemProcessor", "Iterator"):
        value = definition.get(key)
        for position, block in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(block, dict):
                yield key, position, block


def _replaced(value: Json, position: int, block: JsonObject) -> Json:
    if not isinstance(value, list):
        return block
    return [block if number == position else other for number, other in enumerate(value)]
