"""The state under test at work: a machine with one frame and nothing behind it."""

from __future__ import annotations

import asyncio
import inspect as python_inspect
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asl.errors import StateError
from asl.types import Json, JsonObject
from interpreter.context_object import instant
from interpreter.entropy import uuid_from
from interpreter.errors_handling import error_output
from interpreter.execution import Execution, Frame
from interpreter.machine import WAITING, Machine
from interpreter.plan import StatePlan, compile_plan
from interpreter.states.distributed_map import THRESHOLD, THRESHOLD_CAUSE
from interpreter.states.map import Map
from interpreter.tasks.port import TaskError, TaskHandler, TaskRequest
from interpreter.test_state.request import STATE_NAME, Request, item_reader_data

if TYPE_CHECKING:
    from asl.expressions.scope import Scope

ACCOUNT_PREFIX = "arn:aws:states:us-east-1:123456789012"


class ProbeMachine(Machine):
    """A machine whose context object is the one that the request gives, or TestState's own."""

    __slots__ = ("given_context",)

    given_context: JsonObject

    @property
    def context(self) -> JsonObject:
        return self.given_context


class Probe:
    """Works the state of one request; ``steps`` collects AWS's inspection values on the way."""

    def __init__(self, request: Request, handler: TaskHandler | None, seed: int, prefix: str) -> None:
        self.request = request
        self.steps: dict[str, Json] = {"input": request.input}
        if request.node.type == "Fail":
            self.steps["afterInputPath"] = request.input
        self._handler = handler
        plan = compile_plan(request.graph, request.machine, "TestState", self._observe)
        self.state: StatePlan = plan.scopes[request.node.scope].states[request.node.name]
        execution = _execution(request, seed, prefix)
        self.frame = Frame(1, None, 0, self.state, request.input, 0, 0)
        self.frame.variables = request.variables
        self.frame.entered = self.frame.previous = 1
        self.frame.entered_at = execution.started
        execution.frames[1] = self.frame
        self.machine = ProbeMachine(plan, execution)
        self.machine.frame = self.frame
        given = request.context
        self.machine.given_context = default_context(request, execution) if given is None else given

    def _observe(self, _scope: Scope, name: str, value: Json) -> None:
        self.steps[name] = value

    def output(self) -> Json:
        """The state's output; raises StateError where it fails."""
        work: Callable[[], Json] = _WORK.get(self.state.type, Probe._plain).__get__(self)
        return work()

    def _plain(self) -> Json:
        output = self.state.enter(self.machine, self.frame)
        return self.state.behaviour.settled(self.machine, self.frame) if output is WAITING else output

    def _task(self) -> Json:
        self.state.enter(self.machine, self.frame)
        result = self._mocked() if self.request.mock is not None else self._answered()
        return self.machine.settle(self.frame, self.state, result, None)

    def _mocked(self) -> Json:
        mock = self.request.mock
        assert mock is not None
        if not mock.has_result:
            raise StateError(mock.error, mock.cause)
        return mock.result

    def _answered(self) -> Json:
        resource = self.state.behaviour.resource
        answer = self._handler.answer_for(self.state.name, resource) if self._handler is not None else None
        if answer is None:
            from interpreter.errors import UnansweredTask, UnansweredTasksError

            raise UnansweredTasksError([UnansweredTask(self.state.name, resource.arn)])
        try:
            value = answer(self._task_request())
            return asyncio.run(_awaited(value)) if python_inspect.isawaitable(value) else value
        except TaskError as failure:
            raise StateError(failure.error, failure.cause) from None

    def _task_request(self) -> TaskRequest:
        frame, execution = self.frame, self.machine.execution
        return TaskRequest(
            self.state.name, self.state.behaviour.resource, frame.work, execution.arn, execution.name, 0, 0,
            frame.token, frame.timeout, frame.heartbeat, lambda: None, lambda _output: None, lambda _worker: None,
            lambda: self.machine.context,
        )  # fmt: skip

    def _parallel(self) -> Json:
        self.state.behaviour.effective_input(self.machine, self.frame)
        return self.machine.settle(self.frame, self.state, self._mocked(), None)

    def _map(self) -> Json:
        behaviour: Map = self.state.behaviour
        value, _ = behaviour.effective_input(self.machine, self.frame)
        items = self._items(behaviour, value)
        self.steps["maxConcurrency"] = behaviour.concurrency(value, self.machine) or 0
        tolerated = self._tolerance(behaviour, value)
        self._select(behaviour, value, items)
        failed = self.request.configuration.map_iteration_failure_count or 0
        mock = self.request.mock
        if mock is not None and mock.has_result and failed and self._exceeds(failed, len(items), tolerated):
            raise StateError(THRESHOLD, THRESHOLD_CAUSE)
        return self.machine.settle(self.frame, self.state, self._mocked(), None)

    def _items(self, behaviour: Map, value: Json) -> list[Json]:
        if "ItemReader" in self.state.definition:
            data = self.request.configuration.map_item_reader_data
            return [] if data is None else item_reader_data(data)
        items, _ = behaviour.listed(value, self.machine)
        self.steps["afterItemsPath"] = items
        return items

    def _select(self, behaviour: Map, value: Json, items: list[Json]) -> None:
        if not {"ItemSelector", "Parameters"} & set(self.state.definition):
            return
        chosen = []
        for index, item in enumerate(items):
            place = {"Item": {"Index": index, "Value": item}}
            self.machine.given_context = {**self.machine.given_context, "Map": place}
            chosen.append(behaviour.selected(self.machine, self.frame, value, item))
        self.machine.given_context.pop("Map", None)
        self.steps["afterItemSelector"] = chosen

    def _tolerance(self, behaviour: Any, value: Json) -> tuple[int | None, float | None]:
        tolerance = getattr(behaviour, "tolerance", None)
        if tolerance is None:
            return None, None
        count, share = tolerance(value, self.machine)
        limits = {"toleratedFailureCount": count, "toleratedFailurePercentage": share}
        self.steps.update((name, limit) for name, limit in limits.items() if limit is not None)
        return count, share

    def _exceeds(self, failed: int, total: int, tolerated: tuple[int | None, float | None]) -> bool:
        count, share = tolerated
        percentage = 100.0 * failed / max(1, total)
        return (count is not None and failed > count) or (share is not None and percentage > share)

    def caught(self, index: int, error: str | None, cause: str | None) -> Json:
        """The output that a catcher makes of the error."""
        catcher = self.state.catchers[index]
        output = error_output(error, cause, error == "States.Timeout")
        if catcher.assign is not None:
            self.frame.assigned = catcher.assign(self.frame.input, output, self.machine)
        return catcher.output(self.frame.input, output, self.machine)


_WORK: dict[str, Any] = {"Task": Probe._task, "Map": Probe._map, "Parallel": Probe._parallel}


async def _awaited(value: Any) -> Json:
    return await value


def _execution(request: Request, seed: int, prefix: str) -> Execution:
    machine, name = uuid_from(seed, 0), uuid_from(seed, 2)
    execution = Execution(
        name=name, machine_arn=f"{prefix}:stateMachine:{machine}", arn=f"{prefix}:express:{machine}:{name}",
        role_arn=request.role_arn or "", input=request.input, started=time.time(), seed=seed, type="EXPRESS",
    )  # fmt: skip
    execution.draws = 4
    return execution


def default_context(request: Request, execution: Execution) -> JsonObject:
    """TestState's own context object, for a request that brings none."""
    state: JsonObject = {
        "Name": STATE_NAME if request.alone else request.node.name,
        "EnteredTime": instant(execution.started),
    }
    if request.node.type in ("Task", "Map"):
        state["RetryCount"] = 0
    context: JsonObject = {
        "Execution": {
            "Id": execution.arn,
            "Input": execution.input,
            "Name": execution.name,
            "RoleArn": request.role_arn,
            "StartTime": instant(execution.started),
        },
        "StateMachine": {"Id": execution.machine_arn, "Name": execution.machine_arn.rsplit(":", 1)[-1]},
        "State": state,
    }
    if request.graph.scopes[request.node.scope].kind == "processor":
        context["Map"] = {"Item": {"Index": 0, "Value": request.input}}
    return context
