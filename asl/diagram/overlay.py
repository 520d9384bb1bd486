"""What is painted over a drawing, as plain data: what happened to each state, which transitions were taken, and why.

A drawing knows nothing of where an overlay comes from: a history, a test coverage or the difference of two definitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from asl.graph import Transition

Status = Literal[
    "succeeded",
    "running",
    "retried",
    "caught",
    "failed",
    "aborted",
    "not reached",
    "added",
    "removed",
    "changed",
    "same",
]
"""The first seven are those of a run, the last four those of a comparison."""


@dataclass(frozen=True, slots=True)
class StateOverlay:
    """What is known of one state.

    ``visits`` counts entries (``failed_visits`` those that failed, caught or not), ``attempts`` the tries of its work
    (a first try and each retry), ``iterations`` a Map's started items and ``failed_iterations`` those that failed;
    ``duration`` is in seconds, summed over visits. ``input`` and ``output`` are JSON texts of the last visit. ``notes``
    are more lines to show inside the state.
    """

    status: Status = "not reached"
    visits: int = 0
    failed_visits: int = 0
    attempts: int = 0
    iterations: int | None = None
    failed_iterations: int = 0
    duration: float | None = None
    error: str | None = None
    cause: str | None = None
    input: str | None = None
    output: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TransitionOverlay:
    """How often a transition was taken, and how it is marked; ``not reached`` goes with 0."""

    taken: int = 0
    status: Status = "not reached"


@dataclass(frozen=True, slots=True)
class Overlay:
    """Everything to paint over one drawing; a state or a transition that is absent is painted as ``not reached``.

    ``unmarked`` replaces that default, such as by ``same`` for a comparison. ``heading`` is a line over the picture.
    """

    states: Mapping[str, StateOverlay] = field(default_factory=lambda: MappingProxyType({}))
    transitions: Mapping[Transition, TransitionOverlay] = field(default_factory=lambda: MappingProxyType({}))
    heading: str | None = None
    unmarked: Status = "not reached"

    def state(self, name: str) -> StateOverlay:
        found = self.states.get(name)
        return found if found is not None else StateOverlay(self.unmarked)

    def transition(self, transition: Transition) -> TransitionOverlay:
        found = self.transitions.get(transition)
        return found if found is not None else TransitionOverlay(0, self.unmarked)
