"""A definition compiled once, shared by every execution of it: states resolved to small callables and direct
references.

Compiling expects a definition that validation has passed; what is still wrong with an expression fails here, with its
place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asl.dataflow import DataFlow, Observe, compile_dataflow
from asl.graph import GraphScope, StateGraph, StateNode, machine_language
from asl.types import Json, JsonObject
from interpreter.errors_handling import Catcher, Retrier, compile_catchers, compile_retriers
from interpreter.states import BEHAVIOURS

if TYPE_CHECKING:
    from interpreter.execution import Frame
    from interpreter.machine import Machine

_NO_NEXT = frozenset({"Choice", "Succeed", "Fail"})
_COUNTS_RETRIES = frozenset({"Task"})


@dataclass(slots=True, eq=False)
class StatePlan:
    """One state, ready to run. ``enter`` is its behaviour's; ``next`` is None for terminal states and Choice."""

    name: str
    type: str
    scope: int
    definition: JsonObject
    language: str
    entered: str
    exited: str
    flow: DataFlow
    retriers: tuple[Retrier, ...] = ()
    catchers: tuple[Catcher, ...] = ()
    counts_retries: bool = False
    behaviour: Any = None
    enter: Callable[[Machine, Frame], Json] = None  # type: ignore[assignment]
    next: StatePlan | None = None
    children: tuple[ScopePlan, ...] = ()


@dataclass(slots=True, eq=False)
class ScopePlan:
    """One ``States`` block: its states by name and the first of them."""

    index: int
    states: dict[str, StatePlan]
    start: StatePlan


@dataclass(slots=True, eq=False)
class Plan:
    """A whole machine. ``scopes`` are numbered as in the graph, ``first`` is where an execution starts; ``timeout``
    is the machine's TimeoutSeconds."""

    name: str
    definition: JsonObject
    graph: StateGraph
    scopes: list[ScopePlan]
    timeout: float | None
    language: str
    first: int = 0

    @property
    def start(self) -> StatePlan:
        return self.scopes[self.first].start

    def child(self, scope: int, label: str) -> Plan:
        """The plan of a distributed Map's children, which start in one of this plan's scopes."""
        return Plan(f"{self.name}/{label}", self.definition, self.graph, self.scopes, None, self.language, scope)

    def state(self, name: str) -> StatePlan | None:
        """The state of that name in any scope."""
        return next((scope.states[name] for scope in self.scopes if name in scope.states), None)


def compile_plan(graph: StateGraph, definition: JsonObject, name: str, observe: Observe | None = None) -> Plan:
    """Compile a machine; with ``observe`` every step of every state's data flow is reported to it."""
    language = machine_language(definition)
    scopes = [_compile_scope(index, scope, language, observe) for index, scope in enumerate(graph.scopes)]
    for scope, plan in zip(graph.scopes, scopes, strict=True):
        _link(graph, scope, plan, scopes)
    return Plan(name, definition, graph, scopes, definition.get("TimeoutSeconds"), language)


def _compile_scope(index: int, scope: GraphScope, language: str, observe: Observe | None) -> ScopePlan:
    states = {name: _compile_state(node, index, language, observe) for name, node in scope.states.items()}
    return ScopePlan(index, states, states[scope.start_at])


def _compile_state(node: StateNode, scope: int, language: str, observe: Observe | None) -> StatePlan:
    definition = node.definition
    kind = node.type
    own = str(definition.get("QueryLanguage", language))
    flow = compile_dataflow(definition, own, observe)
    return StatePlan(
        node.name, kind, scope, definition, own, f"{kind}StateEntered", f"{kind}StateExited", flow,
        compile_retriers(definition.get("Retry")), counts_retries=kind in _COUNTS_RETRIES,
    )  # fmt: skip


def _link(graph: StateGraph, scope: GraphScope, plan: ScopePlan, scopes: list[ScopePlan]) -> None:
    numbers = {id(entry): index for index, entry in enumerate(graph.scopes)} if _has_children(scope) else {}
    for name, state in plan.states.items():
        if numbers:
            state.children = tuple(scopes[numbers[id(child)]] for child in graph.scopes_of(scope.states[name]))
        state.next = None if state.type in _NO_NEXT else _target(plan.states, state.definition.get("Next"))
        state.catchers = compile_catchers(state.definition.get("Catch"), plan.states, state.language)
        state.behaviour = BEHAVIOURS[state.type](state, plan.states)
        state.enter = state.behaviour.enter


def _has_children(scope: GraphScope) -> bool:
    return any(node.type in ("Map", "Parallel") for node in scope.states.values())


def _target(states: Mapping[str, StatePlan], name: str | None) -> StatePlan | None:
    return None if name is None else states[name]
