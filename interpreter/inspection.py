"""Looking inside a run: what every state visit saw, step by step of its data flow.

A :class:`Recorder` compiles a plan of its own whose data flow reports each step, so that runs that do not ask pay
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asl.expressions.scope import Scope
from asl.types import Json, JsonObject
from interpreter.history import RawText, Row
from interpreter.plan import Plan, compile_plan

if TYPE_CHECKING:
    from asl.state_machine import StateMachine

STEPS = (
    "afterInputPath",
    "afterParameters",
    "afterArguments",
    "result",
    "afterResultSelector",
    "afterResultPath",
)
"""AWS's names of the steps, in the order in which they happen."""


@dataclass(slots=True)
class StateInspection:
    """One visit of one state.

    ``entered`` is the id of its Entered event. ``steps`` maps AWS's inspection names (``afterInputPath``,
    ``afterParameters`` or ``afterArguments``, ``result``, ``afterResultSelector``, ``afterResultPath``) to values, for
    the steps that the visit reached. ``output`` is None and ``left`` False for a visit that did not end well.
    """

    name: str
    type: str
    entered: int
    input: Json
    variables: JsonObject
    steps: dict[str, Json] = field(default_factory=dict)
    output: Json = None
    assigned: JsonObject = field(default_factory=dict)
    left: bool = False

    def to_json(self) -> JsonObject:
        """The visit as plain data, steps flattened in AWS's order."""
        written: JsonObject = {
            "state": self.name,
            "type": self.type,
            "enteredEventId": self.entered,
            "input": self.input,
        }
        written.update((name, self.steps[name]) for name in STEPS if name in self.steps)
        if self.left:
            written["output"] = self.output
        if self.variables:
            written["variables"] = self.variables
        if self.assigned:
            written["assignedVariables"] = self.assigned
        return written


class Recorder:
    """Collects what an inspected plan reports, visit by visit."""

    def __init__(self) -> None:
        self._steps: dict[int, dict[str, Json]] = {}
        self._variables: dict[int, JsonObject] = {}

    def plan_for(self, machine: StateMachine) -> Plan:
        """The machine's plan, compiled so that it reports here."""
        return compile_plan(machine.graph, machine.definition, machine.name, self.observe)

    def observe(self, scope: Scope, name: str, value: Json) -> None:
        """Take one step's value; the scope is the machine at work."""
        frame: Any = scope.frame  # type: ignore[attr-defined]
        self._steps.setdefault(frame.entered, {})[name] = value
        self._variables.setdefault(frame.entered, frame.variables)

    def visits(self, rows: Iterable[Row]) -> list[StateInspection]:
        """Every visit of the history, in the order of entry, with what was reported for it."""
        found: dict[int, StateInspection] = {}
        parents: dict[int, int] = {}
        for number, (event_type, previous, _, details) in enumerate(rows, 1):
            parents[number] = previous
            if event_type.endswith("StateEntered"):
                found[number] = self._visit(number, event_type, details)
            elif event_type.endswith("StateExited"):
                _leave(_entered(found, parents, details[0], previous), details)
        return list(found.values())

    def _visit(self, number: int, event_type: str, details: tuple[Any, ...]) -> StateInspection:
        name, value = details
        value = value.value if isinstance(value, RawText) else value
        kind = event_type.removesuffix("StateEntered")
        return StateInspection(name, kind, number, value, self._variables.get(number, {}), self._steps.get(number, {}))


def _entered(found: dict[int, StateInspection], parents: dict[int, int], name: str, number: int) -> StateInspection:
    """Follow the chain of events back from an exit to the entry of the same state that is still open."""
    while number not in found or found[number].name != name or found[number].left:
        number = parents[number]
    return found[number]


def _leave(visit: StateInspection, details: tuple[Any, ...]) -> None:
    visit.output, visit.left = details[1], True
    visit.assigned = details[2] if len(details) > 2 else {}
