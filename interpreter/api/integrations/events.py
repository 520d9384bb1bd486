"""``events:putEvents``: what Step Functions adds to it, and how a failed entry fails the task."""

from __future__ import annotations

from asl.json_text import to_text
from asl.types import Json, JsonObject
from interpreter.api.integrations.aws import Aws
from interpreter.tasks.port import TaskError, TaskRequest


def put_events(aws: Aws, request: TaskRequest) -> Json:
    """Send the entries, each with the state machine and the execution among its resources."""
    machine = request.context()["StateMachine"]["Id"]
    sources = [machine, request.execution_arn]
    entries = request.input.get("Entries") if isinstance(request.input, dict) else None
    if isinstance(entries, list):
        request.input = {**request.input, "Entries": [_with_sources(entry, sources) for entry in entries]}
    response: JsonObject = aws.call(request)
    if response.get("FailedEntryCount"):
        raise TaskError("EventBridge.FailedEntry", to_text(response))
    return response


def _with_sources(entry: Json, sources: list[str]) -> Json:
    return {**entry, "Resources": [*entry.get("Resources", []), *sources]} if isinstance(entry, dict) else entry
