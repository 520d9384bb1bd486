"""What Parallel and Map share: collecting children's outputs by index, and ending all of them when one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asl.types import Json
from interpreter.execution import Frame, Join
from interpreter.states.base import Behaviour

if TYPE_CHECKING:
    from interpreter.machine import Machine


class Container(Behaviour):
    def collect(self, frame: Frame, child: Frame, output: Json) -> Join:
        """Take an ended child's output into the join."""
        join = frame.join
        assert join is not None
        join.outputs[child.index] = output
        join.size += child.size + 1
        join.remaining -= 1
        del join.running[child.index]
        child.input = output
        return join

    def joined(self, machine: Machine, frame: Frame, join: Join) -> Frame | None:
        """Every child has ended well: make the output and leave the state."""
        self.end_children(machine, frame)
        output = machine.settle(frame, self.state, join.outputs, join.size + 2)
        return machine.complete(frame, output)

    def child_failed(self, machine: Machine, frame: Frame, child: Frame) -> None:
        """End all children; every event of the clean-up points at the event that failed."""
        join = frame.join
        assert join is not None
        failing = frame.previous = child.previous
        self.failure_event(machine, child, failing)
        if child.state.type == "Task":
            machine.emit("TaskStateAborted", failing)
        del join.running[child.index]
        for index in sorted(join.running):
            self.abort_child(machine, join.running[index], failing)
        self.end_children(machine, frame)

    def failure_event(self, machine: Machine, child: Frame, failing: int) -> None:
        """What history says of the child that failed, besides its own events: nothing for a branch."""

    def abort_child(self, machine: Machine, child: Frame, previous: int) -> None:
        machine.abort(child, previous)

    def end_children(self, machine: Machine, frame: Frame) -> None:
        """Forget the join and what is left of its children."""
        join = frame.join
        assert join is not None
        frame.join = None
        frame.ticket += 1
        for child in join.children:
            machine.forget(child)
