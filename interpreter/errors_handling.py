"""Retry and Catch, compiled: which rule a failure meets, and how long to wait before the next attempt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from asl.dataflow import After, compile_assign
from asl.expressions.reference_path import compile_result_path
from asl.types import Json, JsonObject

if TYPE_CHECKING:
    from interpreter.plan import StatePlan

_NOT_TASK_FAILED = frozenset(
    {"States.Timeout", "States.Runtime", "States.DataLimitExceeded", "States.QueryEvaluationError"}
)


class ErrorNames(NamedTuple):
    """``ErrorEquals``. ``States.Runtime`` is matched by nothing: the machine never asks."""

    names: frozenset[str]

    def match(self, error: str | None, heartbeat: bool = False) -> bool:
        """Whether the error is one of these; ``heartbeat`` tells a missed heartbeat from another time-out."""
        names = self.names
        if error in names or "States.ALL" in names or (heartbeat and "States.HeartbeatTimeout" in names):
            return True
        return "States.TaskFailed" in names and error not in _NOT_TASK_FAILED


class Retrier(NamedTuple):
    """One entry of Retry; ``interval`` and ``max_delay`` in seconds."""

    errors: ErrorNames
    interval: float
    max_attempts: int
    rate: float
    max_delay: float | None
    jitter: bool

    def delay(self, attempt: int) -> float:
        """Seconds before retry number ``attempt``, counted from 0, without jitter."""
        try:
            delay = self.interval * self.rate**attempt
        except OverflowError:
            delay = float("inf")
        return delay if self.max_delay is None else min(delay, self.max_delay)


class Catcher(NamedTuple):
    """One entry of Catch. ``output`` makes the state's output from its raw input and the error output."""

    errors: ErrorNames
    next: StatePlan
    output: After
    assign: After | None


def compile_retriers(entries: list[JsonObject] | None) -> tuple[Retrier, ...]:
    """Retry with its defaults: 1 second, 3 attempts, rate 2.0."""
    return tuple(
        Retrier(
            ErrorNames(frozenset(entry["ErrorEquals"])),
            entry.get("IntervalSeconds", 1),
            entry.get("MaxAttempts", 3),
            entry.get("BackoffRate", 2.0),
            entry.get("MaxDelaySeconds"),
            entry.get("JitterStrategy") == "FULL",
        )
        for entry in entries or ()
    )


def compile_catchers(
    entries: list[JsonObject] | None, states: Mapping[str, StatePlan], language: str
) -> tuple[Catcher, ...]:
    return tuple(_compile_catcher(entry, index, states, language) for index, entry in enumerate(entries or ()))


def _compile_catcher(entry: JsonObject, index: int, states: Mapping[str, StatePlan], language: str) -> Catcher:
    output, assign = _jsonpath(entry) if language != "JSONata" else _jsonata(entry, index)
    return Catcher(ErrorNames(frozenset(entry["ErrorEquals"])), states[entry["Next"]], output, assign)


def _jsonpath(entry: JsonObject) -> tuple[After, After | None]:
    return _result_path(entry.get("ResultPath", "$")), compile_assign(entry.get("Assign"))


def _jsonata(entry: JsonObject, index: int) -> tuple[After, After | None]:
    from asl.dataflow_jsonata import compile_jsonata_catcher

    return compile_jsonata_catcher(entry, index)


def _result_path(path: str | None) -> After:
    if path is None:
        return lambda raw, _error, _scope: raw
    return compile_result_path(path)


def error_output(error: str | None, cause: str | None, timed_out: bool) -> Json:
    """What a catcher gets. AWS writes an empty cause for a time-out and null for what a failure left out."""
    return {"Error": error, "Cause": "" if timed_out and cause is None else cause}
