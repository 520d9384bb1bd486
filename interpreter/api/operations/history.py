"""GetExecutionHistory, and events as the wire shows them."""

from __future__ import annotations

from typing import Any

from asl.types import JsonObject
from interpreter.api.operations.executions import found_execution
from interpreter.api.paging import page_size, position_of, token_for
from interpreter.api.service import Service
from interpreter.history import RawText, event
from interpreter.store.port import ExecutionRecord

_DATA = ("input", "output", "parameters", "assignedVariables")
_DETAILS_OF_DATA = ("inputDetails", "outputDetails", "assignedVariablesDetails")


async def get_execution_history(service: Service, request: JsonObject) -> JsonObject:
    record = found_execution(service, request["executionArn"])
    reverse, size = request.get("reverseOrder", False), page_size(request)
    after = position_of(request)
    rows = service.store.history(record.arn, size + 1, after=after, reverse=reverse)
    page = rows[:size]
    with_data = request.get("includeExecutionData", True)
    events = [wire_event(record, row[0], row[1], with_data) for row in page]
    token = token_for(request, page[-1][0]) if len(rows) > size else None
    return {"events": events, "nextToken": token}


def wire_event(record: ExecutionRecord, number: int, row: list[Any], with_data: bool = True) -> JsonObject:
    """A saved history row as GetExecutionHistory shows it."""
    event_type, previous, seconds, details, raw = row
    payloads = tuple(RawText(entry, None) if index in raw else entry for index, entry in enumerate(details))
    if event_type == "ExecutionStarted":
        payloads = (*payloads[:2], record.version_arn, record.alias_arn)
    written = event(number, (event_type, previous, seconds, payloads))
    written["timestamp"] = seconds
    return written if with_data else {key: _without_data(value) for key, value in written.items()}


def _without_data(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: item for key, item in value.items() if key not in _DATA and key not in _DETAILS_OF_DATA}
