"""Pass: shapes data and does nothing else."""

from __future__ import annotations

from typing import Literal

from asl.states.base import Assigning, InputOutput, MovingState
from asl.types import Json


class PassState(MovingState, InputOutput, Assigning):
    """Passes its input on, shaped or replaced."""

    type: Literal["Pass"]
    parameters: Json = None
    """JSONPath: a payload template over the input."""
    result: Json = None
    """JSONPath: a literal result; never evaluated."""
    result_path: str | None = "$"
    """JSONPath: where in the input the result is put; null to drop it."""
