"""The graph of a definition: its scopes (each ``States`` block), its states and the transitions between them.

Built from the plain definition and tolerant of its mistakes, so that validation and diagrams can look at a wrong one.
networkx is imported only when :attr:`StateGraph.networkx` is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from asl.types import JsonObject, Pointer, QueryLanguage

if TYPE_CHECKING:
    import networkx

TransitionKind = Literal["Next", "Choice", "Default", "Catch"]
ScopeKind = Literal["machine", "branch", "processor"]


@dataclass(frozen=True, slots=True)
class Transition:
    """An edge. ``index`` is that of the choice rule or catcher, ``pointer`` that of the field that names the target."""

    source: str
    target: str
    kind: TransitionKind
    pointer: Pointer
    index: int | None = None


class StateNode(NamedTuple):
    """A state: its name, its plain definition, where it stands, and the index of the scope that holds it."""

    name: str
    definition: JsonObject
    pointer: Pointer
    scope: int

    @property
    def type(self) -> str:
        return str(self.definition.get("Type", ""))

    @property
    def is_terminal(self) -> bool:
        return self.definition.get("End") is True or self.type in ("Succeed", "Fail")


@dataclass(frozen=True, slots=True)
class GraphScope:
    """One ``States`` block: the machine's own, a Parallel branch's or a Map processor's.

    ``owner`` is the name of the Parallel or Map state, ``parent`` the index of the scope that the owner is in,
    ``index`` the number of the branch, ``pointer`` that of the object with ``StartAt`` and ``States``.
    """

    kind: ScopeKind
    pointer: Pointer
    start_at: str
    states: dict[str, StateNode] = field(default_factory=dict)
    owner: str | None = None
    parent: int | None = None
    index: int = 0


class StateGraph:
    """Scopes, states and transitions of one definition, in the order in which they are written.

    ``scopes[0]`` is the machine's own. A state's children are found with :meth:`scopes_of`.
    """

    def __init__(self, definition: JsonObject) -> None:
        self.scopes: list[GraphScope] = []
        self._by_owner: dict[tuple[int, str], list[int]] = {}
        self._add_scope(definition, (), "machine", None, None, 0)

    @cached_property
    def transitions(self) -> list[Transition]:
        """Every edge of every scope, in the order of the states that they leave."""
        return [edge for node in self.states() for edge in transitions_of(node)]

    def states(self) -> Iterator[StateNode]:
        """Every state of every scope, outer before inner."""
        for scope in self.scopes:
            yield from scope.states.values()

    def find(self, name: str) -> StateNode | None:
        """The state of that name in any scope (names are unique in the whole machine)."""
        return next((scope.states[name] for scope in self.scopes if name in scope.states), None)

    def scopes_of(self, node: StateNode) -> list[GraphScope]:
        """The branches of a Parallel or the processor of a Map, in order; empty for any other state."""
        return [self.scopes[index] for index in self._by_owner.get((node.scope, node.name), ())]

    @cached_property
    def networkx(self) -> networkx.MultiDiGraph[str]:
        """The same as a networkx graph: nodes by state name (attribute ``node``), edges with ``kind`` and ``index``."""
        import networkx

        graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
        for node in self.states():
            graph.add_node(node.name, node=node)
        for edge in self.transitions:
            graph.add_edge(edge.source, edge.target, kind=edge.kind, index=edge.index)
        return graph

    def _add_scope(
        self, block: JsonObject, pointer: Pointer, kind: ScopeKind, owner: str | None, parent: int | None, index: int
    ) -> None:
        number = len(self.scopes)
        scope = GraphScope(kind, pointer, str(block.get("StartAt", "")), {}, owner, parent, index)
        self.scopes.append(scope)
        if owner is not None and parent is not None:
            self._by_owner.setdefault((parent, owner), []).append(number)
        for name, definition in _objects(block.get("States")):
            node = StateNode(name, definition, (*pointer, "States", name), number)
            scope.states[name] = node
        for node in scope.states.values():
            self._add_children(node, number)

    def _add_children(self, node: StateNode, number: int) -> None:
        if node.type == "Parallel":
            branches = node.definition.get("Branches")
            for index, branch in enumerate(branches if isinstance(branches, list) else ()):
                if isinstance(branch, dict):
                    self._add_scope(branch, (*node.pointer, "Branches", index), "branch", node.name, number, index)
        if node.type == "Map":
            key = "ItemProcessor" if "ItemProcessor" in node.definition else "Iterator"
            processor = node.definition.get(key)
            if isinstance(processor, dict):
                self._add_scope(processor, (*node.pointer, key), "processor", node.name, number, 0)


def machine_language(definition: JsonObject) -> QueryLanguage:
    """The query language of a machine; among the states, where published definitions have it, it counts too."""
    states = definition.get("States")
    misplaced = states.get("QueryLanguage") if isinstance(states, dict) else None
    language = definition.get("QueryLanguage", misplaced if isinstance(misplaced, str) else "JSONPath")
    return "JSONPath" if language == "JSONPath" else "JSONata"


def transitions_of(node: StateNode) -> Iterator[Transition]:
    """The edges that leave a state: Next, each choice rule, Default and each catcher."""
    if isinstance(target := node.definition.get("Next"), str):
        yield Transition(node.name, target, "Next", (*node.pointer, "Next"))
    yield from _listed(node, "Choices", "Choice")
    if isinstance(target := node.definition.get("Default"), str):
        yield Transition(node.name, target, "Default", (*node.pointer, "Default"))
    yield from _listed(node, "Catch", "Catch")


def _listed(node: StateNode, field_name: str, kind: TransitionKind) -> Iterator[Transition]:
    entries = node.definition.get(field_name)
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict) and isinstance(target := entry.get("Next"), str):
            yield Transition(node.name, target, kind, (*node.pointer, field_name, index, "Next"), index)


def _objects(block: object) -> Iterator[tuple[str, JsonObject]]:
    if isinstance(block, dict):
        yield from ((name, value) for name, value in block.items() if isinstance(value, dict))
