"""Lambda functions through Lambda's Invoke API, as ``sam local start-lambda`` and others answer it."""

from __future__ import annotations

import base64
from typing import Any

from asl.json_text import to_text
from asl.types import Json, JsonObject
from interpreter.api.integrations.aws import Aws
from interpreter.api.integrations.values import parsed_or_text, to_api
from interpreter.tasks.lambda_ import function_error
from interpreter.tasks.port import TaskRequest


class Functions:
    """Invokes functions; one that reports an error fails the task with the error's type and document."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def invoke_function(self, request: TaskRequest) -> Json:
        """A function ARN as the Resource: the input is the event, the returned value the result."""
        parameters = {"FunctionName": request.resource.arn, "Payload": _payload(request.input)}
        payload, _ = self._invoked(request, parameters)
        return payload

    def invoke(self, request: TaskRequest) -> Json:
        """``lambda:invoke``: the result is Invoke's response, its payload parsed."""
        written = dict(request.input) if isinstance(request.input, dict) else {}
        body = {"Payload": _payload(written.pop("Payload"))} if "Payload" in written else {}
        client = self._aws.client(request.resource)
        model = client.meta.service_model.operation_model("Invoke")
        if isinstance(context := written.get("ClientContext"), dict):
            written["ClientContext"] = base64.b64encode(to_text(context).encode()).decode()
        payload, response = self._invoked(request, to_api(model.input_shape, written) | body)
        kept = {key: value for key, value in response.items() if key != "Payload"}
        result: JsonObject = self._aws.result(request.resource, model, kept)
        return {**result, "Payload": payload}

    def _invoked(self, request: TaskRequest, parameters: JsonObject) -> tuple[Json, JsonObject]:
        client: Any = self._aws.client(request.resource)
        response = self._aws.request(client, request.resource, "Invoke", parameters)
        text = response["Payload"].read().decode("utf-8", "replace") if "Payload" in response else ""
        payload = parsed_or_text(text) if text else None
        if response.get("FunctionError"):
            raise function_error(request.resource, payload)
        return payload, response


def _payload(event: Json) -> bytes:
    return to_text(event).encode("utf-8", "surrogatepass")
