"""What every behaviour is: the working half of a state, made once per plan from what the state says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from asl.errors import StateError
from asl.types import Json
from interpreter.execution import Frame

if TYPE_CHECKING:
    from interpreter.machine import Machine
    from interpreter.plan import StatePlan


class Behaviour:
    """``enter`` works on the state of a frame and answers its output, or ``WAITING``; it raises StateError to fail.

    The other methods belong to states that wait: ``settled`` gives the output once the wait is over, ``resume`` takes a
    message for the frame, ``child_done``, ``child_failed`` and ``abort_child`` serve Parallel and Map.
    """

    def __init__(self, state: StatePlan, siblings: Mapping[str, StatePlan]) -> None:
        self.state = state

    def enter(self, machine: Machine, frame: Frame) -> Json:
        raise NotImplementedError

    def settled(self, machine: Machine, frame: Frame) -> Json:
        raise NotImplementedError

    def resume(self, machine: Machine, frame: Frame, message: Any) -> None:
        raise NotImplementedError

    def effective_input(self, machine: Machine, frame: Frame) -> tuple[Json, int | None]:
        """The raw input after InputPath and Parameters or Arguments, with its size bound."""
        flow = self.state.flow
        if flow.before is None:
            return frame.input, frame.size
        bound = flow.before_bound
        return flow.before(frame.input, machine), None if bound is None else bound[0] * frame.size + bound[1]


def runtime_error(cause: str) -> StateError:
    """``States.Runtime`` at this state; the machine puts the place in front of the cause."""
    return StateError("States.Runtime", cause, located=True)
