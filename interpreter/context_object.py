"""The context object that ``$$`` and ``$states.context`` read, in AWS's key order."""

from __future__ import annotations

from datetime import UTC, datetime

from asl.types import JsonObject
from interpreter.execution import Execution, Frame


def context_object(execution: Execution, frame: Frame) -> JsonObject:
    """Build it for the state that the frame is in."""
    state: JsonObject = {"Name": frame.state.name, "EnteredTime": instant(frame.entered_at)}
    if frame.state.counts_retries:
        state["RetryCount"] = frame.retries
    context: JsonObject = {
        "Execution": _execution(execution),
        "StateMachine": {"Id": execution.machine_arn, "Name": machine_name(execution.machine_arn)},
        "State": state,
    }
    if frame.token is not None:
        context["Task"] = {"Token": frame.token}
    if (item := _item(frame)) is not None:
        context["Map"] = {"Item": item}
    return context


def machine_name(machine_arn: str) -> str:
    return machine_arn.rsplit(":", 1)[-1]


def instant(seconds: float) -> str:
    """An instant as AWS writes it: ISO 8601, UTC, milliseconds, trailing zeros dropped in groups of three."""
    moment = datetime.fromtimestamp(seconds, UTC)
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond >= 1000 else "seconds")
    return text.replace("+00:00", "Z")


def _execution(execution: Execution) -> JsonObject:
    written: JsonObject = {
        "Id": execution.arn,
        "Input": execution.input,
        "StartTime": instant(execution.started),
        "Name": execution.name,
        "RoleArn": execution.role_arn,
    }
    if not execution.sync:
        written["RedriveCount"] = execution.redrive_count
    return written


def _item(frame: Frame | None) -> JsonObject | None:
    while frame is not None and frame.item is None:
        frame = frame.parent
    if frame is None or frame.item is None:
        return None
    index, value, key = frame.item
    item: JsonObject = {"Index": index, "Value": value} if key is None else {"Index": index, "Key": key, "Value": value}
    if frame.map_run is not None:  # AWS does not say where the items of an inline Map come from
        item["Source"] = frame.map_run.source
    return item
