"""What may be asked of TestState, and how AWS refuses what may not (reference: api, section 8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from asl.document.json_values import strict_json
from asl.graph import StateGraph, StateNode
from asl.types import Json, JsonObject
from interpreter.errors import InterpreterError
from interpreter.tasks.port import Resource
from interpreter.tasks.resource import parse_resource

STATE_NAME = "StateName"
"""What a state that is tested alone is called."""

_CONTAINERS = ("Map", "Parallel")
_SUPPORTED = "[Task, Wait, Pass, Succeed, Fail, Choice]"


class TestStateError(InterpreterError):
    """TestState refuses the request; ``code`` is the API's error name."""

    __test__ = False

    def __init__(self, message: str, code: str = "ValidationException") -> None:
        self.code = code
        super().__init__(message)


@dataclass(slots=True)
class Mock:
    """Instead of the work: a result, or an error. ``mode`` is STRICT, PRESENT or NONE."""

    has_result: bool = False
    result: Json = None
    error: str | None = None
    cause: str | None = None
    mode: str = "STRICT"


@dataclass(slots=True)
class StateConfiguration:
    """What a state that is tested alone should think has happened before."""

    retrier_retry_count: int = 0
    error_caused_by_state: str | None = None
    map_iteration_failure_count: int | None = None
    map_item_reader_data: str | None = None


@dataclass(slots=True)
class Request:
    """A TestState request, parsed: ``machine`` is a whole definition, ``node`` the state under test in it."""

    machine: JsonObject
    graph: StateGraph
    node: StateNode
    alone: bool
    input: Json
    role_arn: str | None = None
    mock: Mock | None = None
    variables: JsonObject = field(default_factory=dict)
    context: JsonObject | None = None
    configuration: StateConfiguration = field(default_factory=StateConfiguration)
    reveal_secrets: bool = False

    @property
    def state(self) -> JsonObject:
        return self.node.definition

    @property
    def resource(self) -> Resource | None:
        return parse_resource(self.state["Resource"]) if self.node.type == "Task" else None


def target(definition: JsonObject, state_name: str | None) -> tuple[JsonObject, StateGraph, StateNode]:
    """The machine to test in and the state under test; a lone state gets a machine around it."""
    if state_name is None and "States" not in definition:
        graph = StateGraph(alone_in_machine(definition))
        return alone_in_machine(definition), graph, graph.scopes[0].states[STATE_NAME]
    graph = StateGraph(definition)
    node = graph.find(state_name or str(definition.get("StartAt")))
    if node is None:
        raise TestStateError("State not found in definition")
    return definition, graph, node


def alone_in_machine(state: JsonObject) -> JsonObject:
    """A machine that holds one state, and a place to go to for every state that it names."""
    ends = {"Type": "Succeed"}
    probe = StateGraph({"StartAt": STATE_NAME, "States": {STATE_NAME: state}})
    targets = {edge.target: ends for edge in probe.transitions if edge.source == STATE_NAME}
    return {"StartAt": STATE_NAME, "States": {STATE_NAME: state, **targets}}


def check(request: Request) -> None:
    """Refuse what TestState does not do, in AWS's order and words."""
    for rule in (_check_mock, _check_configuration, _check_kind, _check_role, _check_context):
        rule(request)


def _check_mock(request: Request) -> None:
    mock = request.mock
    if mock is None:
        return
    if request.reveal_secrets:
        raise TestStateError("TestState does not support RevealSecrets when a mock is specified.")
    if mock.has_result and (mock.error is not None or mock.cause is not None):
        raise TestStateError("A test mock should have only one of the following fields: [result, errorOutput].")
    if request.node.type not in ("Task", *_CONTAINERS):
        raise TestStateError(f"State type '{request.node.type}' is not supported when a mock is specified")
    if mock.has_result and request.node.type in _CONTAINERS:
        _check_array(request, mock.result)


def _check_array(request: Request, result: Json) -> None:
    if request.node.type == "Map" and "ResultWriter" in request.state:
        if not isinstance(result, dict):
            raise TestStateError("Mocked result must be a JSON object.")
        return
    if not isinstance(result, list):
        raise TestStateError("Mocked result must be an array.")
    if request.node.type == "Parallel" and len(result) != len(request.state.get("Branches", ())):
        raise TestStateError("Mocked result must contain the same number of items as number of Parallel branches.")


def _check_kind(request: Request) -> None:
    if request.mock is None and request.node.type in _CONTAINERS:
        raise TestStateError(
            f"TestState API does not support Map or Parallel states. Supported state types include: {_SUPPORTED}",
            "InvalidDefinition",
        )


def _check_role(request: Request) -> None:
    if request.node.type == "Task" and request.mock is None and request.role_arn is None:
        raise TestStateError("RoleArn must be specified when testing a Task state")


def _check_configuration(request: Request) -> None:
    count = request.configuration.map_iteration_failure_count
    if count is None:
        return
    if request.mock is None:
        raise TestStateError("TestState does not support MapIterationFailureCount when a mock is not specified.")
    result = request.mock.result
    if isinstance(result, list) and count > len(result):
        raise TestStateError("Map iteration failure count must be less than or equal to the number of Map iterations")


_STRING, _NUMBER, _ANY = "a string", "a number", "anything"
_CONTEXT_SHAPE: dict[str, Any] = {
    "Execution": {
        "Id": _STRING, "Input": _ANY, "Name": _STRING, "RoleArn": _STRING, "StartTime": _STRING,
        "RedriveCount": _NUMBER, "RedriveTime": _STRING,
    },
    "State": {"EnteredTime": _STRING, "Name": _STRING, "RetryCount": _NUMBER},
    "StateMachine": {"Id": _STRING, "Name": _STRING},
    "Task": {"Token": _STRING},
}  # fmt: skip
_FITS = {_STRING: (str,), _NUMBER: (int, float), _ANY: (object,)}


def _check_context(request: Request) -> None:
    context = request.context
    if context is None:
        return
    resource = request.resource
    if "Map" in context:
        raise _bad_context("'Map' field is not supported when mocking a Context object")
    if "Task" in context and (resource is None or not resource.pattern):
        raise _bad_context(
            "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' "
            "service integration pattern"
        )
    _check_shape(context, _CONTEXT_SHAPE, "")


def _check_shape(value: JsonObject, shape: dict[str, Any], place: str) -> None:
    for key, entry in value.items():
        if key not in shape:
            raise _bad_context(f"Field '{key}' is not allowed")
        expected = shape[key]
        if isinstance(expected, dict):
            if not isinstance(entry, dict):
                raise _bad_context(f"{place}{key} must be an object")
            _check_shape(entry, expected, f"{place}{key}.")
        elif not isinstance(entry, _FITS[expected]) or (expected is _NUMBER and isinstance(entry, bool)):
            raise _bad_context(f"{place}{key} must be {expected}")


def _bad_context(reason: str) -> TestStateError:
    return TestStateError(f"Invalid Context object provided: {reason}")


def parsed_mock_result(text: str) -> Json:
    """The JSON in a mock's ``result``."""
    try:
        return strict_json(text)
    except ValueError:
        raise TestStateError("Mocked result must be valid JSON") from None


def item_reader_data(text: str) -> list[Json]:
    """The items in ``mapItemReaderData``."""
    try:
        items = strict_json(text)
    except ValueError:
        items = None
    if not isinstance(items, list):
        raise TestStateError("mapItemReaderData must be a JSON array")
    return items
