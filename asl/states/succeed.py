"""Succeed: ends a block of states successfully."""

from __future__ import annotations

from typing import Literal

from asl.states.base import InputOutput, State
from asl.types import Json


class SucceedState(State, InputOutput):
    """Ends the execution, branch or iteration successfully."""

    type: Literal["Succeed"]
    output: Json = None
    """JSONata: the output."""
