"""Task: has somebody outside do the work, and watches its time."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from asl.dataflow import compile_path_field
from asl.errors import StateError
from asl.expressions.jsonpath import Evaluate
from asl.json_text import PAYLOAD_LIMIT, byte_bound
from asl.types import Json, JsonObject
from interpreter.commands import CancelTask, ScheduleTask, StartTimer
from interpreter.execution import Frame, Phase
from interpreter.machine import WAITING, data_limit_cause
from interpreter.messages import TaskFailed, TaskHeartbeat, TaskStarted, TaskSubmitted, TaskSucceeded
from interpreter.states.base import Behaviour, runtime_error
from interpreter.states.numbers import Number, compile_number
from interpreter.states.task_parameters import submitted_parameters
from interpreter.tasks.port import Resource
from interpreter.tasks.resource import parse_resource

if TYPE_CHECKING:
    from interpreter.machine import Machine
    from interpreter.plan import StatePlan

TIMED_OUT = "States.Timeout"
_PREFIXES = {"lambda": "LambdaFunction", "activity": "Activity", "service": "Task"}


class Task(Behaviour):
    """``frame.work`` holds the attempt's effective input until it ends, then its result and the result's size bound."""

    def __init__(self, state: StatePlan, siblings: Mapping[str, StatePlan]) -> None:
        super().__init__(state, siblings)
        definition = state.definition
        self.resource = resource = parse_resource(definition["Resource"])
        self._tokened = resource.kind == "activity" or bool(resource.pattern)
        self._named = (resource.service, resource.name) if resource.kind == "service" else ()
        self._limit_name = resource.service if resource.kind == "service" else resource.arn
        self._has_limits = any(field.startswith(("TimeoutSeconds", "HeartbeatSeconds")) for field in definition)
        self._select = compile_path_field("InputPath", definition["InputPath"]) if self._selects_input() else None
        self._timeout = self._number("TimeoutSeconds")
        self._heartbeat = self._number("HeartbeatSeconds")
        self._role = _compile_role(state)
        prefix = _PREFIXES[resource.kind]
        self._scheduled, self._started = f"{prefix}Scheduled", f"{prefix}Started"
        self._succeeded, self._failed, self._timed_out = f"{prefix}Succeeded", f"{prefix}Failed", f"{prefix}TimedOut"
        self._started_details = self._named

    def _selects_input(self) -> bool:
        return self._has_limits and self.state.definition.get("InputPath", "$") != "$"

    def _number(self, field: str) -> Number:
        return compile_number(self.state.definition, field, self.state.language, minimum=1, path_miss=True)

    def resource_for(self, frame: Frame) -> Resource:
        """The resource that the frame waits for."""
        return self.resource

    # Scheduling and starting an attempt

    def enter(self, machine: Machine, frame: Frame) -> Json:
        if self._tokened:
            frame.token = task_token(machine, frame)
        if self.resource.kind == "activity" and machine.activity_exists is not None:
            self._check_activity(machine.activity_exists)
        value, size = self.effective_input(machine, frame)
        if size is None or size > PAYLOAD_LIMIT:
            machine.measured(value, size, self._limit_name)
        timeout = heartbeat = role = None
        if self._has_limits:
            raw = frame.input if self._select is None else self._select(frame.input, machine)
            timeout, heartbeat = self._timeout(raw, machine), self._heartbeat(raw, machine)
        if self._role is not None:
            role = self._role(frame.input, machine)
        frame.previous = self._schedule(machine, frame, value, timeout, heartbeat, role)
        frame.work, frame.timeout, frame.heartbeat = value, timeout, heartbeat
        if machine.ready:
            frame.phase = Phase.START
            machine.ready.append(frame)
        else:
            self.start(machine, frame)
        return WAITING

    def _check_activity(self, exists: Callable[[str], bool]) -> None:
        if not exists(self.resource.arn):
            raise runtime_error(f"The activity {self.resource.arn} does not exist.")

    def _schedule(
        self, machine: Machine, frame: Frame, value: Json, timeout: float | None, heartbeat: float | None, role: Any
    ) -> int:
        resource = self.resource
        if resource.kind == "service":
            parameters = submitted_parameters(resource, value)
            details = (resource.service, resource.name, _region(machine), parameters, timeout, heartbeat, role)
            return machine.emit(self._scheduled, frame.previous, details)
        if timeout is heartbeat is role is None:
            return machine.emit(self._scheduled, frame.previous, (resource.arn, value))
        return machine.emit(self._scheduled, frame.previous, (resource.arn, value, timeout, heartbeat, role))

    def start(self, machine: Machine, frame: Frame) -> None:
        """The attempt leaves for outside. An activity starts when a worker takes it, everything else at once."""
        counts, name = machine.execution.invocations, self.state.name
        frame.invocation = counts.get(name, 0)
        counts[name] = frame.invocation + 1
        frame.phase = Phase.TASK
        frame.ticket += 1
        frame.failure = None
        frame.submitted = frame.timed_out = False
        frame.started = self.resource.kind != "activity"
        if frame.started:
            frame.previous = machine.emit(self._started, frame.previous, self._started_details)
        command = ScheduleTask(
            frame, frame.ticket, self.state, frame.work, frame.timeout, frame.heartbeat, self.resource
        )
        machine.commands.append(command)
        if self._has_limits and frame.started:
            self._watch(machine, frame)

    def _watch(self, machine: Machine, frame: Frame) -> None:
        if frame.timeout is not None:
            frame.due = machine.now + frame.timeout
            machine.commands.append(StartTimer(frame, frame.ticket, frame.due))
        self._watch_heartbeat(machine, frame)

    def _watch_heartbeat(self, machine: Machine, frame: Frame) -> None:
        if frame.heartbeat is not None:
            frame.heartbeat_due = machine.now + frame.heartbeat
            machine.commands.append(StartTimer(frame, frame.ticket, frame.heartbeat_due))

    # Messages for a running attempt

    def resume(self, machine: Machine, frame: Frame, message: Any) -> None:
        _RESUMES[type(message)](self, machine, frame, message)

    def _on_started(self, machine: Machine, frame: Frame, message: TaskStarted) -> None:
        if not frame.started:
            frame.started = True
            frame.previous = machine.emit(self._started, frame.previous, (message.worker,))
            self._watch(machine, frame)

    def _on_submitted(self, machine: Machine, frame: Frame, message: TaskSubmitted) -> None:
        if self.resource.pattern and not frame.submitted:
            frame.submitted = True
            frame.previous = machine.emit("TaskSubmitted", frame.previous, (*self._named, message.output))

    def _on_heartbeat(self, machine: Machine, frame: Frame, message: TaskHeartbeat) -> None:
        self._watch_heartbeat(machine, frame)

    def succeeded(self, machine: Machine, frame: Frame, message: TaskSucceeded) -> None:
        output = message.output
        size = byte_bound(output)
        if size > PAYLOAD_LIMIT:
            self._end(machine, frame, self._failed, "States.DataLimitExceeded", data_limit_cause(self._limit_name))
            return
        self._make_started(machine, frame)
        if self.resource.pattern and not frame.submitted:
            frame.previous = machine.emit("TaskSubmitted", frame.previous, (*self._named, output))
        frame.previous = machine.emit(self._succeeded, frame.previous, (*self._named, output))
        frame.work = (output, size)
        machine.again(frame, Phase.SETTLE)

    def _on_failed(self, machine: Machine, frame: Frame, message: TaskFailed) -> None:
        self._make_started(machine, frame)
        self._end(machine, frame, self._failed, message.error, message.cause)

    def timer_fired(self, machine: Machine, frame: Frame) -> None:
        """A time limit of the attempt came due, unless a heartbeat has moved it on."""
        missed = frame.heartbeat_due is not None and machine.now >= frame.heartbeat_due
        if missed or (frame.due is not None and machine.now >= frame.due):
            frame.timed_out = missed
            machine.commands.append(CancelTask(frame, frame.ticket))
            self._make_started(machine, frame)
            self._end(machine, frame, self._timed_out, TIMED_OUT, None)

    def _make_started(self, machine: Machine, frame: Frame) -> None:
        if not frame.started:
            frame.started = True
            frame.previous = machine.emit(self._started, frame.previous, (None,))

    def _end(self, machine: Machine, frame: Frame, event_type: str, error: str | None, cause: str | None) -> None:
        frame.previous = machine.emit(event_type, frame.previous, (*self._named, error, cause))
        frame.failure = (error, cause)
        machine.again(frame, Phase.SETTLE)

    def settled(self, machine: Machine, frame: Frame) -> Json:
        frame.heartbeat_due = None
        if frame.failure is not None:
            failure, frame.failure = frame.failure, None
            raise StateError(*failure)
        (output, size), frame.work = frame.work, None
        frame.token = None
        return machine.settle(frame, self.state, output, size)


_RESUMES: dict[type, Any] = {
    TaskStarted: Task._on_started,
    TaskSubmitted: Task._on_submitted,
    TaskHeartbeat: Task._on_heartbeat,
    TaskSucceeded: Task.succeeded,
    TaskFailed: Task._on_failed,
}


def task_token(machine: Machine, frame: Frame) -> str:
    """A token that names its attempt: which execution, frame and ticket, and a random part that nobody guesses."""
    secret = machine.entropy.uuid()
    return b64encode(f"{machine.execution.arn}#{frame.id}#{frame.ticket + 1}#{secret}".encode()).decode()


def _region(machine: Machine) -> str:
    return machine.execution.machine_arn.split(":")[3]


def _compile_role(state: StatePlan) -> Evaluate | None:
    credentials: JsonObject | None = state.definition.get("Credentials")
    if credentials is None:
        return None
    if state.language == "JSONata":
        from asl.dataflow_jsonata import compile_text

        return compile_text(credentials["RoleArn"], "Credentials/RoleArn")
    from asl.expressions.payload_template import compile_template

    evaluate = compile_template(credentials, "Credentials").evaluate
    return lambda value, scope: evaluate(value, scope)["RoleArn"]
