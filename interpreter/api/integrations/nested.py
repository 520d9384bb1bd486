"""``states:startExecution`` on this server itself, with ``.sync`` and ``.sync:2``."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

from asl.json_text import to_text
from asl.types import Json, JsonObject
from interpreter.api.errors import ApiError
from interpreter.api.integrations.aws import metadata
from interpreter.api.integrations.own_api import exception_name
from interpreter.api.integrations.values import parsed_or_text
from interpreter.api.performing import ABANDONED
from interpreter.api.service import Service
from interpreter.messages import Stop
from interpreter.tasks.port import TaskError, TaskRequest

if TYPE_CHECKING:
    from interpreter.api.performing import ServedRequest
    from interpreter.store.port import ExecutionRecord


class Nested:
    """Starts executions for tasks. A child has a name that follows from the attempt, so that an attempt which is
    dispatched again after a crash finds the child that it started before."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def start_execution(self, request: TaskRequest) -> Json:
        """Start the child and, for ``.sync``, wait for its end."""
        started = await self._start(request)  # type: ignore[arg-type]
        accepted = _accepted(started)
        pattern = request.resource.pattern
        if not pattern.startswith(".sync"):
            return accepted
        request.submitted(accepted)
        await self._closed(started.arn)
        record = self._service.store.execution(started.arn)
        assert record is not None
        described = _described(record, parse=pattern == ".sync:2")
        if record.status != "SUCCEEDED":
            raise TaskError("States.TaskFailed", to_text(described))
        return described

    async def _closed(self, arn: str) -> None:
        runtime = self._service.runtime
        try:
            await runtime.closed(arn)
        except asyncio.CancelledError as cancelled:
            if cancelled.args == (ABANDONED,) and (live := runtime.live(arn)) is not None:
                runtime.post(live, Stop())
            raise

    async def _start(self, request: ServedRequest) -> ExecutionRecord:
        from interpreter.api.operations.starting import begin
        from interpreter.api.shapes import operation

        try:
            checked = operation("StartExecution").checked(_parameters(request))
            return await begin(self._service, checked, adopt=request.is_again, insist=True)
        except ApiError as error:
            details = f"Status Code: {error.status}; Error Code: {error.code}"
            request_id = uuid.uuid5(uuid.NAMESPACE_URL, request.key)
            cause = f"{error.message} (Service: AWSStepFunctions; {details}; Request ID: {request_id}; Proxy: null)"
            raise TaskError(f"StepFunctions.{exception_name(error.code)}", cause) from error


def _parameters(request: ServedRequest) -> JsonObject:
    written = request.input if isinstance(request.input, dict) else {}
    names = {"StateMachineArn": "stateMachineArn", "Name": "name", "Input": "input", "TraceHeader": "traceHeader"}
    unknown = [key for key in written if key not in names]
    if unknown:
        raise TaskError("States.Runtime", f"The field '{unknown[0]}' is not supported by Step Functions")
    parameters: JsonObject = {names[key]: value for key, value in written.items() if value is not None}
    parameters.setdefault("name", str(uuid.uuid5(uuid.NAMESPACE_URL, request.key)))
    if "input" in parameters and not isinstance(parameters["input"], str):
        parameters["input"] = to_text(parameters["input"])
    return parameters


def _accepted(record: ExecutionRecord) -> JsonObject:
    """StartExecution's response as the optimized integration gives it."""
    request_id = str(uuid.uuid5(uuid.NAMESPACE_URL, record.arn))
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": request_id}
    response = {"HTTPHeaders": headers, "HTTPStatusCode": 200, "RequestId": request_id}
    return {"ExecutionArn": record.arn, "StartDate": _milliseconds(record.started), **metadata(response)}


def _described(record: ExecutionRecord, *, parse: bool) -> JsonObject:
    """DescribeExecution in PascalCase; input and output parsed for ``.sync:2``."""
    details = record.details
    read = parsed_or_text if parse else str
    described: JsonObject = {
        "ExecutionArn": record.arn,
        "Input": read(details["input"]),
        "InputDetails": {"Included": True},
        "Name": record.name,
        "RedriveCount": record.redrive_count,
        "StartDate": _milliseconds(record.started),
        "StateMachineArn": record.machine_arn,
        "Status": record.status,
        "StopDate": _milliseconds(record.stopped or record.started),
    }
    if "output" in details:
        described |= {"Output": read(details["output"]), "OutputDetails": {"Included": True}}
    described |= {key: details[name] for key, name in (("Error", "error"), ("Cause", "cause")) if name in details}
    described |= _redrive(record)
    return dict(sorted(described.items()))


def _redrive(record: ExecutionRecord) -> JsonObject:
    if record.status == "SUCCEEDED":
        reason = "Execution is SUCCEEDED and cannot be redriven"
        return {"RedriveStatus": "NOT_REDRIVABLE", "RedriveStatusReason": reason}
    return {"RedriveStatus": "REDRIVABLE"}


def _milliseconds(instant: float) -> int:
    return round(instant * 1000)
