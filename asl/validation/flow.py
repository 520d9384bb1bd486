"""The states of a machine that was walked, as advice sees them: their order, what follows, what may be assigned."""

from __future__ import annotations

from functools import cached_property

from asl.graph import StateNode
from asl.types import JsonObject, QueryLanguage
from asl.validation.context import Scope

Key = tuple[int, str]
"""A state: the index of its scope and its name."""


class Flow:
    """The scopes that the walk visited, and the questions that advice asks about the ways through them."""

    def __init__(self, scopes: list[Scope], language: QueryLanguage) -> None:
        self._scopes = scopes
        self.machine_language = language

    @cached_property
    def nodes(self) -> list[StateNode]:
        """Every state, outer before inner."""
        return [
            StateNode(name, state, (*scope.pointer, "States", name), index)
            for index, scope in enumerate(self._scopes)
            for name, state in self._states(index).items()
            if type(state) is dict
        ]

    def language(self, node: StateNode) -> str:
        """The query language of a state."""
        return str(node.definition.get("QueryLanguage", self.machine_language))

    def sibling(self, node: StateNode, name: object) -> StateNode | None:
        """The state of that name in the scope of another."""
        state = self._states(node.scope).get(name) if type(name) is str else None
        if type(name) is not str or type(state) is not dict:
            return None
        return StateNode(name, state, (*self._scopes[node.scope].pointer, "States", name), node.scope)

    def _states(self, index: int) -> JsonObject:
        states = self._scopes[index].block.get("States")
        return states if type(states) is dict else {}

    def _targets(self, key: Key) -> list[str]:
        return [target for target, _ in self._scopes[key[0]].targets.get(key[1], ())]

    def loops(self, node: StateNode) -> bool:
        """Whether a state can be reached from itself without leaving its scope."""
        seen: set[str] = set()
        pending = [node.name]
        while pending:
            for target in self._targets((node.scope, pending.pop())):
                if target == node.name:
                    return True
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        return False

    @cached_property
    def assigned_before(self) -> dict[Key, frozenset[str]]:
        """For each state that can be reached, the variables that some way to it sets. Any way counts."""
        before: dict[Key, frozenset[str]] = {}
        index_of = {id(scope): index for index, scope in enumerate(self._scopes)}
        entering: dict[int, frozenset[str]] = {0: frozenset()}
        for index, scope in enumerate(self._scopes):
            known = entering.get(index, frozenset())
            self._spread(index, known, before)
            for child in scope.children:
                owner = str(child.pointer[len(scope.pointer) + 1])
                inherited = frozenset() if child.distributed else before.get((index, owner), known)
                entering[index_of[id(child)]] = inherited
        return before

    def _spread(self, index: int, known: frozenset[str], before: dict[Key, frozenset[str]]) -> None:
        states = self._states(index)
        pending = [(self._scopes[index].block.get("StartAt"), known)]
        while pending:
            name, arriving = pending.pop()
            if type(name) is not str or type(states.get(name)) is not dict:
                continue
            key = (index, name)
            if key in before and arriving <= before[key]:
                continue
            before[key] = merged = before.get(key, frozenset()) | arriving
            leaving = merged | assigns(states[name])
            pending.extend((target, leaving) for target in self._targets(key))


def assigns(state: JsonObject) -> frozenset[str]:
    """The variables that a state sets, in its own Assign, a rule's or a catcher's."""
    entries = [state]
    for field in ("Choices", "Catch"):
        given = state.get(field)
        entries += [entry for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []
    templates = [entry["Assign"] for entry in entries if "Assign" in entry]
    return frozenset(key.removesuffix(".$") for template in templates if isinstance(template, dict) for key in template)
