"""Pass: hands its input, or a fixed Result, through the data flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from asl.json_text import byte_bound
from asl.types import Json
from interpreter.execution import Frame
from interpreter.states.base import Behaviour

if TYPE_CHECKING:
    from interpreter.machine import Machine
    from interpreter.plan import StatePlan


class Pass(Behaviour):
    def __init__(self, state: StatePlan, siblings: Mapping[str, StatePlan]) -> None:
        super().__init__(state, siblings)
        flow = state.flow
        self._has_result = "Result" in state.definition and state.language != "JSONata"
        self._result: Json = state.definition.get("Result")
        self._result_size = byte_bound(self._result) if self._has_result else 0
        if flow.before is None and flow.after is None and flow.assign is None and not self._has_result:
            self.enter = self._unchanged  # type: ignore[method-assign]
        elif flow.before is None and self._has_result:
            self.enter = self._fixed  # type: ignore[method-assign]

    def enter(self, machine: Machine, frame: Frame) -> Json:
        value, size = self.effective_input(machine, frame)
        if self._has_result:
            value, size = self._result, self._result_size
        return machine.settle(frame, self.state, value, size)

    def _fixed(self, machine: Machine, frame: Frame) -> Json:
        return machine.settle(frame, self.state, self._result, self._result_size)

    def _unchanged(self, machine: Machine, frame: Frame) -> Json:
        return frame.input
