"""What changed between two definitions, as a reviewer thinks of it.

States are matched by name, wherever they stand; a state that is gone and a new one with the same content are one that
was renamed, and so are two Tasks that make the same call. A state's own changes are told as transitions and as
fields, each field under what it is about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher

from asl.diff_fields import LISTS, Change, FieldChange, TransitionChange, field_changes, list_changes
from asl.graph import StateGraph, StateNode
from asl.labels import entries
from asl.types import JsonObject

_ROUTES = ("Next", "End", "Default")
_CHILDREN = ("Branches", "ItemProcessor", "Iterator")
END = "(end)"
_ALIKE = 20
"""How many states of equal content are compared by name with one that is gone."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """Everything that changed in one state; ``was`` is its old name where it was renamed."""

    name: str
    was: str | None
    transitions: tuple[TransitionChange, ...]
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class DefinitionDiff:
    """The difference of two definitions; ``machine`` has the fields outside any state, ``StartAt`` among them."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[StateChange, ...]
    machine: tuple[FieldChange, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.machine)

    @property
    def renamed(self) -> dict[str, str]:
        """New name by old name."""
        return {change.was: change.name for change in self.changed if change.was is not None}

    def as_json(self) -> JsonObject:
        return asdict(self)


def diff_definitions(old: JsonObject, new: JsonObject) -> DefinitionDiff:
    """Compare two definitions; both may be wrong ones."""
    return _Comparison(StateGraph(old), StateGraph(new)).diff(old, new)


class _Comparison:
    def __init__(self, old: StateGraph, new: StateGraph) -> None:
        self._old_graph, self._new_graph = old, new
        self._old = {node.name: node for node in old.states()}
        self._new = {node.name: node for node in new.states()}
        self._renamed = dict(_renames(self._gone(), self._come()))
        self._renamed |= dict(_renames_with_changes(self._unpaired_gone(), self._unpaired_come()))

    def _gone(self) -> list[StateNode]:
        return [node for name, node in self._old.items() if name not in self._new]

    def _come(self) -> list[StateNode]:
        return [node for name, node in self._new.items() if name not in self._old]

    def _unpaired_gone(self) -> list[StateNode]:
        return [node for node in self._gone() if node.name not in self._renamed]

    def _unpaired_come(self) -> list[StateNode]:
        return [node for node in self._come() if node.name not in self._renamed.values()]

    def diff(self, old: JsonObject, new: JsonObject) -> DefinitionDiff:
        renamed = self._renamed
        return DefinitionDiff(
            added=tuple(node.name for node in self._unpaired_come()),
            removed=tuple(node.name for node in self._unpaired_gone()),
            changed=tuple(change for name in self._old if (change := self._change(name)) is not None),
            machine=tuple(field_changes(self._machine_fields(old, renamed), self._machine_fields(new, {}))),
        )

    def _machine_fields(self, definition: JsonObject, renamed: Mapping[str, str]) -> JsonObject:
        fields = {key: value for key, value in definition.items() if key != "States"}
        start = fields.get("StartAt")
        return {**fields, "StartAt": renamed.get(start, start)} if isinstance(start, str) else fields

    def _change(self, name: str) -> StateChange | None:
        old, new = self._old[name], self._new.get(self._renamed.get(name, name))
        if new is None:
            return None
        changes = tuple(self._changes(old, new))
        if name == new.name and not changes:
            return None
        transitions = tuple(change for change in changes if isinstance(change, TransitionChange))
        fields = tuple(change for change in changes if isinstance(change, FieldChange))
        return StateChange(new.name, name if name != new.name else None, transitions, fields)

    def _changes(self, old: StateNode, new: StateNode) -> Iterator[Change]:
        before, after = self._old_graph.scopes[old.scope].owner, self._new_graph.scopes[new.scope].owner
        before = self._renamed.get(before, before) if before is not None else None
        if before != after:
            yield FieldChange("place", "inside", before or "the machine", after or "the machine")
        yield from _route_changes(_routes(old, self._renamed), _routes(new, {}))
        yield from field_changes(_own_fields(old, self._renamed), _own_fields(new, {}))
        for field in LISTS:
            yield from list_changes(field, old.definition, new.definition, self._renamed)


def _renames(gone: list[StateNode], come: list[StateNode]) -> Iterator[tuple[str, str]]:
    """Pair states of equal content, the most alike names first where several are equal."""
    by_content: dict[str, list[StateNode]] = {}
    for node in come:
        by_content.setdefault(_content(node), []).append(node)
    for node in gone:
        candidates = by_content.get(_content(node), [])
        if candidates:
            best = max(candidates[:_ALIKE], key=lambda found: SequenceMatcher(None, node.name, found.name).ratio())
            candidates.remove(best)
            yield node.name, best.name


def _renames_with_changes(gone: list[StateNode], come: list[StateNode]) -> Iterator[tuple[str, str]]:
    """Pair Tasks that are the only ones on both sides to make the same call, whatever else of them changed."""
    before, after = _by_call(gone), _by_call(come)
    for call, nodes in before.items():
        if len(nodes) == 1 and len(after.get(call, ())) == 1:
            yield nodes[0].name, after[call][0].name


def _by_call(nodes: list[StateNode]) -> dict[str, list[StateNode]]:
    """Tasks by what they call: the Resource and what they pass to it."""
    found: dict[str, list[StateNode]] = {}
    for node in nodes:
        if node.type == "Task":
            call = [node.definition.get(field) for field in ("Resource", "Parameters", "Arguments")]
            found.setdefault(json.dumps(call, sort_keys=True), []).append(node)
    return found


def _content(node: StateNode) -> str:
    """A state without any state name, as a comparable text; of what is inside a Map or Parallel only the size."""
    own = {key: value for key, value in node.definition.items() if key not in (*_ROUTES, *_CHILDREN)}
    for field in ("Choices", "Catch"):
        if field in own:
            own[field] = [{**entry, "Next": ""} for entry in entries(own, field)]
    shape = [key for key in _ROUTES if key in node.definition]
    return json.dumps([own, shape, _child_count(node)], sort_keys=True)


def _child_count(node: StateNode) -> list[int]:
    children = [node.definition.get(key) for key in _CHILDREN]
    branches = [branch for child in children for branch in (child if isinstance(child, list) else [child])]
    return [len(branch.get("States", ())) for branch in branches if isinstance(branch, dict)]


def _route_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[TransitionChange]:
    for label in dict.fromkeys((*before, *after)):
        if before.get(label) != after.get(label):
            yield TransitionChange(label, before.get(label), after.get(label))


def _routes(node: StateNode, renamed: Mapping[str, str]) -> dict[str, str]:
    """Where a state goes by itself, with the targets' new names."""
    found = {"Next": node.definition.get("Next"), "default": node.definition.get("Default")}
    routes = {label: renamed.get(target, target) for label, target in found.items() if isinstance(target, str)}
    return {**routes, "Next": END} if node.definition.get("End") is True else routes


def _own_fields(node: StateNode, renamed: Mapping[str, str]) -> JsonObject:
    """A state's fields but for its transitions, its lists of rules and the states inside it."""
    left_out = {*_ROUTES, *_CHILDREN, *LISTS}
    fields = {key: value for key, value in node.definition.items() if key not in left_out}
    for key in _CHILDREN:
        child = node.definition.get(key)
        for number, block in enumerate(child if isinstance(child, list) else [child]):
            if isinstance(block, dict):
                place = f"{key}[{number}]" if isinstance(child, list) else "processor"
                rest = {f"{place}.{field}": value for field, value in block.items() if field != "States"}
                start = rest.get(f"{place}.StartAt")
                fields |= {**rest, f"{place}.StartAt": renamed.get(str(start), start)}
    return fields
