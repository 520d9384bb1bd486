"""``aws-sdk:sfn`` on this server itself."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from asl.service_names import pascal
from asl.types import Json
from interpreter.api.errors import ApiError
from interpreter.api.integrations.values import from_api, to_api
from interpreter.api.performing import ServedRequest
from interpreter.api.service import Service
from interpreter.api.shapes import operation, service_model
from interpreter.tasks.port import TaskError, TaskRequest


class OwnApi:
    """Calls the server's operations as a client would."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def call(self, request: TaskRequest) -> Json:
        """One operation; a refusal fails the task with ``Sfn.`` and the exception's name."""
        from interpreter.api.operations import OPERATIONS

        name = pascal(request.resource.action)
        handler = OPERATIONS.get(name)
        if handler is None:
            raise TaskError("States.Runtime", f"Step Functions has no action {request.resource.action}.")
        model = service_model().operation_model(name)
        try:
            checked = operation(name).checked(to_api(model.input_shape, request.input))
            response = operation(name).shaped(await handler(self._service, checked))
        except ApiError as error:
            if error.code == "TaskTimedOut" and isinstance(request, ServedRequest) and request.is_again:
                return {}  # the call was made before the crash, which took only its answer
            raise TaskError(f"Sfn.{exception_name(error.code)}", _cause(error)) from error
        return from_api(model.output_shape, _with_dates(model.output_shape, response))


def exception_name(code: str) -> str:
    """An error code as Java names the exception."""
    return code if code.endswith("Exception") else f"{code}Exception"


def _cause(error: ApiError) -> str:
    return f"{error.message} (Service: Sfn, Status Code: {error.status}, Request ID: {uuid.uuid4()})"


def _with_dates(shape: Any, value: Any) -> Any:
    """The wire's epoch seconds as the dates that an SDK makes of them."""
    if shape.type_name == "timestamp":
        return datetime.fromtimestamp(value, UTC)
    if shape.type_name == "structure":
        return {name: _with_dates(shape.members[name], item) for name, item in value.items()}
    if shape.type_name == "list":
        return [_with_dates(shape.member, item) for item in value]
    return value
