"""Wait: lets time pass."""

from __future__ import annotations

from typing import Literal

from asl.states.base import Assigning, InputOutput, MovingState


class WaitState(MovingState, InputOutput, Assigning):
    """Waits for some seconds or until an instant: exactly one of its four fields is given."""

    type: Literal["Wait"]
    seconds: int | str | None = None
    """Seconds to wait; in JSONata an expression may give them."""
    seconds_path: str | None = None
    """JSONPath: where the input has the seconds."""
    timestamp: str | None = None
    """The instant to wait for, such as 2016-03-14T01:59:00Z; in JSONata an expression may give it."""
    timestamp_path: str | None = None
    """JSONPath: where the input has the instant."""
