"""What advice has to know of a whole machine: which states loop, and which variables may be set when one is entered."""

from __future__ import annotations

from functools import cached_property

from asl.graph import GraphScope, StateGraph, StateNode
from asl.types import Json, QueryLanguage

Key = tuple[int, str]
"""A state: the index of its scope and its name."""


class Flow:
    """A graph and the questions that advice asks about the ways through it."""

    def __init__(self, graph: StateGraph, language: QueryLanguage) -> None:
        self.graph = graph
        self.machine_language = language

    def language(self, node: StateNode) -> str:
        """The query language of a state."""
        return str(node.definition.get("QueryLanguage", self.machine_language))

    def following(self, node: StateNode) -> list[StateNode]:
        """The states that a state may lead to."""
        states = self.graph.scopes[node.scope].states
        return [states[target] for target in self._targets.get((node.scope, node.name), ()) if target in states]

    @cached_property
    def _targets(self) -> dict[Key, list[str]]:
        scope_of = {name: index for index, scope in enumerate(self.graph.scopes) for name in scope.states}
        targets: dict[Key, list[str]] = {}
        for edge in self.graph.transitions:
            targets.setdefault((scope_of[edge.source], edge.source), []).append(edge.target)
        return targets

    def loops(self, node: StateNode) -> bool:
        """Whether a state can be reached from itself without leaving its scope."""
        seen: set[str] = set()
        pending = [node.name]
        while pending:
            for target in self._targets.get((node.scope, pending.pop()), ()):
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
        entering: dict[int, frozenset[str]] = {0: frozenset()}
        for index, scope in enumerate(self.graph.scopes):
            known = entering.get(index, frozenset())
            self._spread(index, scope, known, before)
            for name, node in scope.states.items():
                for child in self.graph.scopes_of(node) if node.type in ("Parallel", "Map") else ():
                    inherited = before.get((index, name), known)
                    entering[self.graph.scopes.index(child)] = frozenset() if _is_distributed(node) else inherited
        return before

    def _spread(self, index: int, scope: GraphScope, known: frozenset[str], before: dict[Key, frozenset[str]]) -> None:
        pending = [(scope.start_at, known)]
        while pending:
            name, arriving = pending.pop()
            key = (index, name)
            if name not in scope.states or (key in before and arriving <= before[key]):
                continue
            before[key] = merged = before.get(key, frozenset()) | arriving
            leaving = merged | assigns(scope.states[name])
            pending.extend((target, leaving) for target in self._targets.get(key, ()))


def assigns(node: StateNode) -> frozenset[str]:
    """The variables that a state sets, in its own Assign, a rule's or a catcher's."""
    state = node.definition
    entries = [state]
    for field in ("Choices", "Catch"):
        given = state.get(field)
        entries += [entry for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []
    templates = [entry["Assign"] for entry in entries if "Assign" in entry]
    return frozenset(key.removesuffix(".$") for template in templates if isinstance(template, dict) for key in template)


def _is_distributed(node: StateNode) -> bool:
    processor: Json = node.definition.get("ItemProcessor", node.definition.get("Iterator"))
    config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
    return isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"
