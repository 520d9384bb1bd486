"""Task: one unit of work done by someone else."""

from __future__ import annotations

from typing import Literal

from asl.states.base import Assigning, InputOutput, MovingState, ResultShaping
from asl.states.errors_handling import ErrorHandling
from asl.types import Json, JsonObject


class TaskState(MovingState, InputOutput, ResultShaping, Assigning, ErrorHandling):
    """Has a resource do some work: a Lambda function, an activity, or an AWS service."""

    type: Literal["Task"]
    resource: str
    """The ARN of what does the work."""
    parameters: Json = None
    """JSONPath: a payload template for the input of the work."""
    arguments: Json = None
    """JSONata: the input of the work."""
    timeout_seconds: int | str | None = None
    """Seconds until States.Timeout; in JSONata an expression may give them."""
    timeout_seconds_path: str | None = None
    """JSONPath: where the input has the timeout."""
    heartbeat_seconds: int | str | None = None
    """Seconds allowed between heartbeats; in JSONata an expression may give them."""
    heartbeat_seconds_path: str | None = None
    """JSONPath: where the input has the heartbeat interval."""
    credentials: JsonObject | str | None = None
    """The role (RoleArn) that the work is done as."""
