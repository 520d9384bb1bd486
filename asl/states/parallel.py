"""Parallel: branches that run side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from asl.states.base import Assigning, InputOutput, Model, MovingState, ResultShaping
from asl.states.errors_handling import ErrorHandling
from asl.types import Json

if TYPE_CHECKING:
    from asl.states.machine import AnyState


class Branch(Model):
    """A block of states of its own."""

    comment: str | None = None
    """A description for people."""
    start_at: str
    """The first state."""
    states: dict[str, AnyState]
    """The states by name."""


class ParallelState(MovingState, InputOutput, ResultShaping, Assigning, ErrorHandling):
    """Runs its branches side by side; the result is the array of their outputs."""

    type: Literal["Parallel"]
    branches: tuple[Branch, ...]
    """The branches, each with its own copy of the input."""
    parameters: Json = None
    """JSONPath: a payload template for the input of the branches."""
    arguments: Json = None
    """JSONata: the input of the branches."""
