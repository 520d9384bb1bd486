"""``inspect_state``: run one state alone and say everything that AWS's TestState says of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from asl.errors import StateError
from asl.json_text import to_text
from asl.types import Json, JsonObject
from interpreter.tasks.port import TaskHandler
from interpreter.test_state.probe import ACCOUNT_PREFIX, Probe
from interpreter.test_state.request import (
    Mock,
    Request,
    StateConfiguration,
    TestStateError,
    check,
    parsed_mock_result,
    target,
)

_FLOW = ("input", "afterInputPath", "afterParameters", "result", "afterResultSelector", "afterResultPath")
_MAP_LIMITS = ("toleratedFailureCount", "toleratedFailurePercentage", "maxConcurrency")
_JSONPATH_KEYS: dict[str, tuple[str, ...]] = {
    "Task": _FLOW,
    "Pass": ("input", "afterInputPath", "afterParameters", "afterResultSelector", "afterResultPath"),
    "Map": (
        "input", "afterInputPath", "afterItemsPath", "afterItemSelector", "afterItemBatcher", "afterResultSelector",
        "afterResultPath", *_MAP_LIMITS,
    ),
    "Parallel": ("input", "afterResultSelector", "afterResultPath"),
}  # fmt: skip
_PASS_WITH_RESULT = ("input", "result", "afterResultSelector", "afterResultPath")
_JSONATA_KEYS: dict[str, tuple[str, ...]] = {
    "Task": ("input", "afterArguments", "result"),
    "Map": ("input", *_MAP_LIMITS),
}
_NUMBERS = frozenset(_MAP_LIMITS)


def inspect_state(
    definition: JsonObject,
    input: Json = None,
    *,
    state_name: str | None = None,
    role_arn: str | None = None,
    inspection_level: str = "INFO",
    mock: Mapping[str, Any] | None = None,
    variables: JsonObject | None = None,
    context: JsonObject | None = None,
    state_configuration: Mapping[str, Any] | None = None,
    reveal_secrets: bool = False,
    handler: TaskHandler | None = None,
    seed: int | None = None,
    arn_prefix: str = ACCOUNT_PREFIX,
) -> JsonObject:
    """Test one state and return TestState's response (``status``, ``output``, ``nextState``, ``inspectionData``, ...).

    ``definition`` is a state, or a whole machine with ``state_name``. ``input`` is a JSON value (none means ``{}``).
    ``mock`` is ``{"result": text}`` or ``{"errorOutput": {"error", "cause"}}``, with ``fieldValidationMode``;
    ``state_configuration`` has AWS's keys. A Task without a mock is answered by ``handler``. Payloads in the response
    are JSON text, as in the API. Raises :class:`TestStateError` for what AWS refuses and
    :class:`asl.errors.DefinitionError` for a wrong definition.
    """
    _check_definition(definition, state_name)
    machine, graph, node = target(definition, state_name)
    request = Request(
        machine, graph, node, state_name is None, {} if input is None else input, role_arn, _mock(mock),
        variables or {}, context, _configuration(state_configuration or {}), reveal_secrets,
    )  # fmt: skip
    check(request)
    _check_mock_schema(request)
    probe = Probe(request, handler, secrets.randbits(64) if seed is None else seed, arn_prefix)
    response, details = _worked(probe)
    if inspection_level != "INFO":
        response["inspectionData"] = {**_inspection_data(probe), **details}
    return response


def _check_definition(definition: JsonObject, state_name: str | None) -> None:
    from asl.diagnostics import Severity
    from asl.errors import DefinitionError
    from asl.validation import validate
    from interpreter.test_state.request import alone_in_machine

    whole = definition if state_name is not None or "States" in definition else alone_in_machine(definition)
    wrong = [each for each in validate(whole) if each.severity is Severity.ERROR]
    if wrong:
        raise DefinitionError(wrong)


def _mock(given: Mapping[str, Any] | None) -> Mock | None:
    if given is None:
        return None
    mock = Mock(mode=given.get("fieldValidationMode", "STRICT"))
    if "result" in given:
        mock.has_result, mock.result = True, parsed_mock_result(given["result"])
    if "errorOutput" in given:
        mock.error, mock.cause = given["errorOutput"].get("error"), given["errorOutput"].get("cause")
        if mock.has_result and mock.error is None:
            mock.error = ""
    return mock


def _configuration(given: Mapping[str, Any]) -> StateConfiguration:
    return StateConfiguration(
        given.get("retrierRetryCount", 0),
        given.get("errorCausedByState"),
        given.get("mapIterationFailureCount"),
        given.get("mapItemReaderData"),
    )


def _check_mock_schema(request: Request) -> None:
    mock, resource = request.mock, request.resource
    if mock is None or not mock.has_result or resource is None:
        return
    from interpreter.mock_validation import first_problem

    problem = first_problem(resource, mock.result, mock.mode)
    if problem is not None:
        raise TestStateError(f"Mock result schema validation error: {problem}")


def _worked(probe: Probe) -> tuple[JsonObject, JsonObject]:
    try:
        output = probe.output()
    except StateError as failure:
        return _failed(probe, failure)
    response: JsonObject = {"output": to_text(output), "status": "SUCCEEDED"}
    following = probe.frame.goto or probe.state.next
    if following is not None:
        response["nextState"] = following.name
    return response, {}


def _failed(probe: Probe, failure: StateError) -> tuple[JsonObject, JsonObject]:
    response = _failure(failure)
    if failure.error == "States.Runtime":
        return response, {}
    details = _retried(probe, failure.error, response)
    if response["status"] == "RETRIABLE":
        return response, details
    try:
        return response, _caught(probe, failure.error, failure.cause, response) or details
    except StateError as second:  # the catcher's own Output, Assign or ResultPath
        return _failure(second), details


def _failure(failure: StateError) -> JsonObject:
    ending = {"error": failure.error, "cause": failure.cause}
    return {"status": "FAILED", **{key: value for key, value in ending.items() if value is not None}}


def _retried(probe: Probe, error: str | None, response: JsonObject) -> JsonObject:
    for index, retrier in enumerate(probe.state.retriers):
        if retrier.errors.match(error):
            count = probe.request.configuration.retrier_retry_count
            if count >= retrier.max_attempts:
                return {"errorDetails": {"retryIndex": index}}
            response["status"] = "RETRIABLE"
            delay = retrier.delay(count)
            seconds = int(delay) if delay == int(delay) else delay
            return {"errorDetails": {"retryBackoffIntervalSeconds": seconds, "retryIndex": index}}
    return {}


def _caught(probe: Probe, error: str | None, cause: str | None, response: JsonObject) -> JsonObject:
    for index, catcher in enumerate(probe.state.catchers):
        if catcher.errors.match(error):
            response["output"] = to_text(probe.caught(index, error, cause))
            response["status"] = "CAUGHT_ERROR"
            response["nextState"] = catcher.next.name
            return {"errorDetails": {"catchIndex": index}}
    return {}


def _inspection_data(probe: Probe) -> JsonObject:
    state, steps = probe.state, probe.steps
    if state.language == "JSONata":
        keys = _JSONATA_KEYS.get(state.type, ("input",))
    elif state.type == "Pass" and "Result" in state.definition:
        keys = _PASS_WITH_RESULT
    else:
        keys = _JSONPATH_KEYS.get(state.type, ("input", "afterInputPath"))
    data = {key: steps[key] if key in _NUMBERS else to_text(steps[key]) for key in keys if key in steps}
    variables = {**probe.frame.variables, **(probe.frame.assigned or {})}
    if variables:
        data["variables"] = to_text(variables)
    return data
