"""The record of one child of a Map Run, as a ResultWriter's files show it."""

from __future__ import annotations

from asl.json_text import to_text
from asl.types import JsonObject
from interpreter.context_object import instant
from interpreter.execution import Execution, Status


def child_record(child: Execution) -> JsonObject:
    """Describe an ended child execution."""
    succeeded = child.status is Status.SUCCEEDED
    record: JsonObject = {
        "ExecutionArn": child.arn,
        "Input": to_text(child.input),
        "InputDetails": {"Included": True},
        "Name": child.name,
        "RedriveCount": child.redrive_count,
        "RedriveStatus": "NOT_REDRIVABLE" if succeeded else "REDRIVABLE",
        "StartDate": instant(child.started),
        "StateMachineArn": child.machine_arn,
        "Status": str(child.status),
        "StopDate": instant(child.stopped or child.started),
    }
    if succeeded:
        reason = "Execution is SUCCEEDED and cannot be redriven"
        return {
            **record,
            "RedriveStatusReason": reason,
            "Output": to_text(child.output),
            "OutputDetails": {"Included": True},
        }
    failure = {"Error": child.error, "Cause": child.cause}
    return {**record, **{key: value for key, value in failure.items() if value is not None}}
