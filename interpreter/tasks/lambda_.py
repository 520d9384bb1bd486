"""The Lambda side of a Task: which event the function gets, what its result is wrapped in, how its failure reads.

A function ARN gets the task's input and gives its result bare. ``lambda:invoke`` takes the event from ``Payload`` and
puts the result into Lambda's Invoke response. Error causes are Lambda's error document: with Python's spacing for a
function ARN, compact for ``lambda:invoke`` (recorded on AWS).
"""

from __future__ import annotations

import json
from typing import Any

from asl.types import Json, JsonObject
from interpreter.tasks.port import Resource, TaskError, TaskRequest
from interpreter.tasks.resource import function_name

_INVOKE_SERVICES = frozenset({"lambda", "aws-sdk:lambda"})
EXECUTED_VERSION = "$LATEST"


def is_invoke(resource: Resource) -> bool:
    """Whether the resource is Lambda's Invoke action, optimized or through the SDK."""
    return resource.action == "invoke" and resource.service in _INVOKE_SERVICES


def invoked_function(request: TaskRequest) -> str:
    """The function that a request names: ``FunctionName`` of an Invoke, else the resource itself."""
    if is_invoke(request.resource):
        return str(_parameters(request).get("FunctionName", "function"))
    return request.resource.arn


def event_of(request: TaskRequest) -> Json:
    """What the function is called with. An Invoke without ``Payload`` sends an empty object."""
    if not is_invoke(request.resource):
        return request.input
    payload = _parameters(request).get("Payload", {})
    if request.resource.service == "aws-sdk:lambda" and isinstance(payload, str):
        return _parsed_payload(payload)
    return payload


def result_for(request: TaskRequest, result: Json, number: int) -> Json:
    """The task's raw result for what the function returned.

    The answer to a ``.waitForTaskToken`` task stands for SendTaskSuccess and is not wrapped.
    """
    if not is_invoke(request.resource) or request.resource.pattern:
        return result
    if request.resource.service == "aws-sdk:lambda":
        text = json.dumps(result, separators=(",", ":"), ensure_ascii=False)
        return {"ExecutedVersion": EXECUTED_VERSION, "Payload": text, "StatusCode": 200}
    return invoke_response(result, request_id_for(request, number))


def invoke_response(payload: Json, request_id: str) -> JsonObject:
    """The response of the optimized ``lambda:invoke``, with the metadata that AWS adds."""
    length = str(len(json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")))
    headers = {
        "Connection": "keep-alive",
        "Content-Length": length,
        "Content-Type": "application/json",
        "X-Amz-Executed-Version": EXECUTED_VERSION,
        "x-amzn-RequestId": request_id,
    }
    return {
        "ExecutedVersion": EXECUTED_VERSION,
        "Payload": payload,
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
        "StatusCode": 200,
    }


def function_error(resource: Resource, document: Json) -> TaskError:
    """The failure for Lambda's error document, ``{"errorMessage", "errorType", ...}``.

    A document without ``errorType`` is what Lambda calls ``Lambda.Unknown``.
    """
    separators = (",", ":") if resource.kind == "service" else (", ", ": ")
    cause = document if isinstance(document, str) else json.dumps(document, separators=separators, ensure_ascii=False)
    name = document.get("errorType") if isinstance(document, dict) else None
    return TaskError(str(name) if name else "Lambda.Unknown", cause)


def request_id_for(request: TaskRequest, number: int) -> str:
    """A request id that is the same whenever the same execution makes the same call; ``number`` counts the calls."""
    import uuid

    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{request.execution_arn}/{request.state_name}/{number}"))


def short_name(request: TaskRequest) -> str:
    """The bare function name, as ``function_name`` of Lambda's context has it."""
    return function_name(invoked_function(request))


def _parameters(request: TaskRequest) -> dict[str, Any]:
    return request.input if isinstance(request.input, dict) else {}


def _parsed_payload(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text
