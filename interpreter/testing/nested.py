"""A Task that starts another state machine under test: the child runs beside its parent, in the same workflow time."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from asl.json_text import to_text
from asl.types import Json, JsonObject
from interpreter.execution import Execution
from interpreter.messages import TaskFailed, TaskSubmitted, TaskSucceeded
from interpreter.tasks.port import PENDING, TaskRequest
from interpreter.testing.tokens import frame_and_ticket

if TYPE_CHECKING:
    from interpreter.engine import Run
    from interpreter.testing.answering import Answering
    from interpreter.testing.machine_under_test import MachineUnderTest


class StartsMachine(NamedTuple):
    """What a mock with ``runs=`` answers: an execution of ``machine`` that the run has to start."""

    machine: MachineUnderTest


def nested_answer(machine: MachineUnderTest) -> Callable[[TaskRequest], Any]:
    return lambda _request: StartsMachine(machine)


def start_child(answering: Answering, machine: MachineUnderTest, request: TaskRequest) -> Any:
    """Start the child with the Task's Input; a ``.sync`` Task ends when the child does, any other at once."""
    engine = answering.engine
    inner = machine.answering(engine.clock, answering.seed, answering.schedule)
    inner.engine, inner.started = engine, answering.started
    name = f"{request.execution_name}-{len(engine.begun)}"
    child = engine.start(machine.plan, _input(request), name=name, seed=answering.seed, handler=inner)
    machine.note_nested(engine, child, inner)
    accepted = {"ExecutionArn": child.execution.arn, "StartDate": _milliseconds(child.execution.started)}
    if not request.resource.pattern.startswith(".sync") or request.token is None:
        return accepted
    frame, ticket = frame_and_ticket(request.token)
    parent = engine.by_arn[request.execution_arn]
    engine.post(parent, TaskSubmitted(frame, ticket, accepted))
    child.closed = partial(_report, answering, parent, frame, ticket, request.resource.pattern == ".sync:2")
    return PENDING


def _report(answering: Answering, parent: Run, frame: int, ticket: int, parse: bool, child: Run) -> None:
    described = _described(child.execution, parse)
    if child.execution.status == "SUCCEEDED":
        answering.engine.post(parent, TaskSucceeded(frame, ticket, described))
    else:
        answering.engine.post(parent, TaskFailed(frame, ticket, "States.TaskFailed", to_text(described)))


def _input(request: TaskRequest) -> Json:
    written = request.input.get("Input", {}) if isinstance(request.input, dict) else {}
    return json.loads(written) if isinstance(written, str) else written


def _described(execution: Execution, parse: bool) -> JsonObject:
    """DescribeExecution in PascalCase; input and output as JSON for ``.sync:2``, as text for ``.sync``."""
    shown: Callable[[Json], Json] = (lambda value: value) if parse else to_text
    described: JsonObject = {
        "ExecutionArn": execution.arn,
        "Input": shown(execution.input),
        "InputDetails": {"Included": True},
        "Name": execution.name,
        "RedriveCount": 0,
        "StartDate": _milliseconds(execution.started),
        "StateMachineArn": execution.machine_arn,
        "Status": str(execution.status),
        "StopDate": _milliseconds(execution.stopped or execution.started),
    }
    if execution.status == "SUCCEEDED":
        return {**described, "Output": shown(execution.output), "OutputDetails": {"Included": True}}
    failure = {"Error": execution.error, "Cause": execution.cause}
    return described | {key: value for key, value in failure.items() if value is not None}


def _milliseconds(instant: float) -> int:
    return round(instant * 1000)
