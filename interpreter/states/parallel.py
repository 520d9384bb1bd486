"""Parallel: runs its branches side by side on the same input and joins their outputs in order of declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asl.types import Json
from interpreter.execution import Frame, Join, Phase
from interpreter.machine import WAITING
from interpreter.states.container import Container

if TYPE_CHECKING:
    from interpreter.machine import Machine


class Parallel(Container):
    def enter(self, machine: Machine, frame: Frame) -> Json:
        state = self.state
        value, size = self.effective_input(machine, frame)
        bound = machine.measured(value, size, state.name)
        started = frame.previous = machine.emit("ParallelStateStarted", frame.previous)
        join = frame.join = Join(len(state.children))
        machine.wait(frame, Phase.JOIN)
        for index, scope in enumerate(state.children):
            machine.child(frame, join, index, scope.start, value, bound, started)
        return WAITING

    def child_done(self, machine: Machine, frame: Frame, child: Frame, output: Json) -> Frame | None:
        join = self.collect(frame, child, output)
        if join.remaining:
            return None
        frame.previous = child.previous
        machine.emit("ParallelStateSucceeded", child.previous)
        return self.joined(machine, frame, join)
