"""Succeed: ends its scope with its input, or its Output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asl.types import Json
from interpreter.execution import Frame
from interpreter.states.base import Behaviour

if TYPE_CHECKING:
    from interpreter.machine import Machine


class Succeed(Behaviour):
    def enter(self, machine: Machine, frame: Frame) -> Json:
        value, size = self.effective_input(machine, frame)
        return machine.settle(frame, self.state, value, size)
