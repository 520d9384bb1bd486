"""Retry and Catch: which errors are tried again, and which lead elsewhere."""

from __future__ import annotations

from typing import Literal

from asl.states.base import Model
from asl.types import Json


class Retrier(Model):
    """Errors that are tried again, how often and how late."""

    error_equals: tuple[str, ...]
    """The names of the errors; States.ALL alone for every one that can be caught."""
    interval_seconds: int = 1
    """Seconds before the first retry."""
    max_attempts: int = 3
    """Retries; 0 for none."""
    backoff_rate: float = 2.0
    """What the interval is multiplied by after each retry."""
    max_delay_seconds: int | None = None
    """The longest delay in seconds."""
    jitter_strategy: Literal["FULL", "NONE"] = "NONE"
    """FULL draws each delay between 0 and its value."""
    comment: str | None = None
    """A description for people."""


class Catcher(Model):
    """Errors that lead to another state."""

    error_equals: tuple[str, ...]
    """The names of the errors; States.ALL alone for every one that can be caught."""
    next: str
    """The state that follows."""
    result_path: str | None = "$"
    """JSONPath: where in the input the error output is put; null to drop it."""
    output: Json = None
    """JSONata: the output; the error output when absent."""
    assign: dict[str, Json] | None = None
    """Variables to set, by name."""
    comment: str | None = None
    """A description for people."""


class ErrorHandling(Model):
    """The error handling of Task, Parallel and Map."""

    retry: tuple[Retrier, ...] = ()
    """Tried in order: the first that names the error decides."""
    catch: tuple[Catcher, ...] = ()
    """Tried in order, once the retries are used up."""
