"""Answers the Tasks of a run under test: by its mocks, or by whoever holds the task token; anything else fails the
test.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from interpreter.entropy import mix
from interpreter.tasks.lambda_ import is_invoke
from interpreter.tasks.port import PENDING, After, Answer, Resource, TaskError, TaskRequest
from interpreter.testing.loop import KitError
from interpreter.testing.nested import StartsMachine, start_child

if TYPE_CHECKING:
    from asl.graph import StateNode
    from interpreter.clock import Clock
    from interpreter.testing.kit_engine import KitEngine
    from interpreter.testing.mocks import Mock
    from interpreter.testing.schedules import Schedule


class UnmockedTaskError(KitError):
    """A Task was run that no mock answers; the message has the line to add."""


@dataclass(slots=True)
class Answering:
    """The task handler of one run and of the executions that it starts.

    ``variable`` is the name under which messages speak of the machine; ``hands_out_tokens`` leaves callback tasks and
    activities without a mock to their token. ``open`` are the attempts that wait for their token,
    ``outcomes`` what was answered to one request after the other (a TaskError for a failure).
    """

    mocks: list[Mock]
    clock: Clock
    variable: str
    seed: int
    hands_out_tokens: bool
    schedule: Schedule | None = None
    started: float = 0.0
    engine: KitEngine = None  # type: ignore[assignment]
    open: list[TaskRequest] = field(default_factory=list)
    outcomes: list[Any] = field(default_factory=list)
    draws: int = 0

    def answer_for(self, state_name: str, resource: Resource) -> Answer:
        def answer(request: TaskRequest) -> Any:
            try:
                value = self._answer(request, state_name, resource)
            except TaskError as failure:
                value = failure
            if self.schedule is not None:
                value = self.schedule.delayed(request, value)
            self.outcomes.append(value)
            if isinstance(value, TaskError):
                raise value
            return value

        return answer

    def _answer(self, request: TaskRequest, state_name: str, resource: Resource) -> Any:
        mock = self._mock(request, state_name, resource)
        if mock is not None:
            value = mock.answer(request, self.clock.now() - self.started, self._random)
        elif self.hands_out_tokens and _is_called_back(resource):
            value = PENDING
        else:
            raise UnmockedTaskError(self._unmocked(request, state_name, resource))
        if isinstance(value, StartsMachine):
            return start_child(self, value.machine, request)
        if request.token is not None and (value is PENDING or (isinstance(value, After) and value.seconds is None)):
            self.open.append(request)
        return value

    def _mock(self, request: TaskRequest, state_name: str, resource: Resource) -> Mock | None:
        candidates = [mock for mock in self.mocks if mock.matches(state_name, resource.arn)]
        return next((mock for mock in by_precision(candidates) if mock.accepts(request.input)), None)

    def _random(self) -> float:
        self.draws += 1
        return (mix(self.seed, self.draws + (1 << 32)) >> 11) * 2.0**-53

    def _unmocked(self, request: TaskRequest, state_name: str, resource: Resource) -> str:
        refused = [mock for mock in self.mocks if mock.matches(state_name, resource.arn)]
        why = "no mock accepts this input of" if refused else "nothing answers"
        call = f"{self.variable}.mock({json.dumps(state_name, ensure_ascii=False)}, {plausible(resource)})"
        return (
            f"{why} the Task {state_name!r} ({resource.arn}); it was called with {request.input!r:.300}\n"
            f"Add this line to the test:\n    {call}"
        )


def calls_something(node: StateNode) -> bool:
    """Whether a mock can answer this state: a Task, or a Map that reads its items or writes its results."""
    return node.type == "Task" or bool(node.definition.keys() & {"ItemReader", "ResultWriter"})


def by_precision(mocks: Iterable[Mock]) -> list[Mock]:
    """Mocks in the order in which they are asked: a test on the input first, then a state's name, the latest first."""
    latest_first = list(mocks)[::-1]
    return sorted(latest_first, key=lambda mock: (not mock.is_conditional, mock.state is None))


def plausible(resource: Resource) -> str:
    """The argument of a mock that a person will fill in."""
    if is_invoke(resource) and not resource.pattern:
        return "payload={}"
    from interpreter.testing.mock_shapes import least_result

    return f"returns={least_result(resource.arn)!r}"


def _is_called_back(resource: Resource) -> bool:
    return resource.kind == "activity" or resource.pattern == ".waitForTaskToken"
