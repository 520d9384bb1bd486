"""Fail: ends a block of states with an error."""

from __future__ import annotations

from typing import Literal

from asl.states.base import State


class FailState(State):
    """Fails the execution, branch or iteration."""

    type: Literal["Fail"]
    error: str | None = None
    """The name of the error; in JSONata an expression may give it."""
    error_path: str | None = None
    """JSONPath: where the name is found, or an intrinsic call that gives it."""
    cause: str | None = None
    """What happened, for people; in JSONata an expression may give it."""
    cause_path: str | None = None
    """JSONPath: where the cause is found, or an intrinsic call that gives it."""
