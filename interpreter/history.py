"""History: one table of shapes turns the machine's compact rows into the events that GetExecutionHistory returns.

A row is ``(type, previous event id, seconds since 1970, details)``; its id is its place. Rows hold values, not text:
the JSON text of a payload is written only when somebody reads the history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

from asl.json_text import to_text
from asl.types import Json, JsonObject

HISTORY_LIMIT = 25_000
"""Most events of a Standard execution; the last one is the failure that says so."""

Row: TypeAlias = tuple[str, int, float, tuple[Any, ...]]


class RawText(NamedTuple):
    """A payload whose text is kept as it was sent (the execution's input)."""

    text: str
    value: Json


def payload_text(value: Json | RawText) -> str:
    return value.text if isinstance(value, RawText) else to_text(value)


def _present(**fields: object) -> JsonObject:
    return {key: value for key, value in fields.items() if value is not None}


def _with_input(key: str, value: Json) -> JsonObject:
    return {key: payload_text(value), f"{key}Details": {"truncated": False}}


def _execution_started(value: Json, role_arn: str, version: str | None = None, alias: str | None = None) -> JsonObject:
    optional = _present(stateMachineVersionArn=version, stateMachineAliasArn=alias)
    return {**_with_input("input", value), "roleArn": role_arn, **optional}


def _output(value: Json) -> JsonObject:
    return _with_input("output", value)


def _entered(name: str, value: Json) -> JsonObject:
    return {"name": name, **_with_input("input", value)}


def _exited(name: str, value: Json, assigned: JsonObject | None = None) -> JsonObject:
    details = {"name": name, **_output(value)}
    if assigned:
        details["assignedVariables"] = {key: to_text(item) for key, item in assigned.items()}
        details["assignedVariablesDetails"] = {"truncated": False}
    return details


def _failure(error: str | None = None, cause: str | None = None) -> JsonObject:
    return _present(error=error, cause=cause)


def _lambda_scheduled(
    resource: str, value: Json, timeout: int | None = None, heartbeat: int | None = None, role: str | None = None
) -> JsonObject:
    credentials = None if role is None else {"roleArn": role}
    optional = _present(timeoutInSeconds=timeout, heartbeatInSeconds=heartbeat, taskCredentials=credentials)
    return {"resource": resource, **_with_input("input", value), **optional}


def _task_scheduled(
    resource_type: str,
    resource: str,
    region: str,
    parameters: Json,
    timeout: int | None = None,
    heartbeat: int | None = None,
    role: str | None = None,
) -> JsonObject:
    credentials = None if role is None else {"roleArn": role}
    return {
        "resourceType": resource_type,
        "resource": resource,
        "region": region,
        "parameters": to_text(parameters),
        **_present(timeoutInSeconds=timeout, heartbeatInSeconds=heartbeat, taskCredentials=credentials),
    }


def _task(resource_type: str, resource: str) -> JsonObject:
    return {"resourceType": resource_type, "resource": resource}


def _task_output(resource_type: str, resource: str, value: Json) -> JsonObject:
    return {**_task(resource_type, resource), **_output(value)}


def _task_failure(resource_type: str, resource: str, error: str | None = None, cause: str | None = None) -> JsonObject:
    return {**_task(resource_type, resource), **_present(error=error, cause=cause)}


def _worker(name: str | None = None) -> JsonObject:
    return _present(workerName=name)


def _length(length: int) -> JsonObject:
    return {"length": length}


def _iteration(name: str, index: int) -> JsonObject:
    return {"name": name, "index": index}


def _map_run(arn: str, redrives: int | None = None) -> JsonObject:
    return {"mapRunArn": arn, **_present(redriveCount=redrives)}


def _redriven(count: int) -> JsonObject:
    return {"redriveCount": count}


def _evaluation_failed(state: str, error: str, cause: str, location: str | None = None) -> JsonObject:
    return {"state": state, "error": error, "cause": cause, **_present(location=location)}


_STATE_TYPES = ("Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Task", "Wait")
_FAILURES = (
    "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut", "LambdaFunctionFailed",
    "LambdaFunctionScheduleFailed", "LambdaFunctionStartFailed", "LambdaFunctionTimedOut", "ActivityFailed",
    "ActivityScheduleFailed", "ActivityTimedOut", "MapRunFailed",
)  # fmt: skip

SHAPES: dict[str, Callable[..., JsonObject]] = {
    "ExecutionStarted": _execution_started,
    "ExecutionSucceeded": _output,
    "ExecutionRedriven": _redriven,
    "LambdaFunctionScheduled": _lambda_scheduled,
    "LambdaFunctionSucceeded": _output,
    "ActivityScheduled": _lambda_scheduled,
    "ActivityStarted": _worker,
    "ActivitySucceeded": _output,
    "TaskScheduled": _task_scheduled,
    "TaskStarted": _task,
    "TaskSubmitted": _task_output,
    "TaskSucceeded": _task_output,
    "TaskFailed": _task_failure,
    "TaskStartFailed": _task_failure,
    "TaskSubmitFailed": _task_failure,
    "TaskTimedOut": _task_failure,
    "MapStateStarted": _length,
    "MapIterationStarted": _iteration,
    "MapIterationSucceeded": _iteration,
    "MapIterationFailed": _iteration,
    "MapIterationAborted": _iteration,
    "MapRunStarted": _map_run,
    "MapRunRedriven": _map_run,
    "EvaluationFailed": _evaluation_failed,
    **{f"{kind}StateEntered": _entered for kind in _STATE_TYPES},
    **{f"{kind}StateExited": _exited for kind in _STATE_TYPES if kind != "Fail"},
    **dict.fromkeys(_FAILURES, _failure),
}
"""Event type to the function that writes its details; a type that is missing here has no details."""


def _details_key(event_type: str) -> str:
    if event_type.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if event_type.endswith("StateExited"):
        return "stateExitedEventDetails"
    return f"{event_type[0].lower()}{event_type[1:]}EventDetails"


_KEYS = {event_type: _details_key(event_type) for event_type in SHAPES}


def event(number: int, row: Row) -> JsonObject:
    """One event in GetExecutionHistory's shape, its timestamp an aware datetime in UTC."""
    event_type, previous, seconds, details = row
    written: JsonObject = {
        "timestamp": datetime.fromtimestamp(seconds, UTC),
        "type": event_type,
        "id": number,
        "previousEventId": previous,
    }
    if shape := SHAPES.get(event_type):
        written[_KEYS[event_type]] = shape(*details)
    return written


def events(rows: Iterable[Row], first: int = 1) -> list[JsonObject]:
    """The rows as events, numbered from ``first``."""
    return [event(number, row) for number, row in enumerate(rows, first)]
