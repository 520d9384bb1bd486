"""RedriveExecution, and what describe operations say about whether it is possible."""

from __future__ import annotations

from asl.types import JsonObject
from interpreter.api.service import Service
from interpreter.store.port import ExecutionRecord

REDRIVE_SECONDS = 14 * 86_400
_CLOSED_WELL = ("SUCCEEDED", "RUNNING", "PENDING_REDRIVE")


def redrive_face(service: Service, record: ExecutionRecord) -> JsonObject:
    """Whether an execution may be redriven, and why not."""
    reason = _reason_against(service, record)
    if reason is None:
        return {"redriveStatus": "REDRIVABLE"}
    return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}


def _reason_against(service: Service, record: ExecutionRecord) -> str | None:
    if record.status in _CLOSED_WELL:
        return f"Execution is {record.status} and cannot be redriven"
    if service.now() - (record.stopped or 0.0) > REDRIVE_SECONDS:
        return "Execution has exceeded the redrivable period"
    return None
