"""RedriveExecution, and what describe operations say about whether it is possible."""

from __future__ import annotations

import json
from dataclasses import replace

from asl.types import JsonObject
from interpreter.api.arn import parse_arn
from interpreter.api.errors import ApiError, execution_does_not_exist
from interpreter.api.service import Service
from interpreter.store.port import ExecutionRecord

REDRIVE_SECONDS = 14 * 86_400
EVENTS_LIMIT = 24_999
TOKENS_KEPT = 10
TOKEN_SECONDS = 15 * 60
_OVER = ("output", "error", "cause")
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
    last = service.store.history(record.arn, 1, reverse=True)
    if last and last[0][0] >= EVENTS_LIMIT:
        return "Execution history event limit reached"
    return None


async def redrive_execution(service: Service, request: JsonObject) -> JsonObject:
    arn = request["executionArn"]
    parse_arn(arn, "execution")
    await service.runtime.settled(arn)
    record = service.store.execution(arn)
    if record is None:
        raise execution_does_not_exist(arn)
    now, token = service.now(), request.get("clientToken")
    tokens = {key: date for key, date in record.details.get("tokens", {}).items() if now - date < TOKEN_SECONDS}
    if token in tokens:
        return {"redriveDate": tokens[token]}
    reason = _reason_against(service, record)
    if reason is not None:
        raise ApiError("ExecutionNotRedrivable", f"Execution Not Redrivable: '{reason}'")
    if token is not None:
        tokens = dict([*tokens.items(), (token, now)][-TOKENS_KEPT:])
    await _reopen(service, record, now, tokens)
    return {"redriveDate": now}


async def _reopen(service: Service, record: ExecutionRecord, now: float, tokens: dict[str, float]) -> None:
    from interpreter.api.redriving import reopened

    error = record.details.get("error")
    details = {key: value for key, value in record.details.items() if key not in _OVER}
    details |= {"redriven": now, "tokens": tokens}
    new = replace(record, status="RUNNING", stopped=None, redrive_count=record.redrive_count + 1, details=details)
    history = service.store.history(record.arn, EVENTS_LIMIT)
    execution = reopened(
        service.runtime.plan_of(new),
        new,
        history,
        json.loads(details["input"]),
        now,
        keeps=error != "States.DataLimitExceeded",
    )
    await service.runtime.reopen(new, execution)
