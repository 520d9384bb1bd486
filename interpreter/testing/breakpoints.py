"""A plan whose states can be stopped at: it stops a run before the work of a state, so that a test looks and edits.

The plan is compiled for one run; nothing is added to the plans that other runs use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from asl.types import Json
from interpreter.execution import Frame, Phase
from interpreter.machine import WAITING
from interpreter.messages import Resume

if TYPE_CHECKING:
    from interpreter.engine import Engine, Run
    from interpreter.machine import Machine
    from interpreter.plan import Plan, StatePlan

_PAUSED: Final = "paused"


@dataclass(slots=True)
class Breakpoints:
    """The states to stop at, and the frames that are stopped. ``variables`` are given to the first state that is
    entered.
    """

    states: set[str] = field(default_factory=set)
    stopped: list[Frame] = field(default_factory=list)
    variables: dict[str, Json] | None = None
    _passed: set[tuple[int, int]] = field(default_factory=set)

    def watch(self, plan: Plan) -> None:
        """Make every state of a plan look here before it does its work."""
        for scope in plan.scopes:
            for state in scope.states.values():
                state.enter = partial(self._enter, state, state.enter)

    def _enter(self, state: StatePlan, enter: Callable[[Machine, Frame], Json], machine: Machine, frame: Frame) -> Json:
        if self.variables is not None:
            frame.variables, self.variables = {**frame.variables, **self.variables}, None
        visit = (frame.id, frame.entered)
        if state.name in self.states and visit not in self._passed:
            self._passed.add(visit)
            frame.phase = _PAUSED
            frame.ticket += 1
            self.stopped.append(frame)
            return WAITING
        return enter(machine, frame)


class Pause:
    """A run stopped at a state, before the state's work. ``input`` and ``variables`` can be read and set."""

    def __init__(self, engine: Engine, run: Run, breakpoints: Breakpoints, frame: Frame) -> None:
        self._engine = engine
        self._run = run
        self._breakpoints = breakpoints
        self._frame = frame

    @property
    def state(self) -> str:
        return self._frame.state.name

    @property
    def input(self) -> Json:
        """The state's raw input."""
        return self._frame.input

    @input.setter
    def input(self, value: Any) -> None:
        from asl.json_text import byte_bound
        from interpreter.testing.mocks import plain_json

        self._frame.input = plain_json(value)
        self._frame.size, self._frame.text = byte_bound(self._frame.input), None

    @property
    def variables(self) -> dict[str, Json]:
        """The workflow variables that the state sees; set the whole to change them."""
        return dict(self._frame.variables)

    @variables.setter
    def variables(self, values: dict[str, Any]) -> None:
        from interpreter.testing.mocks import plain_json

        self._frame.variables = {name: plain_json(value) for name, value in values.items()}

    def resume(self) -> None:
        """Let the state do its work as soon as the run is driven on."""
        self._breakpoints.stopped.remove(self._frame)
        self._frame.phase = Phase.AGAIN
        self._run.execution.ready.append(self._frame)
        self._engine.post(self._run, Resume())

    def __repr__(self) -> str:
        return f"<Pause at {self.state!r} with input {self.input!r:.80}>"


def starting_at(plan: Plan, state: str) -> Plan:
    """The same plan, begun at another state of any scope; a state inside a Map or Branch runs to the end of its
    scope.
    """
    first = next(index for index, scope in enumerate(plan.scopes) if state in scope.states)
    scopes = list(plan.scopes)
    scopes[first] = replace(scopes[first], start=scopes[first].states[state])
    return replace(plan, scopes=scopes, first=first)
